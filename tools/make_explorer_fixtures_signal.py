"""Write tests/fixtures/explorer-signal.json: means, spreads and places by NumPy and SciPy.

Run `python tools/make_explorer_fixtures_signal.py`; the front end's tests compare with it to 1e-5.
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter

OUT = Path(__file__).parents[1] / "tests" / "fixtures" / "explorer-signal.json"
NY, NX, CHANNELS, WINDOW = 24, 28, 6, 8


def box_mean(image: np.ndarray, side: int) -> np.ndarray:
    """Mean over a square of an odd side, of what lies inside the image."""
    inside = uniform_filter(np.ones_like(image), side, mode="constant")
    return uniform_filter(image, side, mode="constant") / inside


def scores(image: np.ndarray) -> dict[str, np.ndarray]:
    """Scores of the four kinds of places, as `suggestPlaces` describes them."""
    scaled = (image - image.min()) / (image.max() - image.min())
    near, far = box_mean(scaled, 3), box_mean(scaled, 2 * (WINDOW // 2) + 1)
    slope = np.hypot(*np.gradient(near))
    return {
        "void": -far - near - slope,
        "particle": near - slope,
        "gap": far - near,
        "edge": slope,
    }


def places(image: np.ndarray, usable: np.ndarray, taken: list[tuple[int, int]]) -> list[dict]:
    """The best place of each kind, at least half a window from those before it."""
    rows, columns = np.indices(image.shape)
    found = []
    for kind, score in scores(image).items():
        free = usable.copy()
        for row, column in taken:
            apart = np.maximum(abs(rows - row), abs(columns - column))
            free &= apart >= WINDOW / 2
        if not free.any():
            continue
        row, column = np.unravel_index(np.argmax(np.where(free, score, -np.inf)), image.shape)
        taken = [*taken, (row, column)]
        found.append({"kind": kind, "row": int(row), "column": int(column)})
    return found


def main() -> None:
    """Compute and write the fixture."""
    random = np.random.default_rng(11)
    spectra = np.round(random.gamma(3.0, 40.0, (NY, NX, CHANNELS)), 1).astype(np.float32)
    rows, columns = np.mgrid[0:NY, 0:NX]
    image = np.sin(rows / 2.6) * np.cos(columns / 3.1) + random.normal(0, 0.05, (NY, NX))
    image = np.round(image, 4).astype(np.float32)
    mask = np.zeros((NY, NX), bool)
    mask[9, 9:12] = True
    selected = random.random((NY, NX)) < 0.2
    selected[9, 9] = True
    used = spectra[selected & ~mask].astype(np.float64)

    half = WINDOW // 2
    split = np.full((NY, NX), -1)
    split[half : NY - half + 1, half : NX - half + 1] = 0
    split[half : NY - half + 1, NX // 2 : NX - half + 1] = 2
    squares = []
    for row, column, side in [(10, 10, 3), (0, 0, 5), (23, 14, 7), (5, 6, 1)]:
        reach = side // 2
        window = np.s_[
            max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1
        ]
        kept = spectra[window][~mask[window]].astype(np.float64)
        squares.append({"row": row, "column": column, "side": side, "mean": kept.mean(0).tolist()})
    fixture = {
        "ny": NY,
        "nx": NX,
        "channels": CHANNELS,
        "window": WINDOW,
        "spectra": [round(float(value), 1) for value in spectra.ravel()],
        "image": [round(float(value), 4) for value in image.ravel()],
        "mask": mask.ravel().astype(int).tolist(),
        "split": split.ravel().tolist(),
        "selected": np.flatnonzero(selected).tolist(),
        "mean": used.mean(0).tolist(),
        "deviation": used.std(0, ddof=1).tolist(),
        "pixels": len(used),
        "squares": squares,
        "taken": [[12, 20]],
        "inTest": places(image, (split == 2) & ~mask, []),
        "withTaken": places(image, (split == 2) & ~mask, [(12, 20)]),
        "anywhere": places(image, (split == 0) & ~mask, []),
    }
    OUT.write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
