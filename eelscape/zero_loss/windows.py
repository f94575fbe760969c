"""Where a spectrum is fitted: the windows of the tail and of the plasmon."""

from __future__ import annotations

import numpy as np

from .peak import Peak, find_valley

Range = tuple[float, float]

START = 2.15
"""Where the core has ended and the fitted tail begins, in full widths at half maximum."""

REACH = 40.0
"""Where the fitted range ends at the latest, in full widths at half maximum."""

_LEAST_CHANNELS = 5


def within(energies: np.ndarray, start: float, stop: float) -> np.ndarray:
    """Which energies lie from start to stop, both included whatever their last digits."""
    slack = 1e-9 * float(np.ptp(energies))
    return (energies >= start - slack) & (energies <= stop + slack)


def fitted_channels(energies: np.ndarray, mean: np.ndarray, window: Range) -> np.ndarray:
    """Channels of a window, (E,) bool; ValueError where too few or without counts."""
    start, stop = window
    inside = within(energies, start, stop)
    if not start > 0 or inside.sum() < _LEAST_CHANNELS or not mean[inside].max() > 0:
        raise ValueError(
            f"The window {start:g} to {stop:g} eV holds {int(inside.sum())} channels with "
            f"{mean[inside].sum():g} counts; at least {_LEAST_CHANNELS} channels with counts, all "
            "above 0 eV, are needed to fit the zero-loss tail."
        )
    return inside


def end_of_range(energies: np.ndarray, width: float) -> float:
    """Where the fitted range ends at the latest, eV."""
    return round(min(float(energies[-1]) - width, REACH * width), 4)


def choose_windows(
    energies: np.ndarray, mean: np.ndarray, peak: Peak
) -> tuple[Range, Range | None]:
    """The tail's window from the end of the core to the first plasmon, the plasmon's beyond."""
    start = START * peak.width
    stop = end_of_range(energies, peak.width)
    if stop - start < 2 * peak.width:
        raise ValueError(
            f"The zero-loss tail is not in range: the spectra end at {energies[-1]:g} eV, and the "
            f"peak, {peak.width:g} eV wide at half maximum, reaches to {start:g} eV. Give spectra "
            f"up to {start + 3 * peak.width:g} eV at least, or windows of your own."
        )
    valley = find_valley(energies, mean, start, peak.width)
    if valley is None or valley >= stop:
        return (round(start, 4), stop), None
    valley = max(valley, start + peak.width)
    # A plasmon is modelled where enough of its rise is in range, else the windows end before it.
    rise = (round(valley, 4), stop) if stop - valley > 4 * peak.width else None
    return (round(start, 4), round(valley, 4)), rise
