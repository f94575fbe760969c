"""Explorers and panels over comms in memory."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from front_end import STATE, trained_model

from eelscape import explorer as explorer_module
from eelscape import lines, presence, requests
from eelscape.explorer import explore
from eelscape.front_end_errors import FrontEndError
from eelscape.progress_line import ProgressLine
from eelscape.signal import Signal

AXES = [
    {"name": "y", "units": "nm", "scale": 0.5},
    {"name": "x", "units": "nm", "scale": 0.5},
    {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2},
]


def pair(ny=40, nx=60, channels=300):
    rng = np.random.default_rng(5)
    return rng.random((ny, nx, channels), np.float32), rng.random((ny, nx), np.float32)


@pytest.fixture
def opened(wire):  # noqa: F811
    """An explorer and its panel."""
    si, haadf = pair()
    explorer = explore(si, haadf, axes=AXES, title="a pair")
    front = wire.panel(explorer.id)
    return explorer, front


def train(explorer, **options):
    return explorer.train("im2spec", filters=2, epochs=2, **options)


def test_the_panel_pulls_what_was_passed_with_its_axes(wire):  # noqa: F811
    si, haadf = pair()
    kept = si.copy()
    mask = np.zeros(haadf.shape, bool)
    mask[3, 4] = True
    explorer = explore(si, haadf, axes=AXES, title="a pair", mask=mask)
    si[:] = 0
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    assert (front.arrays["spectra"] == kept).all()
    assert (front.arrays["image"] == haadf).all()
    assert (front.arrays["mask"] == mask).all()
    described = front.welcome["pair"]
    assert described["energy"] == {
        "name": "energy",
        "units": "eV",
        "size": 300,
        "scale": 0.01,
        "offset": 0.2,
    }
    assert described["report"] == ["1 of 2400 pixels are masked: excluded"]
    assert wire.controls == [explorer.id]


def test_train_returns_the_model_of_the_browser(opened):
    explorer, front = opened
    model = train(explorer)
    assert explorer.models == [model]
    assert explorer.history == {"train": [0.5, 0.25], "test": [0.6, 0.3]}
    sent = trained_model(front.welcome["pair"], front.arrays["image"], front.requests[0]["setup"])
    got = model.predictions()
    assert (got[8:33, 8:53].reshape(-1, 300) == sent["predictions"]).all()
    assert np.isnan(got).sum() == 300 * (2400 - 25 * 45)
    assert (model.latents()[8:33, 8:53].reshape(-1, 2) == sent["latents"]).all()
    assert model.backend == "cpu"


def test_spec2im_predictions_are_windows(opened):
    explorer, _ = opened
    model = explorer.train("spec2im", filters=2, epochs=2)
    assert model.predictions().shape == (40, 60, 16, 16)


def test_the_setup_reaches_the_front_end_under_its_names(opened):
    explorer, front = opened
    explorer.train("im2spec", 3, 4, filters=np.int64(2), seed=7, split="random", guard=3)
    assert front.requests[0]["setup"] == {
        "kind": "im2spec",
        "latentDims": 3,
        "epochs": 4,
        "batchSize": 64,
        "learningRate": 0.001,
        "filters": 2,
        "window": 16,
        "stride": 1,
        "windows": "all",
        "split": "random",
        "guard": 3,
        "trainFraction": 0.67,
        "seed": 7,
        "backend": "auto",
        "scaling": "range",
    }


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"kind": "im2im"}, ValueError, "allowed: 'im2spec', 'spec2im'"),
        ({"window": 15}, ValueError, "an even number from 4 to 40"),
        ({"window": 42}, ValueError, "image of 40x60 pixels give an even number from 4 to 40"),
        ({"kind": "spec2im", "window": 18}, ValueError, "a multiple of 4 from 4 to 40"),
        ({"window": 40, "windows": "paper"}, ValueError, "from 4 to 38"),
        ({"epochs": 0}, ValueError, "1 or more"),
        ({"epochs": 2.5}, TypeError, "whole number"),
        ({"latent_dims": True}, TypeError, "whole number"),
        ({"learning_rate": 0}, ValueError, "above 0"),
        ({"learning_rate": float("nan")}, ValueError, "above 0"),
        ({"learning_rate": "fast"}, TypeError, "give a number"),
        ({"train_fraction": 1.0}, ValueError, "between 0 and 1"),
        ({"seed": -1}, ValueError, "0 or more"),
        ({"backend": "cuda"}, ValueError, "'webgpu'"),
        ({"split": "top-bottom", "window": 26}, ValueError, "15 rows of positions, guard 26"),
    ],
)
def test_arguments_that_cannot_be_are_refused(opened, arguments, error, message):
    explorer, front = opened
    with pytest.raises(error, match=message):
        explorer.train(**{"kind": "im2spec", **arguments})
    assert front.requests == []


def test_spec2im_needs_sixteen_channels(wire):  # noqa: F811
    explorer = explore(*pair(channels=15))
    with pytest.raises(ValueError, match="at least 16 channels; these have 15"):
        explorer.train("spec2im")


def test_without_wait_there_is_a_run_with_progress(opened):
    explorer, front = opened
    front.trains = False
    run = train(explorer, wait=False)
    assert (run.state, run.progress["epoch"], run.done) == ("waiting", 0, False)
    with pytest.raises(TimeoutError, match="goes on"):
        run.wait(timeout=0.05)
    until(lambda: front.requests)
    front.progress(run.id, 1, 2)
    until(lambda: run.state == "training")
    progress = run.progress
    assert (progress["epoch"], progress["epochs"], progress["backend"]) == (1, 2, "cpu")
    assert progress["history"]["train"] == [0.5]
    assert np.isnan(progress["history"]["test"]).all()
    front.train(run.id, front.requests[0]["setup"])
    assert run.wait(20) is explorer.models[0]
    assert run.done


def test_stop_is_asked_once_and_keeps_the_model(opened):
    explorer, front = opened
    front.trains = False
    run = train(explorer, wait=False)
    run.stop()
    run.stop()
    until(lambda: len(front.requests) == 2)
    assert [(r["type"], r["run"]) for r in front.requests] == [("train", run.id), ("stop", run.id)]
    front.train(run.id, front.requests[0]["setup"])
    assert run.wait(20) is explorer.models[0]


def test_interrupting_a_cell_stops_the_run(opened, monkeypatch):
    explorer, front = opened
    front.trains = False

    def interrupted(*_, **options):
        if not options:
            raise KeyboardInterrupt

    monkeypatch.setattr(ProgressLine, "show", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(explorer)
    until(lambda: [r["type"] for r in front.requests] == ["train", "stop"])
    front.train(front.requests[0]["run"], front.requests[0]["setup"])
    until(lambda: explorer.models)


def test_models_of_the_panels_own_button_arrive_too(opened):
    explorer, front = opened
    assert front.pair_complete.wait(20)
    setup = {"kind": "im2spec", "latentDims": 2, "window": 16, "filters": 2, "seed": 0}
    arrays = trained_model(front.welcome["pair"], front.arrays["image"], setup)
    front.send_model("a run of the panel", arrays)
    until(lambda: explorer.models)
    assert explorer.models[0].latent_dims == 2


def test_a_run_that_fails_says_why(opened):
    explorer, front = opened
    front.trains = False
    run = train(explorer, wait=False)
    front.send({"type": "failure", "run": run.id, "message": "Loss became NaN at epoch 4"}, [])
    with pytest.raises(FrontEndError, match="Loss became NaN at epoch 4"):
        run.wait(20)


@pytest.mark.parametrize("fault", ["damaged", "short", "twice", "backwards", "lost"])
def test_blocks_of_a_model_survive(opened, fault):
    explorer, front = opened
    assert front.pair_complete.wait(20)
    setup = {"kind": "im2spec", "latentDims": 2, "window": 16, "filters": 2, "seed": 0}
    arrays = trained_model(front.welcome["pair"], front.arrays["image"], setup)
    spoiled = []

    def started(data, _):
        blocks = sorted(front._transfers[data["transfer"]]["todo"])
        assert len(blocks) == 5
        for name, block in reversed(blocks) if fault == "backwards" else blocks:
            message, raw = front.block_message(data["transfer"], name, block)
            if (name, block) == ("predictions", 1):
                spoiled.append(message)
                if fault == "damaged":
                    raw = raw[:100] + bytes([raw[100] ^ 1]) + raw[101:]
                if fault == "short":
                    raw = raw[:-4]
                if fault == "lost":
                    continue
            front.send(message, [raw])
            if fault == "twice":
                front.send(message, [raw])
        if fault == "lost":
            front.send({"type": "finish", "transfer": data["transfer"]}, [])

    def incomplete(data, _):
        front._resend({**data, "array": "predictions", "block": 1}, [])

    front._started, front._incomplete = started, incomplete
    front.send_model("r", arrays)
    until(lambda: explorer.models)
    assert spoiled
    kinds = [m["type"] for m in front.received]
    assert ("resend" in kinds) == (fault in ("damaged", "short"))
    assert ("incomplete" in kinds) == (fault == "lost")
    got = explorer.models[0].predictions()[8:33, 8:53].reshape(-1, 300)
    assert (got == arrays["predictions"]).all()


def test_a_finish_sent_twice_gives_one_model(opened):
    explorer, front = opened
    train(explorer)
    (transfer,) = front._transfers
    front.send({"type": "finish", "transfer": transfer}, [])
    front.send(
        {
            "type": "block",
            "transfer": "x",
            "array": "file",
            "block": 0,
            "of": 1,
            "bytes": 0,
            "crc32": 0,
        },
        [b""],
    )
    until(lambda: front.received[-1] == {"type": "unknown", "transfer": "x"})
    assert [m["type"] for m in front.received].count("stored") == 2
    assert len(explorer.models) == 1


def test_a_damaged_model_file_fails_the_run_and_says_so_on_both_sides(opened):
    explorer, front = opened
    front.trains = False
    run = train(explorer, wait=False)
    until(lambda: front.requests and front.pair_complete.is_set())
    setup = front.requests[0]["setup"]
    arrays = trained_model(front.welcome["pair"], front.arrays["image"], setup)
    arrays["file"] = arrays["file"][:-100]
    front.send_model(run.id, arrays)
    with pytest.raises(FrontEndError, match="could not be read in Python"):
        run.wait(20)
    assert front.received[-1]["type"] == "rejected"
    assert explorer.models == []


@pytest.mark.parametrize(
    "arrays",
    [
        [
            {
                "name": "file",
                "dtype": "float64",
                "shape": [1],
                "bytes": 8,
                "blockBytes": 8,
                "blocks": 1,
            }
        ],
        [
            {
                "name": "file",
                "dtype": "uint8",
                "shape": [10**15],
                "bytes": 10**15,
                "blockBytes": 10**6,
                "blocks": 10**9,
            }
        ],
        [
            {
                "name": "file",
                "dtype": "uint8",
                "shape": [9],
                "bytes": 8,
                "blockBytes": 8,
                "blocks": 1,
            }
        ],
    ],
)
def test_declared_sizes_are_checked_before_anything_is_allocated(opened, arrays):
    _, front = opened
    front.send(
        {
            "type": "model",
            "transfer": "t",
            "run": "r",
            "title": "",
            "backend": "cpu",
            "notice": "",
            "arrays": arrays,
        },
        [],
    )
    until(lambda: "rejected" in [m["type"] for m in front.received])


def test_messages_that_follow_no_rule_change_nothing(opened):
    explorer, front = opened
    for message in (
        {"type": "state", "state": {**STATE, "pointer": [1, "2"]}},
        {"type": "state", "state": {**STATE, "energyRange": ["nan", 1]}},
        {"type": "__class__"},
        {"type": "pull", "source": "pair:1", "array": "spectra", "block": -1},
        {"type": "pull", "source": "pair:1", "array": "passwords", "block": 0},
        ["hello"],
    ):
        front.send(message, [])
    front.send({"type": "pull", "source": "pair:9", "array": "spectra", "block": 0}, [])
    until(lambda: {"type": "unavailable", "source": "pair:9"} in front.received)
    assert [m["type"] for m in front.received].count("error") == 6
    assert explorer.selection is None


def test_no_front_end_is_said_after_the_time_for_a_hello(wire, monkeypatch):  # noqa: F811
    monkeypatch.setattr(presence, "HELLO_SECONDS", 0.1)
    explorer = explore(*pair())
    explorer._line.presence.opened -= 1
    for wait in (True, False):
        with pytest.raises(FrontEndError, match=r"No front end is connected.*reload the page"):
            train(explorer, wait=wait)
    assert wire.sent_on_control == []


def test_outside_a_kernel_it_is_said_at_once():
    explorer = explore(*pair())
    begun = threading.active_count()
    with pytest.raises(FrontEndError, match="does not run in a Jupyter kernel"):
        train(explorer)
    assert threading.active_count() == begun
    explorer.close()


def test_a_panel_served_by_the_waiting_thread_is_refused_naming_wait(wire):  # noqa: F811
    explorer = explore(*pair())
    wire.threaded = False
    front = wire.panel(explorer.id)

    def deliver():
        while not wire.inbox.empty():
            wire.deliver(*wire.inbox.get())

    until(lambda: deliver() or front.pair_complete.is_set())
    with pytest.raises(FrontEndError, match="wait=False"):
        train(explorer)
    run = train(explorer, wait=False)
    with pytest.raises(FrontEndError, match="wait=False"):
        run.wait()
    until(lambda: deliver() or run.done)
    assert run.wait() is explorer.models[0]


def test_a_kernel_without_subshells_is_refused_before_any_hello(wire, monkeypatch):  # noqa: F811
    """[K3] A cell that would wait for ever is told at once to use `wait=False`."""
    monkeypatch.setattr(presence, "subshells", lambda: False)
    explorer = explore(*pair())
    with pytest.raises(FrontEndError, match=r"wait=False.*ipykernel >= 7.1"):
        train(explorer)
    run = train(explorer, wait=False)
    wire.panel(explorer.id)
    until(lambda: run.done)
    assert explorer.models


def test_a_request_that_gets_lost_is_sent_again(opened, wire, monkeypatch):  # noqa: F811
    explorer, front = opened
    monkeypatch.setattr(requests, "RESEND_SECONDS", 0.05)
    until(lambda: explorer.connected)
    wire.controls_arrive = False
    run = train(explorer, wait=False)
    until(lambda: len(wire.sent_on_control) > 2)
    assert front.requests == []
    wire.controls_arrive = True
    assert run.wait(20) is explorer.models[0]
    until(lambda: not explorer._line._requests.open)
    assert [r["type"] for r in front.requests] == ["train"]


def test_a_request_nobody_accepts_ends_the_run(opened, wire, monkeypatch):  # noqa: F811
    explorer, _ = opened
    monkeypatch.setattr(requests, "RESEND_SECONDS", 0.01)
    until(lambda: explorer.connected)
    wire.controls_arrive = False
    run = train(explorer, wait=False)
    with pytest.raises(FrontEndError, match="did not accept"):
        run.wait(20)


def test_a_silent_panel_is_asked_then_given_up(opened, monkeypatch):
    explorer, front = opened
    monkeypatch.setattr(presence, "QUIET_SECONDS", 0.05)
    front.trains = False
    run = train(explorer, wait=False)
    until(lambda: front.requests)
    with pytest.raises(TimeoutError):
        run.wait(1.0)
    # It answered every question so far.
    monkeypatch.setattr(presence, "SILENCE_SECONDS", 0.3)
    front.on_control = lambda _: None
    with pytest.raises(FrontEndError, match="has not answered for"):
        run.wait(20)


def test_a_reloaded_page_leads_again_and_its_run_is_lost(opened, wire):  # noqa: F811
    explorer, front = opened
    front.trains = False
    run = train(explorer, wait=False)
    until(lambda: front.requests and not explorer._line._requests.open)
    again = wire.panel(explorer.id, tab=front.tab)
    with pytest.raises(FrontEndError, match="reloaded in mid-training"):
        run.wait(20)
    assert train(explorer) is explorer.models[0]
    assert again.welcome["role"] == "leader"
    assert len(front.requests) == 1


def test_a_request_not_begun_is_taken_over_by_the_reloaded_page(opened, wire):  # noqa: F811
    explorer, front = opened
    until(lambda: explorer.connected)
    wire.controls_arrive = False
    run = train(explorer, wait=False)
    wire.controls_arrive = True
    wire.panel(explorer.id, tab=front.tab)
    assert run.wait(20) is explorer.models[0]


def test_the_second_tab_watches_until_the_first_closes(opened, wire):  # noqa: F811
    explorer, front = opened
    until(lambda: front.welcome)
    second = wire.panel(explorer.id)
    assert second.pair_complete.wait(20)
    assert (front.welcome["role"], second.welcome["role"]) == ("leader", "watcher")
    train(explorer)
    assert second.requests == []
    wire.close(front)
    until(lambda: second.welcome["role"] == "leader")
    train(explorer)
    assert [r["type"] for r in second.requests] == ["train"]


def test_closing_the_panel_in_mid_training_ends_the_run(opened, wire):  # noqa: F811
    explorer, front = opened
    front.trains = False
    run = train(explorer, wait=False)
    until(lambda: not explorer._line._requests.open)
    wire.close(front)
    with pytest.raises(FrontEndError, match="closed in mid-training"):
        run.wait(20)


def test_another_protocol_is_refused_with_the_install_line(wire):  # noqa: F811
    """[K9] At the handshake, with the command that mends it, in the panel and in the cell."""
    explorer = explore(*pair())
    front = wire.panel(explorer.id, protocol=1)
    with pytest.raises(FrontEndError, match="pip install eelscape=="):
        train(explorer)
    assert front.received[0]["type"] == "refused"


def test_a_page_from_before_a_restart_is_told(wire):  # noqa: F811
    explorer = explore(*pair())
    front = wire.panel("an id of the kernel before")
    until(lambda: front.received)
    assert front.received[0]["type"] == "refused"
    assert not explorer.connected


def test_the_selection_is_the_panels_pointer_with_its_spectrum(opened):
    explorer, front = opened
    assert explorer.selection is None
    front.tell(pointer=[3, 5], energyRange=[0.5, 0.75])
    until(lambda: explorer.selection)
    selection = explorer.selection
    assert (selection.pointer, selection.energy_range) == ((3, 5), (0.5, 0.75))
    assert (np.asarray(selection.spectrum) == explorer.dataset.spectra[3, 5]).all()
    assert selection.spectrum.axes[0].units == "eV"
    assert "row 3, column 5" in selection.spectrum.title


def test_show_hands_the_models_file_over(opened):
    explorer, front = opened
    model = train(explorer)
    explorer.show(model)
    until(lambda: [r["type"] for r in front.requests] == ["train", "show"])
    request = front.requests[1]
    front.send(
        {"type": "pull", "source": f"model:{request['model']}", "array": "file", "block": 0}, []
    )
    until(lambda: front.received[-1].get("source", "").startswith("model:"))
    assert front.received[-1]["bytes"] == len(model.to_bytes())
    with pytest.raises(TypeError, match="takes a Model"):
        explorer.show("model.safetensors")


def test_the_same_cell_again_gives_its_panel_the_new_data(wire, monkeypatch):  # noqa: F811
    monkeypatch.setattr(explorer_module, "line_id", lambda name: "one-cell")
    si, haadf = pair()
    first = explore(si, haadf)
    front = wire.panel("one-cell")
    model = train(first)
    second = explore(si + 1, haadf)
    until(lambda: front.welcome["pair"]["source"] == "pair:2" and front.pair_complete.is_set())
    assert (front.arrays["spectra"] == si + 1).all()
    assert wire.controls == ["one-cell"]
    assert (first.models, second.models) == ([model], [])
    with pytest.raises(FrontEndError, match="replaced"):
        train(first)
    assert train(second) is second.models[0]


def test_closing_an_explorer_forgets_its_data(opened):
    explorer, front = opened
    front.trains = False
    run = train(explorer, wait=False)
    explorer.close()
    assert explorer.id not in lines._lines
    with pytest.raises(FrontEndError, match="closed"):
        run.wait(20)


def test_what_stays_in_the_cell(wire):  # noqa: F811
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    nasty = "<script>alert('$x$')</script>"
    si, haadf = pair()
    axes = [{**AXES[0], "units": "<b>"}, *AXES[1:]]
    signal = Signal(si, [*axes], title=nasty, units=nasty, simulated=True)
    bundle = explore(signal, haadf, name=nasty)._repr_mimebundle_()
    html = bundle["text/html"]
    assert "<script>" not in html and "<b>" not in html
    assert "&lt;script&gt;" in html
    assert "Simulated data" in html
    assert "(40, 60, 300)" in html
    # 25 x 45 positions; 0.67 x (45 - 16) = 19.43 columns train.
    assert "1125 of 16 x 16 pixels" in html
    assert "475 train, 400 guard, 250 test" in html
    assert "data:image/png;base64,iVBORw0KGgo" in html
    assert "simulated" in bundle["text/plain"]
    assert plt.get_fignums() == before


def test_locks_hold_while_many_threads_ask(opened):
    explorer, front = opened
    front.trains = False
    runs = []
    threads = [
        threading.Thread(target=lambda: runs.append(train(explorer, wait=False))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: len(front.requests) == 8 and front.pair_complete.is_set())
    assert sorted(r["run"] for r in front.requests) == sorted(r.id for r in runs)
    assert len({r["request"] for r in front.requests}) == 8
    for request in front.requests:
        front.train(request["run"], request["setup"])
    deadline = time.monotonic() + 30
    models = [run.wait(deadline - time.monotonic()) for run in runs]
    assert sorted(map(id, models)) == sorted(map(id, explorer.models))
