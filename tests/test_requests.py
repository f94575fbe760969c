"""Requests of cells: sent again until accepted, and holding nothing after that."""

import gc
import threading
import weakref

from eelscape import requests as requests_module
from eelscape.requests import Requests


class _Owner:
    """Stands for a line: what a request holds, it holds with all its data."""

    def __init__(self) -> None:
        self.sent = []
        self.requests = Requests(
            threading.Condition(), self.send, lambda: True, lambda message: None
        )

    def send(self, message):
        self.sent.append(message)


def _gone(found: weakref.ref) -> bool:
    # The thread of a timer lets go a moment after it was told to end.
    for _ in range(200):
        gc.collect()
        if found() is None:
            return True
        threading.Event().wait(0.01)
    return False


def test_an_accepted_request_holds_nothing():
    owner = _Owner()
    owner.requests.add("show", {"model": "m"})
    owner.requests.accept(owner.sent[0]["request"])
    found = weakref.ref(owner)
    del owner
    assert _gone(found)


def test_forgotten_requests_hold_nothing():
    owner = _Owner()
    owner.requests.add("show", {"model": "m"})
    owner.requests.add("stop", {"run": "r"})
    owner.requests.clear()
    found = weakref.ref(owner)
    del owner
    assert _gone(found)


def test_a_request_is_sent_again_until_it_is_accepted(monkeypatch):
    monkeypatch.setattr(requests_module, "RESEND_SECONDS", 0.01)
    owner = _Owner()
    twice = threading.Event()

    def send(message):
        owner.sent.append(message)
        if len(owner.sent) == 2:
            owner.requests.accept(message["request"])
            twice.set()

    owner.requests._send = send
    owner.requests.add("show", {"model": "m"})
    assert twice.wait(10)
    assert owner.requests.open == []
    assert owner.sent[0] == owner.sent[1]
