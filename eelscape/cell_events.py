"""Looks after each cell whether the open data have changed in Python."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from . import notebook

_log = logging.getLogger("eelscape")


class CellEvents:
    """Calls a function after each cell, as long as anything is open.

    Parameters
    ----------
    look : callable
        Called on the thread of the cell; what it raises is logged and goes no further.
    """

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._events: Any = None

    def begin(self) -> None:
        """Call from now on; nothing where no IPython shell is there, or it does already."""
        events = getattr(notebook.shell(), "events", None)
        if events is self._events or events is None:
            return
        self.end()
        events.register("post_run_cell", self._after_cell)
        self._events = events

    def end(self) -> None:
        """Call no more."""
        events, self._events = self._events, None
        if events is not None:
            events.unregister("post_run_cell", self._after_cell)

    def _after_cell(self, result: Any) -> None:
        try:
            self._look()
        except Exception:
            _log.exception("eelscape: the data could not be compared with those that are open.")
