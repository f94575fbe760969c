"""Work that a panel asks the kernel to do: a thread each, with progress and a result to pull."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .blocks import BlockSource
from .limits import MAX_TEXT
from .spectrum_image import Cancelled, IsCancelled, Progress

_log = logging.getLogger("eelscape")

#: Ended tasks that are kept until they are released.
KEPT = 16
#: Tasks that may run at once.
MOST_RUNNING = 8

#: What tells a user what to do; its text is shown as it is.
_FOR_USERS = (ValueError, TypeError, OSError, ImportError, MemoryError, RuntimeError)


@dataclass
class TaskResult:
    """What a task gives.

    Attributes
    ----------
    fields : dict
        Becomes JSON by `plain`.
    arrays : dict of str to ndarray
        Float, integer or boolean arrays of at least one dimension.
    after : callable, optional
        Called once the result can be had.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    after: Callable[[], None] | None = None


#: Does the work of one kind of task; raises `Cancelled` soon after it was asked to end.
Work = Callable[[dict[str, Any], Progress, IsCancelled], TaskResult]


class _Task:
    def __init__(self) -> None:
        self.state = "running"
        self.fraction: float | None = None
        self.message = ""
        self.fields: dict[str, Any] = {}
        self.source: BlockSource | None = None
        self.asked_to_end = threading.Event()
        self.released = False


class Tasks:
    """The tasks of one line. Every method may be called from any thread.

    Parameters
    ----------
    find : callable
        The `Work` of a kind; None for a kind that does not exist.
    """

    def __init__(self, find: Callable[[str], Work | None]) -> None:
        self._find = find
        self._lock = threading.Lock()
        self._tasks: dict[str, _Task] = {}

    def answer(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Serve a message "task", "task-poll", "task-cancel" or "task-release"; the reply."""
        kind, name = message["type"], message["task"]
        if kind == "task":
            return self.start(name, message["kind"], message["params"])
        if kind == "task-release":
            return self.release(name)
        return self.cancel(name) if kind == "task-cancel" else self.poll(name)

    def start(self, name: str, kind: str, params: dict[str, Any]) -> dict[str, Any]:
        """Begin a task, unless one of this name exists; the message that says how it stands."""
        with self._lock:
            known = name in self._tasks
            if not known:
                running = sum(task.state == "running" for task in self._tasks.values())
                task = self._tasks[name] = _Task()
        if known:
            return self.poll(name)
        work = self._find(kind)
        if work is None:
            self._end(task, "failed", f"This kernel knows no task {kind!r}.")
        elif running >= MOST_RUNNING:
            self._end(
                task, "failed", f"{running} tasks are under way in the kernel: wait for one to end."
            )
        else:
            args = (task, kind, work, params)
            threading.Thread(
                target=self._run, args=args, name=f"eelscape {kind}", daemon=True
            ).start()
        return self.poll(name)

    def poll(self, name: str) -> dict[str, Any]:
        """The message that says how a task stands."""
        with self._lock:
            task = self._tasks.get(name)
            done = task is not None and task.state == "done"
            return {
                "type": "task-state",
                "task": name,
                "state": task.state if task else "unknown",
                "fraction": task.fraction if task else None,
                "message": task.message[:MAX_TEXT] if task else "",
                "fields": task.fields if done else {},
                "arrays": task.source.describe() if done and task.source else [],
            }

    def cancel(self, name: str) -> dict[str, Any]:
        """Ask a task to end; it does so between two blocks, unless it is done before."""
        with self._lock:
            if task := self._tasks.get(name):
                task.asked_to_end.set()
        return self.poll(name)

    def release(self, name: str) -> None:
        """Forget a task and its result; one that runs is asked to end."""
        with self._lock:
            if task := self._tasks.get(name):
                task.asked_to_end.set()
                task.released = True
                if task.state != "running":
                    del self._tasks[name]

    def source(self, name: str) -> BlockSource | None:
        """The arrays of the task whose source is called ``task:<name>``."""
        with self._lock:
            task = self._tasks.get(name.removeprefix("task:"))
            return task.source if task is not None and name.startswith("task:") else None

    def clear(self) -> None:
        """Forget all of them; those that run are asked to end."""
        with self._lock:
            for task in self._tasks.values():
                task.asked_to_end.set()
            self._tasks.clear()

    def _run(self, task: _Task, kind: str, work: Work, params: dict[str, Any]) -> None:
        def progress(fraction: float | None, text: str = "") -> None:
            with self._lock:
                known = fraction is not None and math.isfinite(fraction)
                task.fraction = min(1.0, max(0.0, float(fraction))) if known else None
                task.message = str(text)

        try:
            if task.asked_to_end.is_set():
                raise Cancelled
            result = work(params, progress, task.asked_to_end.is_set)
            fields = plain(result.fields)
            arrays = {name: _on_the_line(array) for name, array in result.arrays.items()}
            source = BlockSource(arrays) if arrays else None
        except Cancelled:
            self._end(task, "cancelled", "Cancelled: nothing was changed.")
        except Exception as error:
            self._end(task, "failed", message_of(error, kind))
        else:
            self._end(task, "done", "", fields, source)
            if result.after is not None:
                result.after()

    def _end(
        self,
        task: _Task,
        state: str,
        message: str,
        fields: dict[str, Any] | None = None,
        source: BlockSource | None = None,
    ) -> None:
        with self._lock:
            task.state, task.message = state, message
            task.fraction = 1.0 if state == "done" else None
            task.fields, task.source = fields or {}, source
            ended = [name for name, t in self._tasks.items() if t.state != "running"]
            released = [name for name in ended if self._tasks[name].released]
            for name in {*released, *ended[:-KEPT]}:
                del self._tasks[name]


def message_of(error: Exception, what: str) -> str:
    """What a user is told of an exception; one that nobody foresaw is logged and named."""
    if isinstance(error, MemoryError):
        return (
            f"The kernel has not enough memory for {what}: {error}. Crop or bin the data first, "
            "or close other notebooks."
        )
    if isinstance(error, _FOR_USERS) and str(error):
        _log.debug("eelscape: %s was refused", what, exc_info=error)
        return str(error)
    _log.error("eelscape: %s failed", what, exc_info=error)
    return (
        f"{what} failed with an unexpected {type(error).__name__}: {error}. The kernel's log "
        "holds the traceback; nothing was changed."
    )


def plain(value: Any) -> Any:
    """A value as JSON: NumPy numbers as Python's, tuples as lists, None for what is not finite."""
    if isinstance(value, dict):
        return {str(key): plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def _on_the_line(array: Any) -> np.ndarray:
    """An array in C order and in one of the dtypes of the protocol."""
    array = np.asarray(array)
    wanted = {"b": np.uint8, "f": np.float32, "i": np.int32, "u": np.int32}.get(array.dtype.kind)
    if wanted is None:
        raise TypeError(f"An array of dtype {array.dtype} cannot go to the browser.")
    if array.dtype == np.uint8:
        wanted = np.uint8
    return np.ascontiguousarray(array, dtype=wanted)
