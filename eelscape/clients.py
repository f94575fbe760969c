"""The panels that are connected to one line."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import comm.base_comm


@dataclass
class Client:
    """A panel in a browser tab.

    `line` is its data comm, `thread` the one on which its latest message was served; `seen` and
    `pinged` are times on the monotonic clock in seconds.
    """

    line: comm.base_comm.BaseComm
    id: str
    tab: str
    version: str
    thread: int
    seen: float = field(default_factory=time.monotonic)
    pinged: float = 0.0
