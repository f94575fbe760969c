"""What a low-loss spectrum is made of beyond the peak's core: tail, line and plasmon band."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

MODELS = {
    "exponential-power": "A1 exp(-E / t) + A2 E^-r",
    "exponential": "A1 exp(-E / t1) + A2 exp(-E / t2)",
    "power": "A1 E^-r1 + A2 E^-r2",
}
"""Readings of "two-term exponential power law" by name; the first is the default."""

DEFAULT_MODEL = next(iter(MODELS))

_UNIT = 2.5
"""Power laws are 1 at this many widths of the peak, so that amplitudes are counts."""


@dataclass(frozen=True)
class TailFamily:
    """A two-term tail: how its two shape parameters become curves.

    Attributes
    ----------
    model : str
        Key of `MODELS`.
    width : float
        Full width of the peak at half maximum, eV: the scale of all ranges.
    """

    model: str
    width: float

    def _kinds(self) -> tuple[str, str]:
        if self.model == "exponential-power":
            return "exponential", "power"
        return self.model, self.model

    def starts(self) -> list[tuple[float, float]]:
        """Pairs of shape parameters from which a search may start."""
        w = self.width
        return {
            "exponential-power": [(1.5 * w, 2.0), (1.0 * w, 3.0), (3.0 * w, 1.5)],
            "exponential": [(1.2 * w, 6.0 * w), (0.7 * w, 1.7 * w), (1.5 * w, 20.0 * w)],
            "power": [(5.0, 1.0), (4.0, 2.0), (7.0, 3.0)],
        }[self.model]

    def bounds(self) -> np.ndarray:
        """Least and greatest shape parameters: (2, 2), a row a term."""
        ranges = {"exponential": (0.12 * self.width, 40 * self.width), "power": (0.02, 12.0)}
        return np.array([ranges[kind] for kind in self._kinds()])

    def curves(self, energies: np.ndarray, shape: tuple[float, float]) -> np.ndarray:
        """The two terms with amplitude 1 at `energies` (E,) in eV: (E, 2); 0 where E <= 0."""
        columns = []
        positive = np.maximum(energies, 0.1 * self.width)
        for kind, value in zip(self._kinds(), shape, strict=True):
            if kind == "exponential":
                column = np.exp(-positive / value)
            else:
                column = (positive / (_UNIT * self.width)) ** -value
            columns.append(np.where(energies > 0, column, 0.0))
        return np.stack(columns, axis=1)


def oscillator(energies: np.ndarray, position: float, damping: float) -> np.ndarray:
    """Loss of a damped (Drude-Lorentz) oscillator, about 1 at its peak; 0 where E <= 0.

    E g^2 E0 / ((E^2 - E0^2)^2 + E^2 g^2), the form of Im(-1 / eps) for one resonance.

    Parameters
    ----------
    energies : (E,) array
        eV.
    position, damping : float
        E0 and g, eV.
    """
    loss = energies * damping**2 * position
    loss = loss / ((energies**2 - position**2) ** 2 + (energies * damping) ** 2)
    return np.where(energies > 0, loss, 0.0)


class Blur:
    """Convolution with the measured peak, since a recorded loss is as wide as the peak.

    Parameters
    ----------
    energies : (E,) array
        eV from the zero-loss peak.
    mean : (E,) array
        Counts; its channels within `reach` of 0 are the kernel.
    reach : float
        eV.
    """

    def __init__(self, energies: np.ndarray, mean: np.ndarray, reach: float) -> None:
        step = float(np.median(np.diff(energies)))
        half = max(1, round(reach / step))
        kernel = np.interp(step * np.arange(-half, half + 1), energies, mean)
        kernel = np.maximum(kernel, 0) / np.maximum(kernel, 0).sum()
        #: Energies at which a curve is needed: those of the channels and `reach` beyond, evenly.
        self.energies = np.arange(energies[0] - reach, energies[-1] + reach + step, step)
        place = (energies - self.energies[0]) / step
        lower = np.clip(np.floor(place).astype(int), half, len(self.energies) - half - 2)
        share = (place - lower)[:, None]
        reach_of = lower[:, None] + np.arange(-half, half + 2)
        values = np.zeros(reach_of.shape)
        values[:, :-1] += kernel[::-1] * (1 - share)
        values[:, 1:] += kernel[::-1] * share
        rows = np.repeat(np.arange(len(energies)), reach_of.shape[1])
        shape = (len(energies), len(self.energies))
        self._matrix = csr_array((values.ravel(), (rows, reach_of.ravel())), shape=shape)

    def at(self, used: np.ndarray) -> Blur:
        """The same for some of the channels only."""
        part = copy(self)
        part._matrix = self._matrix[np.flatnonzero(used)]
        return part

    def __call__(self, curves: np.ndarray) -> np.ndarray:
        """Curves (n, terms) at `energies`, blurred, at the channels."""
        return self._matrix @ curves
