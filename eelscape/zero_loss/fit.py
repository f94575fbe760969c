"""The fit to the mean spectrum: tail, line and plasmon band together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares, nnls

from .terms import Blur, TailFamily, oscillator

OSCILLATORS = 40
"""Oscillators of the plasmon band at most; further apart than a peak's width if need be."""

BAND_TOLERANCE, DAMPING_TOLERANCE = 0.15, 0.02
"""By which share the mean square deviation may grow while the band is made narrower, and its
oscillators wider. An early or narrow oscillator can do what a late or wide one does, not the other
way round: the deviation is level on one side and steep on the other, and the edge is the answer."""

_DAMPING_STEP = 1.02


@dataclass(frozen=True)
class MeanFit:
    """What was fitted to the mean spectrum.

    Attributes
    ----------
    shape : pair of float
        Shape parameters of the tail (`TailFamily`).
    line : (position, damping) or None
        A narrow loss line within the windows, a phonon for example; eV.
    positions : tuple of float
        Of the plasmon band's oscillators, eV; empty without a plasmon.
    damping : float
        Of all oscillators, eV.
    amplitudes : tuple of float
        Of the two terms, the line where there is one, and the oscillators; counts.
    deviation : float
        Mean square deviation in units of the channel-to-channel scatter.
    """

    shape: tuple[float, float]
    line: tuple[float, float] | None
    positions: tuple[float, ...]
    damping: float
    amplitudes: tuple[float, ...]
    deviation: float

    def columns(self, family: TailFamily, energies: np.ndarray, blur: Blur) -> np.ndarray:
        """All terms with amplitude 1 at `energies`, the channels of `blur`: (E, terms)."""
        losses = [] if self.line is None else [oscillator(blur.energies, *self.line)]
        losses += [oscillator(blur.energies, place, self.damping) for place in self.positions]
        columns = [family.curves(energies, self.shape)]
        if losses:
            columns.append(blur(np.stack(losses, axis=1)))
        return np.concatenate(columns, axis=1)


def relative_scatter(mean: np.ndarray, used: np.ndarray) -> float:
    """Channel-to-channel scatter relative to the counts: noise and the detector's uneven gain.

    From the second differences of the fitted channels (median absolute deviation), at least 1e-4.
    """
    inside = used[1:-1] & (mean[1:-1] > 0)
    if inside.sum() < 5:
        return 1e-2
    bend = (mean[:-2] - 2 * mean[1:-1] + mean[2:])[inside] / mean[1:-1][inside]
    return max(1e-4, float(1.4826 * np.median(np.abs(bend)) / np.sqrt(6)))


