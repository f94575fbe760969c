"""Write tests/fixtures/explorer-transfer.json: transfer and inverse design by NumPy and SciPy.

Usage: python tools/make_explorer_fixtures_transfer.py [output]

The front end's tests compare with these numbers: spectra on another energy axis with numpy.interp,
distances of encodings with scipy.spatial, and latents of a wanted spectrum with
scipy.optimize.least_squares from many starting points.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial import cKDTree

OUTPUT = Path(__file__).parent.parent / "tests" / "fixtures" / "explorer-transfer.json"


def decoder(latents: np.ndarray, energies: np.ndarray) -> np.ndarray:
    """(n, 3) latents to (n, E) spectra: two peaks, of which height, place and width change.

    The same formula stands in src/analysis/__tests__/inverse-design.spec.ts.
    """
    a, b, c = (latents[:, axis, None] for axis in range(3))
    first = (1 + 0.3 * a) * np.exp(-(((energies - 0.5 - 0.04 * b) / 0.1) ** 2))
    second = (0.5 + 0.2 * c) * np.exp(-(((energies - 0.85 + 0.02 * a) / 0.07) ** 2))
    return first + second


def interpolation(random: np.random.Generator) -> dict:
    """Spectra in eV on an axis in meV that reaches beyond them."""
    given = np.linspace(0.2, 1.2, 41)
    wanted = np.linspace(190.0, 1210.0, 64)
    spectra = random.normal(10, 3, (3, 41)).astype(np.float32)
    result = [np.interp(wanted, 1000 * given, row) for row in spectra]
    return {
        "from": {"scale": given[1] - given[0], "offset": 0.2, "size": 41},
        "to": {"scale": wanted[1] - wanted[0], "offset": 190.0, "size": 64},
        "spectra": spectra.ravel().tolist(),
        "result": np.ravel(result).tolist(),
    }


def distances(random: np.random.Generator) -> dict:
    """Distances to the nearest of a reference, and the RMS spread of that."""
    reference = random.normal(0, [1, 3, 0.5], (60, 3)).astype(np.float32)
    latents = random.normal(0.5, [1, 4, 1], (25, 3)).astype(np.float32)
    nearest, _ = cKDTree(reference.astype(float)).query(latents.astype(float))
    centred = reference.astype(float) - reference.astype(float).mean(axis=0)
    threshold = float(np.percentile(nearest[:10], 95))
    return {
        "latents": latents.ravel().tolist(),
        "reference": reference.ravel().tolist(),
        "nearest": nearest.tolist(),
        "spread": float(np.sqrt((centred**2).sum(axis=1).mean())),
        "threshold": threshold,
        "beyond": float((nearest > threshold).mean()),
    }


def inverse(random: np.random.Generator) -> dict:
    """A spectrum that no latents give exactly, and the latents that come nearest to it."""
    energies = np.linspace(0.2, 1.2, 80)
    target = decoder(np.array([[0.7, -1.1, 0.4]]), energies)[0]
    target = (target + 0.05 * np.sin(9 * energies)).astype(np.float32).astype(float)
    best = None
    for start in random.uniform(-2, 2, (40, 3)):
        found = least_squares(
            lambda z: decoder(z[None], energies)[0] - target,
            start,
            bounds=(-2, 2),
            xtol=1e-14,
            ftol=1e-14,
            gtol=1e-14,
        )
        if best is None or found.cost < best.cost:
            best = found
    return {
        "energy": {"scale": energies[1] - energies[0], "offset": 0.2, "size": 80},
        "target": target.tolist(),
        "latents": best.x.tolist(),
        "mse": float(2 * best.cost / 80),
    }


def main() -> None:
    """Write the file."""
    random = np.random.default_rng(6)
    cases = {
        "interpolation": interpolation(random),
        "distances": distances(random),
        "inverse": inverse(random),
    }
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    output.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
