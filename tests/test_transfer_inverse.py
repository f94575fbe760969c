"""What Transfer and Inverse design of the panel come to in Python, and in a recipe."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from scipy.spatial import cKDTree
from test_replay import ANALYSIS, again, arrays, open_panel  # noqa: F401

import eelscape
from eelscape.axes import Axis
from eelscape.axis_match import match_axes
from eelscape.recipe import weights_sha256
from eelscape.windows import positions_of_windows

#: Other energies than those of `arrays`, which reach from 0.2 to 2.19 eV.
SHIFTED = [
    {"name": "y", "units": "nm", "scale": 1.0},
    {"name": "x", "units": "nm", "scale": 1.0},
    {"name": "energy", "units": "meV", "scale": 12.0, "offset": 300.0},
]


@pytest.fixture
def other(wire, tmp_path):  # noqa: F811
    """A model of other data, from a file, and what holds those."""
    explorer, _ = open_panel(wire, *arrays())
    model = explorer.train("im2spec", filters=2, epochs=2, window=8)
    # As the panel writes it.
    model._file.latents = model.latents()
    file = model.save(tmp_path / "other.safetensors")
    return eelscape.load(file, dataset=explorer.dataset), file


@pytest.fixture
def here(wire):  # noqa: F811
    rng = np.random.default_rng(8)
    si = rng.poisson(30, (20, 24, 150)).astype(np.uint16)
    return open_panel(wire, si, rng.random((20, 24), np.float32), axes=SHIFTED, name="here")


def test_a_transfer_is_numpys(other, here):
    model, _ = other
    explorer, _ = here
    found = explorer.transfer(model, scale="data")
    data = explorer.dataset
    at = positions_of_windows(20, 24, 8)
    own, given = model.energy.array, data.energy.array / 1000
    reached = (own >= given[0] - 0.01) & (own <= given[-1] + 0.01)
    flat = data.spectra.reshape(-1, 150)
    t = np.array([np.interp(own, given, spectrum) for spectrum in flat])
    np.testing.assert_allclose(
        found.spectra.reshape(480, -1), t[:, reached], rtol=1e-6, equal_nan=False
    )
    np.testing.assert_allclose(found.energy.array, own[reached])
    low, high = t.astype(np.float32).min(), t.astype(np.float32).max()
    assert found.scaling["spectrum"] == pytest.approx((low, high)) and found.interpolated
    # On the scale of the data: what comes out on the model's scale is brought to it.
    windows = np.lib.stride_tricks.sliding_window_view(data.image, (8, 8)).reshape(-1, 8, 8)
    a, b = model.scaling["image"]
    c, d = data.image.min(), data.image.max()
    x = (windows - c) / (d - c) * (b - a) + a
    e, f = model.scaling["spectrum"]
    p = (model.predict(x) - e) / (f - e)
    u = (t[at] - low) / (high - low)
    errors = np.sqrt(((p - u)[:, reached] ** 2).mean(1) / ((p + u)[:, reached] ** 2).mean(1))
    np.testing.assert_allclose(found.errors.ravel()[at], errors, rtol=1e-5)
    assert np.isnan(found.errors).sum() == 480 - len(at)
    assert found.mean_error == pytest.approx(errors.mean(), rel=1e-5)
    predicted = found.predictions().reshape(480, -1)[at]
    np.testing.assert_allclose((predicted - low) / (high - low), p[:, reached], rtol=1e-5)


def test_distances_are_scipys(other, here):
    model, _ = other
    explorer, _ = here
    found = explorer.transfer(model)
    assert found.scale == "network" and found.scaling == model.scaling
    # No window of the fake model is a test window.
    training = model._file.latents[model.split == 0].astype(np.float64)
    training = training[np.isfinite(training).all(axis=1)]
    spread = np.sqrt(((training - training.mean(0)) ** 2).sum(1).mean())
    at = positions_of_windows(20, 24, 8)
    latents = found.latents.reshape(480, -1)[at].astype(np.float64)
    nearest = cKDTree(training).query(latents)[0] / spread
    np.testing.assert_allclose(found.distances.ravel()[at], nearest, rtol=1e-5, atol=1e-7)
    assert np.isnan(found.threshold) and np.isnan(found.beyond)
    assert "mean relative error" in repr(found)


def test_the_panels_transfer_is_the_one_of_the_state(other, here):
    model, _ = other
    explorer, front = here
    assert explorer.transfer() is None
    explorer.show(model)
    shown = {"weights": weights_sha256(model), "scale": "data"}
    front.tell(analysis={**ANALYSIS, "transfer": shown})
    until(lambda: explorer.transfer() is not None)
    np.testing.assert_array_equal(
        explorer.transfer(metric="mse").errors,
        explorer.transfer(model, "data", "mse").errors,
    )
    with pytest.raises(ValueError, match="scale is 'mine'"):
        explorer.transfer(model, "mine")
    # Other data: nothing was applied to these.
    explorer.preprocess({"step": "crop_energy", "start": 0.4, "stop": 1.5})
    assert explorer.transfer() is None


def energies(name, units, scale, offset):
    return Axis(name=name, units=units, scale=scale, offset=offset, size=100)


def test_energies_that_do_not_fit_are_refused():
    own = energies("energy", "eV", 0.01, 0.2)
    with pytest.raises(ValueError, match=r"predicts 0\.2 to 1\.19 eV.*too little in common"):
        match_axes(own, energies("energy", "eV", 0.01, 1.1), "im2spec")
    with pytest.raises(ValueError, match="Missing energies cannot be interpolated"):
        match_axes(own, energies("energy", "eV", 0.01, 0.5), "spec2im")
    with pytest.raises(ValueError, match="same quantity and units"):
        match_axes(own, energies("time", "s", 0.01, 0.2), "im2spec")
    assert match_axes(own, energies("energy", "meV", 10, 200), "spec2im").same


def searched(model, size):
    target = np.linspace(0, 50, size).astype(np.float32)
    return {
        "weights": weights_sha256(model),
        "image": None,
        "source": "peaks",
        "target": target.tolist(),
        "channels": [20, 119],
        "peaks": [{"position": 0.5, "width": 0.1, "height": 20.0}],
        "base": 2.5,
        "latents": [[0.25, 0.5], [0.75, 0.125]],
        "k": 3,
    }


def test_an_inverse_is_numpys(wire):  # noqa: F811
    explorer, front = open_panel(wire, *arrays())
    assert explorer.inverse() is None
    model = explorer.train("im2spec", filters=2, epochs=2)
    maker = explorer.train("spec2im", filters=2, epochs=2)
    state = {**searched(model, 200), "image": weights_sha256(maker)}
    front.tell(analysis={**ANALYSIS, "inverse": state})
    until(lambda: explorer.inverse() is not None)
    found = explorer.inverse()
    target, z = np.array(state["target"]), np.array(state["latents"], np.float32)
    p = model.decode(z).astype(np.float64)
    np.testing.assert_allclose(found.decoded, p, rtol=1e-6)
    low, high = model.scaling["spectrum"]
    q, t = (p[:, 20:120] - low) / (high - low), (target[20:120] - low) / (high - low)
    errors = np.sqrt(((q - t) ** 2).mean(1) / ((q + t) ** 2).mean(1))
    np.testing.assert_allclose(found.errors, errors, rtol=1e-5)
    encodings = model.latents()
    finite = np.argwhere(np.isfinite(encodings).all(axis=2))
    distances, nearest = cKDTree(encodings[tuple(finite.T)].astype(float)).query(z, k=3)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-6)
    np.testing.assert_array_equal(found.windows, finite[nearest])
    assert (found.source, found.base, found.channels) == ("peaks", 2.5, (20, 119))
    np.testing.assert_array_equal(found.image, maker.predict(found.target[np.newaxis])[0])
    assert found.image_model is maker
    # Other data: nothing was searched over these.
    explorer.preprocess({"step": "crop_energy", "start": 0.5, "stop": 1.5})
    assert explorer.inverse() is None


def test_an_inverse_over_descending_energies_runs_as_the_source_does(wire):  # noqa: F811
    si, haadf = arrays()
    axes = [{"units": "nm"}, {"units": "nm"}, {"units": "eV", "scale": -0.01, "offset": 2.19}]
    explorer, front = open_panel(wire, si, haadf, axes=axes)
    model = explorer.train("im2spec", filters=2, epochs=2)
    state = searched(model, 200)
    front.tell(analysis={**ANALYSIS, "inverse": state})
    until(lambda: explorer.inverse() is not None)
    found = explorer.inverse()
    np.testing.assert_array_equal(found.target, np.array(state["target"], np.float32)[::-1])
    assert found.channels == (80, 179) and found.energy.scale < 0
    np.testing.assert_array_equal(found.decoded, model.decode(np.array(state["latents"])))


def test_replay_gives_the_same_transfer_and_inverse(wire, again, other):  # noqa: F811
    foreign, file = other
    explorer, front = open_panel(wire, *arrays(), name="second", title="second")
    model = explorer.train("im2spec", filters=2, epochs=2, seed=3)
    explorer.show(foreign)
    shown = {"weights": weights_sha256(foreign), "scale": "network"}
    made = {"transfer": shown, "inverse": searched(model, 200)}
    front.tell(analysis={**ANALYSIS, **made})
    until(lambda: explorer.inverse() is not None)
    recipe = json.loads(json.dumps(explorer.recipe(), allow_nan=False))
    assert {name: recipe["analyses"][name] for name in made} == made
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        repeated, fronts = again(recipe, *arrays(), transfer=file)
    np.testing.assert_array_equal(repeated.transfer().errors, explorer.transfer().errors)
    np.testing.assert_array_equal(repeated.transfer().distances, explorer.transfer().distances)
    np.testing.assert_array_equal(repeated.inverse().errors, explorer.inverse().errors)
    np.testing.assert_array_equal(repeated.inverse().windows, explorer.inverse().windows)
    until(lambda: [r["type"] for r in fronts[0].requests][-1] == "place")
    assert fronts[0].requests[-1]["state"]["analysis"]["inverse"] == made["inverse"]
    # Without the model of other data its place is empty, and the user is told what to give.
    with pytest.warns(UserWarning, match=r"give it as replay\(\.\.\., transfer=model or path\)"):
        without, _ = again(recipe, *arrays())
    assert without.transfer() is None and without.inverse() is not None
