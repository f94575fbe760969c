"""The recipe of an analysis, what the panel tells of its places, and the analysis done again."""

from __future__ import annotations

import json
import threading
import warnings

import dask.array as da
import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from front_end import STATE
from hypothesis import given
from hypothesis import strategies as st

import eelscape
from eelscape import repetition
from eelscape.explorer import explore
from eelscape.front_end_errors import FrontEndError
from eelscape.mask_runs import mask_of, runs_of
from eelscape.panel_state import PanelState
from eelscape.recipe import read_recipe, recipe_of
from eelscape.signal import Signal

AXES = [
    {"name": "y", "units": "nm", "scale": 0.5, "offset": 2.0},
    {"name": "x", "units": "nm", "scale": 0.25},
    {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2},
]
CROP = {"step": "crop_energy", "start": 0.5, "stop": 1.5}
R1 = {"name": "R1", "kind": "rectangle", "points": [[4.0, 2.0], [10.0, 6.0]]}
PINS = [
    {"letter": "a", "name": "void", "row": 10, "column": 12},
    {"letter": "c", "name": "", "row": 39, "column": 0},
]
ANALYSIS = {
    "gridSize": 12,
    "axes": [1, 0],
    "k": 5,
    "clusters": {"k": 6, "covariance": "full", "seed": 2},
}


def arrays(ny=40, nx=60, channels=200):
    rng = np.random.default_rng(5)
    return rng.poisson(30, (ny, nx, channels)).astype(np.uint16), rng.random((ny, nx), np.float32)


def open_panel(wire, si, haadf, **options):  # noqa: F811
    explorer = explore(si, haadf, **{"axes": AXES, "title": "a pair", "name": "si", **options})
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    return explorer, front


@pytest.fixture
def opened(wire):  # noqa: F811
    return open_panel(wire, *arrays())


def choose(explorer, front):
    """What a user has chosen in the panel: 5 windows, a region, two pins, two pointers."""
    selected = np.zeros((40, 60), bool)
    selected[12, 20:23] = selected[13, 20:22] = True
    front.tell(
        pointer=[3, 5],
        secondPointer=[7, 8],
        energyRange=[0.5, 0.75],
        regions=[R1],
        region="R1",
        pins=PINS,
        selection=runs_of(selected),
        metric="rmse",
        analysis=ANALYSIS,
    )
    until(lambda: explorer.pins)
    return selected


@pytest.fixture
def again(monkeypatch, wire):  # noqa: F811
    """`replay` with a panel that opens as soon as there is a line."""

    def run(recipe, *data, **options):
        def serve():
            until(lambda: len(wire.controls) > known)
            fronts.append(wire.panel(wire.controls[-1]))

        known, fronts = len(wire.controls), []
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            return eelscape.replay(recipe, *data, **options), fronts
        finally:
            wire.controls += ["end"] * (len(wire.controls) == known)
            thread.join()

    return run


# ---- masks as runs -------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_runs_are_the_mask(share):
    mask = np.random.default_rng(3).random((9, 7)) < share
    runs = runs_of(mask)
    assert (mask_of(runs, (9, 7)) == mask).all()
    assert sum(runs[1::2]) == mask.sum()
    # One run goes on over the end of a row.
    assert runs_of(np.ones((2, 3), bool)) == [0, 6]


# ---- selection and pins --------------------------------------------------------------------


