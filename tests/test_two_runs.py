"""Several runs of one explorer at the same time: neither waits for the other."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from front_end import trained_model

from eelscape.explorer import explore
from eelscape.front_end_errors import FrontEndError
from eelscape.progress_line import ProgressLine
from eelscape.session import NotNow


@pytest.fixture
def both(wire):  # noqa: F811
    """An explorer, its panel, and the runs of two networks that train there."""
    rng = np.random.default_rng(5)
    explorer = explore(rng.random((40, 60, 300), np.float32), rng.random((40, 60), np.float32))
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    front.trains = False
    runs = [
        explorer.train("im2spec", latent_dims=n, filters=2, epochs=4, wait=False) for n in (2, 10)
    ]
    until(lambda: len(front.requests) == 2)
    return explorer, front, runs


def finish(front, run, number):
    setup = front.requests[number]["setup"]
    front.send_model(run.id, trained_model(front.welcome["pair"], front.arrays["image"], setup))


def test_each_run_has_its_own_progress(both):
    _, front, (small, large) = both
    assert [run.state for run in both[2]] == ["waiting", "waiting"]
    front.progress(large.id, 3, 4)
    front.progress(small.id, 1, 4)
    until(lambda: small.progress["epoch"] == 1)
    assert large.progress["epoch"] == 3
    assert [len(run.progress["history"]["train"]) for run in (small, large)] == [1, 3]
    assert repr(large).startswith("<Run im2spec 10L: epoch 3 of 4")


def test_the_second_may_end_first_while_a_cell_waits_for_the_first(both):
    explorer, front, (small, large) = both
    got = []
    waiting = threading.Thread(target=lambda: got.append(small.wait(20)))
    waiting.start()
    front.progress(large.id, 4, 4)
    finish(front, large, 1)
    model = large.wait(20)
    assert model.latent_dims == 10
    assert waiting.is_alive() and not small.done
    front.progress(small.id, 2, 4)
    until(lambda: small.progress["epoch"] == 2)
    finish(front, small, 0)
    waiting.join(20)
    assert [m.latent_dims for m in got] == [2]
    assert [m.latent_dims for m in explorer.models] == [10, 2]


def test_the_failure_of_one_leaves_the_other(both):
    explorer, front, (small, large) = both
    front.send({"type": "failure", "run": small.id, "message": "out of memory"}, [])
    with pytest.raises(FrontEndError, match="out of memory"):
        small.wait(20)
    assert not large.done
    finish(front, large, 1)
    assert large.wait(20) is explorer.models[0]


def test_stopping_one_asks_for_that_one(both):
    _, front, (small, large) = both
    large.stop()
    until(lambda: len(front.requests) == 3)
    assert (front.requests[2]["type"], front.requests[2]["run"]) == ("stop", large.id)
    finish(front, large, 1)
    assert large.wait(20).latent_dims == 10
    assert small.state == "waiting"


def test_the_line_of_a_cell_names_the_run(both, monkeypatch):
    _, front, (small, _) = both
    said = []
    show = ProgressLine.show

    def listen(self, text, last=False):
        said.append(f"{self._kind}: {text}")
        show(self, text, last)

    monkeypatch.setattr(ProgressLine, "show", listen)
    front.progress(small.id, 4, 4)
    finish(front, small, 0)
    small.wait(20)
    assert said[-1].startswith("im2spec 2L: epoch 4 of 4")


def test_data_stay_while_either_trains_and_both_are_named(both):
    explorer, front, (small, large) = both
    with pytest.raises(NotNow, match=r"im2spec 2L is training .* and im2spec 10L is training"):
        explorer.preprocess({"step": "bin_scan", "factor": 2})
    finish(front, small, 0)
    small.wait(20)
    with pytest.raises(NotNow, match="im2spec 10L is training"):
        explorer.preprocess({"step": "bin_scan", "factor": 2})
    finish(front, large, 1)
    large.wait(20)
