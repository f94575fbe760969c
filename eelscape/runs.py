"""A training run in the browser, as Python sees it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from .front_end_errors import FrontEndError

if TYPE_CHECKING:
    from .connection import Line
    from .model import Model

#: Seconds between two looks at a run while a cell waits for it.
_LOOK = 0.25


class Run:
    """A training run that `Explorer.train` started; what ``wait=False`` returns.

    Attributes
    ----------
    id : str
        Names the run on both sides.
    setup : dict
        The arguments of `Explorer.train`.
    """

    def __init__(self, line: Line, run_id: str, setup: dict[str, Any]) -> None:
        self.id = run_id
        self.setup = setup
        self._line = line
        self._state = "waiting"
        self._progress: dict[str, Any] = {}
        self._model: Model | None = None
        self._error = ""
        self._stopping = False

    def __repr__(self) -> str:
        return f"<Run {self.setup['kind']}: {self.describe()}>"

    @property
    def state(self) -> str:
        """ "waiting", "training", "done" or "failed"."""
        with self._line.changed:
            return self._state

    @property
    def done(self) -> bool:
        """Whether the run has ended, well or not."""
        return self.state in ("done", "failed")

    @property
    def progress(self) -> dict[str, Any]:
        """What the browser said last.

        ``{"epoch", "epochs", "history": {"train", "test"}, "seconds_per_epoch", "backend"}``;
        losses are MSE on the [0, 1] scale, NaN where not finite; epoch 0 before the first.
        """
        with self._line.changed:
            message = self._progress
            history = message.get("history", {"train": [], "test": []})
            return {
                "epoch": message.get("epoch", 0),
                "epochs": message.get("epochs", self.setup["epochs"]),
                "history": {
                    part: [math.nan if x is None else float(x) for x in history[part]]
                    for part in ("train", "test")
                },
                "seconds_per_epoch": message.get("secondsPerEpoch") or math.nan,
                "backend": message.get("backend", ""),
            }

    def stop(self) -> None:
        """Ask the browser to stop after the current batch; what is trained so far is kept."""
        with self._line.changed:
            if self._state in ("done", "failed") or self._stopping:
                return
            self._stopping = True
        self._line.request("stop", run=self.id)

    def wait(self, timeout: float | None = None) -> Model:
        """Wait for the run to end.

        Parameters
        ----------
        timeout : float, optional
            Seconds; None waits as long as the browser answers.

        Returns
        -------
        Model
            Also the one that a stopped run keeps.

        Raises
        ------
        TimeoutError
            If the run has not ended after `timeout` seconds; it goes on.
        FrontEndError
            If the run failed, the browser went away, or its messages are not served while a
            cell runs.
        """
        return self._wait(timeout, lambda: None)

    def describe(self) -> str:
        """The run in one line: epoch, losses, time left in seconds, backend."""
        progress = self.progress
        with self._line.changed:
            if self._state == "failed":
                return f"failed: {self._error}"
        if not progress["epoch"]:
            return f"waiting for the first of {progress['epochs']} epochs"
        text = f"epoch {progress['epoch']} of {progress['epochs']}"
        losses = [
            f"{part} loss {progress['history'][part][-1]:.3g}"
            for part in ("train", "test")
            if progress["history"][part]
        ]
        text = ", ".join([text, *losses])
        left = (progress["epochs"] - progress["epoch"]) * progress["seconds_per_epoch"]
        if self.state == "done":
            text += ", done"
        elif math.isfinite(left):
            text += f", {left:.0f} s left"
        return f"{text} ({progress['backend']})" if progress["backend"] else text

    def _wait(self, timeout: float | None, look: Any) -> Model:
        end = math.inf if timeout is None else time.monotonic() + timeout
        changed = self._line.changed
        while True:
            with changed:
                if self._state == "done":
                    assert self._model is not None
                    return self._model
                if self._state == "failed":
                    raise FrontEndError(self._error)
            self._line.check_alive(self)
            if time.monotonic() >= end:
                raise TimeoutError(
                    f"The run has not ended after {timeout} s ({self.describe()}); it goes on. "
                    "Call wait() again, or stop()."
                )
            with changed:
                if self._state not in ("done", "failed"):
                    changed.wait(min(_LOOK, max(0.0, end - time.monotonic())))
            look()

    # The line calls these with `changed` held.

    def _set_progress(self, message: dict[str, Any]) -> None:
        self._progress = message
        if self._state == "waiting":
            self._state = "training"

    def _end(self, model: Model | None, error: str = "") -> None:
        if self._state in ("done", "failed"):
            return
        self._model, self._error = model, error
        self._state = "failed" if model is None else "done"


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
