"""Requests of cells to the leading panel, sent again until they are accepted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Seconds between two sendings of a request that was not accepted, and how many there are.
RESEND_SECONDS = 3.0
RESENDS = 10


@dataclass
class Request:
    """A request to the leading panel, sent again until it is accepted."""

    number: int
    message: dict[str, Any]
    sent: int = 0
    #: Of the next sending; a timer that waits holds the whole line, with its data.
    timer: threading.Timer | None = None

    def rest(self) -> None:
        """Send it no more."""
        if self.timer is not None:
            self.timer.cancel()


class Requests:
    """The requests of one line. Every method may be called from any thread.

    Parameters
    ----------
    lock : threading.Condition
        Guards the line's state.
    send : callable
        Sends a message on the control comm; called without the lock.
    has_leader : callable
        Whether a panel leads; without one a request waits for the next hello.
    expired : callable
        Told the message that a panel did not accept in time.
    """

    def __init__(
        self,
        lock: threading.Condition,
        send: Callable[[dict[str, Any]], None],
        has_leader: Callable[[], bool],
        expired: Callable[[dict[str, Any]], None],
    ) -> None:
        self._lock = lock
        self._send = send
        self._has_leader = has_leader
        self._expired = expired
        self._open: dict[int, Request] = {}
        self._number = 0

    @property
    def open(self) -> list[dict[str, Any]]:
        """Messages that no panel has accepted, oldest first."""
        with self._lock:
            return [request.message for request in self._open.values()]

    def add(self, kind: str, fields: dict[str, Any]) -> None:
        """Send a request, and again until it is accepted."""
        with self._lock:
            self._number += 1
            message = {"type": kind, "request": self._number, **fields}
            request = self._open[self._number] = Request(self._number, message)
        self._try(request)

    def accept(self, number: int) -> None:
        """A panel has the request."""
        with self._lock:
            request = self._open.pop(number, None)
            if request is not None:
                request.rest()

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            for request in self._open.values():
                request.rest()
            self._open.clear()

    def _try(self, request: Request) -> None:
        with self._lock:
            if request.number not in self._open:
                return
            request.sent += 1
            expired = request.sent > RESENDS and self._has_leader()
            if expired:
                del self._open[request.number]
        if expired:
            self._expired(request.message)
            return
        self._send(request.message)
        with self._lock:
            # Sending may have brought the answer.
            if request.sent <= RESENDS and request.number in self._open:
                request.timer = threading.Timer(RESEND_SECONDS, self._try, [request])
                request.timer.daemon = True
                request.timer.start()
