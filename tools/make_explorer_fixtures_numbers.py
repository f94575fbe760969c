"""Write the numbers behind the explorer's figures, worked out without eelscape.

    python tools/make_explorer_fixtures_numbers.py      # tests/fixtures/explorer-numbers.json

A small random pair with predictions and encodings, as whole numbers of 1/64 so that both languages
hold exactly the same; and what NumPy, SciPy and scikit-learn make of them: errors by each measure,
means and spreads by part, histograms, the latent grid, neighbours and back-projection with its
dispersion, distances from the training encodings, correlations, connected regions of high error.
tests/test_numbers.py and src/analysis/__tests__/numbers.spec.ts compare the package with them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, stats
from scipy.spatial.distance import cdist
from sklearn.preprocessing import MinMaxScaler

TARGET = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "explorer-numbers.json"

NY, NX, CHANNELS, WINDOW, LATENTS = 14, 17, 16, 6, 3
UNIT = 64
GRID = {"axes": [2, 0], "size": 5}
BINS = 12
PERCENTILE = 80


def whole_numbers() -> dict[str, np.ndarray]:
    """Image, spectra, predictions and encodings in units of 1/64."""
    random = np.random.default_rng(20)
    rows, columns = np.mgrid[:NY, :NX]
    image = 600 + 300 * np.sin(rows / 3) * np.cos(columns / 4) + random.normal(0, 40, (NY, NX))
    peak = np.exp(-(((np.arange(CHANNELS) - 6) / 3) ** 2))
    spectra = (900 - image)[..., None] * peak + random.normal(0, 30, (NY, NX, CHANNELS))
    half, tail = WINDOW // 2, WINDOW // 2 - 1
    inner = (slice(half, NY - tail), slice(half, NX - tail))
    windows = sliding_window_view(image, (WINDOW, WINDOW)).reshape(-1, WINDOW, WINDOW)
    structured = spectra[inner].reshape(-1, CHANNELS)
    noise = 20 + 60 * random.random((len(structured), 1))
    latents = np.stack(
        [
            image[inner].ravel() / 4,
            structured[:, 6] / 8 + random.normal(0, 10, len(structured)),
            # Few values: neighbours at equal distance must be told apart by their index.
            random.integers(-2, 3, len(structured)) * UNIT,
        ],
        axis=1,
    )
    arrays = {
        "image": image,
        "spectra": spectra,
        "predicted_spectra": structured + noise * random.normal(0, 1, structured.shape),
        "predicted_windows": windows + noise[:, None] * random.normal(0, 1, windows.shape),
        "latents": latents,
    }
    return {name: np.round(values).astype(np.int64) for name, values in arrays.items()}


def errors(predicted: np.ndarray, truth: np.ndarray, low: float, high: float) -> dict[str, Any]:
    """METHOD: relative = sqrt(mean((p - t)^2) / mean((p + t)^2)) and the others."""
    n = len(truth)
    scaler = MinMaxScaler().fit([[low], [high]])
    p, t = (scaler.transform(a.reshape(-1, 1)).reshape(n, -1) for a in (predicted, truth))
    mse = ((p - t) ** 2).mean(axis=1)
    return {
        "relative": np.sqrt(mse / ((p + t) ** 2).mean(axis=1)),
        "rmse": np.sqrt(mse),
        "mse": mse,
        "mse_raw": ((predicted - truth).reshape(n, -1) ** 2).mean(axis=1),
    }


def neighbours(points: np.ndarray, encodings: np.ndarray, k: int) -> tuple[Any, Any]:
    """Indices and distances by sorting all pairs by distance, then by index."""
    distances = cdist(points, encodings)
    order = np.array([np.lexsort((np.arange(len(row)), row))[:k] for row in distances])
    return order, np.take_along_axis(distances, order, axis=1)


def back_projected(features: np.ndarray, order: np.ndarray, span: float) -> dict[str, Any]:
    """Mean feature and RMS distance from it, the latter on the [0, 1] scale."""
    near = features.reshape(len(features), -1)[order]
    mean = near.mean(axis=1)
    away = np.linalg.norm((near - mean[:, None]) / span, axis=2)
    return {"mean": mean, "dispersion": np.sqrt((away**2).mean(axis=1))}


def regions(error: np.ndarray) -> dict[str, Any]:
    """Connected patches above the percentile, the largest excess first."""
    threshold = np.nanpercentile(error, PERCENTILE)
    labels, count = ndimage.label(np.nan_to_num(error, nan=-np.inf) > threshold)
    found = []
    for label in range(1, count + 1):
        pixels = np.flatnonzero(labels.ravel() == label)
        values = error.ravel()[pixels]
        excess = float((values - threshold).sum())
        found.append({"pixels": pixels, "mean": values.mean(), "excess": excess})
    return {
        "percentile": PERCENTILE,
        "threshold": threshold,
        "regions": sorted(found, key=lambda one: -one["excess"]),
    }


def structure(error: np.ndarray, image: np.ndarray) -> dict[str, Any]:
    """Pearson correlation and MSE of both on [0, 1], over the positions with a window."""
    there = np.isfinite(error)
    a, b = error[there], image[there]
    scaled = MinMaxScaler().fit_transform(np.stack([a, b], axis=1))
    return {
        "r": stats.pearsonr(a, b).statistic,
        "mse": ((scaled[:, 0] - scaled[:, 1]) ** 2).mean(),
    }


def veracity(encodings: np.ndarray, features: np.ndarray, span: float, k: int) -> dict[str, Any]:
    """Spread of each window's k nearest others in both spaces, as shares of that of all windows."""
    distances = cdist(encodings, encodings)
    np.fill_diagonal(distances, np.inf)
    order = np.array([np.lexsort((np.arange(len(row)), row))[:k] for row in distances])
    everything = np.arange(len(encodings))[None]
    found: dict[str, Any] = {"k": k}
    for name, values, unit in (("latent", encodings, 1.0), ("feature", features, span)):
        whole = back_projected(values, everything, unit)["dispersion"][0]
        found[f"whole_{name}"] = whole
        # As the panel keeps them: equal ones must stay equal for their ranks.
        found[name] = np.float32(back_projected(values, order, unit)["dispersion"] / whole)
    found["spearman"] = stats.spearmanr(found["latent"], found["feature"]).statistic
    return found


