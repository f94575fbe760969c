"""Whether a panel is there, and whether it is served while a cell waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from .clients import Client, Clients
from .front_end_errors import (
    NO_FRONT_END,
    NOT_SERVED,
    FrontEndError,
    has_kernel,
    subshells,
)

#: Seconds for the first front end to say hello.
HELLO_SECONDS = 10.0
#: Seconds without a word after which a waiting cell asks the front end whether it is there.
QUIET_SECONDS = 10.0
#: Seconds without a word after which a waiting cell gives it up.
SILENCE_SECONDS = 90.0


class Presence:
    """What a cell finds out of the leading panel before and while it waits for it.

    Parameters
    ----------
    changed : threading.Condition
        Guards the line's state.
    clients : Clients
    ask : callable
        Sends a message to the leading panel; called without the lock.
    drop : callable
        Gives a panel up, with the reason for the user.

    Attributes
    ----------
    opened : float
        When the data were offered, in seconds on the monotonic clock.
    refusal : str
        "" or why the only front end that came was refused.
    """

    def __init__(
        self,
        changed: threading.Condition,
        clients: Clients,
        ask: Callable[[dict[str, Any]], None],
        drop: Callable[[Client, str], None],
    ) -> None:
        self._changed = changed
        self._clients = clients
        self._ask = ask
        self._drop = drop
        self.opened = time.monotonic()
        self.refusal = ""

    @property
    def connected(self) -> bool:
        """Whether a panel leads whose page is there."""
        with self._changed:
            leader = self._clients.leader
            return leader is not None and not leader.away

    @property
    def serves_only_between_cells(self) -> bool:
        """Whether the kernel lacks subshells."""
        return subshells() is False

    def wait(self) -> None:
        """Return when a panel leads.

        Raises
        ------
        FrontEndError
            If none says hello in time.
        """
        deadline = max(self.opened + HELLO_SECONDS, time.monotonic() + 2.0)
        with self._changed:
            while self._clients.leader is None:
                if self.refusal:
                    raise FrontEndError(self.refusal)
                left = deadline - time.monotonic()
                if left <= 0:
                    reason = f"no panel answered within {HELLO_SECONDS:.0f} s"
                    raise FrontEndError(NO_FRONT_END.format(reason=reason))
                self._changed.wait(min(left, 0.25))

    def check(self) -> None:
        """Raise at once where no front end can ever answer, or the one that did is refused."""
        if not has_kernel():
            reason = "this Python does not run in a Jupyter kernel"
            raise FrontEndError(NO_FRONT_END.format(reason=reason))
        if self.refusal:
            raise FrontEndError(self.refusal)

    def check_served(self) -> None:
        """Raise at once where the panel's messages queue behind the calling cell."""
        with self._changed:
            leader = self._clients.leader
        in_cell = threading.current_thread() is threading.main_thread()
        behind = leader is not None and leader.thread == threading.get_ident()
        if behind or (in_cell and subshells() is False):
            raise FrontEndError(NOT_SERVED)

    def need(self, waits: bool = False) -> None:
        """Return when a panel leads, or at once where messages are served only between cells.

        Parameters
        ----------
        waits : bool
            Whether the cell will wait for what the panel answers.

        Raises
        ------
        FrontEndError
            Where no panel comes, or, if the cell waits, is not served meanwhile.
        """
        self.check()
        if waits:
            self.check_served()
        if waits or not self.serves_only_between_cells:
            self.wait()
        if waits:
            self.check_served()

    def check_alive(self) -> None:
        """Ask a quiet panel whether it is there; give it up when it stays silent."""
        self.check()
        with self._changed:
            leader = self._clients.leader
        if leader is None:
            self.wait()
            return
        self.check_served()
        now = time.monotonic()
        quiet = now - leader.seen
        if quiet > SILENCE_SECONDS:
            why = f"The panel has not answered for {quiet:.0f} s. Was it closed? Open it again"
            self._drop(leader, f"{why}, then train again.")
        elif quiet > QUIET_SECONDS and now - leader.pinged > QUIET_SECONDS / 2:
            leader.pinged = now
            self._ask({"type": "ping"})
