"""The lines of this kernel, by id: what the front end finds when it opens a data comm."""

from __future__ import annotations

import threading
from typing import Any

import comm
import comm.base_comm

from .cell_events import CellEvents
from .comm_end import end_comm
from .connection import Line
from .protocol import TARGET
from .session import Session

_lines: dict[str, Line] = {}
_lines_lock = threading.Lock()


def _look_for_changes() -> None:
    with _lines_lock:
        lines = list(_lines.values())
    for line in lines:
        line.look_for_changes()


_cells = CellEvents(_look_for_changes)


def open_line(line_id: str, session: Session) -> Line:
    """The line with this id, made or given the new session."""
    manager = comm.get_comm_manager()
    if manager.targets.get(TARGET) is not _opened_by_front_end:
        manager.register_target(TARGET, _opened_by_front_end)
    with _lines_lock:
        line = _lines.get(line_id)
    if line is not None:
        line.replace(session)
        _cells.begin()
        return line
    line = Line(line_id, session)
    with _lines_lock:
        _lines[line_id] = line
    _cells.begin()
    # Only now: a front end may answer before the comm is open here.
    line.open()
    return line


def close_line(line: Line) -> None:
    """Close both comms of a line and forget its data."""
    with _lines_lock:
        if _lines.get(line.id) is line:
            del _lines[line.id]
        if not _lines:
            _cells.end()
    line.close()


def _opened_by_front_end(line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
    data = message["content"].get("data") or {}
    with _lines_lock:
        found = _lines.get(str(data.get("id", "")))
    if found is None or data.get("role") != "data":
        # A page that was open before the kernel was restarted.
        line.send({"type": "refused", "message": "These data are no longer in the kernel."})
        end_comm(line)
        return
    found.attach(line, data.get("hello"))
