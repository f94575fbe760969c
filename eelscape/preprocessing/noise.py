"""Counting noise of spectra in whatever units they are, measured from the spectra themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.optimize import least_squares

_BINS = 24
_AROUND = 17
_FEWEST = 20
_READ_COST = 0.1
#: Trimmed variance of a normal distribution, 5 % of the largest deviations left out.
_TRIMMED = 0.7589
#: Share of the level that counts as noise whatever the counts: channels differ in gain.
_GAIN_SPREAD = 1e-3


@dataclass(frozen=True)
class NoiseLaw:
    """Variance of a value with the expectation m: read + gain m + (0.001 m)^2.

    Attributes
    ----------
    gain : float
        Data units per detected electron; 1 for counts.
    read : float
        Variance that does not depend on the counts, data units squared.
    """

    gain: float
    read: float

    def variance(self, level: np.ndarray) -> np.ndarray:
        """Variance where `level` is expected, data units squared."""
        positive = np.maximum(level, 0)
        return self.read + self.gain * positive + (_GAIN_SPREAD * positive) ** 2

    def sigmas(self, values: np.ndarray, level: np.ndarray) -> np.ndarray:
        """How far values lie from their expected level, in standard deviations.

        The difference of the generalised Anscombe transforms of both, which is close to normal
        down to a few counts: 2 (v - m) / (sqrt(s(v)) + sqrt(s(m))) with the variance
        s(u) = read + gain u + (3/8) gain^2. F. Murtagh, J.-L. Starck, A. Bijaoui, Astron.
        Astrophys. Suppl. 112, 179 (1995).
        """
        offset = 0.375 * self.gain**2
        scale = np.sqrt(self.variance(values) + offset) + np.sqrt(self.variance(level) + offset)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values == level, 0.0, 2 * (values - level) / scale)


def median_of_five(spectra: np.ndarray) -> np.ndarray:
    """(..., E) median over five neighbouring channels, mirrored at the ends; NaN spreads."""
    ends = [(0, 0)] * (spectra.ndim - 1) + [(2, 2)]
    padded = np.pad(spectra, ends, mode="reflect")
    size = spectra.shape[-1]
    a, b, c, d, e = (padded[..., n : n + size] for n in range(5))
    # The middle of five is that of one and the inner two of the two pairs' ends.
    low = np.maximum(np.minimum(a, b), np.minimum(c, d))
    high = np.minimum(np.maximum(a, b), np.maximum(c, d))
    first, last = np.minimum(low, high), np.maximum(low, high)
    return np.maximum(first, np.minimum(last, e))


def measure_noise(spectra: np.ndarray) -> NoiseLaw:
    """Gain and read-out noise from the scatter between neighbouring channels.

    The photon transfer method (J. R. Janesick, Photon Transfer, SPIE 2007): the variance against
    the level, from the differences of each channel and the mean of its neighbours, grouped by
    level. Groups where the spectra themselves are sharp, a zero-loss peak for example, give too
    much and count little (soft L1 loss on the logarithm).

    Parameters
    ----------
    spectra : (n, E) array
        Spectra with E >= 5.
    """
    values = np.asarray(spectra, dtype=np.float64)
    values = values[np.isfinite(values).all(1)]
    if not len(values):
        return NoiseLaw(0.0, 0.0)
    level = _expected(values)[:, 1:-1].ravel()
    squares = (values[:, 1:-1] - (values[:, :-2] + values[:, 2:]) / 2).ravel() ** 2 / 1.5
    order = np.argsort(level, kind="stable")
    groups = np.array_split(order, min(_BINS, max(1, len(order) // 20)))
    levels = np.array([max(0.0, level[group].mean()) for group in groups])
    found = np.array([_robust_variance(squares[group]) for group in groups])
    some = found > 0
    if not some.any():
        return NoiseLaw(0.0, 0.0)
    levels, found = levels[some], found[some]
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = float(np.median((found / levels)[levels > 0])) if (levels > 0).any() else 0.0
    start = np.log([max(gain, 1e-12 * found.max()), max(found.min(), 1e-12 * found.max())])

    typical = float(np.median(levels))

    def difference(p: np.ndarray) -> np.ndarray:
        counted, read = np.exp(p[0]) * levels, np.exp(p[1])
        # Spectra of one level fit any share of the two: counting noise is taken then.
        share = read / (read + np.exp(p[0]) * typical) if typical > 0 else 0.0
        return np.append(np.log((read + counted) / found), _READ_COST * share)

    best = least_squares(difference, start, loss="soft_l1", f_scale=0.2, max_nfev=100).x
    return NoiseLaw(float(np.exp(best[0])), float(np.exp(best[1])))


def _robust_variance(squares: np.ndarray) -> float:
    """Variance from squared deviations, some of which are spikes."""
    ranked = np.sort(squares)
    if ranked[len(ranked) // 2] > 0:
        return float(ranked[: max(1, round(0.95 * len(ranked)))].mean() / _TRIMMED)
    # Few counts, most of them 0: the few that are not are the noise.
    return float(ranked[: max(1, round(0.999 * len(ranked)))].mean())


def _expected(values: np.ndarray) -> np.ndarray:
    """Expected levels of (n, E) spectra, with little of their own noise in them.

    The mean spectrum times the total of each; of few spectra the mean of the channels two to
    eight away. Levels with noise in them would hide how the variance depends on the level.
    """
    totals = np.maximum(values.sum(1), 0)
    if len(values) >= _FEWEST and totals.mean() > 0:
        return totals[:, None] / totals.mean() * values.mean(0)
    wide = min(_AROUND, values.shape[1])
    inner = 3 * uniform_filter1d(values, 3, axis=1, mode="mirror")
    outer = wide * uniform_filter1d(values, wide, axis=1, mode="mirror")
    return (outer - inner) / (wide - 3)
