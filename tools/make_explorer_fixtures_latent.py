"""Write the test vectors of the latent views: distributions, selections, spreads of neighbours.

    python tools/make_explorer_fixtures_latent.py      # tests/fixtures/explorer-latent.json

Counts come from numpy.histogram, the inside of a lasso from Matplotlib, neighbours from
scikit-learn.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from matplotlib.path import Path as Outline
from sklearn.neighbors import NearestNeighbors

TARGET = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "explorer-latent.json"
SHAPE = (11, 13)
WINDOW = 4
BINS = 12
LASSO = [(-1.2, -0.9), (1.4, -1.1), (0.9, 0.2), (1.6, 1.3), (0.1, 0.4), (-1.0, 1.2)]
BOX = ((-0.4, 1.1), (0.9, -0.3))
CENTRE, REACH = (0.3, -0.2), (0.8, 0.5)
NEIGHBOURS = 3
SIZE = 5


def main() -> None:
    generator = np.random.default_rng(20260)
    ny, nx = SHAPE
    half = WINDOW // 2
    rows, columns = np.mgrid[half : ny - half + 1, half : nx - half + 1]
    positions = (rows * nx + columns).ravel()
    latents = generator.normal(0, 1, (len(positions), 3)).astype(np.float32)
    latents[:, 2] = 0.5 * latents[:, 0] + 3
    split = np.full(ny * nx, -1)
    split[positions] = np.where(columns.ravel() < 6, 0, np.where(columns.ravel() < 8, 1, 2))
    selected = np.zeros(ny * nx, int)
    selected[positions[generator.random(len(positions)) < 0.3]] = 1

    values = latents.astype(np.float64)
    parts = split[positions]
    distributions = []
    for axis in range(3):
        line = values[:, axis]
        edges = np.histogram_bin_edges(line, BINS)

        def counts(rule: np.ndarray, line=line, edges=edges) -> list[int]:
            return np.histogram(line[rule], edges)[0].tolist()

        distributions.append(
            {
                "edges": edges.tolist(),
                "train": counts(parts == 0),
                "guard": counts(parts == 1),
                "test": counts(parts == 2),
                "selected": counts(selected[positions] == 1),
                "mean": line.mean(),
                "sd": line.std(),
            }
        )

    def pixels(rule: np.ndarray) -> list[int]:
        return positions[rule].tolist()

    u, v = values[:, 0], values[:, 1]
    (u0, v0), (u1, v1) = np.sort(np.array(BOX), axis=0)
    near = ((u - CENTRE[0]) / REACH[0]) ** 2 + ((v - CENTRE[1]) / REACH[1]) ** 2 <= 1
    inside = Outline([*LASSO, LASSO[0]], closed=True).contains_points(values[:, :2])
    box = (u >= u0) & (u <= u1) & (v >= v0) & (v <= v1)

    low, high = values.min(axis=0), values.max(axis=0)
    at = (low + high) / 2
    nodes = np.tile(at, (SIZE * SIZE, 1))
    nodes[:, 0] = np.tile(np.linspace(low[0], high[0], SIZE), SIZE)
    nodes[:, 1] = np.repeat(np.linspace(low[1], high[1], SIZE), SIZE)
    search = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(values)
    distances, indices = search.kneighbors(nodes)
    found = values[indices]
    spread = np.sqrt(((found - found.mean(axis=1, keepdims=True)) ** 2).sum(axis=2).mean(axis=1))

    TARGET.write_text(
        json.dumps(
            {
                "ny": ny,
                "nx": nx,
                "window": WINDOW,
                "bins": BINS,
                "positions": positions.tolist(),
                "latents": values.ravel().tolist(),
                "split": split.tolist(),
                "selected": selected.tolist(),
                "distributions": distributions,
                "lasso": {"points": LASSO, "pixels": pixels(inside)},
                "box": {"corners": BOX, "pixels": pixels(box)},
                "near": {"centre": CENTRE, "reach": REACH, "pixels": pixels(near)},
                "grid": {
                    "size": SIZE,
                    "nodes": nodes.ravel().tolist(),
                    "neighbours": indices.ravel().tolist(),
                    "distance": distances[:, 0].tolist(),
                    "spread": spread.tolist(),
                },
            }
        )
        + "\n"
    )
    print(f"{TARGET.name}: {len(positions)} windows, {TARGET.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
