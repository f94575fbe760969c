"""Tells panels that watch what the leading one does with the same data."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

#: Seconds between two messages about one run.
_INTERVAL = 2.0


class Watchers:
    """What the leading panel trains, told to the others.

    Parameters
    ----------
    lock : threading.Condition
        Guards the line's state.
    watched : callable
        Whether anybody watches; called with the lock.
    send : callable
        Sends a message on the control comm; called without the lock.
    """

    def __init__(
        self,
        lock: threading.Condition,
        watched: Callable[[], bool],
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        self._lock = lock
        self._watched = watched
        self._send = send
        #: By run, oldest first: epochs done, and in all.
        self._training: dict[str, tuple[int, int]] = {}
        self._told = 0.0

    def progress(self, run: str, epoch: int, epochs: int) -> None:
        """The leading panel says how far a run is."""
        with self._lock:
            new = run not in self._training
            self._training[run] = (epoch, epochs)
            quiet = not new and time.monotonic() - self._told < _INTERVAL
        if not quiet:
            self.tell()

    def ended(self, run: str) -> None:
        """A run has ended, well or not."""
        with self._lock:
            known = self._training.pop(run, None)
        if known:
            self.tell()

    def clear(self) -> None:
        """The leading panel went, with what it trained."""
        with self._lock:
            self._training.clear()

    def tell(self) -> None:
        """Tell those who watch; nothing where nobody does."""
        with self._lock:
            if not self._watched():
                return
            self._told = time.monotonic()
            done = next(iter(self._training.values()), None)
        training = None if done is None else {"epoch": done[0], "epochs": done[1]}
        self._send({"type": "elsewhere", "training": training})
