"""The signal axis in eV, and how numbers on it are written."""

from __future__ import annotations

import math

import numpy as np

from ..adapters.units import quantity
from ..axes import Axis


def is_energy_axis(axis: Axis) -> bool:
    """Whether the axis's units are known units of energy."""
    return quantity(axis.units)[0] == "energy"


def unit_of(axis: Axis) -> str:
    """Unit in which steps count along the axis: "eV" for energies, else the axis's own."""
    return "eV" if is_energy_axis(axis) else axis.units.strip()


def values_of(axis: Axis) -> np.ndarray:
    """Values of the axis in `unit_of(axis)`, float64.

    Raises
    ------
    ValueError
        If they do not ascend, so that no range of them is a range of channels.
    """
    values = axis.array * (quantity(axis.units)[1] if is_energy_axis(axis) else 1.0)
    steps = np.diff(values)
    if len(steps) and not (steps > 0).all():
        channel = int(np.flatnonzero(~(steps > 0))[0]) + 1
        raise ValueError(
            f"The values of the {axis.name or 'last'} axis do not increase at channel {channel}: "
            "a range of values is not a range of channels there. Slice the array by channels "
            "before it is opened."
        )
    return values


def energies_of(axis: Axis) -> np.ndarray:
    """Energies in eV.

    Raises
    ------
    ValueError
        If the axis has no units of energy, or does not ascend.
    """
    if not is_energy_axis(axis):
        raise ValueError(
            f"The {axis.name or 'last'} axis has "
            + (f"the units {axis.units!r}" if axis.units else "no units")
            + "; this step needs an energy axis in eV, meV or keV. Give it with axes=."
        )
    return values_of(axis)


def within(values: np.ndarray, start: float | None, stop: float | None) -> np.ndarray:
    """Which values have start <= value < stop, whatever their last digits; None keeps an end."""
    slack = 1e-6 * float(np.abs(np.diff(values)).min()) if len(values) > 1 else 0.0
    kept = np.ones(len(values), bool)
    if start is not None:
        kept &= values >= start - slack
    if stop is not None:
        kept &= values < stop - slack
    return kept


def range_text(values: np.ndarray, unit: str) -> str:
    """First and last value with as many digits as the step has: "0.200 to 1.198 eV"."""
    step = float(np.abs(np.diff(values)).min()) if len(values) > 1 else 0.0
    digits = min(6, max(0, math.ceil(-math.log10(step) - 1e-9))) if step > 0 else 3
    return f"{values[0]:.{digits}f} to {values[-1]:.{digits}f} {unit}".rstrip()
