"""[K10] Pages that go without a word, say that they go, or come back; what they leave behind."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref
from collections import Counter

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401

from eelscape import clients
from eelscape.explorer import explore
from eelscape.front_end_errors import FrontEndError

SETUP = {"filters": 2, "epochs": 2}


def with_two_pages(wire):  # noqa: F811
    """An explorer with a panel that leads and one that watches."""
    rng = np.random.default_rng(1)
    explorer = explore(rng.random((40, 60, 300), np.float32), rng.random((40, 60), np.float32))
    first, second = wire.panel(explorer.id, trains=False), wire.panel(explorer.id)
    assert first.pair_complete.wait(20)
    assert second.pair_complete.wait(20)
    assert (first.welcome["role"], second.welcome["role"]) == ("leader", "watcher")
    return explorer, first, second


@pytest.fixture
def opened(wire):  # noqa: F811
    return with_two_pages(wire)


def hello(front):
    """A panel that watches says hello again; the kernel's answer."""

    def answers():
        return [m["role"] for m in list(front.received) if m["type"] == "welcome"]

    before = len(answers())
    front.send(front.hello(), [])
    until(lambda: len(answers()) > before)
    return answers()[-1]


def age(explorer, seconds):
    """Let time pass for what the kernel knows of its panels."""
    line = explorer._line
    with line.changed:
        for client in line._clients._all.values():
            client.seen -= seconds
            client.asked -= seconds if client.asked else 0
            client.away -= seconds if client.away else 0


def test_a_page_that_vanished_gives_way_to_one_that_is_there(opened, wire):  # noqa: F811
    """[K10] What a cell asks for begins in the page that is there; the first said nothing."""
    explorer, first, second = opened
    wire.vanish(first)
    run = explorer.train("im2spec", **SETUP, wait=False)
    assert hello(second) == "watcher"
    age(explorer, clients.SILENT_SECONDS + 1)
    assert hello(second) == "leader"
    assert run.wait(20) is explorer.models[0]
    assert [request["type"] for request in second.requests] == ["train"]


def test_a_page_that_answers_keeps_the_lead(opened):
    """[K10] However long nobody touches it: a question is answered by the page itself."""
    explorer, first, second = opened
    for _ in range(3):
        age(explorer, clients.SILENT_SECONDS + 1)
        assert hello(second) == "watcher"
        until(lambda: explorer._line._clients.leader.asked < explorer._line._clients.leader.seen)
    assert first.welcome["role"] == "leader"


def test_a_run_of_a_page_that_vanished_says_what_to_do(opened, wire):  # noqa: F811
    """[K10] The run is not called reloaded, since it was not."""
    explorer, first, second = opened
    run = explorer.train("im2spec", **SETUP, wait=False)
    until(lambda: first.requests and not explorer._line._requests.open)
    wire.vanish(first)
    hello(second)
    age(explorer, clients.SILENT_SECONDS + 1)
    assert hello(second) == "leader"
    with pytest.raises(FrontEndError, match=r"no longer answers.*Call train again"):
        run.wait(20)


def test_a_page_taken_for_gone_that_speaks_again_watches(opened, wire):  # noqa: F811
    """[K10] A tab that was frozen is not cut off: its next message brings it back."""
    explorer, first, second = opened
    answer, first.on_control = first.on_control, lambda _: None
    hello(second)
    age(explorer, clients.SILENT_SECONDS + 1)
    assert hello(second) == "leader"
    first.on_control = answer
    first.received.clear()
    first.tell(pointer=[1, 1])
    until(lambda: first.received)
    assert first.received[0]["type"] == "who"
    assert hello(first) == "watcher"


def test_a_reloaded_page_leads_again_though_another_watches(opened, wire):  # noqa: F811
    """[K10] A page that says it goes keeps the lead for its tab, and what was asked for waits."""
    explorer, first, second = opened
    wire.close(first, {"page": True})
    until(lambda: not explorer.connected)
    run = explorer.train("im2spec", **SETUP, wait=False)
    assert hello(second) == "watcher"
    again = wire.panel(explorer.id, tab=first.tab)
    assert run.wait(20) is explorer.models[0]
    assert again.welcome["role"] == "leader"
    assert second.requests == []


def test_a_closed_tab_leaves_the_lead_to_the_other(opened, wire):  # noqa: F811
    """[K10] Soon after it said that it goes, without a question."""
    explorer, first, second = opened
    wire.close(first, {"page": True})
    until(lambda: not explorer.connected)
    age(explorer, clients.AWAY_SECONDS + 1)
    assert hello(second) == "leader"
    assert explorer.train("im2spec", **SETUP) is explorer.models[0]


def test_panels_that_fell_silent_are_forgotten(opened, wire):  # noqa: F811
    """[K10] The page that leads is not told for ever of watchers that are gone."""
    explorer, first, second = opened
    wire.vanish(second)
    age(explorer, clients.FORGOTTEN_SECONDS + 1)
    assert hello(first) == "leader"
    assert not explorer._line._clients.watched


def test_closing_ends_every_comm_without_a_word_to_other_pages(wire):  # noqa: F811
    """[K10] Pages that vanished leave a comm; it ends with the data, and holds them no longer."""
    explorer, first, second = with_two_pages(wire)
    wire.vanish(first)
    again = wire.panel(explorer.id, tab=first.tab)
    assert again.pair_complete.wait(20)
    assert len(wire.comms) == 4
    line, dataset = weakref.ref(explorer._line), weakref.ref(explorer.dataset)
    explorer.close()
    until(lambda: again.received[-1]["type"] == "refused")
    until(lambda: second.received[-1]["type"] == "refused")
    assert "closed in Python" in again.received[-1]["message"]
    until(lambda: wire.sent_on_control[-1]["type"] == "closed")
    assert wire.comms == {}
    wire.data.clear()
    del explorer
    gc.collect()
    assert (line(), dataset()) == (None, None)


def held_by_the_kernel():
    """Objects of eelscape by class, threads, and bytes that Python has allocated."""
    gc.collect()
    kinds = Counter(
        type(item).__name__
        for item in gc.get_objects()
        if str(type(item).__module__).startswith("eelscape")
    )
    return kinds, threading.active_count(), tracemalloc.get_traced_memory()[0]


def test_thirty_explorers_leave_nothing_in_the_kernel(wire):  # noqa: F811
    """[B8] Opened, trained, loaded anew and closed thirty times: as after the second time."""
    rng = np.random.default_rng(1)
    si, image = rng.random((24, 36, 48), np.float32), rng.random((24, 36), np.float32)
    held = []
    tracemalloc.start()
    try:
        for _ in range(30):
            explorer = explore(si, image)
            front = wire.panel(explorer.id)
            assert front.pair_complete.wait(20)
            assert explorer.train("im2spec", window=8, **SETUP) is explorer.models[0]
            explorer.preprocess({"step": "crop_energy", "start": 4, "stop": 40})
            wire.vanish(front)
            front = wire.panel(explorer.id, tab=front.tab)
            assert front.pair_complete.wait(20)
            explorer.close()
            until(lambda: wire.sent_on_control[-1]["type"] == "closed")
            wire.data.clear()
            wire.sent_on_control.clear()
            wire.controls.clear()
            del explorer, front
            held.append(held_by_the_kernel())
    finally:
        tracemalloc.stop()
    (kinds, threads, size), (last_kinds, last_threads, last_size) = held[1], held[-1]
    assert (last_kinds, last_threads) == (kinds, threads)
    # Less than one copy of the data in 28 times.
    assert last_size - size < si.nbytes
