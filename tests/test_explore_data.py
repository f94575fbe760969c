"""What a cell does with the data of an explorer: steps, regions, NMF, the question, the recipe."""

from __future__ import annotations

import _thread
import json
import signal
import warnings

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from front_end import trained_model

from eelscape import explorer as explorer_module
from eelscape import progress_line
from eelscape.axes import Axis
from eelscape.dataset import Dataset
from eelscape.explorer import explore
from eelscape.front_end_errors import FrontEndError
from eelscape.panel_state import PanelState
from eelscape.session import NotNow
from eelscape.signal import Signal

AXES = [
    {"name": "y", "units": "nm", "scale": 0.5, "offset": 2.0},
    {"name": "x", "units": "nm", "scale": 0.25},
    {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2},
]
CROP = {"step": "crop_energy", "start": 0.5, "stop": 1.5}
BIN = {"step": "bin_energy", "factor": 2, "mode": "mean"}


def arrays(ny=40, nx=60, channels=200):
    rng = np.random.default_rng(5)
    return rng.poisson(30, (ny, nx, channels)).astype(np.uint16), rng.random((ny, nx), np.float32)


@pytest.fixture
def opened(wire):  # noqa: F811
    si, haadf = arrays()
    explorer = explore(si, haadf, axes=AXES, title="a pair", name="si")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    return explorer, front


def reloaded(front, revision):
    until(lambda: front.source == f"pair:{revision}" and front.pair_complete.is_set())


def tell(front, explorer, regions, pointer=(3, 5)):
    front.tell(pointer=list(pointer), energyRange=[0.5, 0.75], regions=regions)
    until(lambda: explorer._line.panel_state.regions == tuple(regions))


R1 = {"name": "R1", "kind": "rectangle", "points": [[4.0, 2.0], [10.0, 6.0]]}
P = {"name": "<P>", "kind": "polygon", "points": [[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]]}


# ---- steps ---------------------------------------------------------------------------------


def test_steps_of_a_cell_reach_the_panel(opened):
    explorer, front = opened
    si, _ = arrays()
    assert explorer.preprocess(CROP, BIN) is explorer
    reloaded(front, 2)
    assert (front.arrays["spectra"] == explorer.dataset.spectra).all()
    assert explorer.dataset.shape == (40, 60, 50)
    assert "step 2: Energies binned by 2" in repr(explorer)
    assert "step 2" in explorer._repr_html_()
    assert front.run_task("preprocess-state")[0]["steps"][1]["params"]["factor"] == 2
    explorer.undo()
    reloaded(front, 3)
    assert (explorer.dataset.spectra == si[..., 30:130]).all()
    assert "step 2" not in explorer._repr_html_()
    explorer.preprocess([{**CROP, "stop": 1.0}], replace_all=True)
    assert explorer.dataset.shape == (40, 60, 50)
    explorer.undo()
    assert (explorer.dataset.spectra == si).all()
    with pytest.raises(ValueError, match="no preprocessing step to undo"):
        explorer.undo()
    with pytest.raises(ValueError, match="Give the steps"):
        explorer.preprocess()


def test_the_setup_is_checked_against_the_data_of_now(opened):
    explorer, _ = opened
    explorer.preprocess({"step": "crop_energy", "start": 0.2, "stop": 0.3})
    with pytest.raises(ValueError, match="at least 16 channels; these have 10"):
        explorer.train("spec2im")


def test_models_keep_their_data_and_the_panel_keeps_its_line(opened, wire):  # noqa: F811
    explorer, front = opened
    model = explorer.train("im2spec", filters=2, epochs=2)
    before = model.dataset
    explorer.preprocess({"step": "bin_scan", "factor": 2})
    reloaded(front, 2)
    assert explorer.connected
    assert explorer.models == [model] and model.dataset is before
    assert model.error_map().shape == (40, 60)
    assert wire.controls == [explorer.id]


