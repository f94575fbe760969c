"""Work that a panel asks for: threads, progress, cancelling, results; and each kind of it."""

from __future__ import annotations

import json
import logging
import threading

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from front_end import trained_model

from eelscape import explorer as explorer_module
from eelscape import spectrum_image
from eelscape.explorer import explore
from eelscape.panel_tasks import _KINDS
from eelscape.signal import Signal
from eelscape.spectrum_image import Cancelled
from eelscape.tasks import KEPT, MOST_RUNNING, TaskResult, Tasks, plain

AXES = [
    {"name": "y", "units": "nm", "scale": 0.5},
    {"name": "x", "units": "nm", "scale": 0.5},
    {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2},
]
CROP = {"step": "crop_energy", "start": 0.5, "stop": 1.5}
SETUP = {"kind": "im2spec", "latentDims": 2, "window": 16, "filters": 2, "seed": 0}


def arrays(ny=40, nx=60, channels=200):
    rng = np.random.default_rng(5)
    return rng.poisson(30, (ny, nx, channels)).astype(np.uint16), rng.random((ny, nx), np.float32)


# ---- the mechanism -------------------------------------------------------------------------


class Bench:
    """Tasks of one kind, whose work the test holds in its hands."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.calls = 0
        self.result = TaskResult({"n": np.int64(3)}, {"a": np.arange(6.0).reshape(2, 3)})
        self.error: Exception | None = None
        self.tasks = Tasks(lambda kind: self.work if kind == "work" else None)

    def work(self, params, progress, cancelled):
        self.calls += 1
        progress(params.get("fraction", 0.5), "half way")
        self.begun.release()
        while not self.go_on.wait(0.005):
            if cancelled():
                raise Cancelled
        if self.error:
            raise self.error
        return self.result

    def ended(self, name):
        until(lambda: self.tasks.poll(name)["state"] != "running")
        return self.tasks.poll(name)


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.go_on.set()


def test_a_task_tells_its_progress_and_then_its_result(bench):
    assert bench.tasks.start("t", "work", {})["state"] == "running"
    assert bench.begun.acquire(timeout=20)
    state = bench.tasks.poll("t")
    assert (state["fraction"], state["message"], state["fields"]) == (0.5, "half way", {})
    assert state["arrays"] == []
    # The front end repeats what may have been lost.
    assert bench.tasks.start("t", "work", {})["state"] == "running"
    bench.go_on.set()
    state = bench.ended("t")
    assert (state["state"], state["fields"], state["fraction"]) == ("done", {"n": 3}, 1.0)
    assert [(a["name"], a["dtype"], a["shape"]) for a in state["arrays"]] == [
        ("a", "float32", [2, 3])
    ]
    _, data = bench.tasks.source("task:t").block("a", 0)
    assert (np.frombuffer(data, np.float32) == np.arange(6)).all()
    assert bench.tasks.start("t", "work", {}) == state
    assert bench.calls == 1


def test_fractions_that_are_no_share_are_unknown(bench):
    for name, fraction, told in (("a", None, None), ("b", float("nan"), None), ("c", 7, 1.0)):
        bench.tasks.start(name, "work", {"fraction": fraction})
        assert bench.begun.acquire(timeout=20)
        assert bench.tasks.poll(name)["fraction"] == told


def test_a_cancelled_task_ends_without_a_result(bench):
    bench.tasks.start("t", "work", {})
    assert bench.begun.acquire(timeout=20)
    bench.tasks.cancel("t")
    state = bench.ended("t")
    assert (state["state"], state["arrays"]) == ("cancelled", [])
    assert bench.tasks.source("task:t") is None
    assert bench.tasks.cancel("t")["state"] == "cancelled"


def test_what_nobody_started_is_unknown(bench):
    for answer in (bench.tasks.poll("t"), bench.tasks.cancel("t")):
        assert (answer["state"], answer["task"]) == ("unknown", "t")
    assert bench.tasks.source("task:t") is None
    bench.tasks.release("t")
    state = bench.tasks.start("t", "fly", {})
    assert (state["state"], state["message"]) == ("failed", "This kernel knows no task 'fly'.")


def test_errors_are_for_the_user_and_unforeseen_ones_are_logged_and_named(bench, caplog):
    bench.go_on.set()
    bench.error = ValueError("The scan is too small.")
    bench.tasks.start("expected", "work", {})
    assert bench.ended("expected")["message"] == "The scan is too small."
    assert caplog.records == []
    bench.error = KeyError("spectra")
    with caplog.at_level(logging.ERROR, "eelscape"):
        bench.tasks.start("unforeseen", "work", {})
        state = bench.ended("unforeseen")
    assert state["state"] == "failed"
    assert "unexpected KeyError: 'spectra'" in state["message"]
    assert "traceback" in state["message"]
    assert caplog.records[-1].exc_info[1] is bench.error
    bench.error = MemoryError("Unable to allocate 9 GiB")
    bench.tasks.start("memory", "work", {})
    assert (
        "not enough memory for work: Unable to allocate 9 GiB" in bench.ended("memory")["message"]
    )


def test_a_result_that_is_none_fails_its_task(bench):
    bench.go_on.set()
    bench.result = TaskResult({}, {"a": np.zeros(3, complex)})
    bench.tasks.start("t", "work", {})
    assert "dtype complex128" in bench.ended("t")["message"]


def test_what_follows_a_task_comes_after_its_result_can_be_had(bench):
    seen = []
    bench.result.after = lambda: seen.append(bench.tasks.poll("t")["state"])
    bench.go_on.set()
    bench.tasks.start("t", "work", {})
    until(lambda: seen)
    assert seen == ["done"]


def test_the_last_results_are_kept_until_they_are_released(bench):
    bench.go_on.set()
    for n in range(KEPT + 3):
        bench.tasks.start(str(n), "work", {})
        bench.ended(str(n))
    states = [bench.tasks.poll(str(n))["state"] for n in range(KEPT + 3)]
    assert states == ["unknown"] * 3 + ["done"] * KEPT
    bench.tasks.release("5")
    assert bench.tasks.poll("5")["state"] == "unknown"
    assert bench.tasks.source("task:5") is None


def test_releasing_a_task_that_runs_ends_it(bench):
    bench.tasks.start("t", "work", {})
    assert bench.begun.acquire(timeout=20)
    bench.tasks.release("t")
    until(lambda: bench.tasks.poll("t")["state"] == "unknown")


def test_too_many_at_once_are_refused(bench):
    for n in range(MOST_RUNNING):
        bench.tasks.start(str(n), "work", {})
    state = bench.tasks.start("more", "work", {})
    assert state["state"] == "failed"
    assert f"{MOST_RUNNING} tasks are under way" in state["message"]
    bench.tasks.clear()
    assert bench.tasks.poll("0")["state"] == "unknown"
    until(lambda: not [t for t in threading.enumerate() if t.name == "eelscape work"])


def test_fields_are_json_whatever_they_were():
    value = {
        "a": (np.float32(0.5), np.int16(2), np.bool_(True)),
        "b": [float("nan"), np.float64("inf"), None],
        3: np.array([[1.5, np.nan]]),
        "c": np.dtype("uint16"),
    }
    read = plain(value)
    assert json.loads(json.dumps(read, allow_nan=False)) == {
        "a": [0.5, 2, True],
        "b": [None, None, None],
        "3": [[1.5, None]],
        "c": "uint16",
    }


def test_arrays_take_the_types_of_the_line(bench):
    bench.go_on.set()
    bench.result = TaskResult(
        {},
        {
            "flags": np.array([True, False]),
            "bytes": np.array([7], np.uint8),
            "counts": np.array([9], np.int64),
            "turned": np.arange(6.0).reshape(2, 3).T,
        },
    )
    bench.tasks.start("t", "work", {})
    types = {a["name"]: a["dtype"] for a in bench.ended("t")["arrays"]}
    assert types == {"flags": "uint8", "bytes": "uint8", "counts": "int32", "turned": "float32"}
    _, data = bench.tasks.source("task:t").block("turned", 0)
    assert np.frombuffer(data, np.float32).tolist() == [0, 3, 1, 4, 2, 5]


# ---- each kind, from a panel ---------------------------------------------------------------


@pytest.fixture
def opened(wire):  # noqa: F811
    si, haadf = arrays()
    explorer = explore(si, haadf, axes=AXES, title="a pair", name="si")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    return explorer, front


def reloaded(front, revision):
    until(lambda: front.source == f"pair:{revision}" and front.pair_complete.is_set())


def test_the_state_names_the_source_and_the_steps(opened):
    explorer, front = opened
    fields, got = front.run_task("preprocess-state")
    assert got == {}
    assert fields["steps"] == []
    source = fields["source"]
    assert (source["shape"], source["bytes"]) == ([40, 60, 200], 4 * 40 * 60 * 200)
    assert (source["dtype"], source["lazy"], source["origin"]) == ("uint16", False, "numpy")
    assert source["energy"] == explorer.dataset.energy.to_dict()
    assert isinstance(source["report"], list)


def test_a_preview_shows_the_pixel_and_the_mean(opened):
    explorer, front = opened
    si, _ = arrays()
    fields, got = front.run_task("preprocess-preview", {"step": CROP, "pixel": [3, 4]})
    assert fields["shape_after"] == [40, 60, 100]
    assert fields["params"]["step"] == "crop_energy"
    assert (fields["energy_before"]["size"], fields["energy_after"]["size"]) == (200, 100)
    assert fields["text"] and isinstance(fields["warnings"], list)
    assert (got["before"] == si[3, 4]).all()
    assert (got["after"] == si[3, 4, 30:130]).all()
    assert np.allclose(got["mean_before"], si.mean((0, 1)), rtol=1e-6)
    assert np.allclose(got["mean_after"], si.mean((0, 1))[30:130], rtol=1e-6)
    # What the step does not have is left out.
    assert set(got) == {"before", "after", "mean_before", "mean_after"}
    assert explorer.dataset.shape == (40, 60, 200)


def test_dead_pixels_are_flagged_in_the_preview(opened):
    _, front = opened
    _, got = front.run_task(
        "preprocess-preview",
        {"step": {"step": "mask_dead_pixels", "pixels": [[3, 4]]}, "pixel": [0, 0]},
    )
    assert (got["flags"].dtype, got["flags"].shape) == (np.uint8, (40, 60))
    assert np.argwhere(got["flags"]).tolist() == [[3, 4]]


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        ("preprocess-preview", {}, "step is None"),
        ("preprocess-preview", {"step": CROP, "pixel": [1]}, "a row and a column"),
        ("preprocess-preview", {"step": CROP, "pixel": [1, "2"]}, "a row and a column"),
        ("preprocess-preview", {"step": {"step": "fly"}, "pixel": [1, 1]}, "no step 'fly'"),
        ("preprocess-apply", {"steps": CROP}, "must be of type list"),
        ("preprocess-apply", {"steps": [{**CROP, "to": 1}]}, "no parameter 'to'"),
        ("nmf", {"components": True}, "must be of type int"),
        ("nmf", {"components": 0}, "components is 0"),
        ("choose", {"answers": {"spectra": 0}}, "chosen already"),
        ("delete", {}, "knows no task 'delete'"),
    ],
)
def test_what_cannot_be_done_says_why(opened, kind, params, message):
    explorer, front = opened
    before = explorer._session._state
    state = front.ended(front.begin(kind, params))
    assert state["state"] == "failed"
    assert message in state["message"]
    assert explorer._session._state is before


def test_steps_from_the_panel_replace_the_data_and_undo_brings_them_back(opened):
    explorer, front = opened
    first = explorer.dataset
    model = explorer.train("im2spec", filters=2, epochs=2)
    fields, _ = front.run_task("preprocess-apply", {"steps": [CROP]})
    assert [step["automatic"] for step in fields["steps"]] == [False]
    assert "100 of 200 channels" in fields["steps"][0]["text"]
    reloaded(front, 2)
    assert front.arrays["spectra"].shape == (40, 60, 100)
    assert (front.arrays["spectra"] == explorer.dataset.spectra).all()
    assert front.welcome["pair"]["id"] == explorer.id
    assert front.welcome["pair"]["sha256"] == explorer.dataset.sha256 != first.sha256
    # Models stay, with their data.
    assert explorer.models == [model]
    assert model.dataset is first
    assert np.nanmax(model.error_map()) > 0
    assert explorer.train("im2spec", filters=2, epochs=2).dataset is explorer.dataset
    fields, _ = front.run_task("preprocess-apply", {"steps": []})
    assert fields["steps"] == []
    reloaded(front, 3)
    assert explorer.dataset is first
    assert front.run_task("preprocess-apply", {"steps": []})[0]["steps"] == []
    assert front.source == "pair:3"


def test_a_step_is_refused_while_a_model_is_trained(opened):
    explorer, front = opened
    front.trains = False
    run = explorer.train("im2spec", filters=2, epochs=2, wait=False)
    until(lambda: front.requests)
    state = front.ended(front.begin("preprocess-apply", {"steps": [CROP]}))
    assert state["state"] == "failed"
    assert "im2spec 2L is training" in state["message"] and "stop it" in state["message"]
    front.train(run.id, front.requests[0]["setup"])
    run.wait(20)
    front.run_task("preprocess-apply", {"steps": [CROP]})


def test_cancelling_a_step_ends_within_a_block_and_changes_nothing(wire, monkeypatch):  # noqa: F811
    import dask.array as da

    si, haadf = arrays()
    monkeypatch.setattr(spectrum_image, "LAZY_BLOCK_BYTES", 4 * 4 * 60 * 200)
    hold, read = threading.Event(), []

    def block(values):
        if values.size:
            read.append(threading.current_thread().name)
            assert hold.wait(20)
        return values

    hold.set()
    source = da.from_array(si, chunks=(4, -1, -1)).map_blocks(block, dtype=si.dtype)
    explorer = explore(source, haadf, axes=AXES)
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    before = explorer._session._state
    hold.clear()
    read.clear()
    task = front.begin("preprocess-apply", {"steps": [{"step": "mask_dead_pixels"}]})
    until(lambda: read)
    # The answer to the beginning is not that to the cancelling.
    until(lambda: front.task_states.pop(task, None))
    front.send({"type": "task-cancel", "task": task}, [])
    until(lambda: front.task_states.get(task))
    hold.set()
    assert front.ended(task)["state"] == "cancelled"
    assert len(read) == 1
    assert explorer._session._state is before
    assert (front.source, front.run_task("preprocess-state")[0]["steps"]) == ("pair:1", [])
    front.run_task("preprocess-apply", {"steps": [{"step": "mask_dead_pixels"}]})


def test_nmf_from_the_panel_and_from_a_cell_is_the_same(opened):
    explorer, front = opened
    assert front.run_task("factorisation") == ({"components": 0}, {})
    assert explorer.factorisation is None
    fields, got = front.run_task("nmf", {"components": 3, "seed": 1})
    assert (fields["components"], fields["sha256"]) == (3, explorer.dataset.sha256)
    assert 0 < fields["explained"] <= 1
    assert fields["energy"] == explorer.dataset.energy.to_dict()
    assert (got["abundances"].shape, got["endmembers"].shape) == ((3, 40, 60), (3, 200))
    result = explorer.factorisation
    assert (np.moveaxis(got["abundances"], 0, -1) == result.abundances.data).all()
    assert (got["endmembers"] == result.endmembers.data).all()
    from_cell = explorer.nmf(2)
    until(lambda: [r["type"] for r in front.requests] == ["changed"])
    assert front.requests[0]["what"] == "factorisation"
    fields, got = front.run_task("factorisation")
    assert fields["components"] == 2
    assert (got["endmembers"] == from_cell.endmembers.data).all()


def test_a_watching_tab_may_ask_too(opened, wire):  # noqa: F811
    explorer, _ = opened
    second = wire.panel(explorer.id)
    assert second.pair_complete.wait(20)
    second.run_task("preprocess-state")


def several():
    si, haadf = arrays()
    y, x, e = AXES
    return [
        Signal(si, [y, x, e], "<b>low loss</b>", "counts"),
        Signal(si + 1, [y, x, e], "core loss", "counts"),
        Signal(haadf, [y, x], "HAADF"),
        Signal(haadf[::-1].copy(), [y, x], "BF"),
    ]


def test_the_panel_asks_and_its_answer_opens_the_data(wire):  # noqa: F811
    signals = several()
    explorer = explore(signals, name="signals")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    pair = front.welcome["pair"]
    assert (pair["id"], pair["name"]) == (explorer.id, "signals")
    asked = pair["question"]
    assert asked["source"] == "question:1"
    groups = {group["key"]: group for group in asked["groups"]}
    assert set(groups) == {"spectra", "image"}
    titles = {key: [o["title"] for o in group["options"]] for key, group in groups.items()}
    assert titles == {"spectra": ["<b>low loss</b>", "core loss"], "image": ["HAADF", "BF"]}
    assert "40 x 60 x 200" in groups["spectra"]["options"][0]["detail"]
    previews = [o["preview"] for g in groups.values() for o in g["options"] if o["preview"]]
    assert set(previews) == set(front.arrays)
    assert all(a.ndim == 2 and max(a.shape) <= 128 for a in front.arrays.values())
    state = front.ended(front.begin("preprocess-state"))
    assert "not chosen yet" in state["message"]
    front.run_task("choose", {"answers": {"spectra": 1, "image": 0}})
    reloaded(front, 2)
    assert (front.arrays["spectra"] == signals[1].data).all()
    assert (front.arrays["image"] == signals[2].data).all()
    assert explorer.train("im2spec", filters=2, epochs=2) is explorer.models[0]


def test_tasks_of_replaced_data_touch_nothing(wire, monkeypatch):  # noqa: F811
    monkeypatch.setattr(explorer_module, "line_id", lambda name: "one-cell")
    si, haadf = arrays()
    explore(si, haadf, axes=AXES)
    front = wire.panel("one-cell")
    assert front.pair_complete.wait(20)
    inside, go_on = threading.Event(), threading.Event()

    def slow(line, session, params, progress, cancelled):
        inside.set()
        assert go_on.wait(20)
        return real(line, session, params, progress, cancelled)

    real = _KINDS["preprocess-apply"]
    monkeypatch.setitem(_KINDS, "preprocess-apply", slow)
    task = front.begin("preprocess-apply", {"steps": [CROP]})
    assert inside.wait(20)
    second = explore(si + 1, haadf, axes=AXES)
    go_on.set()
    reloaded(front, 2)
    assert front.ended(task)["state"] in ("unknown", "cancelled")
    until(lambda: not [t for t in threading.enumerate() if t.name == "eelscape preprocess-apply"])
    assert front.run_task("preprocess-state")[0]["steps"] == []
    assert (front.source, second.dataset.shape) == ("pair:2", (40, 60, 200))


def test_a_model_that_comes_late_finds_its_data(opened):
    explorer, front = opened
    first = explorer.dataset
    welcome, image = front.welcome["pair"], front.arrays["image"]
    front.run_task("preprocess-apply", {"steps": [CROP]})
    reloaded(front, 2)
    front.send_model("a run of the panel", trained_model(welcome, image, SETUP))
    until(lambda: explorer.models)
    assert explorer.models[0].dataset is first
    assert explorer.models[0].source == "browser"


def test_data_that_differ_in_their_mask_alone_are_told_apart(opened):
    explorer, front = opened
    first = explorer.dataset
    welcome, image = front.welcome["pair"], front.arrays["image"]
    result = explorer.nmf(2)
    step = {"step": "mask_dead_pixels", "pixels": [[20, 20]]}
    front.run_task("preprocess-apply", {"steps": [step]})
    reloaded(front, 2)
    assert explorer.dataset.sha256 == first.sha256
    assert explorer.dataset.mask.sum() == 1
    assert explorer.factorisation is None
    front.send_model("a run of the panel", trained_model(welcome, image, SETUP))
    until(lambda: explorer.models)
    assert explorer.models[0].dataset is first
    explorer.undo()
    assert (explorer.factorisation.endmembers.data == result.endmembers.data).all()


def test_a_model_of_unknown_data_keeps_what_the_browser_computed(opened):
    explorer, front = opened
    welcome = {**front.welcome["pair"], "sha256": "0" * 64}
    sent = trained_model(welcome, front.arrays["image"], SETUP)
    front.send_model("a run of the panel", sent)
    until(lambda: explorer.models)
    model = explorer.models[0]
    assert model.dataset is None
    got = model.predictions()[8:33, 8:53].reshape(-1, 200)
    assert (got == sent["predictions"]).all()
    with pytest.raises(RuntimeError, match="needs the data"):
        model.error_map()
