"""Writes tests/fixtures/explorer-errors.json: what NumPy and SciPy make of an error map.

The front end's histograms, spreads, correlations and worst regions are compared with it.
Run it from the repository's root: python tools/make_explorer_fixtures_errors.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy import ndimage

WINDOW = 8
SHAPE = (28, 37)
BINS = 24
PERCENTILES = (80.0, 95.0)
TARGET = Path(__file__).parents[1] / "tests" / "fixtures" / "explorer-errors.json"


def make_maps(rng):
    """An error map with a frame of NaN, the image of the scan, and the labels of a split."""
    ny, nx = SHAPE
    half = WINDOW // 2
    image = ndimage.gaussian_filter(rng.normal(size=SHAPE), 1.5).astype(np.float32)
    noise = ndimage.gaussian_filter(rng.normal(size=SHAPE), 1.2)
    errors = (0.08 + 0.05 * image + 0.12 * noise**2 + 0.01 * rng.random(SHAPE)).astype(np.float32)
    valid = np.zeros(SHAPE, dtype=bool)
    valid[half : ny - half + 1, half : nx - half + 1] = True
    # Excluded pixels lie within too.
    valid[14, 20:22] = False
    errors[~valid] = np.nan
    split = np.full(SHAPE, -1, dtype=np.int8)
    split[:, half:15] = 0
    split[:, 15:23] = 1
    split[:, 23 : nx - half + 1] = 2
    split[~valid] = -1
    return errors, image, split


def spread(values):
    return {
        "count": int(values.size),
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)),
    }


def structure(errors, image):
    """Pearson r and MSE on the same positions, both scaled to [0, 1] there."""
    here = np.isfinite(errors)
    a, b = errors[here].astype(float), image[here].astype(float)
    scaled = [(v - v.min()) / (v.max() - v.min()) for v in (a, b)]
    return {
        "r": float(np.corrcoef(a, b)[0, 1]),
        "mse": float(np.mean((scaled[0] - scaled[1]) ** 2)),
        "count": int(here.sum()),
    }


def worst(errors, share):
    """Patches above a percentile by ndimage.label, which joins pixels by their edges."""
    values = errors.astype(float)
    threshold = float(np.nanpercentile(values, share))
    with np.errstate(invalid="ignore"):
        labels, count = ndimage.label(values > threshold)
    regions = []
    for label in range(1, count + 1):
        pixels = np.flatnonzero(labels == label)
        inside = values.ravel()[pixels]
        peak = ndimage.maximum_position(np.nan_to_num(values), labels, label)
        regions.append(
            {
                "pixels": pixels.tolist(),
                "mean": float(inside.mean()),
                "highest": float(inside.max()),
                "peak": int(np.ravel_multi_index(peak, values.shape)),
                "excess": float((inside - threshold).sum()),
            }
        )
    regions.sort(key=lambda region: -region["excess"])
    return {"share": share, "threshold": threshold, "regions": regions}


def main():
    errors, image, split = make_maps(np.random.default_rng(20210))
    values = errors.astype(float)
    parts = dict(enumerate(("train", "guard", "test")))
    high = float(np.nanpercentile(values, 98))
    by_part = {name: values[split == label] for label, name in parts.items()}
    fixture = {
        "ny": SHAPE[0],
        "nx": SHAPE[1],
        "errors": [None if np.isnan(v) else float(v) for v in errors.ravel()],
        "image": image.ravel().tolist(),
        "split": split.ravel().tolist(),
        "histogram": {
            "bins": BINS,
            "high": high,
            "edges": np.linspace(0, high, BINS + 1).tolist(),
            "counts": {
                name: np.histogram(part, BINS, (0, high))[0].tolist()
                for name, part in by_part.items()
            },
            "above": int((values > high).sum()),
        },
        "spreads": {name: spread(part) for name, part in by_part.items()},
        "structure": structure(errors, image),
        "worst": [worst(errors, share) for share in PERCENTILES],
    }
    TARGET.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
