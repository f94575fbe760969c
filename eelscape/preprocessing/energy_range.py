"""Steps along the energy axis: crop and bin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..axes import Axis
from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from . import parameters
from .binning import MODES, bin_mode, bin_spectra, binned_axis, binned_dtype
from .blockwise import map_spectra
from .calibration import range_text, unit_of, values_of, within
from .step import Step


@dataclass(frozen=True)
class CropEnergy(Step):
    """Keep the channels with start <= E < stop.

    Attributes
    ----------
    start, stop : float or None
        eV whatever the axis's units of energy; in the axis's own units where it counts something
        else. None keeps that end.
    """

    name: ClassVar[str] = "crop_energy"

    start: float | None = None
    stop: float | None = None

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "start", parameters.optional_real(self.start, "start"))
        set_(self, "stop", parameters.optional_real(self.stop, "stop"))
        if None not in (self.start, self.stop) and not self.start < self.stop:
            raise ValueError(
                f"start is {self.start:g} and stop {self.stop:g}; start must be below stop."
            )

    def carry_out(
        self,
        data: SpectrumImage,
        measured: Any,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        values, unit = values_of(data.energy), unit_of(data.energy)
        first, last = kept_channels(values, self.start, self.stop, unit)
        kept = last - first
        what = "Energies" if unit == "eV" else (data.energy.name or "Channels")
        text = (
            f"{what} cropped to {range_text(values[first:last], unit)}: {kept} of {len(values)} "
            "channels kept."
        )
        if kept == len(values):
            return data.changed(), text
        return data.changed(
            spectra=data.spectra[..., first:last], energy=data.energy.crop(first, last)
        ), text


def kept_channels(
    values: np.ndarray, start: float | None, stop: float | None, unit: str
) -> tuple[int, int]:
    """First channel with start <= value < stop and one past the last.

    Raises
    ------
    ValueError
        If there is none.
    """
    channels = np.flatnonzero(within(values, start, stop))
    if not len(channels):
        wanted = " and ".join(
            f"{word} {end:g} {unit}".rstrip()
            for word, end in (("from", start), ("below", stop))
            if end is not None
        )
        raise ValueError(
            f"No channel lies {wanted}: the spectra run from {range_text(values, unit)}."
        )
    return int(channels[0]), int(channels[-1]) + 1


@dataclass(frozen=True)
class BinEnergy(Step):
    """Join every `factor` neighbouring channels to one; what remains at the end is dropped.

    Attributes
    ----------
    factor : int
        Channels to join, at least 1.
    mode : {"mean", "sum"} or None
        None: sums of counts, means of anything else.
    """

    name: ClassVar[str] = "bin_energy"

    factor: int = 2
    mode: str | None = None

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "factor", parameters.whole(self.factor, "factor", 1))
        if self.mode is not None:
            set_(self, "mode", parameters.one_of(self.mode, "mode", MODES))

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> str:
        return self.mode or bin_mode(data)

    def completed(self, measured: str) -> BinEnergy:
        return BinEnergy(self.factor, measured, reason=self.reason)

    def carry_out(
        self,
        data: SpectrumImage,
        measured: str,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        channels = data.shape[2]
        bins = channels // self.factor
        if bins < 1:
            raise ValueError(
                f"{self.factor} channels cannot be joined: the spectra have {channels}."
            )
        values_of(data.energy)
        axis = binned_axis(data.energy, self.factor)
        words = f"Energies binned by {self.factor} ({measured}): {channels} channels -> {bins}"
        words += _step_text(axis)
        left = channels - bins * self.factor
        if left:
            words += f"; the last {left} channel{'s' if left > 1 else ''} dropped"
        words += "."
        if self.factor == 1:
            return data.changed(), words
        spectra = map_spectra(
            data,
            lambda block, rows, columns: bin_spectra(block, self.factor, measured),
            bins,
            binned_dtype(data.spectra.dtype, self.factor, measured),
            "Binning energies",
            progress,
            cancelled,
        )
        return data.changed(spectra=spectra, energy=axis), words


def _step_text(axis: Axis) -> str:
    if not axis.uniform:
        return ", at the mean of their values"
    return f" of {axis.scale:g} {axis.units}".rstrip()
