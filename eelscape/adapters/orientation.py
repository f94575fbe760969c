"""Axes in the order (y, x, energy), energies ascending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..axes import Axis
from .sources import Source, is_energy


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


def oriented(source: Source) -> Source:
    """The source with energy last and x after y, as far as its axes tell."""
    if source.axes is None:
        return source
    order = list(range(source.data.ndim))
    energies = [i for i in order if is_energy(source.axes[i])]
    if len(order) == 3 and len(energies) == 1 and energies[0] != 2:
        order.append(order.pop(energies[0]))
        source.report.append(f"Axis {energies[0]} (energy) was moved to the end.")
    names = [source.axes[i].name.strip().lower() for i in order]
    if names[:2] == ["x", "y"]:
        order[:2] = order[1::-1]
        source.report.append("Axes (x, y) were swapped to (y, x).")
    source.data = source.data.transpose(order)
    if source.mask is not None:
        source.mask = source.mask.transpose(order)
    source.axes = [source.axes[i] for i in order]
    return source


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
