"""Numbers behind the figures against NumPy, SciPy and scikit-learn, to 1e-5.

tests/fixtures/explorer-numbers.json holds what those libraries make of a small pair
(tools/make_explorer_fixtures_numbers.py); src/analysis/__tests__/numbers.spec.ts compares the panel
with the same file. Here also the models of Python, whose data are larger and not of whole numbers.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from model_case import NX, NY, Case
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats
from sklearn.metrics import mean_squared_error
from sklearn.neighbors import NearestNeighbors

from eelscape.error_maps import METRICS, window_errors
from eelscape.latent import grid_nodes, mean_and_dispersion, nearest_encodings
from eelscape.veracity import dispersions, nearest_others, rank_correlation, whole_dispersion
from eelscape.windows import cut_windows, positions_of_windows

ROOT = Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "tests" / "fixtures" / "explorer-numbers.json"


def close(found, expected):
    expected = np.asarray(expected, dtype=np.float64)
    atol = 1e-5 * max(1e-30, np.nanmax(np.abs(expected)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


class Numbers:
    """The fixture as arrays in data units."""

    def __init__(self):
        text = json.loads(FIXTURE.read_text(encoding="utf-8"))
        names = ("image", "spectra", "predicted_spectra", "predicted_windows", "latents")
        self.arrays = {n: np.array(text[n], dtype=np.float32) / text["unit"] for n in names}
        self.window, self.shape = text["window"], text["shape"]
        self.positions = np.array(text["positions"])
        self.split = np.array(text["split"])
        self.expected = text["expected"]
        spectra = self.arrays["spectra"].reshape(-1, self.shape[2])
        self.windows = cut_windows(self.arrays["image"], self.positions, self.window)
        self.spectra = spectra[self.positions]

    def features(self, name):
        return self.windows if name == "windows" else self.spectra

    def span(self, name):
        low, high = self.expected["scaling"]["image" if name == "windows" else "spectrum"]
        return high - low


@pytest.fixture(scope="module")
def numbers():
    return Numbers()


def test_the_file_is_what_its_script_writes(tmp_path, monkeypatch):
    path = ROOT / "tools" / "make_explorer_fixtures_numbers.py"
    spec = importlib.util.spec_from_file_location("numbers_script", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "TARGET", tmp_path / "explorer-numbers.json")
    script.main()
    written = json.loads(script.TARGET.read_text(encoding="utf-8"))
    kept = json.loads(FIXTURE.read_text(encoding="utf-8"))
    # Another SciPy may round the last digit differently.
    assert _same(written, kept)


def _same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return abs(a - b) <= 1e-7 * max(1, abs(a))


def test_windows_are_those_that_lie_inside(numbers):
    ny, nx, _ = numbers.shape
    assert (positions_of_windows(ny, nx, numbers.window) == numbers.positions).all()
    windows = sliding_window_view(numbers.arrays["image"], (numbers.window,) * 2)
    assert (numbers.windows == windows.reshape(-1, numbers.window, numbers.window)).all()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", ["im2spec", "spec2im"])
def test_errors_by_each_measure(numbers, kind, metric):
    name, limits = {"im2spec": ("spectra", "spectrum"), "spec2im": ("windows", "image")}[kind]
    predicted = numbers.arrays[f"predicted_{name}"]
    scaling = numbers.expected["scaling"][limits]
    found = window_errors(predicted, numbers.features(name), scaling, metric)
    close(found, numbers.expected["errors"][kind][metric])


def test_grid_nodes(numbers):
    grid = numbers.expected["grid"]
    nodes = grid_nodes(numbers.arrays["latents"], grid["size"], tuple(grid["axes"]))
    close(nodes.reshape(-1, 3), grid["nodes"])


@pytest.mark.parametrize("k", [1, 3, 7])
def test_neighbours_and_back_projection(numbers, k):
    expected = numbers.expected["back"][str(k)]
    nodes = np.float32(numbers.expected["grid"]["nodes"])
    indices, distances = nearest_encodings(nodes, numbers.arrays["latents"], k)
    assert (indices == expected["indices"]).all()
    close(distances, expected["distances"])
    for name in ("windows", "spectra"):
        mean, dispersion = mean_and_dispersion(numbers.features(name)[indices], numbers.span(name))
        close(dispersion, expected[name]["dispersion"])
        if "mean" in expected[name]:
            close(mean.reshape(len(mean), -1), expected[name]["mean"])


@pytest.mark.parametrize(("kind", "name"), [("im2spec", "windows"), ("spec2im", "spectra")])
def test_veracity(numbers, kind, name):
    expected = numbers.expected["veracity"][kind]
    encodings = numbers.arrays["latents"].astype(np.float64)
    near = nearest_others(encodings, expected["k"])
    scaled = numbers.features(name).reshape(len(encodings), -1) / numbers.span(name)
    shares = {}
    for which, values in (("latent", encodings), ("feature", scaled)):
        whole = whole_dispersion(values)
        shares[which] = np.float32(dispersions(values, near) / whole)
        close(whole, expected[f"whole_{which}"])
        close(shares[which], expected[which])
    close(rank_correlation(shares["feature"], shares["latent"]), expected["spearman"])


# ---- models: error maps, parts, grids, back-projection -------------------------------------


@pytest.fixture(params=["im2spec", "spec2im"])
def case(request):
    return Case(request.param)


def scaled(case, name, values):
    low, high = case.model.scaling[name]
    return (np.asarray(values, dtype=np.float64) - low) / (high - low)


def test_error_maps_and_their_means(case):
    p = scaled(case, case.names[1], case.predictions).reshape(len(case.positions), -1)
    t = scaled(case, case.names[1], case.targets).reshape(len(case.positions), -1)
    mse = np.array([mean_squared_error(a, b) for a, b in zip(t, p, strict=True)])
    expected = np.full(NY * NX, np.nan)
    labels = case.model.split.ravel()[case.positions]
    for metric, values in (("rmse", np.sqrt(mse)), ("mse", mse)):
        expected[case.positions] = values
        found = case.model.error_map(metric).ravel()
        assert (np.isnan(found) == np.isnan(expected)).all()
        close(found, expected)
        means = case.model.errors(metric)
        close(means["all"], values.mean())
        for part, label in (("train", 0), ("test", 2)):
            there = labels == label
            if there.any():
                close(means[part], values[there].mean())


def test_structure_of_an_error_map_with_the_image(case):
    """As a user computes it from what Python gives: Fig. S1b."""
    error, image = case.model.error_map("relative"), case.data.image
    there = np.isfinite(error)
    assert there.sum() == len(case.positions)
    p = scaled(case, case.names[1], case.predictions).reshape(len(case.positions), -1)
    t = scaled(case, case.names[1], case.targets).reshape(len(case.positions), -1)
    relative = np.sqrt(((p - t) ** 2).mean(axis=1) / ((p + t) ** 2).mean(axis=1))
    own = stats.pearsonr(relative, image.ravel()[case.positions]).statistic
    close(stats.pearsonr(error[there], image[there]).statistic, own)


@pytest.mark.parametrize("k", [1, 4])
def test_back_projection_of_a_models_grid(case, k):
    model = case.model
    axes = (1, 0) if model.latent_dims > 1 else (0,)
    nodes = model.latent_grid(5, axes).nodes.reshape(-1, model.latent_dims)
    # What the network encodes is compared elsewhere; here its own encodings are given.
    latents = model.latents().reshape(NY * NX, -1)[case.positions].astype(np.float64)
    low, high = latents.min(axis=0), latents.max(axis=0)
    close(nodes[0, list(axes)], low[list(axes)])
    close(nodes[-1, list(axes)], high[list(axes)])
    found = model.back_project(nodes, k)
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(latents)
    distances, _ = search.kneighbors(nodes)
    close(found.distances, distances)
    places = found.positions[..., 0] * NX + found.positions[..., 1]
    order = np.searchsorted(case.positions, places)
    near = np.asarray(case.features, dtype=np.float64)[order].reshape(len(nodes), k, -1)
    close(found.mean.reshape(len(nodes), -1), near.mean(axis=1))
    away = scaled(case, case.names[0], near) - scaled(case, case.names[0], near).mean(1)[:, None]
    close(found.dispersion, np.sqrt((away**2).sum(axis=2).mean(axis=1)))
