"""What one explorer has: the source, the steps applied to it, and the data that the panel shows."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from .dataset import Dataset
from .pipeline import AppliedStep, State, checked_budget, opened, stepped
from .preprocessing.steps import Preview, step_from_dict
from .spectrum_image import Cancelled, IsCancelled, Progress, SpectrumImage
from .text import clean_text

if TYPE_CHECKING:
    from .adapters.question import Question
    from .changes import Sources
    from .factorisation import Factorisation

#: Most data sets that are kept for the models that were trained on them.
_KEPT = 3


class NotNow(RuntimeError):
    """Something is under way, or missing, that must end or be given first; the text says what."""


def _never() -> str:
    return ""


class Session:
    """The data of one line. Every method may be called from any thread.

    Parameters
    ----------
    found : SpectrumImage or Question
        What the adapters made of the user's data.
    name, title : str, optional
        What messages call the data and what they are, while a question is open.
    memory_budget : int, optional
        Most bytes of spectra that the browser gets.
    progress : callable, optional
        Told how far the reading is.
    sources : Sources, optional
        The objects that `found` was read from; without them no change of them is noticed.

    Raises
    ------
    ValueError, TypeError
        If the data cannot be used, or the budget is none.
    """

    def __init__(
        self,
        found: SpectrumImage | Question,
        name: str = "",
        title: str = "",
        memory_budget: int | None = None,
        progress: Progress | None = None,
        sources: Sources | None = None,
    ) -> None:
        self.memory_budget = checked_budget(memory_budget)
        self.sources = sources
        self._working = threading.Lock()
        self._doing = ""
        self._previewing = threading.Lock()
        self._answers: dict[str, int] = {}
        # sha256 and `State.key` of its data: a step may change the mask alone.
        self._factorisation: tuple[str, str, Factorisation] | None = None
        self._datasets: tuple[tuple[str, Dataset], ...] = ()
        # Without holding the data: models do, as long as they are needed.
        self._made_by: weakref.WeakKeyDictionary[Dataset, list[dict[str, Any]]] = (
            weakref.WeakKeyDictionary()
        )
        if isinstance(found, SpectrumImage):
            self._state = opened(found, self.memory_budget, progress)
        else:
            self._state = State(question=found)
            name = name or found.name
        self._name, self._title = clean_text(name or ""), clean_text(title or "")
        self._remember()

    # ---- what there is ---------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What messages call the data."""
        dataset = self._state.dataset
        return (dataset.name if dataset else self._name) or "data"

    @property
    def title(self) -> str:
        """What the data are; the name where nobody said."""
        dataset = self._state.dataset
        return (dataset.title if dataset else self._title) or self.name

    @property
    def question(self) -> Question | None:
        """What must be answered before there are data."""
        return self._state.question

    @property
    def source(self) -> SpectrumImage | None:
        """The data before the first step."""
        return self._state.source

    @property
    def source_dtype(self) -> str:
        """Number type of the spectra as they were given."""
        return self._state.dtype

    @property
    def source_sha256(self) -> str:
        """Hash of the data before the first step; "" where they were never read whole."""
        return self._state.source_sha256

    @property
    def steps(self) -> tuple[AppliedStep, ...]:
        """The steps that were applied, in order."""
        return self._state.steps

    @property
    def dataset(self) -> Dataset | None:
        """What the panel shows; None while a question is open."""
        return self._state.dataset

    @property
    def factorisation(self) -> Factorisation | None:
        """The newest factorisation of the present data."""
        kept, state = self._factorisation, self._state
        return kept[2] if kept and kept[1] == state.key and state.dataset is not None else None

    @property
    def factorised_sha256(self) -> str:
        """Hash of the data that `factorisation` is of."""
        return self._factorisation[0] if self._factorisation else ""

    @property
    def doing(self) -> str:
        """ "" or what changes the data at this moment."""
        return self._doing

    @property
    def datasets(self) -> list[Dataset]:
        """The present data and the last ones before them that are kept."""
        return [dataset for _, dataset in self._datasets]

    def steps_of(self, dataset: Dataset | None) -> list[dict[str, Any]] | None:
        """The steps as JSON that made a data set of this session; None for any other."""
        return None if dataset is None else self._made_by.get(dataset)

    def need_dataset(self) -> Dataset:
        """The data.

        Raises
        ------
        NotNow
            While a question is open; the text is the question with the line that answers it.
        """
        state = self._state
        if state.dataset is None:
            raise NotNow(f"The data are not chosen yet.\n{state.question!r}")
        return state.dataset

    # ---- what changes it -------------------------------------------------------------------

    def choose(
        self,
        answers: dict[str, int],
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> None:
        """Answer the question; there are data afterwards.

        Raises
        ------
        ValueError
            Where the answers are not possible; the question stays open.
        NotNow
            Where there is no question.
        """
        with self._alone("Choosing the data"):
            question = self._state.question
            if question is None:
                raise NotNow("Nothing is asked: the data are chosen already.")
            chosen = question.answer(answers)
            state = opened(chosen, self.memory_budget, progress, cancelled)
            self._commit(state, cancelled, _never)
            self._answers = dict(answers)

    def apply(
        self,
        steps: Sequence[Any],
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
        refusal: Callable[[], str] = _never,
    ) -> bool:
        """Make `steps`, from the source on, the steps that are applied.

        Parameters
        ----------
        steps : list of Step or dict
            The whole list; fewer than before undoes the others.
        progress, cancelled : callable, optional
        refusal : callable
            Why the data may not change now, "" where they may; asked before the work and after.

        Returns
        -------
        bool
            Whether the data are others now.

        Raises
        ------
        ValueError
            Where a step is not possible, or the result exceeds the memory budget.
        NotNow
            Where other work changes the data, a question is open, or `refusal` says so.
        Cancelled
            With everything as it was.
        """
        wanted = [step_from_dict(step) for step in steps]
        with self._alone("Preprocessing"):
            self.need_dataset()
            if why := refusal():
                raise NotNow(why)
            state = self._state
            if [s.to_dict() for s in wanted] == [s.params for s in state.steps]:
                return False
            known = dict(self._datasets).get
            state = stepped(state, wanted, self.memory_budget, progress, cancelled, known)
            self._commit(state, cancelled, refusal)
            return True

    def read_again(
        self,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
        refusal: Callable[[], str] = _never,
    ) -> None:
        """Take the variables as Python holds them now, with the same steps.

        Parameters
        ----------
        progress, cancelled, refusal : callable, optional
            As for `apply`.

        Raises
        ------
        ValueError, TypeError
            Where a variable is gone, cannot be opened, or a step is not possible any more; the
            data are as before.
        NotNow
            Where other work changes the data, `refusal` says so, or a cell that runs changes
            the variables while they are read.
        Cancelled
            With everything as it was.
        """
        if self.sources is None:
            raise NotNow("Run the cell with explore again.")
        with self._alone("Reading the data again"):
            if why := refusal():
                raise NotNow(why)
            found, sources = self.sources.anew()
            if not isinstance(found, SpectrumImage) and self._answers:
                with suppress(ValueError):
                    found = found.answer(self._answers)
            if isinstance(found, SpectrumImage):
                state = opened(found, self.memory_budget, progress, cancelled)
                steps = [applied.step for applied in self.steps if not applied.automatic]
                if steps:
                    steps = [applied.step for applied in state.steps] + steps
                    state = stepped(state, steps, self.memory_budget, progress, cancelled)
            else:
                state = State(question=found)
            if names := sources.look(whole=True):
                listed = " and ".join(f"`{name}`" for name in names)
                raise NotNow(f"A cell changes {listed} just now: wait for its end, then Reload.")
            self._commit(state, cancelled, refusal, sources)

    def preview(
        self, step: Any, pixel: tuple[int, int], cancelled: IsCancelled | None = None
    ) -> Preview:
        """What a step would do to the data as they are now.

        Parameters
        ----------
        step : Step or dict
        pixel : (int, int)
            Row and column; taken into the scan where they lie outside.
        cancelled : callable, optional

        Returns
        -------
        Preview
            See `eelscape.preprocessing.steps`.
        """
        step = step_from_dict(step)
        # One at a time: the pointer moves on faster than a preview is made.
        while not self._previewing.acquire(timeout=0.05):
            if cancelled is not None and cancelled():
                raise Cancelled
        try:
            if cancelled is not None and cancelled():
                raise Cancelled
            self.need_dataset()
            data = self._state.current
            row, column = (
                min(max(0, int(i)), n - 1) for i, n in zip(pixel, data.shape[:2], strict=False)
            )
            return step.preview(data, (row, column))
        finally:
            self._previewing.release()

    def factorise(
        self,
        components: int = 4,
        seed: int = 0,
        negative: str = "clip",
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Factorisation:
        """Factorise the present data and keep the result; see `eelscape.nmf`."""
        from .factorisation import nmf

        dataset = self.need_dataset()
        key = self._state.key
        result = nmf(dataset, components, seed, negative, progress=progress, cancelled=cancelled)
        if cancelled is not None and cancelled():
            raise Cancelled
        self._factorisation = (dataset.sha256, key, result)
        return result

    # ---- inside ----------------------------------------------------------------------------

    @contextmanager
    def _alone(self, what: str) -> Iterator[None]:
        if not self._working.acquire(blocking=False):
            raise NotNow(f"{self._doing or 'Other work'} is under way: wait for it, or cancel it.")
        try:
            self._doing = what
            yield
        finally:
            self._doing = ""
            self._working.release()

    def _commit(
        self,
        state: State,
        cancelled: IsCancelled | None,
        refusal: Callable[[], str],
        sources: Sources | None = None,
    ) -> None:
        if why := refusal():
            raise NotNow(f"{why} Nothing was changed.")
        if cancelled is not None and cancelled():
            raise Cancelled
        if sources is not None:
            # What was made of the values before is told apart by its steps alone.
            self.sources, self._datasets, self._factorisation = sources, (), None
        self._state = state
        self._remember()

    def _remember(self) -> None:
        # Half the budget for earlier data: the next ones are made while these are still there.
        state, left = self._state, self.memory_budget // 2
        if state.dataset is None:
            return
        self._made_by[state.dataset] = [applied.params for applied in state.steps]
        kept = [(state.key, state.dataset)]
        for key, data in self._datasets:
            left -= data.spectra.nbytes
            if data is not state.dataset and left >= 0 and len(kept) < _KEPT:
                kept.append((key, data))
        self._datasets = tuple(kept)
