"""How far work is, in the cell that waits for it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .spectrum_image import Progress

#: Seconds that work may take before the cell speaks of it.
_PATIENCE = 0.5


@contextmanager
def shown_progress(what: str) -> Iterator[Progress]:
    """Progress of long work as a line in the cell; short work leaves none.

    An interrupt is said in the line and passed on.
    """
    line: ProgressLine | None = None
    begun = time.monotonic()

    def show(fraction: float | None, text: str = "", last: bool = False) -> None:
        nonlocal line
        if line is None and time.monotonic() - begun < _PATIENCE:
            return
        line = line or ProgressLine(what)
        parts = [] if fraction is None else [f"{100 * fraction:.0f} %"]
        line.show(", ".join([*parts, text] if text else parts) or "...", last)

    try:
        yield show
    except KeyboardInterrupt:
        line = line or ProgressLine(what)
        line.show("interrupted, nothing was changed", last=True)
        raise
    if line is not None:
        line.show("done", last=True)


class ProgressLine:
    """One line of text in the cell that is rewritten at most twice a second."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._shown = ""
        self._at = -math.inf
        self._handle = _display_handle()

    def show(self, text: str, last: bool = False) -> None:
        """Show `text`, now if `last`, else when half a second has passed."""
        text = f"{self._kind}: {text}"
        if text == self._shown or (not last and time.monotonic() - self._at < 0.5):
            return
        first = not self._shown
        self._shown, self._at = text, time.monotonic()
        if self._handle is None:
            print(f"\r{text}", end="\n" if last else "", flush=True)
        elif first:
            self._handle.display({"text/plain": text}, raw=True)
        else:
            self._handle.update({"text/plain": text}, raw=True)


def _display_handle() -> Any:
    """A display handle inside a kernel, else None."""
    try:
        from IPython import get_ipython
        from IPython.display import DisplayHandle
    except ImportError:
        return None
    return DisplayHandle() if getattr(get_ipython(), "kernel", None) is not None else None
