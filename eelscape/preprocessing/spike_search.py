"""Spikes of one or two channels, told from noise and from sharp peaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

from .noise import NoiseLaw, measure_noise, median_of_five

#: Excess over the median of five channels that the top of a peak has when it is three channels
#: wide (FWHM): 1 / 0.735 - 1 = 0.36, rounded up.
_SHARPEST = 0.4
#: What a peak may exceed its height in the other spectra by.
_SLACK = 1.5
#: Fewer spectra than this cannot tell what is common to them.
_FEWEST = 20
_PASSES = 3
_REACH = 2


@dataclass(frozen=True, eq=False)
class SpikeSearch:
    """What a value must exceed to be a spike.

    A value v is a spike where it lies more than `threshold` standard deviations (`NoiseLaw`) above
    m (1 + s): m is the median of the five channels around it, and s the excess that a peak may
    have there, at least 0.4 (a peak three channels wide) and at least 1.5 times that seen at this
    channel or two beside it in 5 % of the spectra or more. A sharp zero-loss peak, which all
    spectra have, is therefore no spike. With fewer than 20 spectra s is 1.

    Attributes
    ----------
    threshold : float
        Standard deviations.
    noise : NoiseLaw
    excess : (E,) float32
        s at every channel.
    """

    threshold: float
    noise: NoiseLaw
    excess: np.ndarray

    @classmethod
    def measure(cls, spectra: np.ndarray, threshold: float) -> SpikeSearch:
        """Learn noise and sharp peaks from some (n, E) spectra.

        Raises
        ------
        ValueError
            If the spectra have fewer than five channels.
        """
        channels = spectra.shape[-1]
        if channels < 5:
            raise ValueError(
                f"Spikes stand out from the median of 5 channels; the spectra have {channels}."
            )
        values = np.asarray(spectra, dtype=np.float64)
        values = values[np.isfinite(values).all(1)]
        noise = measure_noise(values)
        if len(values) < _FEWEST:
            return cls(threshold, noise, np.ones(channels, np.float32))
        level = median_of_five(values)
        sigma = np.sqrt(noise.variance(level))
        with np.errstate(divide="ignore", invalid="ignore"):
            excess = np.nan_to_num((values - level - 2 * sigma) / np.maximum(level, 3 * sigma))
        common = np.quantile(excess, 0.95, axis=0)
        common = maximum_filter1d(common, 2 * _REACH + 1, mode="nearest")
        return cls(threshold, noise, np.maximum(_SHARPEST, _SLACK * common).astype(np.float32))

    def find(self, spectra: np.ndarray) -> np.ndarray:
        """(n, E) bool where spectra (n, E) hold a spike; never next to a value that is no number.

        Spectra with spikes are searched again with the spikes taken out, up to three times: what
        a strong one spills into its neighbours is found then.
        """
        flags = self._find_once(spectra)
        rows = np.flatnonzero(flags.any(1))
        left = spectra[rows]
        for _ in range(_PASSES - 1):
            if not len(rows):
                break
            left = mended(left, flags[rows])
            more = self._find_once(left)
            flags[rows] |= more
            again = more.any(1)
            rows, left = rows[again], left[again]
        return flags

    def _find_once(self, spectra: np.ndarray) -> np.ndarray:
        values = spectra.astype(np.float32, copy=False)
        level = median_of_five(values)
        # Few values exceed the level by its allowed excess: the noise is computed for those only.
        allowed = level + np.maximum(level, 0) * self.excess
        with np.errstate(invalid="ignore"):
            flags = values > allowed
        places = np.nonzero(flags)
        sigmas = self.noise.sigmas(
            values[places].astype(np.float64), allowed[places].astype(np.float64)
        )
        flags[places] = sigmas > self.threshold
        return flags


def mended(spectra: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """Spectra (n, E) with flagged values on the straight line between their good neighbours.

    A copy of the same dtype; whole numbers stay whole.
    """
    result = spectra.copy()
    channels = np.arange(spectra.shape[-1])
    for row in np.flatnonzero(flags.any(1)):
        bad = flags[row]
        if bad.all():
            continue
        line = np.interp(channels[bad], channels[~bad], spectra[row, ~bad].astype(np.float64))
        result[row, bad] = np.rint(line) if result.dtype.kind in "iu" else line
    return result