def on_edges() -> list[dict[str, Any]]:
    """Histograms of values (whole / unit) many of which lie on the edges of their bins."""
    random = np.random.default_rng(4)
    found = []
    while len(found) < 40:
        whole, unit = random.integers(0, 50, 40), int(random.integers(2, 50))
        bins = int(random.integers(3, 40))
        found.append({"whole": whole, "unit": unit, "counts": np.histogram(whole / unit, bins)[0]})
    return found


def main() -> None:
    """Write the file."""
    whole = whole_numbers()
    real = {name: values / UNIT for name, values in whole.items()}
    half, tail = WINDOW // 2, WINDOW // 2 - 1
    inside = np.zeros((NY, NX), bool)
    inside[half : NY - tail, half : NX - tail] = True
    positions = np.flatnonzero(inside)
    # Columns of positions: 5 train, 3 guard, the others test.
    column = positions % NX - half
    split = np.full(NY * NX, -1)
    split[positions] = np.select([column < 5, column < 8], [0, 1], 2)
    parts = {
        name: split[positions] == label for label, name in enumerate(("train", "guard", "test"))
    }

    image, spectra, latents = real["image"], real["spectra"], real["latents"]
    windows = sliding_window_view(image, (WINDOW, WINDOW)).reshape(-1, WINDOW, WINDOW)
    targets = spectra.reshape(-1, CHANNELS)[positions]
    scaling = {"image": [image.min(), image.max()], "spectrum": [spectra.min(), spectra.max()]}
    span = {name: high - low for name, (low, high) in scaling.items()}
    by_kind = {
        "im2spec": errors(real["predicted_spectra"], targets, *scaling["spectrum"]),
        "spec2im": errors(real["predicted_windows"], windows, *scaling["image"]),
    }
    relative = by_kind["im2spec"]["relative"]
    error_map = np.full(NY * NX, np.nan)
    error_map[positions] = relative
    low, high = latents.min(axis=0), latents.max(axis=0)
    first, second = GRID["axes"]
    held = latents.mean(axis=0)
    nodes = np.tile(held, (GRID["size"], GRID["size"], 1))
    nodes[..., first] = np.linspace(low[first], high[first], GRID["size"])[None, :]
    nodes[..., second] = np.linspace(low[second], high[second], GRID["size"])[:, None]
    # Nodes are float32 in both languages.
    nodes = nodes.astype(np.float32).astype(np.float64).reshape(-1, LATENTS)
    back = {}
    for k in (1, 3, 7):
        order, distances = neighbours(nodes, latents, k)
        back[k] = {
            "indices": order,
            "distances": distances,
            "windows": back_projected(windows, order, span["image"]),
            "spectra": back_projected(targets, order, span["spectrum"]),
        }
        if k != 3:
            del back[k]["windows"]["mean"], back[k]["spectra"]["mean"]
    train = latents[parts["train"]]
    spread = np.sqrt(((train - train.mean(axis=0)) ** 2).sum(axis=1).mean())
    edges = np.linspace(0, relative.max(), BINS + 1)
    document = {
        "unit": UNIT,
        "shape": [NY, NX, CHANNELS],
        "window": WINDOW,
        **whole,
        "positions": positions,
        "split": split,
        "expected": {
            "scaling": scaling,
            "errors": by_kind,
            "parts": {
                name: {
                    "count": there.sum(),
                    "mean": relative[there].mean(),
                    "sd": relative[there].std(ddof=1),
                    "histogram": np.histogram(relative[there], edges)[0],
                }
                for name, there in parts.items()
            },
            "all": relative.mean(),
            "bins": BINS,
            "highest": relative.max(),
            "on_edges": on_edges(),
            "percentiles": [
                {"share": share, "value": np.percentile(relative, share)}
                for share in (0, 2.5, 50, 98, 100)
            ],
            "structure": structure(error_map, image.ravel()),
            "regions": regions(error_map.reshape(NY, NX)),
            "grid": {**GRID, "held": held, "nodes": nodes},
            "back": back,
            "distances": {
                "spread": spread,
                "nearest": cdist(latents, train).min(axis=1),
            },
            "distributions": [
                {
                    "mean": values.mean(),
                    "sd": values.std(),
                    "edges": np.histogram_bin_edges(values, BINS),
                    **{
                        name: np.histogram(values[there], BINS, (values.min(), values.max()))[0]
                        for name, there in parts.items()
                    },
                }
                for values in latents.T
            ],
            "veracity": {
                "im2spec": veracity(latents, windows, span["image"], 10),
                "spec2im": veracity(latents, targets, span["spectrum"], 10),
            },
        },
    }
    TARGET.write_text(json.dumps(plain(document)) + "\n", encoding="utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size / 1024:.0f} KiB")


def plain(value: Any) -> Any:
    """For JSON: nine significant digits, far below the 1e-5 that is asked for."""
    if isinstance(value, dict):
        return {str(key): plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    return float(f"{value:.9g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
