"""[K10] Two panels, two notebooks and two tabs on one kernel."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401

from eelscape import watchers
from eelscape.explorer import explore


def pair(seed):
    rng = np.random.default_rng(seed)
    return rng.random((40, 60, 300), np.float32), rng.random((40, 60), np.float32)


def elsewhere(wire):  # noqa: F811
    """What was told to those who watch."""
    return [m["training"] for m in wire.sent_on_control if m["type"] == "elsewhere"]


def test_two_explorers_share_nothing(wire):  # noqa: F811
    """[K10] Data, requests, runs, models and state of two panels stay with their own."""
    first, second = explore(*pair(1), title="first"), explore(*pair(2), title="second")
    fronts = [wire.panel(explorer.id) for explorer in (first, second)]
    for front, explorer in zip(fronts, (first, second), strict=True):
        assert front.pair_complete.wait(20)
        assert (front.arrays["spectra"] == explorer.dataset.spectra).all()
    setup = {"filters": 2, "epochs": 2}
    got = {}
    cells = [
        threading.Thread(target=lambda e=e, kind=kind: got.update({e: e.train(kind, **setup)}))
        for e, kind in ((first, "im2spec"), (second, "spec2im"))
    ]
    for cell in cells:
        cell.start()
    for cell in cells:
        cell.join(30)
    assert [got[first].kind, got[second].kind] == ["im2spec", "spec2im"]
    assert (first.models, second.models) == ([got[first]], [got[second]])
    assert [len(front.requests) for front in fronts] == [1, 1]
    fronts[0].tell(pins=[{"letter": "a", "name": "", "row": 3, "column": 4}])
    until(lambda: first.pins)
    assert second.pins == {}
    first.close()
    assert second.train("im2spec", **setup) is second.models[1]


def test_the_second_tab_is_told_what_the_first_trains(wire, monkeypatch):  # noqa: F811
    """[K10] That it trains, how far it is, and that it has ended."""
    monkeypatch.setattr(watchers, "_INTERVAL", 0)
    explorer = explore(*pair(1))
    front = wire.panel(explorer.id, trains=False)
    assert front.pair_complete.wait(20)
    run = explorer.train("im2spec", filters=2, epochs=4, wait=False)
    until(lambda: front.requests)
    front.progress(run.id, 1, 4)
    until(lambda: run.progress["epoch"] == 1)
    # Nobody watches yet.
    assert elsewhere(wire) == []
    second = wire.panel(explorer.id)
    assert second.pair_complete.wait(20)
    assert second.welcome["role"] == "watcher"
    until(lambda: elsewhere(wire) == [{"epoch": 1, "epochs": 4}])
    front.progress(run.id, 2, 4)
    until(lambda: elsewhere(wire)[-1] == {"epoch": 2, "epochs": 4})
    front.train(run.id, front.requests[0]["setup"])
    assert run.wait(20) is explorer.models[0]
    until(lambda: elsewhere(wire)[-1] is None)
    assert second.requests == []


@pytest.mark.parametrize("how", ["closed", "failed"])
def test_what_the_first_tab_trained_is_not_spoken_of_when_it_ends(wire, how):  # noqa: F811
    """[K10] The second tab leads where the first goes, and hears of no run that failed."""
    explorer = explore(*pair(1))
    front, second = wire.panel(explorer.id, trains=False), wire.panel(explorer.id)
    assert second.pair_complete.wait(20)
    run = explorer.train("im2spec", filters=2, epochs=4, wait=False)
    until(lambda: front.requests)
    front.progress(run.id, 1, 4)
    until(lambda: elsewhere(wire)[-1] == {"epoch": 1, "epochs": 4})
    if how == "closed":
        wire.close(front)
        until(lambda: second.welcome["role"] == "leader")
        assert explorer.train("im2spec", filters=2, epochs=2) is explorer.models[0]
    else:
        front.send({"type": "failure", "run": run.id, "message": "It failed."}, [])
        until(lambda: elsewhere(wire)[-1] is None)
