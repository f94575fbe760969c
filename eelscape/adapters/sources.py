"""What a user may pass, read into one form: array, axes, title, units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..axes import Axis
from ..signal import Signal
from .numbers import as_array

#: Units of an energy axis, in lower case.
ENERGY_UNITS = {"ev", "mev", "kev", "electronvolt", "electron volt", "millielectronvolt"}


@dataclass
class Source:
    """An array with what is known about it.

    `axes` is None where nothing is known; `mask` is True where a value is excluded, of the
    array's shape.
    """

    data: np.ndarray
    axes: list[Axis] | None = None
    title: str = ""
    units: str = ""
    simulated: bool = False
    origin: str = "numpy"
    mask: np.ndarray | None = None
    report: list[str] = field(default_factory=list)


def read_source(obj: Any, what: str) -> Source:
    """Read an eelscape `Signal`, a HyperSpy signal or an array-like.

    Parameters
    ----------
    obj : object
        HyperSpy signals are recognised by their attributes; HyperSpy is not imported.
    what : str
        What messages call it, "spectrum image" or "HAADF image".

    Raises
    ------
    TypeError
        If it is none of them or does not hold real numbers.
    """
    if isinstance(obj, Signal):
        data = as_array(obj.data, what)
        return Source(data, list(obj.axes), obj.title, obj.units, obj.simulated, "eelscape")
    if is_hyperspy(obj):
        return _from_hyperspy(obj, what)
    if isinstance(obj, (str, bytes, dict)) or obj is None:
        raise TypeError(
            f"The {what} is a {type(obj).__name__}; pass a NumPy array, an eelscape Signal or a "
            "HyperSpy signal."
        )
    mask = None
    if isinstance(obj, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(obj)
        obj = obj.data
    return Source(as_array(obj, what), mask=mask)


def is_hyperspy(obj: Any) -> bool:
    """Whether an object has what HyperSpy's signals have."""
    # The manager first: an ndarray's `data` raises for dtypes that no buffer holds.
    manager = getattr(obj, "axes_manager", None)
    return (
        hasattr(manager, "navigation_axes")
        and hasattr(manager, "signal_axes")
        and hasattr(obj, "data")
    )


def _from_hyperspy(signal: Any, what: str) -> Source:
    manager = signal.axes_manager
    # HyperSpy lists axes fastest first: array order is the reverse of both lists.
    listed = [*reversed(manager.navigation_axes), *reversed(manager.signal_axes)]
    data = as_array(signal.data, what)
    axes = [_hyperspy_axis(axis) for axis in listed]
    if tuple(axis.size for axis in axes) != data.shape:
        axes = None
    metadata = getattr(signal, "metadata", None)
    title = _item(metadata, "General.title")
    simulated = _item(metadata, "eelscape.simulated") == "True"
    units = _item(metadata, "Signal.quantity")
    if "(" in units and units.endswith(")"):
        units = units[units.rindex("(") + 1 : -1]
    return Source(data, axes, title, units, simulated, "hyperspy")


def _hyperspy_axis(axis: Any) -> Axis:
    name, units = _text(axis.name), _text(axis.units)
    size = int(axis.size)
    if getattr(axis, "is_uniform", True):
        return Axis(name, units, size, float(axis.scale), float(axis.offset))
    return Axis(name, units, size, values=tuple(np.asarray(axis.axis, dtype=np.float64)))


def _text(value: Any) -> str:
    # traits' Undefined prints as "<undefined>".
    text = "" if value is None else str(value)
    return "" if text == "<undefined>" else text


def _item(metadata: Any, path: str) -> str:
    get = getattr(metadata, "get_item", None)
    if get is None:
        return ""
    try:
        return _text(get(path, default=""))
    except (AttributeError, KeyError, TypeError):
        return ""


def is_energy(axis: Axis) -> bool:
    """Whether an axis counts energies, by its units or its name."""
    return axis.units.strip().lower() in ENERGY_UNITS or "energy" in axis.name.lower()
