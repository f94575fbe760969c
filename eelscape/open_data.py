"""What a cell can do with the data of an explorer: steps, regions, factorisation, recipe."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .atomic_write import write_atomically
from .connection import Line
from .dataset import Dataset
from .front_end_errors import FrontEndError
from .panel_state import PanelState
from .places import Pin, Selection, as_source, pins_of, regions_in, selection_of
from .progress_line import shown_progress
from .recipe import recipe_of
from .session import NotNow, Session
from .workspace_saving import workspace_bytes

if TYPE_CHECKING:
    from .factorisation import Factorisation
    from .regions import Region


class OpenData:
    """The data of an explorer, with what the panel says of them.

    Attributes
    ----------
    id : str
        Names the data on both sides.
    """

    def __init__(self, session: Session, line: Line) -> None:
        self.id = line.id
        self._session = session
        self._line = line

    @property
    def dataset(self) -> Dataset | None:
        """The checked snapshot that the panel shows; None while a question is open."""
        return self._session.dataset

    @property
    def selection(self) -> Selection | None:
        """What the user points at and has selected in the panel.

        None before the panel has said so.
        """
        data, state = self._shown
        return None if data is None else selection_of(state, data)

    @property
    def pins(self) -> dict[str, Pin]:
        """The locations pinned in the panel by letter, with their spectra."""
        data, state = self._shown
        return {} if data is None else pins_of(state, data)

    @property
    def regions(self) -> dict[str, Region]:
        """The regions drawn in the panel by name: masks, mean spectra, standard errors.

        Spectra in the channel order of the source; empty before the panel has drawn any.
        """
        data, state = self._shown
        return {} if data is None else regions_in(state, data)

    @property
    def factorisation(self) -> Factorisation | None:
        """The newest factorisation of the data, from a cell or the panel; None before the first.

        Endmembers in the channel order of the source.
        """
        result, data = self._session.factorisation, self.dataset
        if result is None or data is None:
            return None
        return replace(result, endmembers=as_source(result.endmembers, data))

    def changed(self) -> bool:
        """Whether the variables that were opened hold something else now; compares every value.

        The panel asks after a cell whether to reload, from a sample of a few thousand values; a
        change that the sample missed is found here, and asked for too. Lazy data are told apart
        by the object alone. "Keep" in the panel takes the present values for unchanged.

        Returns
        -------
        bool
            False too where the variables were deleted.
        """
        sources = self._session.sources
        if sources is None:
            return False
        before = sources.names
        found = sources.look(whole=True)
        if found != before and self._current:
            self._line.request("changed", what="source")
        return bool(found)

    def choose(self, **answers: int) -> OpenData:
        """Answer the question that `explore` left open.

        Parameters
        ----------
        **answers : int
            Index of the option by name of the choice, as the question lists them:
            ``ex.choose(spectra=0, image=2)``.

        Returns
        -------
        Explorer
            This one, now with data; the panel shows them.

        Raises
        ------
        ValueError
            Where the answers are not possible; the question stays open.
        """
        self._check_current()
        with shown_progress("choose") as progress:
            self._session.choose(answers, progress)
        self._line.offer_again()
        return self

    def preprocess(self, *steps: Any, replace_all: bool = False) -> OpenData:
        """Apply preprocessing steps to the data; the panel shows the result.

        Models that were trained before keep their data.

        Parameters
        ----------
        *steps : dict, Step, or a list of them
            ``{"step": "crop_energy", "start": 0.2, "stop": 1.2}``; see
            `eelscape.preprocessing.steps` for their names and parameters.
        replace_all : bool
            Whether they replace all steps that were applied, those that eelscape put in to keep
            to the memory budget included, instead of following them.

        Returns
        -------
        Explorer
            This one, with the new data.

        Raises
        ------
        ValueError
            Where a step is not possible, or the result exceeds the memory budget.
        NotNow
            While a model is trained, other preprocessing is under way, or a question is open.
        KeyboardInterrupt
            If the cell is interrupted; the data are as before.
        """
        wanted: list[Any] = []
        for step in steps:
            wanted += step if isinstance(step, (list, tuple)) else [step]
        if not wanted and not replace_all:
            raise ValueError("Give the steps to apply: {'step': 'crop_energy', 'start': 0.2}.")
        before = [] if replace_all else [applied.step for applied in self._session.steps]
        return self._apply([*before, *wanted])

    def undo(self) -> OpenData:
        """Take the last preprocessing step back.

        Returns
        -------
        Explorer
            This one, with the data as they were before the step.

        Raises
        ------
        ValueError
            Where there is no step, or the data without it exceed the memory budget.
        NotNow
            As for `preprocess`.
        """
        steps = [applied.step for applied in self._session.steps]
        if not steps:
            raise ValueError("There is no preprocessing step to undo.")
        return self._apply(steps[:-1])

    def nmf(self, components: int = 4, seed: int = 0, negative: str = "clip") -> Factorisation:
        """Factorise the data into non-negative abundances and endmembers; the panel shows them.

        Parameters
        ----------
        components, seed, negative
            See `eelscape.nmf`.

        Returns
        -------
        Factorisation

        Raises
        ------
        ValueError
            If an argument is not possible for the data.
        """
        self._check_current()
        self._session.need_dataset()
        with shown_progress("nmf") as progress:
            self._session.factorise(components, seed, negative, progress)
        self._line.request("changed", what="factorisation")
        return self.factorisation

    def recipe(self) -> dict[str, Any]:
        """The analysis so far as JSON: data, steps, trainings, regions, pins, settings.

        Returns
        -------
        dict
            What `eelscape.replay` repeats; docs/python.md lists the entries.

        Raises
        ------
        NotNow
            While a question is open.
        """
        with self._line.changed:
            models = list(self._models)
        state = self._line.panel_state if self._current else PanelState()
        return recipe_of(self._session, models, state)

    def save_workspace(self, path: str | os.PathLike, spectra: bool = False) -> Path:
        """Save what there is as a workspace file, which opens in JupyterLab without a kernel.

        Parameters
        ----------
        path : path
            Ends in ".eelscape", or a double-click does not open it.
        spectra : bool
            Whether the file holds the spectra.

        Returns
        -------
        Path
            Absolute.

        Raises
        ------
        NotNow
            While a question is open.
        OSError
            "Could not save: ..."; what was at the path before is untouched.
        """
        data = self._session.need_dataset()
        recipe = self.recipe()
        with self._line.changed:
            models = [model for model in self._models if model.dataset is data]
        state = self._line.panel_state if self._current else PanelState()
        factors = self._session.factorisation
        content = workspace_bytes(data, models, state, factors, recipe, spectra)
        return write_atomically(path, content)

    @property
    def _current(self) -> bool:
        return self._line.session is self._session

    @property
    def _shown(self) -> tuple[Dataset | None, PanelState]:
        """The data that the panel shows, None where it shows none of these, and its state."""
        return (self.dataset if self._current else None), self._line.panel_state

    def _check_current(self) -> None:
        if not self._current:
            raise FrontEndError(
                "This explorer was replaced when its cell ran again: use the newest one, the "
                "return value of that `explore`."
            )

    def _apply(self, steps: list[Any]) -> OpenData:
        self._check_current()
        before = self._session.dataset
        try:
            with shown_progress("preprocess") as progress:
                self._session.apply(steps, progress, refusal=self._line.why_fixed)
        finally:
            # Also where an interrupt came after the data had changed.
            if self._session.dataset is not before:
                self._line.offer_again()
        return self

    def _check_idle(self) -> None:
        """Raise where the data are not there or just changing."""
        self._session.need_dataset()
        if doing := self._session.doing:
            raise NotNow(f"{doing} is under way: train when it has ended.")
