"""The panels that are connected to one line, and which of them leads."""

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


class Clients:
    """The panels of one line; its lock is held by whoever calls."""

    def __init__(self) -> None:
        self.leader: Client | None = None
        self._all: dict[str, Client] = {}

    @property
    def watched(self) -> bool:
        """Whether there are panels beside the leading one."""
        return len(self._all) > 1

    def on(self, line: comm.base_comm.BaseComm) -> Client | None:
        """The panel that a data comm belongs to."""
        return next((c for c in self._all.values() if c.line is line), None)

    def join(self, client: Client) -> tuple[bool, bool]:
        """Take in a panel that says hello; it leads where nobody else does.

        Returns
        -------
        reloaded : bool
            Whether it is the leader's tab with a new page, so that what that trained is gone.
        ask : bool
            Whether the leader must be asked if it is still there.
        """
        known = self._all.get(client.id)
        client.pinged = known.pinged if known else 0.0
        self._all[client.id] = client
        leader = self.leader
        if leader is None or leader.id == client.id:
            self.leader = client
        elif leader.tab == client.tab or 0 < leader.seen < leader.pinged < client.seen - 5:
            self._all.pop(leader.id, None)
            self.leader = client
            return True, False
        elif leader.pinged <= leader.seen:
            leader.pinged = client.seen
            return False, True
        return False, False

    def drop(self, client: Client) -> bool:
        """Forget a panel; whether it led."""
        self._all.pop(client.id, None)
        led = self.leader is client
        if led:
            self.leader = None
        return led

    def clear(self) -> list[Client]:
        """Forget all of them; who they were."""
        gone = list(self._all.values())
        self._all.clear()
        self.leader = None
        return gone
