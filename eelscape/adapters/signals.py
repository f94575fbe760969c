"""HyperSpy's signals, recognised by their attributes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..axes import Axis
from .sources import Source, read_array


def is_hyperspy(obj: Any) -> bool:
    """Whether an object has what HyperSpy's signals have."""
    # The manager first: an ndarray's `data` raises for dtypes that no buffer holds.
    manager = getattr(obj, "axes_manager", None)
    return (
        hasattr(manager, "navigation_axes")
        and hasattr(manager, "signal_axes")
        and hasattr(obj, "data")
    )


def from_hyperspy(signal: Any, what: str) -> Source:
    """A signal of HyperSpy or of a package that extends it; lazy data stay lazy.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    """
    manager = signal.axes_manager
    # HyperSpy lists axes fastest first: array order is the reverse of both lists.
    navigation, spectral = list(manager.navigation_axes), list(manager.signal_axes)
    listed = [*reversed(navigation), *reversed(spectral)]
    source = read_array(signal.data, what)
    axes = [_axis(axis) for axis in listed]
    if tuple(axis.size for axis in axes) == tuple(source.data.shape):
        source.axes = axes
        if len(listed) == 3 and len(spectral) in (1, 2):
            source.spectral = 2 if len(spectral) == 1 else 0
    metadata = getattr(signal, "metadata", None)
    source.title = _item(metadata, "General.title")
    source.simulated = _item(metadata, "eelscape.simulated") == "True"
    units = _item(metadata, "Signal.quantity")
    if "(" in units and units.endswith(")"):
        units = units[units.rindex("(") + 1 : -1]
    source.units, source.origin = units, "hyperspy"
    return source


def _axis(axis: Any) -> Axis:
    name, units = known_text(axis.name), known_text(axis.units)
    size = int(axis.size)
    if getattr(axis, "is_uniform", True):
        return Axis(name, units, size, float(axis.scale), float(axis.offset))
    return Axis(name, units, size, values=tuple(np.asarray(axis.axis, dtype=np.float64)))


def known_text(value: Any) -> str:
    """A name or units as text; "" for what stands for nothing."""
    # traits' Undefined prints as "<undefined>"; some readers write None as text.
    text = "" if value is None else str(value)
    return "" if text in ("<undefined>", "None") else text


def _item(metadata: Any, path: str) -> str:
    get = getattr(metadata, "get_item", None)
    if get is None:
        return ""
    try:
        return known_text(get(path, default=""))
    except (AttributeError, KeyError, TypeError):
        return ""