class MeanFitter:
    """Searches the shape parameters; the amplitudes, none negative, follow in closed form.

    Parameters
    ----------
    energies, mean : (E,) arrays
        eV from the zero-loss peak, and counts.
    used : (E,) bool array
        Channels of the windows.
    family : TailFamily
    blur : Blur
    line : (start, stop) or None
        Where a narrow line may lie, eV.
    """

    def __init__(
        self,
        energies: np.ndarray,
        mean: np.ndarray,
        used: np.ndarray,
        family: TailFamily,
        blur: Blur,
        line: tuple[float, float] | None,
    ) -> None:
        self._x = energies[used]
        self._family, self._blur, self._line = family, blur.at(used), line
        self._kept: dict[tuple, np.ndarray] = {}
        # Uneven gain (in proportion to the counts) and counting noise (to their root) share the
        # scatter evenly: how many spectra the mean is of is not known here.
        counts = np.maximum(mean[used], max(float(mean[used].max()) * 1e-4, 1e-300))
        scatter = relative_scatter(mean, used)
        self._weights = 1 / (scatter * np.sqrt(counts * (counts + np.median(counts)) / 2))
        self._target = mean[used] * self._weights

    def _losses(self, places: tuple[float, ...], damping: float) -> np.ndarray:
        """Blurred oscillators at the used channels: (n, places); the last few are kept."""
        key = (places, damping)
        if key not in self._kept:
            if len(self._kept) > 8:
                self._kept.clear()
            curves = [oscillator(self._blur.energies, place, damping) for place in places]
            self._kept[key] = self._blur(np.stack(curves, axis=1))
        return self._kept[key]

    def _columns(self, p: np.ndarray, positions: np.ndarray) -> np.ndarray:
        values = np.exp(p)
        columns = [self._family.curves(self._x, (values[0], values[1]))]
        if self._line is not None:
            columns.append(self._losses((values[2],), values[3]))
        if len(positions):
            columns.append(self._losses(tuple(positions), values[-1]))
        return np.concatenate(columns, axis=1)

    def _amplitudes(self, columns: np.ndarray) -> np.ndarray:
        weighted = columns * self._weights[:, None]
        size = np.linalg.norm(weighted, axis=0)
        size[size == 0] = 1
        turned, triangle = np.linalg.qr(weighted / size)
        return nnls(triangle, turned.T @ self._target, maxiter=50 * len(size))[0] / size

    def _remainder(self, p: np.ndarray, positions: np.ndarray) -> np.ndarray:
        columns = self._columns(p, positions)
        return (columns @ self._amplitudes(columns)) * self._weights - self._target

    def fit(
        self,
        positions: np.ndarray,
        starts: list[np.ndarray] | None = None,
        damping: float | None = None,
    ) -> tuple[np.ndarray, float]:
        """Best parameters and mean square deviation for a band of oscillators.

        Parameters
        ----------
        positions : (n,) array
            Of the oscillators, eV; may be empty.
        starts : list of arrays, optional
            Logarithms of the parameters from which the search starts.
        damping : float, optional
            eV; searched for where it is left out.

        Returns
        -------
        p : array
            Logarithms of shape, line and damping.
        deviation : float
            Mean square deviation in units of the scatter.
        """
        bounds, band = self._bounds(len(positions) > 0), len(positions) > 0
        free = len(bounds[0]) - (damping is not None)
        last = [] if damping is None else [np.log(damping)]
        best = None
        for start in self._starts(band) if starts is None else starts:
            found = least_squares(
                lambda p: self._remainder(np.concatenate([p, last]), positions),
                np.clip(start, bounds[0] + 1e-9, bounds[1] - 1e-9)[:free],
                bounds=bounds[:, :free],
                x_scale=0.1,
                diff_step=1e-5,
                xtol=1e-9,
                ftol=1e-9,
                gtol=1e-9,
                max_nfev=60,
            )
            if best is None or found.cost < best.cost:
                best = found
        return np.concatenate([best.x, last]), 2 * best.cost / len(self._x)

    def _bounds(self, band: bool) -> np.ndarray:
        width = self._family.width
        rows = [*self._family.bounds()]
        if self._line is not None:
            rows += [np.array(self._line), np.array([0.1 * width, 1.5 * width])]
        if band:
            rows.append(np.array([0.5 * width, 40 * width]))
        return np.log(np.array(rows)).T

    def _starts(self, band: bool) -> list[np.ndarray]:
        width = self._family.width
        lines: list[tuple[float, ...]] = [()]
        if self._line is not None:
            low, high = self._line
            lines = [(low + share * (high - low), 0.5 * width) for share in (0.2, 0.6)]
        shapes = self._family.starts()[: 2 if band else 3]
        last = (2.5 * width,) if band else ()
        return [np.log([*shape, *line, *last]) for shape in shapes for line in lines]

    def finish(self, p: np.ndarray, positions: np.ndarray) -> MeanFit:
        """Parameters rounded to four digits, and the amplitudes for them to six.

        So a fit does not depend on the last digits of the machine's arithmetic.
        """
        values = [float(f"{value:.4g}") for value in np.exp(p)]
        p = np.log(values)
        amplitudes = self._amplitudes(self._columns(p, positions))
        return MeanFit(
            shape=(values[0], values[1]),
            line=None if self._line is None else (values[2], values[3]),
            positions=tuple(float(value) for value in positions),
            damping=values[-1] if len(positions) else 0.0,
            amplitudes=tuple(float(f"{value:.6g}") for value in amplitudes),
            deviation=float(f"{np.mean(self._remainder(p, positions) ** 2):.4g}"),
        )


def fit_with_band(
    fitter: MeanFitter, valley: float, start: float, stop: float, width: float
) -> MeanFit:
    """Fit tail, line and a band of oscillators that begins near the valley.

    Oscillators stand every full width of the peak from the band's beginning to `stop`.

    Parameters
    ----------
    fitter : MeanFitter
    valley : float
        eV; between tail and plasmon.
    start, stop : float
        eV; no oscillator lies lower or higher.
    width : float
        Full width of the peak at half maximum, eV.
    """
    spacing = max(width, (stop - valley) / OSCILLATORS)
    found, guesses = [], None
    for offset in (0.5, 0.0, -0.5, -1.0, -2.0):
        first = round(valley + offset * spacing, 4)
        positions = np.round(np.arange(first, stop, spacing), 6)
        if first < start or not len(positions):
            continue
        p, deviation = fitter.fit(positions, guesses)
        guesses = [p]
        found.append((deviation, p, positions))
    least = min(item[0] for item in found)
    deviation, p, positions = next(
        item for item in found if item[0] <= (1 + BAND_TOLERANCE) * least
    )
    limit = deviation + DAMPING_TOLERANCE * min(deviation, 1.0)
    found_first = p
    for damping in _DAMPING_STEP ** np.arange(1, 80) * float(np.exp(p[-1])):
        wider, deviation = fitter.fit(positions, [p], damping)
        if deviation > limit:
            return fitter.finish(p, positions)
        p = wider
    # The data do not say how wide the oscillators are.
    return fitter.finish(found_first, positions)
