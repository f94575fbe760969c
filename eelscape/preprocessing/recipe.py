"""Lists of steps: applied one after the other, and chosen to keep to a memory budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..limits import MAX_STEPS
from ..sizes import size_text
from ..spectrum_image import Cancelled, IsCancelled, Progress, SpectrumImage
from .energy_range import BinEnergy
from .scan_binning import BinScan
from .step import Step, share_of
from .steps import step_from_dict

#: Channels that automatic binning leaves at least, before the scan is binned, too.
_CHANNELS = 128
#: Pixels along each side that automatic binning leaves at least: two windows of the default size.
_PIXELS = 32
#: What training needs at least: 16 channels, 16 x 16 pixels.
_LEAST = 16


@dataclass(frozen=True, eq=False)
class Applied:
    """A recipe carried out.

    Attributes
    ----------
    data : SpectrumImage
    steps : list of Step
        With the values filled in that were left to be chosen.
    texts : list of str
        What each did, in a sentence.
    """

    data: SpectrumImage
    steps: list[Step]
    texts: list[str]


def check_count(steps: Sequence[Any]) -> None:
    """Raise ValueError where there are more steps than are carried out."""
    if len(steps) > MAX_STEPS:
        raise ValueError(
            f"{len(steps)} preprocessing steps are too many: at most {MAX_STEPS} are carried out. "
            "Leave some out, or process the data before you open them."
        )


def run_steps(
    source: SpectrumImage,
    steps: Sequence[Step | dict[str, Any]],
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> Applied:
    """Apply steps one after the other; `source` stays as it is.

    Parameters
    ----------
    source : SpectrumImage
    steps : list of Step or dict
        See `step_from_dict`.
    progress, cancelled : callable, optional

    Raises
    ------
    ValueError
        If a step is not understood, before any is applied; or makes no sense for the data, with
        its number in the list.
    Cancelled
        When `cancelled` says so.
    """
    check_count(steps)
    read = [step_from_dict(step) for step in steps]
    data, texts, completed = source, [], []
    for number, step in enumerate(read):
        if cancelled is not None and cancelled():
            raise Cancelled
        part = share_of(progress, number / len(read), (number + 1) / len(read))
        try:
            after, done = step.run(data, part, cancelled)
        except ValueError as error:
            place = f"Step {number + 1}, {step.name}: " if len(read) > 1 else f"{step.name}: "
            raise ValueError(f"{place}{error}") from error
        texts.append(step.describe(data, after))
        completed.append(done)
        data = after
    return Applied(data, completed, texts)


def apply_steps(
    source: SpectrumImage,
    steps: Sequence[Step | dict[str, Any]],
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> tuple[SpectrumImage, list[str]]:
    """As `run_steps`: the data and what each step did, a sentence each."""
    applied = run_steps(source, steps, progress, cancelled)
    return applied.data, applied.texts


def fit_to_budget(source: SpectrumImage, memory_budget: float) -> list[Step]:
    """Binning that makes the spectra, as float32, fit a budget: [] where they do already.

    Energies are binned first, by the smallest factor that fits, down to 128 channels; where that
    is not enough, the scan is binned, too, by the smallest factor that fits, down to 32 pixels a
    side; then both down to 16.

    Parameters
    ----------
    source : SpectrumImage
    memory_budget : float
        Bytes.

    Returns
    -------
    list of Step
        Each with its `reason`.

    Raises
    ------
    ValueError
        If nothing larger than 16 channels and 16 x 16 pixels fits.
    """
    if source.nbytes <= memory_budget:
        return []
    ny, nx, channels = source.shape
    for least_channels, least_pixels in ((_CHANNELS, _PIXELS), (_LEAST, _LEAST)):
        for pixels in range(1, max(1, min(ny, nx) // least_pixels) + 1):
            for joined in range(1, max(1, channels // least_channels) + 1):
                if _bytes(source.shape, pixels, joined) <= memory_budget:
                    return _binning(source, memory_budget, pixels, joined)
    raise ValueError(
        f"The spectra take {size_text(source.nbytes)} as float32 and no binning brings them "
        f"below the memory budget of {size_text(memory_budget)}. Crop the energies or the scan, "
        "or pass a larger memory_budget."
    )


def _bytes(shape: tuple[int, int, int], pixels: int, joined: int) -> int:
    ny, nx, channels = shape
    return 4 * (ny // pixels) * (nx // pixels) * (channels // joined)


def _binning(source: SpectrumImage, memory_budget: float, pixels: int, joined: int) -> list[Step]:
    budget = size_text(memory_budget)
    steps: list[Step] = []
    size = source.nbytes
    if joined > 1:
        steps.append(
            BinEnergy(joined).because(
                f"automatic: {size_text(size)} as float32 exceed the memory budget of {budget}"
            )
        )
        size = _bytes(source.shape, 1, joined)
    if pixels > 1:
        before = f"after binning energies {size_text(size)}" if joined > 1 else size_text(size)
        steps.append(
            BinScan(pixels).because(
                f"automatic: {before} as float32 exceed the memory budget of {budget}"
            )
        )
    return steps