def test_the_selection_has_mask_mean_and_region(opened):
    explorer, front = opened
    selected = choose(explorer, front)
    found = explorer.selection
    spectra = explorer.dataset.spectra[selected].astype(np.float64)
    assert (found.mask == selected).all() and found.mask.dtype == bool
    np.testing.assert_allclose(found.mean.data, spectra.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(
        found.standard_deviation.data, spectra.std(axis=0, ddof=1), rtol=1e-5
    )
    assert found.mean.axes[0].units == "eV" and "5 selected windows" in found.mean.title
    assert found.second_pointer == (7, 8)
    assert (found.region.name, found.region.pixels) == ("R1", 24)
    assert repr(found) == "<Selection: pointer (3, 5), 5 windows selected, region 'R1'>"


def test_without_a_selection_there_is_no_mean(opened):
    explorer, front = opened
    front.tell(pointer=[3, 5])
    until(lambda: explorer.selection)
    found = explorer.selection
    assert not found.mask.any() and found.mask.shape == (40, 60)
    assert (found.mean, found.standard_deviation, found.region) == (None, None, None)
    assert "no window" in repr(found)


def test_masked_windows_have_no_part_in_the_mean(wire):  # noqa: F811
    si, haadf = arrays()
    mask = np.zeros((40, 60), bool)
    mask[12, 20] = True
    explorer, front = open_panel(wire, si, haadf, mask=mask)
    front.tell(selection=[12 * 60 + 20, 2])
    until(lambda: explorer.selection and explorer.selection.mask.any())
    np.testing.assert_allclose(explorer.selection.mean.data, si[12, 21])
    assert np.isnan(explorer.selection.standard_deviation.data).all()


def test_pins_carry_their_spectra(opened):
    explorer, front = opened
    choose(explorer, front)
    pins = explorer.pins
    assert list(pins) == ["a", "c"]
    assert (pins["a"].name, pins["a"].row, pins["a"].column) == ("void", 10, 12)
    assert (np.asarray(pins["c"].spectrum) == explorer.dataset.spectra[39, 0]).all()
    assert repr(pins["a"]) == "<Pin a 'void': row 10, column 12>"
    assert repr(pins["c"]) == "<Pin c: row 39, column 0>"


def test_spectra_of_places_run_as_the_source_does(wire):  # noqa: F811
    si, haadf = arrays()
    descending = {"name": "energy", "units": "eV", "scale": -0.01, "offset": 2.19}
    explorer, front = open_panel(wire, si, haadf, axes=[*AXES[:2], descending])
    choose(explorer, front)
    pin, found = explorer.pins["a"], explorer.selection
    assert (np.asarray(pin.spectrum) == si[10, 12]).all()
    assert pin.spectrum.axes[0].scale < 0
    np.testing.assert_allclose(found.mean.data, si[found.mask].mean(axis=0), rtol=1e-6)


def test_places_follow_the_data_and_the_selection_ends(opened):
    explorer, front = opened
    choose(explorer, front)
    explorer.preprocess(CROP)
    state = explorer._line.panel_state
    assert [pin["letter"] for pin in state.pins] == ["a", "c"] and state.selection == ()
    explorer.preprocess({"step": "crop_scan", "rows": [5, 35], "columns": [2, 60]})
    state = explorer._line.panel_state
    assert [(p["letter"], p["row"], p["column"]) for p in state.pins] == [("a", 5, 10)]
    assert state.second_pointer is None


def test_a_page_that_is_loaded_again_is_told_all_of_it(opened, wire):  # noqa: F811
    explorer, front = opened
    choose(explorer, front)
    told = explorer._line.panel_state
    again = wire.panel(explorer.id, tab=front.tab)
    assert again.pair_complete.wait(20)
    assert PanelState.of(again.welcome["state"]) == told
    assert again.welcome["state"]["analysis"] == ANALYSIS


# ---- recipe --------------------------------------------------------------------------------


def test_the_recipe_holds_what_was_done_and_chosen(opened):
    explorer, front = opened
    explorer.preprocess(CROP)
    until(lambda: front.source == "pair:2" and front.pair_complete.is_set())
    model = explorer.train("im2spec", filters=2, epochs=2, seed=4)
    selected = choose(explorer, front)
    recipe = json.loads(json.dumps(explorer.recipe(), allow_nan=False))
    assert recipe["format"] == 1
    assert recipe["versions"]["eelscape"] == eelscape.__version__
    data = recipe["data"]
    assert data["sha256"] == explorer.dataset.sha256 != data["source"]["sha256"]
    assert data["shape"] == [40, 60, 100] and data["source"]["shape"] == [40, 60, 200]
    assert data["axes"][2]["offset"] == pytest.approx(0.5)
    assert data["source"]["axes"][0]["scale"] == 0.5
    assert recipe["pins"] == PINS and recipe["regions"] == [R1]
    assert recipe["selection"] == {
        "pointer": [3, 5],
        "second_pointer": [7, 8],
        "energy_range": [0.5, 0.75],
        "region": "R1",
        "windows": runs_of(selected),
    }
    assert recipe["analyses"] == {
        "metric": "rmse",
        "grid_size": 12,
        "axes": [1, 0],
        "k": 5,
        "clusters": ANALYSIS["clusters"],
    }
    (record,) = recipe["models"]
    assert (record["kind"], record["epoch"], record["backend"]) == ("im2spec", 2, "cpu")
    assert (record["setup"]["filters"], record["setup"]["seed"]) == (2, 4)
    assert [step["step"] for step in record["preprocessing"]] == ["crop_energy"]
    assert record["losses"] == {"train": model.history["train"][-1], "test": 0.3}
    assert len(record["weights_sha256"]) == 64


def test_a_model_keeps_the_steps_of_its_own_data(opened):
    explorer, front = opened
    explorer.train("im2spec", filters=2, epochs=2)
    explorer.preprocess(CROP)
    until(lambda: front.source == "pair:2" and front.pair_complete.is_set())
    explorer.train("im2spec", filters=2, epochs=2)
    first, second = explorer.recipe()["models"]
    assert first["preprocessing"] == [] and second["preprocessing"][0]["step"] == "crop_energy"
    assert first["data_sha256"] != second["data_sha256"]


def test_a_saved_model_says_how_its_data_were_made(opened, tmp_path):
    explorer, front = opened
    whole = explorer.dataset.sha256
    explorer.preprocess(CROP)
    until(lambda: front.source == "pair:2" and front.pair_complete.is_set())
    explorer.train("im2spec", filters=2, epochs=2).save(tmp_path / "model.safetensors")
    recipe = eelscape.load(tmp_path / "model.safetensors").recipe
    assert recipe["preprocessing"] == [applied.params for applied in explorer._session.steps]
    assert recipe["source"] == {"shape": [40, 60, 200], "sha256": whole}


# ---- replay --------------------------------------------------------------------------------


def test_replay_gives_the_same_models_and_places(opened, again):
    explorer, front = opened
    first = explorer.train("im2spec", filters=2, epochs=2)
    explorer.preprocess(CROP)
    until(lambda: front.source == "pair:2" and front.pair_complete.is_set())
    second = explorer.train("spec2im", filters=2, epochs=2, seed=3)
    explorer.nmf(3, seed=1)
    choose(explorer, front)
    recipe = json.loads(json.dumps(explorer.recipe()))
    si, haadf = arrays()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        repeated, fronts = again(recipe, si, haadf)
    assert repeated.id != explorer.id
    assert [one.same for one in repeated.repeated] == [True, True]
    assert str(repeated.repeated[1]) == "spec2im 2L on cpu: the same weights to the last bit"
    for model, before in zip(repeated.models, (first, second), strict=True):
        assert model.data_sha256 == before.data_sha256
        np.testing.assert_array_equal(model.latents(), before.latents())
        np.testing.assert_array_equal(model.error_map(), before.error_map())
    sent = [r["setup"] for r in fronts[0].requests if r["type"] == "train"]
    assert [(s["kind"], s["epochs"], s["backend"]) for s in sent] == [
        ("im2spec", 2, "cpu"),
        ("spec2im", 2, "cpu"),
    ]
    assert repeated.dataset.sha256 == explorer.dataset.sha256
    assert repeated.dataset.energy == explorer.dataset.energy
    assert repeated.dataset.title == "a pair"
    before, after = explorer.factorisation, repeated.factorisation
    np.testing.assert_array_equal(after.abundances.data, before.abundances.data)
    until(lambda: [r["type"] for r in fronts[0].requests][-1] == "place")
    placed = fronts[0].requests[-1]["state"]
    assert PanelState.of(placed) == explorer._line.panel_state
    assert list(repeated.pins) == ["a", "c"] and list(repeated.regions) == ["R1"]
    assert (repeated.selection.mask == explorer.selection.mask).all()
    # And the repetition has the same recipe, but for what is not of the analysis.
    once, twice = recipe, json.loads(json.dumps(repeated.recipe()))
    for same in ("preprocessing", "regions", "pins", "selection", "analyses", "factorisation"):
        assert once[same] == twice[same]
    assert [m["weights_sha256"] for m in once["models"]] == [
        m["weights_sha256"] for m in twice["models"]
    ]


def test_without_models_no_panel_is_needed(opened):
    explorer, front = opened
    explorer.preprocess(CROP)
    choose(explorer, front)
    repeated = eelscape.replay(explorer.recipe(), *arrays())
    assert repeated.dataset.sha256 == explorer.dataset.sha256
    assert list(repeated.pins) == ["a", "c"]


def test_replay_needs_a_front_end_to_train(opened):
    explorer, _ = opened
    explorer.train("im2spec", filters=2, epochs=2)
    recipe = explorer.recipe()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eelscape.presence.HELLO_SECONDS", 0.1)
        with pytest.raises(FrontEndError, match="No front end is connected"):
            eelscape.replay(recipe, *arrays())


def test_a_stopped_run_is_repeated_up_to_its_epoch_and_on_its_backend(opened, again):
    explorer, _ = opened
    explorer.train("im2spec", filters=2, epochs=90)
    recipe = explorer.recipe()
    assert (recipe["models"][0]["setup"]["epochs"], recipe["models"][0]["epoch"]) == (90, 2)
    _, fronts = again(recipe, *arrays())
    assert fronts[0].requests[0]["setup"]["epochs"] == 2
    _, fronts = again(recipe, *arrays(), backend="wasm")
    assert fronts[0].requests[0]["setup"]["backend"] == "wasm"


def test_weights_that_differ_are_said_with_the_difference(opened, again):
    explorer, _ = opened
    explorer.train("im2spec", filters=2, epochs=2)
    recipe = explorer.recipe()
    recipe["models"][0].update(weights_sha256="0" * 64, backend="webgpu")
    recipe["models"][0]["losses"] = {"train": 0.25, "test": 0.2}
    with pytest.warns(UserWarning, match=r"on webgpu before\): other weights, .* differ by 0\.33"):
        repeated, _ = again(recipe, *arrays())
    assert not repeated.repeated[0].same
    assert repeated.repeated[0].difference == pytest.approx(1 / 3)
    recipe["models"][0]["losses"]["test"] = None
    with pytest.warns(UserWarning, match="differ by nan"):
        again(recipe, *arrays())


def test_other_data_are_refused_with_what_differs(opened):
    explorer, _ = opened
    explorer.preprocess(CROP)
    recipe = explorer.recipe()
    si, haadf = arrays()
    with pytest.raises(ValueError, match=r"their values differ \(sha256 .*in the recipe"):
        eelscape.replay(recipe, si + 1, haadf)
    with pytest.raises(ValueError, match="shape 39 x 60 x 200, in the recipe 40 x 60 x 200"):
        eelscape.replay(recipe, si[1:], haadf[1:])
    with pytest.raises(ValueError, match=r"energy \(eV\) runs from 0.3 to 2.29 eV in 200, in the"):
        eelscape.replay(recipe, si, haadf, axes=[*AXES[:2], {**AXES[2], "offset": 0.3}])
    mask = np.zeros((40, 60), bool)
    mask[3, 4:6] = True
    with pytest.raises(ValueError, match="2 pixels are excluded, in the recipe 0"):
        eelscape.replay(recipe, si, haadf, mask=mask)


def test_other_data_may_be_asked_for(opened):
    explorer, front = opened
    explorer.preprocess(CROP)
    choose(explorer, front)
    recipe = explorer.recipe()
    si, haadf = arrays()
    repeated = eelscape.replay(recipe, si + 1, haadf, same_data=False)
    assert repeated.dataset.shape == (40, 60, 100) and list(repeated.pins) == ["a", "c"]
    with pytest.warns(UserWarning, match="The scan is another than the recipe's"):
        repeated = eelscape.replay(recipe, si[1:], haadf[1:], axes=AXES, same_data=False)
    assert repeated.dataset.shape == (39, 60, 100) and repeated.pins == {}
    assert repeated._line.panel_state.metric == "rmse"


def test_steps_that_give_other_values_are_refused(opened):
    explorer, _ = opened
    explorer.preprocess(CROP)
    recipe = explorer.recipe()
    recipe["data"]["sha256"] = "0" * 64
    with pytest.raises(ValueError, match=r"steps give other values here.*Now eelscape"):
        eelscape.replay(recipe, *arrays())
    assert eelscape.replay(recipe, *arrays(), same_data=False).dataset.shape == (40, 60, 100)


def test_what_an_array_does_not_say_comes_from_the_recipe(wire):  # noqa: F811
    si, haadf = arrays()
    mask = np.zeros((40, 60), bool)
    mask[3, 4:6] = True
    descending = {"name": "energy", "units": "eV", "scale": -0.01, "offset": 2.19}
    explorer, _ = open_panel(wire, si, haadf, mask=mask, axes=[*AXES[:2], descending])
    repeated = eelscape.replay(explorer.recipe(), si, haadf)
    data = repeated.dataset
    assert (data.mask == mask).all() and data.energy_flipped
    assert (data.spectra == explorer.dataset.spectra).all()
    assert data.energy == explorer.dataset.energy


def test_signals_bring_their_own_axes(opened):
    explorer, _ = opened
    si, haadf = arrays()
    signal, image = Signal(si, AXES), Signal(haadf, AXES[:2])
    assert eelscape.replay(explorer.recipe(), signal, image).dataset.energy.offset == 0.2
    with pytest.raises(ValueError, match="the axis energy"):
        other = Signal(si, [*AXES[:2], {**AXES[2], "units": "meV"}])
        eelscape.replay(explorer.recipe(), other, image)


def test_lazy_data_are_compared_after_the_steps(wire):  # noqa: F811
    si, haadf = arrays()
    explorer, _ = open_panel(wire, da.from_array(si, (20, 20, 200)), haadf)
    explorer.preprocess(CROP)
    recipe = explorer.recipe()
    assert recipe["data"]["source"]["sha256"] == ""
    repeated = eelscape.replay(recipe, si, haadf)
    assert repeated.dataset.sha256 == explorer.dataset.sha256
    with pytest.raises(ValueError, match="after the preprocessing steps their values differ"):
        eelscape.replay(recipe, da.from_array(si + 1), haadf)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (None, TypeError, "A recipe is a dict"),
        ({"format": 2}, ValueError, r"format 2; this eelscape .* reads 1.*pip install"),
        ({"format": 0}, ValueError, "no valid 'format'"),
        ({"data": {}}, ValueError, "no valid 'data'"),
        ({"preprocessing": [1]}, ValueError, "no valid 'preprocessing'"),
        ({"models": [{"kind": "im2spec"}]}, ValueError, "no valid 'models'"),
        ({"pins": [{"letter": "a"}]}, ValueError, "no valid regions, pins"),
        ({"analyses": None}, ValueError, "no valid regions, pins"),
    ],
)
def test_what_is_no_recipe_is_refused(opened, change, error, message):
    explorer, _ = opened
    recipe = "recipe.json" if change is None else {**explorer.recipe(), **change}
    with pytest.raises(error, match=message):
        eelscape.replay(recipe, *arrays())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def a_recipe():
    si, haadf = arrays(20, 24, 20)
    explorer = explore(si, haadf, axes=AXES, name="si")
    state = PanelState.of({**STATE, "pins": PINS[:1], "regions": [R1], "analysis": ANALYSIS})
    recipe = recipe_of(explorer._session, [], state)
    explorer.close()
    return json.loads(json.dumps(recipe))


def paths_in(value, path=()):
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        if isinstance(inner, (dict, list)):
            yield from paths_in(inner, (*path, key))
        else:
            yield (*path, key)


RECIPE = a_recipe()


@given(path=st.sampled_from([p for p in paths_in(RECIPE) if p]), value=JSON)
def test_any_json_in_a_recipe_is_read_or_refused_with_a_sentence(path, value):
    recipe = json.loads(json.dumps(RECIPE))
    place = recipe
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    try:
        assert read_recipe(recipe).memory_budget > 0
    except ValueError as error:
        assert "recipe" in str(error)


def test_axes_differ_beyond_rounding():
    same = repetition._same_axis
    axis = eelscape.axes.Axis("E", "eV", 5, 0.1, 0.2)
    assert same(axis, eelscape.axes.Axis("other", "eV", 5, 0.1 * (1 + 1e-12), 0.2))
    assert not same(axis, eelscape.axes.Axis("E", "eV", 5, 0.1001, 0.2))
    assert same(axis, eelscape.axes.Axis("E", "eV", 5, values=axis.array))
    assert not same(axis, eelscape.axes.Axis("E", "meV", 5, 0.1, 0.2))
