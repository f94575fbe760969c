"""Dead, hot and saturated pixels: how they are told from what the sample does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

#: Total counts below this share of the median are none.
_NOTHING = 0.01
#: A top that no detector reaches by chance: so many channels at the scan's greatest value.
_FLAT = 3
_LEAST_TOP = 255
#: Share of the range of most values by which an outlier lies outside that range, at least.
_BEYOND = 0.25
#: Pixels around a pixel from which the local scatter comes.
_AROUND = 9


@dataclass(frozen=True, eq=False)
class PixelFaults:
    """Pixels by what is wrong with them: (ny, nx) bool each."""

    dead: np.ndarray
    saturated: np.ndarray
    outlying: np.ndarray

    @property
    def any(self) -> np.ndarray:
        """Pixels with any fault."""
        return self.dead | self.saturated | self.outlying


def find_faults(
    totals: np.ndarray | None,
    image: np.ndarray,
    saturated: np.ndarray | None,
    mask: np.ndarray | None,
    threshold: float,
) -> PixelFaults:
    """Faulty pixels by their total counts and the image.

    Parameters
    ----------
    totals : (ny, nx) array or None
        Sum over the energies. Below 1 % of the median a pixel is dead.
    image : (ny, nx) array
        HAADF image.
    saturated : (ny, nx) bool or None
        See `find_saturated`.
    mask : (ny, nx) bool or None
        Pixels that are masked already: not searched again.
    threshold : float
        Robust standard deviations; see `_outliers`.
    """
    free = np.ones(image.shape, bool) if mask is None else ~mask
    dead = np.zeros(image.shape, bool)
    outlying = _outliers(image, free & np.isfinite(image), threshold)
    if totals is not None:
        usable = free & np.isfinite(totals)
        median = float(np.median(totals[usable])) if usable.any() else 0.0
        if median > 0:
            with np.errstate(invalid="ignore"):
                dead = usable & (totals < _NOTHING * median)
        outlying |= _outliers(totals, usable & ~dead, threshold)
    full = np.zeros(image.shape, bool) if saturated is None else saturated
    return PixelFaults(dead, full, outlying & ~dead)


def find_saturated(
    tops: np.ndarray, plateau: np.ndarray, mask: np.ndarray | None, ceiling: int | None
) -> np.ndarray:
    """Pixels whose spectra are cut off at the top.

    Parameters
    ----------
    tops : (ny, nx) array
        Greatest value of each spectrum.
    plateau : (ny, nx) bool
        Whether that value stands in three channels in a row: cut off, where it is the greatest of
        the scan, too, and no small count.
    mask : (ny, nx) bool or None
        Pixels that are masked already.
    ceiling : int or None
        Largest value of the number type: cut off in any case.
    """
    some = np.isfinite(tops) & (True if mask is None else ~mask)
    top = tops[some].max() if some.any() else 0.0
    flat = plateau & (tops == top) & (top >= _LEAST_TOP)
    return some & (flat | (False if ceiling is None else tops >= ceiling))


def _outliers(values: np.ndarray, usable: np.ndarray, threshold: float) -> np.ndarray:
    """Pixels that differ from their neighbours, and from all that the scan holds.

    A pixel must lie beyond all but one of its neighbours by `threshold` robust standard
    deviations: the corner of a particle has three neighbours like itself, a faulty pair has one.
    The standard deviation is 1.4826 times the median of |value - median of 3 x 3|, over the scan
    or the 9 x 9 pixels around, whichever is larger: bright regions scatter more. It must also lie
    outside the 1st to 99th percentile of the scan by a quarter of that range: particles and gaps
    of one pixel are not faults.
    """
    ny, nx = values.shape
    if min(ny, nx) < 3 or not usable.any():
        return np.zeros(values.shape, bool)
    filled = np.where(usable, values, np.median(values[usable])).astype(np.float64)
    scatter = np.abs(filled - median_filter(filled, 3, mode="nearest"))
    local = median_filter(scatter, _AROUND, mode="nearest")
    sigma = 1.4826 * np.maximum(np.median(scatter[usable]), local)
    padded = np.pad(np.where(usable, filled, np.nan), 1, constant_values=np.nan)
    around = np.stack(
        [
            padded[1 + i : 1 + i + ny, 1 + j : 1 + j + nx]
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            if i or j
        ]
    )
    lowest = np.sort(np.where(np.isnan(around), np.inf, around), axis=0)[1]
    highest = np.sort(np.where(np.isnan(around), -np.inf, around), axis=0)[-2]
    known = usable & np.isfinite(lowest) & np.isfinite(highest)
    low, high = np.quantile(values[usable], (0.01, 0.99))
    beyond = _BEYOND * (high - low)
    with np.errstate(invalid="ignore"):
        above = filled > np.maximum(highest + threshold * sigma, high + beyond)
        below = filled < np.minimum(lowest - threshold * sigma, low - beyond)
    return known & (above | below)


def has_plateau(block: np.ndarray, tops: np.ndarray) -> np.ndarray:
    """(n, m) whether the greatest value stands in `_FLAT` channels in a row."""
    at_top = block == tops[..., None]
    joined = at_top[..., : block.shape[2] - _FLAT + 1].copy()
    for shift in range(1, _FLAT):
        joined &= at_top[..., shift : block.shape[2] - _FLAT + 1 + shift]
    return joined.any(2)
