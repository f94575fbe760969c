"""Spectra on the energies of a network; src/analysis/resample.ts does the same in the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .adapters.units import ratio

if TYPE_CHECKING:
    from .axes import Axis
    from .dataset import Dataset

#: Part of a channel by which two axes may differ and count as the same.
_SAME = 0.02
#: Channels by which data may end before a network's axis does.
_BEYOND = 1
#: Share of a network's channels that must be measured for a comparison.
_LEAST_OVERLAP = 0.25
#: Pixels that are interpolated at once.
_PIECE = 4096


class AxisMatch(NamedTuple):
    """How the energies of data fit those of a network.

    Attributes
    ----------
    same : bool
        The channels are the same: nothing is interpolated.
    first, last : int
        Channels of the network that the data reach.
    """

    same: bool
    first: int
    last: int


def match_axes(network: Axis, data: Axis, kind: str) -> AxisMatch:
    """Compare the energies of a network with those of data.

    im2spec predicts on its own axis, so that data that reach a part of it are compared there;
    spec2im reads every channel.

    Raises
    ------
    ValueError
        With the reason where spectra along the one cannot be brought to the other.
    """
    wanted = network.array
    given = data.array * _factor(data, network)
    step = (wanted.max() - wanted.min()) / max(1, len(wanted) - 1)
    if len(wanted) == len(given) and (abs(wanted - given) <= _SAME * step).all():
        return AxisMatch(True, 0, len(wanted) - 1)
    if (np.diff(wanted) <= 0).any() or (np.diff(given) <= 0).any():
        raise ValueError(
            "Spectra can be interpolated only between axes whose values rise throughout. Crop the "
            "data to the rising part."
        )
    reached = np.flatnonzero(
        (wanted >= given[0] - _BEYOND * step) & (wanted <= given[-1] + _BEYOND * step)
    )
    if kind == "spec2im" and len(reached) < len(wanted):
        raise ValueError(
            f"The network reads spectra of {_ends(network)}, the data hold {_ends(data)}. Missing "
            "energies cannot be interpolated: take data that reach all of them, or a network "
            "trained on fewer."
        )
    if len(reached) < max(2, _LEAST_OVERLAP * len(wanted)):
        raise ValueError(
            f"The network predicts {_ends(network)}, the data hold {_ends(data)}: too little in "
            "common to compare. Take data that reach further."
        )
    return AxisMatch(False, int(reached[0]), int(reached[-1]))


def resampled(data: Dataset, energy: Axis) -> np.ndarray:
    """Linear interpolation of the spectra as by `numpy.interp`.

    Parameters
    ----------
    data : Dataset
    energy : Axis
        Values beyond the ends of the data's axis get those of the ends.

    Returns
    -------
    (ny, nx, energy.size) array of float32
        NaN where a neighbouring value is; a channel that is there itself keeps its value.
    """
    x = data.energy.array * _factor(data.energy, energy)
    targets = energy.array
    low = np.clip(np.searchsorted(x, targets, side="right") - 1, 0, max(0, len(x) - 2))
    high = np.minimum(low + 1, len(x) - 1)
    width = np.where(high > low, x[high] - x[low], 1.0)
    part = np.clip((targets - x[low]) / width, 0, 1)
    flat = data.spectra.reshape(-1, len(x))
    out = np.empty((len(flat), len(targets)), dtype=np.float32)
    for start in range(0, len(flat), _PIECE):
        rows = slice(start, start + _PIECE)
        a, b = flat[rows][:, low].astype(np.float64), flat[rows][:, high].astype(np.float64)
        out[rows] = np.where(part == 0, a, np.where(part == 1, b, a + part * (b - a)))
    return out.reshape(*data.shape[:2], len(targets))


def _factor(a: Axis, b: Axis) -> float:
    """What turns values along one axis into values along another."""
    found = 1.0 if a.units == b.units else ratio(a.units, b.units)
    if found is None:
        raise ValueError(
            f"The network's spectra are along {b.label}, those of the data along {a.label}: give "
            "both axes the same quantity and units."
        )
    return found


def _ends(axis: Axis) -> str:
    values = axis.array
    return f"{values[0]:g} to {values[-1]:g} {axis.units}".rstrip()
