"""Places that the user chose in the panel, with what the data say there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .mask_runs import mask_of
from .regions import Region, regions_of, spectra_within
from .signal import Signal

if TYPE_CHECKING:
    from .axes import Axis
    from .dataset import Dataset
    from .panel_state import PanelState


@dataclass(frozen=True, eq=False)
class Selection:
    """What the user points at and has selected in the panel.

    Spectra have the data's units and run in the source's channel order.

    Attributes
    ----------
    pointer : (int, int)
        Row and column of the pointer.
    energy_range : (float, float)
        Selected range in the units of the energy axis.
    spectrum : Signal
        (E) measured spectrum at the pointer, with its energy axis.
    second_pointer : (int, int) or None
        Row and column of the pointer to compare with.
    mask : (ny, nx) bool array
        True where the window at a pixel is selected, by a lasso, a box or a list; all False
        without a selection. The spectrum of a window is that of its pixel.
    mean, standard_deviation : Signal or None
        (E) over the spectra of the selected windows, excluded pixels left out; the sample
        standard deviation (ddof = 1), NaN for a single one. None without a selection.
    region : Region or None
        The region that is chosen, of those in `Explorer.regions`.
    """

    pointer: tuple[int, int]
    energy_range: tuple[float, float]
    spectrum: Signal
    second_pointer: tuple[int, int] | None
    mask: np.ndarray
    mean: Signal | None
    standard_deviation: Signal | None
    region: Region | None

    def __repr__(self) -> str:
        count = int(self.mask.sum())
        selected = f"{count} window{'' if count == 1 else 's'} selected" if count else "no window"
        region = f", region {self.region.name!r}" if self.region else ""
        return f"<Selection: pointer {self.pointer}, {selected}{region}>"


@dataclass(frozen=True, eq=False)
class Pin:
    """A location that the user keeps for figures.

    Attributes
    ----------
    letter : str
        "a", "b", ...: the letter on the pictures.
    name : str
        What the user calls it, "" without a name.
    row, column : int
    spectrum : Signal
        (E) measured spectrum there, in the source's channel order.
    """

    letter: str
    name: str
    row: int
    column: int
    spectrum: Signal

    def __repr__(self) -> str:
        name = f" {self.name!r}" if self.name else ""
        return f"<Pin {self.letter}{name}: row {self.row}, column {self.column}>"


def selection_of(state: PanelState, data: Dataset) -> Selection | None:
    """What a panel's state selects of the data; None before the panel has said so."""
    if state.pointer is None or state.energy_range is None:
        return None
    ny, nx, _ = data.shape
    row, column = (min(i, n - 1) for i, n in zip(state.pointer, (ny, nx), strict=True))
    mask = mask_of(state.selection, (ny, nx))
    mean = deviation = None
    if mask.any():
        spectra = spectra_within(mask, data)
        n, channels = spectra.shape
        values = np.full((2, channels), np.nan)
        if n:
            values[0] = spectra.mean(axis=0)
        if n > 1:
            values[1] = spectra.std(axis=0, ddof=1)
        what = f"{n} selected windows, {data.title or data.name}"
        mean = _signal(values[0], data, f"Mean of {what}")
        deviation = _signal(values[1], data, f"Standard deviation of {what}")
    return Selection(
        pointer=(row, column),
        energy_range=state.energy_range,
        spectrum=_spectrum_at(row, column, data),
        second_pointer=state.second_pointer,
        mask=mask,
        mean=mean,
        standard_deviation=deviation,
        region=regions_in(state, data).get(state.region) if state.region else None,
    )


def pins_of(state: PanelState, data: Dataset) -> dict[str, Pin]:
    """The pins of a panel's state that lie on the scan, by letter."""
    ny, nx, _ = data.shape
    return {
        pin["letter"]: Pin(**pin, spectrum=_spectrum_at(pin["row"], pin["column"], data))
        for pin in state.pins
        if pin["row"] < ny and pin["column"] < nx
    }


def regions_in(state: PanelState, data: Dataset) -> dict[str, Region]:
    """The regions of a panel's state by name, their spectra in the source's channel order."""
    return {
        name: replace(
            region,
            spectrum=as_source(region.spectrum, data),
            standard_error=as_source(region.standard_error, data),
        )
        for name, region in regions_of(state.regions, data).items()
    }


def as_source(signal: Signal, data: Dataset) -> Signal:
    """A signal whose last axis is the energy, in the channel order of the source."""
    if not data.energy_flipped:
        return signal
    energy: Axis = signal.axes[-1]
    return replace(signal, data=signal.data[..., ::-1], axes=[*signal.axes[:-1], energy.reversed()])


def _spectrum_at(row: int, column: int, data: Dataset) -> Signal:
    what = f"{data.title or data.name} at row {row}, column {column}"
    return _signal(data.spectra[row, column].copy(), data, what)


def _signal(values: np.ndarray, data: Dataset, title: str) -> Signal:
    signal = Signal(
        values.astype(np.float32),
        [data.energy],
        title=title,
        units=data.spectra_units,
        simulated=data.simulated,
    )
    return as_source(signal, data)
