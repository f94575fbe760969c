"""Axes in the order (y, x, energy), energies ascending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..axes import Axis
from .lazy import to_dask
from .sources import Source
from .units import is_energy

#: Orders that `order=` takes, in the array's order.
ORDERS = ("yxE", "xyE", "Eyx", "Exy")


def given_axes(axes: Sequence[Any], shape: tuple[int, ...]) -> list[Axis]:
    """The `axes=` argument as a list of `Axis`.

    Raises
    ------
    ValueError
        If their number or sizes do not match the array.
    """
    if isinstance(axes, (dict, str)) or len(axes) != len(shape):
        count = 1 if isinstance(axes, (dict, str)) else len(axes)
        raise ValueError(
            f"axes= holds {count} axes for a spectrum image of shape {shape}. Pass {len(shape)} "
            "in array order, (y, x, energy): [{'name': 'y', 'units': 'nm', 'scale': 0.5, "
            "'offset': 0}, ...]."
        )
    read = [Axis.from_dict(axis, size) for axis, size in zip(axes, shape, strict=True)]
    for i, (axis, size) in enumerate(zip(read, shape, strict=True)):
        if axis.size != size:
            raise ValueError(
                f"Axis {i} ({axis.name!r}) has size {axis.size}, the spectrum image {size} "
                f"elements along it (shape {shape})."
            )
    return read


def checked_order(order: Any) -> str | None:
    """The `order=` argument: one of `ORDERS`, or None.

    Raises
    ------
    ValueError
        If it is another.
    """
    if order is None:
        return None
    known = {each.lower(): each for each in ORDERS}
    found = known.get(order.lower()) if isinstance(order, str) else None
    if found is None:
        raise ValueError(
            f"order={order!r} is not an order of axes; use one of {', '.join(ORDERS)} (y rows, "
            "x columns, E energy, as the array has them)."
        )
    return found


def spoken(order: str) -> str:
    """An order of axes in words: "(energy, y, x)"."""
    return f"({', '.join('energy' if letter == 'E' else letter for letter in order)})"


def energy_axis(source: Source) -> int | None:
    """Index of the axis along which spectra run; None where the source does not tell."""
    if source.data.ndim != 3:
        return None
    energies = [i for i, axis in enumerate(source.axes or ()) if is_energy(axis)]
    return energies[0] if len(energies) == 1 else source.spectral


def oriented(source: Source, order: str | None = None) -> Source:
    """The source as (y, x, E) or (y, x): by `order`, else as far as its axes tell."""
    dimensions = list(range(source.data.ndim))
    if order is not None and len(dimensions) == 3:
        places = [order.index(letter) for letter in "yxE"]
        if places != dimensions:
            source.report.append(f"Axes {spoken(order)} were put in the order (y, x, energy).")
        return _transposed(source, places)
    energy = energy_axis(source)
    if energy is not None and energy != 2:
        dimensions.append(dimensions.pop(energy))
        source.report.append(f"Axis {energy} (energy) was moved to the end.")
    if source.axes is not None:
        names = [source.axes[i].name.strip().lower() for i in dimensions]
        if names[:2] == ["x", "y"]:
            dimensions[:2] = dimensions[1::-1]
            source.report.append("Axes (x, y) were swapped to (y, x).")
    return _transposed(source, dimensions)


def _transposed(source: Source, dimensions: list[int]) -> Source:
    data = source.data
    if source.stored is not None and dimensions and dimensions[0] != 0:
        data = to_dask(source.stored, rows=dimensions[0])
    changed: dict[str, Any] = {"data": data.transpose(dimensions), "stored": None}
    if source.mask is not None:
        changed["mask"] = source.mask.transpose(dimensions)
    if source.axes is not None:
        changed["axes"] = [source.axes[i] for i in dimensions]
    if source.spectral is not None:
        changed["spectral"] = dimensions.index(source.spectral)
    return replace(source, **changed)


def named_axes(axes: list[Axis] | None, shape: tuple[int, ...]) -> list[Axis]:
    """Axes of an array (y, x) or (y, x, E); index axes and names where there are none."""
    names = ("y", "x", "channel")
    if axes is None:
        return [Axis(name, "", size) for name, size in zip(names, shape, strict=False)]
    return [
        axis if axis.name else replace(axis, name=name)
        for name, axis in zip(names, axes, strict=False)
    ]


def ascending(axis: Axis) -> tuple[Axis, bool, list[str]]:
    """The spectral axis with ascending values.

    Returns
    -------
    axis : Axis
    flipped : bool
        Whether the spectra must be reversed along it.
    report : list of str

    Raises
    ------
    ValueError
        If it counts energies that neither ascend nor descend strictly.
    """
    values = axis.array
    steps = np.diff(values)
    if not len(steps) or (steps > 0).all():
        return axis, False, []
    name = axis.name or "spectral axis"
    if (steps < 0).all():
        return axis.reversed(), True, [f"The {name} descends: flipped, and flipped back on return."]
    if is_energy(axis):
        # The way most steps go is the intended one; the first against it is the fault.
        wrong = steps <= 0 if np.count_nonzero(steps > 0) >= len(steps) / 2 else steps >= 0
        channel = int(np.flatnonzero(wrong)[0]) + 1
        raise ValueError(
            f"Energy axis not increasing at channel {channel}: {values[channel - 1]:g} is followed "
            f"by {values[channel]:g} {axis.units}. Correct the axis, or cut the spectra there."
        )
    return axis, False, [f"The {name} is not monotonic: it runs by channel, its values as labels."]
