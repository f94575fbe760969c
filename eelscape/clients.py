"""The panels that are connected to one line, and which of them leads.

A panel that watches says hello about every ten seconds; that is how one that leads and is gone is
found out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import comm.base_comm

#: Seconds in which a leading panel must answer before another one may take its place.
SILENT_SECONDS = 15.0
#: Seconds in which the lead is kept for a page that said it goes: it may be loaded again.
AWAY_SECONDS = 10.0
#: Seconds without a word after which a watching panel is forgotten; hidden ones speak each minute.
FORGOTTEN_SECONDS = 180.0


@dataclass
class Client:
    """A panel in a browser tab.

    `line` is its data comm, `thread` the one on which its latest message was served. Times on the
    monotonic clock in seconds: `seen` of its latest message, `pinged` of the latest ping to it,
    `asked` of the first question that it has not answered, `away` of its page's end (0 before).
    """

    line: comm.base_comm.BaseComm
    id: str
    tab: str
    version: str
    thread: int
    seen: float = field(default_factory=time.monotonic)
    pinged: float = 0.0
    asked: float = 0.0
    away: float = 0.0

    def ask(self, now: float) -> None:
        """Something was sent that a panel answers at once."""
        if self.asked <= self.seen:
            self.asked = now

    def gives_way(self, other: Client) -> bool:
        """Whether a panel that says hello takes the lead from this one."""
        if self.tab == other.tab:
            return True
        if self.away:
            return other.seen - self.away > AWAY_SECONDS
        return self.seen < self.asked < other.seen - SILENT_SECONDS


@dataclass(frozen=True)
class Joined:
    """What a hello changed.

    `replaced` led before, and its page is gone or silent; where `ask` is set the leading panel must
    be asked whether it is still there.
    """

    replaced: Client | None = None
    ask: bool = False


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

    def join(self, client: Client) -> Joined:
        """Take in a panel that says hello; it leads where nobody else does."""
        self._all[client.id] = client
        self._forget_silent(client.seen)
        leader = self.leader
        if leader is None or leader.id == client.id:
            self.leader = client
        elif leader.gives_way(client):
            self._all.pop(leader.id, None)
            self.leader = client
            return Joined(replaced=leader)
        elif not leader.away:
            leader.ask(client.seen)
            return Joined(ask=True)
        return Joined()

    def leave(self, client: Client) -> None:
        """The page of a panel goes; where that leads, the lead is kept for its tab for a while."""
        if client is self.leader:
            client.away = time.monotonic()
        else:
            self._all.pop(client.id, None)

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

    def _forget_silent(self, now: float) -> None:
        for client in list(self._all.values()):
            if client is not self.leader and now - client.seen > FORGOTTEN_SECONDS:
                del self._all[client.id]
