"""Regions: masks and mean spectra against vectors that the front end is tested with, too."""

import json
from pathlib import Path

import numpy as np
import pytest

from eelscape.axes import Axis
from eelscape.dataset import Dataset
from eelscape.regions import Region, region_mask, regions_of

CASES = json.loads((Path(__file__).parent / "fixtures" / "regions.json").read_text())


def mask_of(runs, shape):
    mask = np.zeros(shape[:2], bool)
    for row, start, stop in runs:
        mask[row, start:stop] = True
    return mask


def dataset_of(spectra, mask=None, **changes):
    ny, nx, channels = spectra.shape
    axes = (
        Axis("y", "nm", ny, 2.0),
        Axis("x", "nm", nx, 2.0),
        Axis("Energy loss", "eV", channels, 0.1, 0.2),
    )
    settings = {"title": "a film", "spectra_units": "counts", "mask": mask, **changes}
    return Dataset(spectra, np.zeros((ny, nx)), *axes, **settings)


def only(region):
    return [{"name": "R1", **region}]


@pytest.mark.parametrize("case", CASES["masks"], ids=lambda case: case["title"])
def test_masks(case):
    found = region_mask(case["kind"], case["points"], case["shape"])
    np.testing.assert_array_equal(found, mask_of(case["runs"], case["shape"]))


def test_the_vectors_say_something():
    """Of every kind several, empty ones among them and ones that are cut off by the scan."""
    kinds = {kind: 0 for kind in ("rectangle", "ellipse", "polygon")}
    for case in CASES["masks"]:
        kinds[case["kind"]] += bool(case["runs"])
        ny, nx = case["shape"]
        assert all(0 <= r < ny and 0 <= a < b <= nx for r, a, b in case["runs"])
    assert min(kinds.values()) >= 10
    empty = [case for case in CASES["masks"] if not case["runs"]]
    assert 5 <= len(empty) < len(CASES["masks"]) / 3


@pytest.mark.parametrize("case", CASES["spectra"], ids=lambda case: case["title"])
def test_spectra(case):
    ny, nx, channels = case["shape"]
    spectra = np.array(case["spectra"], np.float32).reshape(ny, nx, channels)
    masked = mask_of(case["masked"], case["shape"])
    data = dataset_of(spectra, masked if masked.any() else None)
    region = regions_of(only({"kind": case["kind"], "points": case["points"]}), data)["R1"]
    np.testing.assert_array_equal(region.mask, mask_of(case["runs"], case["shape"]))
    assert region.pixels == case["pixels"]
    for signal, values in (
        (region.spectrum, case["mean"]),
        (region.standard_error, case["standard_error"]),
    ):
        expected = np.full(channels, np.nan) if values is None else values
        np.testing.assert_allclose(signal.data, expected, rtol=1e-6)
        assert signal.data.dtype == np.float32 and signal.units == "counts"
        assert signal.axes == [data.energy]


def test_a_large_offset_does_not_spoil_the_standard_error():
    """Sums in single precision would lose the spread of 1 beside the mean of 1e6."""
    rng = np.random.default_rng(0)
    spectra = (1e6 + rng.normal(0, 1, (30, 30, 3))).astype(np.float32)
    region = regions_of(
        only({"kind": "rectangle", "points": [[0, 0], [30, 30]]}), dataset_of(spectra)
    )["R1"]
    expected = spectra.reshape(-1, 3).astype(np.float64).std(axis=0, ddof=1) / 30
    np.testing.assert_allclose(region.standard_error.data, expected, rtol=1e-6)


def test_standard_error_is_that_of_a_mean():
    """Means of many like regions scatter as the standard error of one says."""
    rng = np.random.default_rng(1)
    spectra = rng.normal(100, 10, (60, 60, 2)).astype(np.float32)
    shapes = [
        {"name": f"R{i}", "kind": "rectangle", "points": [[x, y], [x + 6, y + 6]]}
        for i, (x, y) in enumerate((x, y) for x in range(0, 60, 6) for y in range(0, 60, 6))
    ]
    regions = regions_of(shapes, dataset_of(spectra)).values()
    scatter = np.std([region.spectrum.data for region in regions], axis=0)
    stated = np.mean([region.standard_error.data for region in regions], axis=0)
    np.testing.assert_allclose(stated, scatter, rtol=0.2)


