"""Write a sample data set as raw float32 files and a JSON description, for train_model.mjs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from eelscape.dataset import Dataset
from eelscape.samples import SAMPLES, sample


def export(name: str, folder: Path) -> None:
    """Write spectra.f32 (ny, nx, E), image.f32 (ny, nx) and data.json to a folder.

    Parameters
    ----------
    name : str
        One of `eelscape.samples.SAMPLES`.
    folder : Path
        Made where it is absent.
    """
    si, haadf = sample(name)
    y, x, energy = si.axes
    dataset = Dataset(np.asarray(si), np.asarray(haadf), y, x, energy)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spectra.f32").write_bytes(dataset.spectra.astype("<f4").tobytes())
    (folder / "image.f32").write_bytes(dataset.image.astype("<f4").tobytes())
    description = {
        "name": name,
        "title": si.title,
        "simulated": si.simulated,
        "y": y.to_dict(),
        "x": x.to_dict(),
        "energy": energy.to_dict(),
        "spectra_units": si.units,
        "image_units": haadf.units,
        "sha256": dataset.sha256,
    }
    (folder / "data.json").write_text(json.dumps(description, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", choices=SAMPLES)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    export(arguments.sample, arguments.folder)
