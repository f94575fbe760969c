"""A training run in the browser, as Python sees it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .front_end_errors import FrontEndError
from .progress_line import ProgressLine

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
        return f"<Run {self.label}: {self.describe()}>"

    @property
    def label(self) -> str:
        """What the run is called: "im2spec 10L"."""
        return f"{self.setup['kind']} {self.setup['latent_dims']}L"

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
        """Wait for the run to end; meanwhile a line in the cell says how far it is.

        Runs that were started before and after it go on.

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
        line = ProgressLine(self.label)
        try:
            model = self._wait(timeout, lambda: line.show(self.describe()))
        except FrontEndError:
            line.show(self.describe(), last=True)
            raise
        line.show(self.describe(), last=True)
        return model

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
            self._line.presence.check_alive()
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


class Runs:
    """The runs of one line that have not ended; its lock is held by whoever calls."""

    def __init__(self) -> None:
        self._open: dict[str, Run] = {}

    def add(self, run: Run) -> None:
        """Keep a run until it ends."""
        self._open[run.id] = run

    def progress(self, message: dict[str, Any]) -> None:
        """The panel says how far a run is; nothing where it is not one of these."""
        if run := self._open.get(message["run"]):
            run._set_progress(message)

    def end(self, run_id: str, model: Model | None = None, error: str = "") -> None:
        """A run has ended, with a model or an error."""
        if run := self._open.pop(run_id, None):
            run._end(model, error)

    def end_all(self, error: str, but: Iterable[str | None] = ()) -> None:
        """All runs have ended without a model, except those with the ids `but`."""
        kept = set(but)
        for run_id in [r for r in self._open if r not in kept]:
            self._open.pop(run_id)._end(None, error)

    def describe(self) -> str:
        """ "" or what trains or waits at this moment."""
        runs = [f"{run.label} is training ({run.describe()})" for run in self._open.values()]
        return " and ".join(runs)
