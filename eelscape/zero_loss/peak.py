"""The zero-loss peak: where it is, how wide, and how far each spectrum is off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CORE = 1.5
"""Half width of the peak's core in full widths at half maximum: what areas are summed over."""

_REACH = 3
"""How far a spectrum's peak is looked for beyond the core of the mean's, in cores."""


@dataclass(frozen=True)
class Peak:
    """Position and width of a zero-loss peak.

    Attributes
    ----------
    centre, width : float
        Position of the maximum and full width at half maximum, eV.
    """

    centre: float
    width: float


def find_peak(energies: np.ndarray, mean: np.ndarray) -> Peak:
    """Centre and full width at half maximum of the zero-loss peak of a spectrum.

    The peak is the highest channel in reach of the lower energies: the least energy loss. The
    centre is the vertex of a parabola through the logarithm of the channels above 70 % of it.

    Parameters
    ----------
    energies, mean : (E,) arrays
        eV, ascending, and counts.

    Raises
    ------
    ValueError
        If the spectrum has no peak with both flanks in range.
    """
    top = int(np.argmax(mean))
    height = mean[top]
    if not np.isfinite(mean).all() or not height > 0:
        raise ValueError("The mean spectrum has no counts: there is no zero-loss peak to remove.")
    below = mean < height / 2
    left = np.flatnonzero(below[:top])
    right = np.flatnonzero(below[top:])
    if not len(left) or not len(right):
        raise ValueError(
            f"The zero-loss peak is not in range: the spectra run from {energies[0]:g} to "
            f"{energies[-1]:g} eV and are highest at {energies[top]:g} eV, where the peak's "
            "flanks are cut off. Give spectra from which nothing has been cut yet."
        )

    def crossing(outer: int, inner: int) -> float:
        share = (height / 2 - mean[outer]) / (mean[inner] - mean[outer])
        return float(energies[outer] + share * (energies[inner] - energies[outer]))

    width = crossing(top + right[0], top + right[0] - 1) - crossing(left[-1], left[-1] + 1)
    upper = np.flatnonzero(mean[left[-1] + 1 : top + right[0]] > 0.7 * height) + left[-1] + 1
    centre = float(energies[top])
    if len(upper) >= 3:
        bend, slope, _ = np.polyfit(energies[upper] - centre, np.log(mean[upper]), 2)
        if bend < 0:
            centre += float(np.clip(-slope / (2 * bend), -width / 2, width / 2))
    return Peak(centre, width)


def find_valley(energies: np.ndarray, mean: np.ndarray, start: float, width: float) -> float | None:
    """Energy of the valley between the zero-loss tail and the first plasmon.

    The least value, after smoothing over half the peak's width, before the first rise by 5 %.
    Where the spectrum never rises, the same is tried with the spectrum times the energy, in which
    a shoulder on the tail becomes a rise.

    Parameters
    ----------
    energies, mean : (E,) arrays
        eV from the zero-loss peak, and counts.
    start : float
        eV; where the peak's core has ended.
    width : float
        Full width of the peak at half maximum, eV.

    Returns
    -------
    float or None
        eV; None where no plasmon is seen.
    """
    step = float(np.median(np.diff(energies)))
    count = max(1, round(width / 2 / step))
    smooth = np.convolve(mean, np.ones(count) / count, mode="same")
    used = np.flatnonzero(energies >= start)[: -count // 2 or None]
    if len(used) < 5:
        return None
    for weight in (np.ones(len(used)), energies[used]):
        values = smooth[used] * weight
        least = np.minimum.accumulate(values)
        rising = np.flatnonzero(values > 1.05 * least + 3 * np.sqrt(np.maximum(least, 1) / count))
        if len(rising):
            return float(energies[used[int(np.argmin(values[: rising[0] + 1]))]])
    return None


def shift_spectra(spectra: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Move each spectrum by a number of channels towards lower energies.

    Cubic interpolation between the four channels around; beyond the ends, the end values.

    Parameters
    ----------
    spectra : (n, E) float array
    shifts : (n,) array
        Channels; the result at channel c is the spectrum at c + shift.
    """
    whole = np.floor(shifts).astype(int)
    f = (shifts - whole)[:, None]
    if not whole.any() and not f.any():
        return spectra
    count = spectra.shape[1]
    weights = (
        -f * (f - 1) * (f - 2) / 6,
        (f + 1) * (f - 1) * (f - 2) / 2,
        -(f + 1) * f * (f - 2) / 2,
        (f + 1) * f * (f - 1) / 6,
    )
    result = np.empty(spectra.shape)
    channels = np.arange(-1, count + 2)
    for start in np.unique(whole):
        rows = np.flatnonzero(whole == start)
        padded = spectra[rows][:, np.clip(channels + start, 0, count - 1)]
        moved = weights[0][rows] * padded[:, :count]
        for n in (1, 2, 3):
            moved += weights[n][rows] * padded[:, n : n + count]
        result[rows] = moved
    return result


def peak_shifts(spectra: np.ndarray, template: np.ndarray, core: slice) -> np.ndarray:
    """How many channels each spectrum's zero-loss peak is off the template's.

    First the whole channels between the maxima, then three steps of weighted least squares for
    height and shift of the template. Spectra with too few counts to place their peak within a
    channel are taken to be where the template is.

    Parameters
    ----------
    spectra : (n, E) float array
    template : (E,) array
        Mean spectrum.
    core : slice
        Channels of the template's peak.

    Returns
    -------
    (n,) array
        Channels, in steps of 1/1024, so that it does not depend on the machine's last digits.
    """
    peak = template[core]
    slope = np.gradient(template)[core]
    weight = 1 / np.maximum(peak, peak.max() * 1e-3)
    normal = np.array(
        [
            [np.sum(weight * peak * peak), np.sum(weight * peak * slope)],
            [np.sum(weight * peak * slope), np.sum(weight * slope * slope)],
        ]
    )
    inverse = np.linalg.inv(normal)
    columns = np.stack([weight * peak, weight * slope], axis=1)
    # A spike far from the peak may be higher than the peak.
    reach = _REACH * (core.stop - core.start)
    start, stop = max(core.start - reach, 0), core.stop + reach
    top = start + np.argmax(spectra[:, start:stop], axis=1)
    shifts = (top - int(np.argmax(template))).astype(float)
    margin = 4
    first, last = max(core.start - margin, 0), min(core.stop + margin, spectra.shape[1])
    inside = slice(core.start - first, core.stop - first)
    size = np.ones(len(spectra))
    for _ in range(3):
        whole = np.rint(shifts).astype(int)
        channels = np.clip(np.arange(first, last) + whole[:, None], 0, spectra.shape[1] - 1)
        near = np.take_along_axis(spectra, channels, axis=1)
        placed = shift_spectra(near, shifts - whole)[:, inside]
        size, change = (inverse @ (placed @ columns).T).reshape(2, -1)
        safe = np.where(size > 0, size, 1.0)
        shifts = shifts - np.clip(np.where(size > 0, change / safe, 0.0), -1, 1)
    # Error of the shift from counting noise: 1 / sqrt(size sum(slope^2 / peak)).
    poor = ~(size * normal[1, 1] > 1) | ~np.isfinite(shifts)
    return np.where(poor, 0.0, np.rint(shifts * 1024) / 1024)
