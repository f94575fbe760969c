"""The zero-loss model: measured on the mean spectrum, then subtracted block by block."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..axes import Axis
from .fit import MeanFit, MeanFitter, fit_with_band
from .peak import CORE, find_peak, find_valley, peak_shifts, shift_spectra
from .terms import DEFAULT_MODEL, MODELS, Blur, TailFamily
from .windows import START, Range, choose_windows, end_of_range, fitted_channels, within

TAIL_FREEDOM = 0.05
"""Standard deviation allowed to a pixel's tail amplitudes about those of the mean times the pixel's
zero-loss area, where a plasmon is fitted beside the tail; without one they are free."""

_KERNEL = 2.0
"""Reach of the peak as a kernel, in full widths at half maximum."""

_BEYOND = 10.0
"""How far beyond a window of the user oscillators are placed, in full widths at half maximum."""


@dataclass(frozen=True, eq=False)
class Subtraction:
    """What `ZeroLossModel.subtract` gives for n spectra.

    Attributes
    ----------
    spectra : (n, E) float32 array
        Without zero-loss peak and tail; 0 below the end of the peak's core. NaN where a spectrum
        holds a value that is not finite.
    background : (n, E) float32 array
        What was subtracted from the aligned spectra, the peak itself included: `spectra` +
        `background` are the aligned spectra.
    difference : (n, E) float32 array
        Aligned spectra minus the whole fit (tail, line and plasmon) in the windows, NaN elsewhere.
    residual : (n,) float32 array
        Root mean square of `difference` in units of the counting noise expected, the root of the
        fitted counts.
    shifts : (n,) array
        Channels by which the spectra were moved.
    """

    spectra: np.ndarray
    background: np.ndarray
    difference: np.ndarray
    residual: np.ndarray
    shifts: np.ndarray


@dataclass(frozen=True, eq=False)
class ZeroLossModel:
    """A zero-loss peak with its tail, measured on a mean spectrum.

    Attributes
    ----------
    energies : (E,) array
        eV, before the axis was set right.
    mean : (E,) array
        The spectrum it was measured on, counts.
    offset : float
        eV to be taken from the energies so that the zero-loss peak is at 0, to a whole channel.
    width : float
        Full width of the peak at half maximum, eV.
    tail : (start, stop)
        Window in eV, from the zero-loss peak on, where the tail and narrow lines are seen.
    rise : (start, stop) or None
        Window in eV where the plasmon is fitted beside the tail; None where it is not.
    model : str
        Key of `terms.MODELS`.
    align : bool
        Whether each spectrum's peak is put where that of the mean is.
    fit : MeanFit
    """

    energies: np.ndarray
    mean: np.ndarray
    offset: float
    width: float
    tail: Range
    rise: Range | None
    model: str
    align: bool
    fit: MeanFit

    @classmethod
    def measure(
        cls,
        energies: np.ndarray,
        mean: np.ndarray,
        tail: Range | None = None,
        rise: Range | None = None,
        model: str = DEFAULT_MODEL,
        align: bool = True,
    ) -> ZeroLossModel:
        """Fit the tail's shape to a mean spectrum.

        Parameters
        ----------
        energies, mean : (E,) arrays
            eV, ascending, and counts.
        tail, rise : (start, stop), optional
            Windows in eV from the zero-loss peak. Both left out: chosen from the data. `rise` left
            out beside a given `tail`: the tail alone is fitted, without a plasmon.
        model : {"exponential-power", "exponential", "power"}
            The two terms of the tail.
        align : bool
            Whether `subtract` puts every spectrum's peak where that of the mean is.

        Raises
        ------
        ValueError
            If there is no zero-loss peak in range, or a window holds too few channels or counts.
        """
        if model not in MODELS:
            raise ValueError(f"There is no tail {model!r}. Tails are: {', '.join(MODELS)}.")
        energies = np.asarray(energies, float)
        mean = np.asarray(mean, float)
        peak = find_peak(energies, mean)
        steps = np.diff(energies)
        step = float(np.median(steps))
        uniform = np.abs(steps - step).max() < 1e-3 * step
        offset = round(peak.centre / step) * step if uniform else peak.centre
        own = energies - offset
        if tail is None and rise is None:
            tail, rise = choose_windows(own, mean, peak)
        elif tail is None:
            tail = (START * peak.width, float(rise[0]))
        tail = (float(tail[0]), float(tail[1]))
        rise = None if rise is None else (float(rise[0]), float(rise[1]))
        used = np.zeros(len(own), bool)
        for window in (tail, rise):
            if window is not None:
                used |= fitted_channels(own, mean, window)
        # The matrices are small: threads would only wait for one another.
        with threadpool_limits(1):
            fit = _fit_mean(own, mean, used, peak.width, tail, rise, model)
        return cls(energies, mean, float(offset), peak.width, tail, rise, model, align, fit)

    def recalibrated(self, axis: Axis) -> Axis:
        """The energy axis with the zero-loss peak at 0, to a whole channel.

        Parameters
        ----------
        axis : Axis
            Of the spectra, in eV, meV or keV.
        """
        if not self.offset or len(self.energies) < 2:
            return axis
        unit = float((axis.array[-1] - axis.array[0]) / (self.energies[-1] - self.energies[0]))
        offset = self.offset * unit
        if axis.values is not None:
            values = tuple(value - offset for value in axis.values)
            return Axis(axis.name, axis.units, axis.size, values=values)
        return Axis(axis.name, axis.units, axis.size, axis.scale, axis.offset - offset)

    def background_of_mean(self) -> np.ndarray:
        """The tail fitted to the mean spectrum, counts (E,); the mean itself below the tail."""
        curve = self.mean.copy()
        terms = self._tail_curves @ np.array(self.fit.amplitudes[:2])
        curve[self._first :] = terms[self._first :]
        return curve

    @cached_property
    def _own(self) -> np.ndarray:
        return self.energies - self.offset

    @cached_property
    def _family(self) -> TailFamily:
        return TailFamily(self.model, self.width)

    @cached_property
    def _core(self) -> slice:
        inside = np.flatnonzero(np.abs(self._own) <= CORE * self.width)
        return slice(int(inside[0]), int(inside[-1]) + 1)

    @cached_property
    def _first(self) -> int:
        """First channel from which the tail is subtracted."""
        return int(np.searchsorted(self._own, self.tail[0] - 1e-9 * abs(self._own[-1])))

    @cached_property
    def _tail_curves(self) -> np.ndarray:
        """(E, 2), rounded to float32: products are then the same on every machine."""
        curves = self._family.curves(self._own, self.fit.shape)
        return curves.astype(np.float32).astype(float)

    @cached_property
    def _terms(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Channels of the windows, all terms there (n, terms), and their gain (terms, n).

        The gain gives a pixel's departure from the mean's amplitudes: the most probable one where
        amplitudes scatter about the mean's with the standard deviations given here.
        """
        used = np.zeros(len(self._own), bool)
        for window in (self.tail, self.rise):
            if window is not None:
                used |= within(self._own, *window)
        channels = np.flatnonzero(used)
        blur = Blur(self._own, self.mean, _KERNEL * self.width)
        terms = self.fit.columns(self._family, self._own, blur)[channels]
        amplitudes = np.array(self.fit.amplitudes)
        spread = np.where(amplitudes > 0, amplitudes, 0.0)
        if self.rise is not None:
            lines = 2 + (self.fit.line is not None)
            spread[:2] *= TAIL_FREEDOM
            if len(spread) > lines:
                spread[lines:] += amplitudes[lines:].mean()
        scaled = terms * spread
        noise = np.maximum(self.mean[channels], self.mean[channels].max() * 1e-6)
        weighted = scaled / noise[:, None]
        gain = np.linalg.solve(weighted.T @ scaled + np.eye(len(spread)), weighted.T)
        return channels, terms, spread[:, None] * gain

    def subtract(self, spectra: np.ndarray) -> Subtraction:
        """Align spectra and subtract each one's tail. Needs nothing but this block.

        Parameters
        ----------
        spectra : (n, E) array
            Counts on the axis of `energies`.
        """
        values = np.asarray(spectra, dtype=np.float64)
        finite = np.isfinite(values).all(1)
        if not finite.all():
            values = np.where(finite[:, None], values, 0.0)
        shifts = np.zeros(len(values))
        if self.align and len(values):
            shifts = peak_shifts(values, self.mean, self._core)
            values = shift_spectra(values, shifts)
        channels, terms, gain = self._terms
        typical = np.array(self.fit.amplitudes)
        size = values[:, self._core].sum(1) / self.mean[self._core].sum()
        near = values[:, channels]
        expected = size[:, None] * (terms @ typical)
        amplitudes = size[:, None] * typical + (near - expected) @ gain.T
        tail = np.maximum(amplitudes[:, :2], 0).astype(np.float32).astype(float)
        curves, first = self._tail_curves, self._first
        background = values.copy()
        background[:, first:] = tail[:, :1] * curves[first:, 0] + tail[:, 1:] * curves[first:, 1]
        whole = np.concatenate([tail, amplitudes[:, 2:]], axis=1) @ terms.T
        off = near - whole
        residual = np.sqrt(np.mean(off**2 / np.maximum(whole, 1), axis=1))
        difference = np.full(values.shape, np.nan, np.float32)
        difference[:, channels] = off
        result = (values - background).astype(np.float32)
        background = background.astype(np.float32)
        residual = residual.astype(np.float32)
        for array in (result, background, difference, residual):
            array[~finite] = np.nan
        return Subtraction(result, background, difference, residual, shifts)

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON: numbers, text and lists only."""
        numbers = asdict(self)
        numbers["energies"] = self.energies.tolist()
        numbers["mean"] = self.mean.tolist()
        return numbers

    @classmethod
    def from_dict(cls, numbers: dict[str, Any]) -> ZeroLossModel:
        """The model of which `to_dict` gave the numbers.

        Raises
        ------
        ValueError
            If a number is missing or unknown.
        """
        try:
            fit = {
                key: tuple(value) if isinstance(value, list | tuple) else value
                for key, value in numbers["fit"].items()
            }
            rest = {key: value for key, value in numbers.items() if key != "fit"}
            rest["energies"] = np.asarray(rest["energies"], float)
            rest["mean"] = np.asarray(rest["mean"], float)
            rest["tail"] = tuple(rest["tail"])
            rest["rise"] = None if rest["rise"] is None else tuple(rest["rise"])
            return cls(**rest, fit=MeanFit(**fit))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"These are not the numbers of a zero-loss model: {error}") from error


def _fit_mean(
    energies: np.ndarray,
    mean: np.ndarray,
    used: np.ndarray,
    width: float,
    tail: Range,
    rise: Range | None,
    model: str,
) -> MeanFit:
    family = TailFamily(model, width)
    blur = Blur(energies, mean, _KERNEL * width)
    if rise is None:
        fitter = MeanFitter(energies, mean, used, family, blur, None)
        return fitter.finish(fitter.fit(np.empty(0))[0], np.empty(0))
    low, high = tail[0] + 0.5 * width, min(tail[1], rise[0]) - width
    line = (low, high) if high - low > width else None
    fitter = MeanFitter(energies, mean, used, family, blur, line)
    # A plasmon whose rise alone is in the window has its oscillators beyond.
    stop = max(rise[1], min(end_of_range(energies, width), rise[1] + _BEYOND * width))
    # A window that begins in the tail has its plasmon from the valley on.
    valley = find_valley(energies, mean, tail[0], width) or rise[0]
    first = max(rise[0], round(valley, 4)) if valley < rise[1] else rise[0]
    return fit_with_band(fitter, first, min(tail[0], rise[0]), stop, width)
