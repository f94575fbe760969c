"""Writes tests/fixtures/explorer-navigator.json: the navigator's maps and limits by NumPy.

The front end computes the same from the same numbers
(src/views/__tests__/navigator-numbers.spec.ts). Run it after a change here:
python tools/make_explorer_fixtures_navigator.py
"""

import json
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent.parent / "tests" / "fixtures" / "explorer-navigator.json"

SHARES = [[2, 98], [0, 100], [0.5, 99.5], [33.3, 66.6]]


def series(count: int) -> np.ndarray:
    """(count) float32 values that the test makes again, every 97th NaN."""
    i = np.arange(count, dtype=np.float64)
    values = ((i * 7919) % 10007 / 10007 - 0.3) ** 3 * 40
    values[::97] = np.nan
    return values.astype(np.float32)


def limits() -> list[dict]:
    """Percentiles of a small and a large array, as numpy.nanpercentile interpolates them."""
    return [
        {
            "count": count,
            "shares": shares,
            "limits": np.nanpercentile(series(count).astype(np.float64), shares).tolist(),
        }
        for count in (211, 40001)
        for shares in SHARES
    ]


def difference() -> dict:
    """Prediction minus measured, the mean over channels 2 to 6, at the positions of windows."""
    rng = np.random.default_rng(20210)
    ny, nx, channels = 6, 7, 9
    spectra = rng.normal(100, 20, (ny, nx, channels)).astype(np.float32)
    positions = [y * nx + x for y in range(2, 5) for x in range(2, 6)]
    predicted = rng.normal(100, 20, (len(positions), channels)).astype(np.float32)
    latents = rng.normal(0, 2, (len(positions), 3)).astype(np.float32)
    measured = spectra.reshape(-1, channels)[positions].astype(np.float64)
    values = (predicted.astype(np.float64) - measured)[:, 2:7].mean(axis=1)
    return {
        "shape": [ny, nx, channels],
        "spectra": spectra.ravel().tolist(),
        "positions": positions,
        "predictions": predicted.ravel().tolist(),
        "latents": latents.ravel().tolist(),
        "range": [2, 6],
        "difference": values.tolist(),
        "latent2": latents[:, 1].tolist(),
    }


if __name__ == "__main__":
    TARGET.write_text(
        json.dumps({"limits": limits(), "difference": difference()}, indent=None) + "\n"
    )
