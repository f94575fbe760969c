"""What a line offers to its panels: the pair, files of models, and the state they had."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import numpy as np

from .blocks import BlockSource
from .pair_offer import offer_of
from .panel_state import PanelState

if TYPE_CHECKING:
    from .session import Session


class Offers:
    """The sources that panels of one line pull; its lock is held by whoever calls.

    Parameters
    ----------
    session : Session
        What is offered first.

    Attributes
    ----------
    state : PanelState
        What the leading panel said last, or what a cell put there; a panel that is loaded again
        takes it over.
    """

    def __init__(self, session: Session) -> None:
        self._pair = offer_of(session, 1)
        self._offered = session.dataset
        self._files: dict[str, BlockSource] = {}
        self.state = PanelState()

    def describe(self) -> dict[str, Any]:
        """The pair or the question as JSON."""
        return self._pair.describe()

    def renew(self, session: Session) -> None:
        """Offer what a session holds now; the state follows as far as the scan allows."""
        before, after = self._offered, session.dataset
        self._pair = offer_of(session, self._pair.revision + 1)
        self._offered = after
        if before is None or after is None:
            self.state = PanelState()
        else:
            self.state = self.state.moved(before, after)

    def replace(self, session: Session) -> None:
        """Offer another session in the place of this one."""
        self._files.clear()
        self.renew(session)
        # Regions and pins stay where the scan is the same; the pointer is the panel's to say.
        self.state = PanelState(regions=self.state.regions, pins=self.state.pins)

    def add_file(self, file: bytes) -> tuple[str, list[dict[str, Any]]]:
        """Offer a model file; the name under which it is pulled, and its arrays as JSON."""
        name = uuid.uuid4().hex
        source = BlockSource({"file": np.frombuffer(file, np.uint8)})
        self._files[f"model:{name}"] = source
        return name, source.describe()

    def source(self, wanted: str) -> BlockSource | None:
        """The arrays of a source by its name; None where it is not offered, or no more."""
        return self._pair.source if wanted == self._pair.name else self._files.get(wanted)