def test_spectra_that_are_not_finite_are_left_out():
    spectra = np.ones((4, 4, 3), np.float32)
    spectra[1, 1, 2] = np.nan
    spectra[2, 2] = 5
    region = regions_of(
        only({"kind": "rectangle", "points": [[1, 1], [3, 3]]}), dataset_of(spectra)
    )["R1"]
    assert region.mask.sum() == 4 and region.pixels == 3
    np.testing.assert_allclose(region.spectrum.data, 7 / 3, rtol=1e-6)


def test_order_names_and_round_trip():
    data = dataset_of(np.ones((4, 5, 3), np.float32), simulated=True)
    shapes = [
        {"name": "R2", "kind": "ellipse", "points": [[0, 0], [4, 3]]},
        {"name": "<b>particle</b>", "kind": "polygon", "points": [[0, 0], [4, 0], [2, 3.5]]},
    ]
    regions = regions_of(shapes, data)
    assert list(regions) == ["R2", "<b>particle</b>"]
    assert [region.to_dict() for region in regions.values()] == shapes
    again = regions_of([region.to_dict() for region in regions.values()], data)
    for name, region in regions.items():
        np.testing.assert_array_equal(again[name].mask, region.mask)
        assert isinstance(region, Region) and region.mask.dtype == bool
        assert region.spectrum.simulated and region.standard_error.simulated
    assert regions_of([], data) == {}


def test_picture_in_the_notebook_escapes_names():
    """[F4] A region's name is shown as text."""
    data = dataset_of(np.ones((4, 5, 3), np.float32), simulated=True)
    name = "<img src=x onerror=alert(1)> $\\frac{"
    shape = {"name": name, "kind": "rectangle", "points": [[0, 0], [2, 2]]}
    html = regions_of([shape], data)[name]._repr_html_()
    assert "<img src=x" not in html and "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "data:image/png;base64," in html and "Simulated data" in html
    assert "4 pixels" in html


@pytest.mark.parametrize("points", [[[0, 0], [0.2, 0.2]], [[0, 0], [1, 1]]])
def test_picture_of_a_region_without_spectrum_or_error(points):
    data = dataset_of(np.ones((4, 5, 3), np.float32))
    region = regions_of(only({"kind": "rectangle", "points": points}), data)["R1"]
    assert "data:image/png;base64," in region._repr_html_()


def test_to_hyperspy():
    pytest.importorskip("hyperspy", reason="needs HyperSpy")
    data = dataset_of(np.arange(60, dtype=np.float32).reshape(4, 5, 3))
    region = regions_of(only({"kind": "rectangle", "points": [[1, 0], [3, 2]]}), data)["R1"]
    signal = region.spectrum.to_hyperspy()
    np.testing.assert_array_equal(signal.data, data.spectra[0:2, 1:3].mean(axis=(0, 1)))
    (axis,) = signal.axes_manager.signal_axes
    assert (axis.name, axis.units, axis.scale, axis.offset) == ("Energy loss", "eV", 0.1, 0.2)


@pytest.mark.parametrize(
    ("kind", "points", "message"),
    [
        ("circle", [[0, 0], [1, 1]], "rectangle, ellipse or polygon, not 'circle'"),
        ("rectangle", [[0, 0]], "two opposite corners, not 1"),
        ("ellipse", [[0, 0], [1, 1], [2, 2]], "bounding box, not 3"),
        ("polygon", [[0, 0], [1, 1]], "at least three vertices, not 2"),
        ("polygon", [[0, 0], [1, 1], [float("nan"), 1]], "not finite"),
        ("rectangle", [[0, 0], [float("inf"), 1]], "not finite"),
        ("rectangle", [[0, 0], [1, 1, 1]], "pairs"),
        ("rectangle", [["a", 0], [1, 1]], "pairs"),
        ("rectangle", 3, "pairs"),
    ],
)
def test_wrong_shapes(kind, points, message):
    with pytest.raises(ValueError, match=message):
        region_mask(kind, points, (4, 4))


def test_missing_and_repeated_names():
    data = dataset_of(np.ones((4, 5, 3), np.float32))
    shape = {"name": "R1", "kind": "rectangle", "points": [[0, 0], [2, 2]]}
    with pytest.raises(ValueError, match="Two regions are called 'R1'"):
        regions_of([shape, shape], data)
    with pytest.raises(ValueError, match="points is missing"):
        regions_of([{"name": "R1", "kind": "rectangle"}], data)
