"""The chain from a source through preprocessing steps to the data that the panel shows."""

from __future__ import annotations

import json
import numbers
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .dataset import Dataset
from .preprocessing.recipe import check_count, fit_to_budget, run_steps
from .sizes import size_text
from .spectrum_image import IsCancelled, Progress, SpectrumImage

if TYPE_CHECKING:
    from .adapters.question import Question

#: Most bytes of spectra that a browser takes.
MOST_BYTES = 2 * 1024**3
#: Most bytes of spectra that a browser gets where nobody says another number.
MEMORY_BUDGET = 512 * 1024**2


@dataclass(frozen=True)
class AppliedStep:
    """A preprocessing step that was applied.

    Attributes
    ----------
    step : Step
    text : str
        What it did, in a sentence with units.
    automatic : bool
        True where eelscape put it in to keep to the memory budget.
    """

    step: Any
    text: str
    automatic: bool

    @property
    def params(self) -> dict[str, Any]:
        """The step as JSON: {"step": its name, its parameters}."""
        return self.step.to_dict()


@dataclass(frozen=True)
class State:
    """All that changes together; replaced, never changed, so that an interrupt tears nothing.

    Attributes
    ----------
    question : Question or None
        What must be answered first; all else is empty then.
    source : SpectrumImage or None
        The data before the first step.
    dtype : str
        Number type of the spectra as they were given.
    steps : tuple of AppliedStep
    stages : tuple of SpectrumImage or None
        The data after each step; None where they were let go to save memory.
    dataset : Dataset or None
        What the panel shows.
    source_sha256 : str
        sha256 of the source as float32; "" where it was never read whole.
    """

    question: Question | None = None
    source: SpectrumImage | None = None
    dtype: str = ""
    steps: tuple[AppliedStep, ...] = ()
    stages: tuple[SpectrumImage | None, ...] = ()
    dataset: Dataset | None = None
    source_sha256: str = ""

    @property
    def current(self) -> SpectrumImage | None:
        """The data after the last step."""
        return self.stages[-1] if self.stages else self.source

    @property
    def key(self) -> str:
        """Names what was done to the source: equal for equal steps."""
        return _key(applied.params for applied in self.steps)


def opened(
    source: SpectrumImage,
    memory_budget: int,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> State:
    """The state of a new source, with what it takes to keep to the memory budget.

    Raises
    ------
    ValueError
        If there is nothing to learn from the data.
    Cancelled
        When `cancelled` says so.
    """
    dtype = str(source.spectra.dtype)
    if source.lazy or source.nbytes > memory_budget:
        automatic = fit_to_budget(source, memory_budget)
        state = State(source=source, dtype=dtype)
        return stepped(state, automatic, memory_budget, progress, cancelled, automatic=True)
    dataset = source.to_dataset(progress=progress, cancelled=cancelled)
    # Steps begin at a snapshot: what the user's array holds later must not matter. Integers stay
    # what they are, because their largest value tells saturation.
    whole = source.spectra.dtype.kind in "iu" and source.spectra.dtype.itemsize <= 4
    snapshot = source.changed(
        spectra=np.array(source.spectra) if whole else dataset.spectra,
        image=dataset.image,
        mask=dataset.mask,
        report=list(source.report) if whole else list(dataset.report),
    )
    return State(source=snapshot, dtype=dtype, dataset=dataset, source_sha256=dataset.sha256)


def stepped(
    state: State,
    wanted: Sequence[Any],
    memory_budget: int,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
    known: Callable[[str], Dataset | None] = lambda key: None,
    automatic: bool = False,
) -> State:
    """The state with other steps; what the present ones have in common with them is kept.

    Parameters
    ----------
    state : State
    wanted : list of Step
        All steps from the source on.
    memory_budget : int
        Most bytes of the result's spectra as float32.
    progress, cancelled : callable, optional
    known : callable
        The data set of an earlier state with this `State.key`, None where it is gone.
    automatic : bool
        Whether eelscape itself put the steps in.

    Raises
    ------
    ValueError
        Where a step is not possible, or the result exceeds the budget.
    Cancelled
        When `cancelled` says so.
    """
    check_count(wanted)
    common = 0
    for applied, step in zip(state.steps, wanted, strict=False):
        if applied.params != step.to_dict():
            break
        common += 1
    begin = common
    while begin and state.stages[begin - 1] is None:
        begin -= 1
    data = state.stages[begin - 1] if begin else state.source
    steps, stages = list(state.steps[:begin]), list(state.stages[:begin])
    parts = len(wanted) - begin + 1
    for n in range(begin, len(wanted)):
        again = state.steps[n] if n < common else None
        step = again.step if again else wanted[n]
        done = run_steps(data, [step], _part(progress, n - begin, parts), cancelled)
        data = done.data
        kept = again.automatic if again else automatic
        steps.append(AppliedStep(done.steps[0], done.texts[0], kept))
        stages.append(data)
    _check_size(data, memory_budget)
    state = replace(state, steps=tuple(steps), stages=_kept(stages, memory_budget))
    dataset = known(state.key)
    if dataset is None:
        dataset = data.to_dataset(progress=_part(progress, parts - 1, parts), cancelled=cancelled)
        # What was excluded before a step is found, and said, again.
        dataset.report = list(dict.fromkeys(dataset.report))
    return replace(state, dataset=dataset)


def _check_size(data: SpectrumImage, memory_budget: int) -> None:
    if data.nbytes > memory_budget:
        shape = " x ".join(map(str, data.shape))
        raise ValueError(
            f"The spectra would take {size_text(data.nbytes)} as float32 ({shape}), more than the "
            f"memory budget of {size_text(memory_budget)}. Crop or bin further, or give "
            f"explore(..., memory_budget=...) more, at most {MOST_BYTES} bytes."
        )


def _kept(stages: list[SpectrumImage | None], memory_budget: int) -> tuple[Any, ...]:
    """The stages, the first ones let go where all together would take more than the budget."""
    left = memory_budget
    kept: list[SpectrumImage | None] = []
    for stage in reversed(stages):
        left -= 0 if stage is None or stage.lazy else stage.spectra.nbytes
        kept.append(stage if left >= 0 or not kept else None)
    return tuple(reversed(kept))


def checked_budget(memory_budget: int | None) -> int:
    """The argument `memory_budget` of `explore` in bytes; the default for None.

    Raises
    ------
    TypeError, ValueError
        If it is no number of bytes that a browser takes.
    """
    if memory_budget is None:
        return MEMORY_BUDGET
    if isinstance(memory_budget, bool) or not isinstance(memory_budget, numbers.Real):
        raise TypeError(f"memory_budget is {memory_budget!r}; give a number of bytes.")
    if not 0 < memory_budget <= MOST_BYTES:
        raise ValueError(
            f"memory_budget is {memory_budget} bytes; give 1 to {MOST_BYTES} "
            f"({size_text(MOST_BYTES)}, what a browser takes)."
        )
    return int(memory_budget)


def _key(params: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(params), sort_keys=True)


def _part(progress: Progress | None, n: int, parts: int) -> Progress | None:
    """Progress of part `n` of several as progress of the whole."""
    if progress is None:
        return None
    return lambda fraction, text="": progress((n + fraction) / parts, text)