def test_a_step_waits_for_the_training_and_training_for_a_step(opened):
    explorer, front = opened
    front.trains = False
    run = explorer.train("im2spec", filters=2, epochs=2, wait=False)
    before = explorer.dataset
    with pytest.raises(NotNow, match=r"im2spec 2L is training.*wait for it, or stop it"):
        explorer.preprocess(CROP)
    assert explorer.dataset is before
    until(lambda: front.requests)
    front.send({"type": "failure", "run": run.id, "message": "no GPU"}, [])
    until(lambda: run.done)
    explorer.preprocess(CROP)
    with explorer._session._alone("Preprocessing"):
        with pytest.raises(NotNow, match="Preprocessing is under way"):
            explorer.train("im2spec")
        with pytest.raises(NotNow, match="Preprocessing is under way"):
            explorer.undo()


@pytest.fixture
def interruptible():
    """SIGINT as in a kernel: a process that was started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupted_cell_leaves_the_data_as_they_were(wire, monkeypatch, interruptible):  # noqa: F811
    import dask.array as da

    si, haadf = arrays()
    interrupting = False

    def block(values):
        if interrupting and values.size:
            _thread.interrupt_main()
        return values

    lazy = da.from_array(si, chunks=(4, -1, -1)).map_blocks(block, dtype=si.dtype)
    explorer = explore(lazy, haadf, axes=AXES)
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    before = explorer._session._state
    said = []
    monkeypatch.setattr(
        progress_line.ProgressLine, "show", lambda self, text, last=False: said.append(text)
    )
    interrupting = True
    with pytest.raises(KeyboardInterrupt):
        explorer.preprocess({"step": "mask_dead_pixels"})
    interrupting = False
    assert said[-1] == "interrupted, nothing was changed"
    assert explorer._session._state is before
    assert front.source == "pair:1"
    # Nothing is left locked.
    explorer.preprocess(CROP)
    reloaded(front, 2)


def test_an_interrupted_explore_opens_nothing(wire, interruptible):  # noqa: F811
    import dask.array as da

    si, haadf = arrays()

    def block(values):
        if values.size:
            _thread.interrupt_main()
        return values

    lazy = da.from_array(si, chunks=(4, -1, -1)).map_blocks(block, dtype=si.dtype)
    with pytest.raises(KeyboardInterrupt):
        explore(lazy, haadf, axes=AXES)
    assert wire.controls == []


def test_long_work_is_told_and_short_work_is_not(wire, monkeypatch, capsys):  # noqa: F811
    si, haadf = arrays()
    explore(si, haadf, axes=AXES).preprocess(CROP)
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(progress_line, "_PATIENCE", 0.0)
    explore(si, haadf, axes=AXES).preprocess(CROP)
    told = capsys.readouterr().out
    assert "explore: 100 %, Reading the spectra" in told
    assert "preprocess: done" in told


def test_d2_the_cell_says_first_what_the_browser_gets(wire):  # noqa: F811
    """[D2] Size, then what was done to keep to the memory budget."""
    import dask.array as da

    si, haadf = arrays()
    explorer = explore(da.from_array(si), haadf, axes=AXES, memory_budget=600 * 1024)
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    assert front.arrays["spectra"].nbytes <= 600 * 1024
    lines = repr(explorer).splitlines()
    assert "source: 40 x 60 x 200 uint16, 1.8 MiB as float32, read block by block" in lines[1]
    assert "memory budget: The browser gets at most 600 KiB" in lines[2]
    assert "Energies binned by 4" in lines[2] and "memory_budget=" in lines[2]
    assert "(40, 60, 50)" in lines[4] and "469 KiB" in lines[4]
    state = front.run_task("preprocess-state")[0]
    assert state["source"]["lazy"] and state["steps"][0]["automatic"]
    with pytest.raises(ValueError, match="more than the memory budget of 600 KiB"):
        explorer.undo()


def test_a_stale_explorer_refuses_and_keeps_its_data(wire, monkeypatch):  # noqa: F811
    monkeypatch.setattr(explorer_module, "line_id", lambda name: "one-cell")
    si, haadf = arrays()
    first = explore(si, haadf, axes=AXES)
    front = wire.panel("one-cell")
    assert front.pair_complete.wait(20)
    tell(front, first, [R1])
    second = explore(si + 1, haadf, axes=AXES)
    reloaded(front, 2)
    # Regions stay for a scan of the same size; the pointer is the panel's to say.
    assert front.welcome["state"]["regions"] == [R1]
    assert list(second.regions) == ["R1"] and second.selection is None
    assert (first.regions, first.selection, first.connected) == ({}, None, False)
    assert (first.dataset.spectra == si).all()
    for work in (lambda: first.preprocess(CROP), first.undo, first.nmf, lambda: first.choose(a=0)):
        with pytest.raises((FrontEndError, ValueError), match=r"replaced|no preprocessing step"):
            work()
    second.preprocess(CROP)
    assert not first.connected and second.connected


# ---- the panel's pointer and regions -------------------------------------------------------


def test_regions_are_masks_and_spectra_by_name(opened):
    explorer, front = opened
    assert explorer.regions == {}
    tell(front, explorer, [R1, P])
    regions = explorer.regions
    assert list(regions) == ["R1", "<P>"]
    expected = np.zeros((40, 60), bool)
    expected[2:6, 4:10] = True
    assert (regions["R1"].mask == expected).all() and regions["R1"].pixels == 24
    inside = explorer.dataset.spectra[2:6, 4:10].reshape(24, -1)
    assert np.allclose(regions["R1"].spectrum.data, inside.mean(0))
    error = inside.std(0, ddof=1) / np.sqrt(24)
    assert np.allclose(regions["R1"].standard_error.data, error, rtol=1e-4)
    assert regions["R1"].spectrum.axes[0].units == "eV"


def test_a_reloaded_page_gets_its_regions_again(opened, wire):  # noqa: F811
    explorer, front = opened
    assert front.welcome["state"]["regions"] == []
    tell(front, explorer, [R1, P])
    again = wire.panel(explorer.id, tab=front.tab)
    assert again.pair_complete.wait(20)
    assert again.welcome["state"]["regions"] == [R1, P]


def test_regions_and_pointer_stay_at_their_place_when_the_scan_is_cut(opened):
    explorer, front = opened
    tell(front, explorer, [R1], pointer=(5, 9))
    inside = explorer.regions["R1"].spectrum.data
    explorer.preprocess({"step": "crop_scan", "rows": [1, 37], "columns": [2, 58]})
    reloaded(front, 2)
    (moved,) = front.welcome["state"]["regions"]
    assert np.allclose(moved["points"], [[2, 1], [8, 5]])
    assert explorer.selection.pointer == (4, 7)
    assert np.allclose(explorer.regions["R1"].spectrum.data, inside)
    explorer.preprocess({"step": "bin_scan", "factor": 2})
    reloaded(front, 3)
    assert np.allclose(front.welcome["state"]["regions"][0]["points"], [[1, 0.5], [4, 2.5]])
    assert explorer.selection.pointer == (2, 3)
    explorer.preprocess(replace_all=True)
    reloaded(front, 4)
    assert np.allclose(front.welcome["state"]["regions"][0]["points"], R1["points"])


def on_scan(x):
    y = Axis("y", "nm", 4, 0.5)
    return Dataset(np.zeros((4, 4, 2)), np.zeros((4, 4)), y, x, Axis("energy", "eV", 2))


@pytest.mark.parametrize(
    ("x", "columns"),
    [
        # The left edge of the pixel at 2 nm is at 1.75 nm, that at 5 nm at 4.75 nm.
        (Axis("x", "nm", 4, 1.0, -4.0), (6.25, 9.25)),
        (Axis("x", "nm", 4, -0.5), (-3.0, -9.0)),
        (Axis("x", "um", 4, 0.001), None),
        (Axis("x", "nm", 4, values=(0.0, 1.0, 2.0, 4.0)), None),
    ],
)
def test_places_follow_their_units_or_are_given_up(x, columns):
    state = PanelState((1, 2), (0.5, 0.75), (R1,))
    moved = state.moved(on_scan(Axis("x", "nm", 4, 0.5)), on_scan(x))
    if columns is None:
        assert moved == PanelState()
        return
    expected = [[columns[0], 2.0], [columns[1], 6.0]]
    assert np.allclose(moved.regions[0]["points"], expected)
    assert moved.energy_range == state.energy_range


# ---- NMF, recipe ---------------------------------------------------------------------------


def test_nmf_belongs_to_the_data(opened):
    explorer, _ = opened
    result = explorer.nmf(3)
    assert result.abundances.shape == (40, 60, 3)
    assert result.endmembers.axes[-1].to_dict() == explorer.dataset.energy.to_dict()
    assert explorer.recipe()["factorisation"]["components"] == 3
    explorer.preprocess(CROP)
    assert explorer.factorisation is None
    assert explorer.recipe()["factorisation"] is None
    with pytest.raises(ValueError, match="components is 0"):
        explorer.nmf(0)


def test_the_recipe_is_json_and_its_steps_give_the_same_data(opened):
    explorer, front = opened
    explorer.preprocess({"step": "mask_dead_pixels"}, CROP, BIN)
    reloaded(front, 2)
    model = explorer.train("im2spec", filters=2, epochs=2)
    tell(front, explorer, [R1])
    recipe = json.loads(json.dumps(explorer.recipe(), allow_nan=False))
    data = recipe["data"]
    assert (data["name"], data["title"], data["origin"]) == ("si", "a pair", "numpy")
    assert data["sha256"] == explorer.dataset.sha256
    assert (data["shape"], data["source"]["shape"]) == ([40, 60, 50], [40, 60, 200])
    assert data["source"]["dtype"] == "uint16"
    assert data["report"] == explorer.dataset.report
    assert recipe["regions"] == [R1]
    assert recipe["models"][0]["data_sha256"] == model.data_sha256
    si, haadf = arrays()
    again = explore(si, haadf, axes=AXES, title="a pair", name="si")
    again.preprocess(recipe["preprocessing"])
    assert again.dataset.sha256 == data["sha256"]


# ---- the question --------------------------------------------------------------------------


def several():
    si, haadf = arrays()
    y, x, e = AXES
    return [
        Signal(si, [y, x, e], "low <b>loss</b>", "counts"),
        Signal(si + 1, [y, x, e], "core loss", "counts"),
        Signal(haadf, [y, x], "HAADF"),
        Signal(haadf[::-1].copy(), [y, x], "BF"),
    ]


def test_an_open_question_is_shown_and_answered_in_a_cell(wire):  # noqa: F811
    signals = several()
    explorer = explore(signals, name="signals")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    assert "question" in front.welcome["pair"]
    assert explorer.dataset is None and explorer.regions == {} and explorer.selection is None
    bundle = explorer._repr_mimebundle_()
    for text in bundle.values():
        assert "ex.choose(" in text and "core loss" in text and "40 x 60 x 200" in text
    assert "<b>loss" not in bundle["text/html"]
    for work in (
        lambda: explorer.train("im2spec"),
        lambda: explorer.preprocess(CROP),
        explorer.nmf,
        explorer.recipe,
    ):
        with pytest.raises(NotNow, match=r"(?s)core loss.*ex\.choose\(spectra="):
            work()
    with pytest.raises(ValueError, match="choose"):
        explorer.choose(spectra=7, image=0)
    assert explorer.choose(spectra=1, image=0) is explorer
    reloaded(front, 2)
    assert (front.arrays["spectra"] == signals[1].data).all()
    assert "core loss" in repr(explorer)
    assert explorer.train("im2spec", filters=2, epochs=2) is explorer.models[0]
    with pytest.raises(NotNow, match="chosen already"):
        explorer.choose(spectra=0, image=0)


# ---- descending energies -------------------------------------------------------------------


def descending(wire):  # noqa: F811
    si, haadf = arrays()
    y, x, e = AXES
    axes = [y, x, {**e, "scale": -0.01, "offset": 0.2 + 199 * 0.01}]
    explorer = explore(si, haadf, axes=axes, name="si")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    return si, explorer, front


def test_d8_descending_energies_come_back_as_they_were_given(wire):  # noqa: F811
    """[D8] Flipped for the browser, flipped back wherever values return to Python."""
    si, explorer, front = descending(wire)
    assert (front.arrays["spectra"] == si[..., ::-1]).all()
    assert front.welcome["pair"]["energy"]["scale"] > 0
    given = 0.2 + 0.01 * np.arange(199, -1, -1)

    model = explorer.train("im2spec", filters=2, epochs=2)
    assert np.allclose(model.energy.array, given)
    (transfer,) = front._transfers.values()
    sent = transfer["arrays"]["predictions"]
    got = model.predictions()
    assert (got[8:33, 8:53].reshape(-1, 200) == sent[:, ::-1]).all()
    signal = model.predictions(as_signal=True)
    assert np.allclose(signal.axes_manager.signal_axes[0].axis, given)
    assert np.array_equal(signal.data, got, equal_nan=True)

    tell(front, explorer, [R1])
    selection = explorer.selection
    assert (selection.spectrum.data == si[3, 5]).all()
    assert np.allclose(selection.spectrum.axes[0].array, given)
    region = explorer.regions["R1"]
    assert np.allclose(region.spectrum.data, si[2:6, 4:10].mean((0, 1)), rtol=1e-6)
    assert np.allclose(region.spectrum.axes[0].array, given)
    assert np.allclose(region.standard_error.axes[0].array, given)

    endmembers = explorer.nmf(2).endmembers
    assert np.allclose(endmembers.axes[-1].array, given)
    _, panel = front.run_task("factorisation")
    assert (panel["endmembers"] == endmembers.data[:, ::-1]).all()


@pytest.mark.parametrize("kind", ["im2spec", "spec2im"])
def test_d8_a_model_takes_and_gives_spectra_along_its_energy_axis(wire, kind):  # noqa: F811
    """[D8] encode, decode, predict, over, the grid and back-projection in one order."""
    from eelscape.model import Model

    si, explorer, _ = descending(wire)
    _, haadf = arrays()
    model = explorer.train(kind, filters=2, epochs=2)
    # The same network on the same data, with ascending energies.
    plain = Model(model._file)
    flipped = si[..., ::-1].astype(np.float32)
    assert np.allclose(plain.energy.array[::-1], model.energy.array)
    points = np.array([[0.2, 0.3], [0.4, 0.1]], np.float32)
    if kind == "im2spec":
        windows = np.stack([haadf[:16, :16], haadf[5:21, 5:21]])
        assert (model.predict(windows) == plain.predict(windows)[:, ::-1]).all()
        assert (model.encode(windows) == plain.encode(windows)).all()
        assert (model.decode(points) == plain.decode(points)[:, ::-1]).all()
        whole, reference = model.over(haadf), plain.over(haadf)
        assert np.array_equal(whole.predictions, reference.predictions[..., ::-1], equal_nan=True)
        nodes, decoded = model.latent_grid(2)
        assert (decoded.reshape(4, -1) == plain.decode(nodes.reshape(4, 2))[:, ::-1]).all()
    else:
        assert (model.predict(si[0]) == plain.predict(flipped[0])).all()
        assert (model.encode(si[0]) == plain.encode(flipped[0])).all()
        assert (model.encode(si[0].tolist()) == plain.encode(flipped[0])).all()
        assert (model.decode(points) == plain.decode(points)).all()
        latents = plain.over(flipped).latents
        assert np.array_equal(model.over(si).latents, latents, equal_nan=True)
        # The spectra of a Dataset ascend, whatever the source.
        assert np.array_equal(model.over(explorer.dataset).latents, latents, equal_nan=True)
        found = model.back_project(points, k=1)
        rows, columns = found.positions[:, 0].T
        assert (found.mean == si[rows, columns]).all()


# ---- windows and batches -------------------------------------------------------------------


def test_d11_fewer_windows_than_a_batch_shrink_the_batch_and_say_so(opened):
    """[D11] Adjusted, with the numbers."""
    explorer, front = opened
    with pytest.warns(UserWarning, match="batch_size is 500, but there are 475 windows"):
        explorer.train("im2spec", filters=2, epochs=2, batch_size=500)
    assert front.requests[0]["setup"]["batchSize"] == 475
    # With a stride of 5: 5 of 25 rows and 4 of 19 columns train.
    with pytest.warns(UserWarning, match="batch_size is 64, but there are 20 windows"):
        explorer.train("im2spec", filters=2, epochs=2, stride=5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer.train("im2spec", filters=2, epochs=2, batch_size=475)


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        # 45 columns of 25 positions, 29 of them after the guard.
        ({"train_fraction": 0.999}, r"725 windows to train on and 0 to test, of 1125 \(45 columns"),
        ({"split": "top-bottom", "window": 24}, r"0 windows .* \(17 rows of positions, guard 24"),
        ({"guard": 45}, r"0 windows .* \(45 columns of positions, guard 45 pixels\)"),
        ({"split": "random", "train_fraction": 1e-5}, r"0 windows to train on and 1125 to test"),
        ({"split": "random", "train_fraction": 0.99999}, r"1125 windows to train on and 0 to test"),
    ],
)
def test_d11_an_empty_part_is_refused_with_the_numbers(opened, arguments, numbers):
    """[D11] An empty test or training part is refused before anything is sent."""
    explorer, front = opened
    with pytest.raises(ValueError, match=numbers) as caught:
        explorer.train("im2spec", **arguments)
    assert "Choose a smaller window or guard" in str(caught.value)
    assert front.requests == []


def test_d11_masked_pixels_may_leave_no_window(wire):  # noqa: F811
    """[D11] A part that only the mask empties."""
    si, haadf = arrays()
    mask = np.zeros(haadf.shape, bool)
    mask[:, 5::10] = True
    explorer = explore(si, haadf, axes=AXES, mask=mask)
    with pytest.raises(ValueError, match="No window of 16 x 16 pixels fits between the masked"):
        explorer.train("im2spec")
    # Test windows begin at columns 35 to 44 and would all hold a masked pixel.
    mask[:] = False
    mask[:, 45] = True
    explorer = explore(si, haadf, axes=AXES, mask=mask)
    with pytest.raises(ValueError, match="leaves 475 windows to train on and 0 to test, of 750"):
        explorer.train("im2spec")


def test_the_scale_may_be_robust(opened):
    explorer, front = opened
    explorer.train("im2spec", filters=2, epochs=2, scaling="robust")
    assert front.requests[0]["setup"]["scaling"] == "robust"
    with pytest.raises(ValueError, match="scaling is 'max'; allowed: 'range', 'robust'"):
        explorer.train("im2spec", scaling="max")


def test_late_models_of_the_panel_do_not_disturb_a_step(opened):
    explorer, front = opened
    welcome, image = front.welcome["pair"], front.arrays["image"]
    setup = {"kind": "im2spec", "latentDims": 2, "window": 16, "filters": 2, "seed": 0}
    explorer.preprocess({"step": "bin_scan", "factor": 2})
    front.send_model("a run of the panel", trained_model(welcome, image, setup))
    until(lambda: explorer.models)
    assert explorer.models[0].dataset.shape == (40, 60, 200)
    assert explorer.dataset.shape == (20, 30, 200)
