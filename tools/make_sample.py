"""Simulate a sample data set anew and write it to a file; prints its sha256.

    python tools/make_sample.py            # eelscape/data/ftio.npz, about 20 s
    python tools/make_sample.py --name ftio-transfer --output transfer.npz

The counts are drawn anew: they agree with the shipped ones statistically, not byte for byte, as
rounding in the linear algebra changes single Poisson draws. Whoever replaces eelscape/data/ftio.npz
has to train the shipped model again, as it states the sha256 of its data.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from eelscape.simulation import SCENES, SEEDS, simulate, write_recording

DATA = Path(__file__).resolve().parent.parent / "eelscape" / "data"


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulate a sample data set.")
    parser.add_argument("--name", choices=sorted(SCENES), default="ftio")
    parser.add_argument("--seed", type=int, help="other random numbers than the set's own")
    parser.add_argument("--output", type=Path, help="npz file (default: eelscape/data/NAME.npz)")
    options = parser.parse_args()
    seed = SEEDS[options.name] if options.seed is None else options.seed
    path = options.output or DATA / f"{options.name}.npz"
    recording = simulate(SCENES[options.name], seed).recording()
    write_recording(path, recording)
    size = path.stat().st_size / 1e6
    print(f"{path}: {size:.2f} MB, shape {recording.counts.shape}, seed {seed}")
    print(f"sha256 of counts and HAADF: {recording.sha256}")


if __name__ == "__main__":
    main()
