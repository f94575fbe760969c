"""Arrays with named dimensions: xarray's DataArray and sidpy's Dataset."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..axes import Axis
from .lazy import LAZY_BYTES, is_dask, module_of
from .sources import Source, read_array

#: Steps that differ by less than this share of the mean step make a uniform axis.
UNIFORM = 1e-6


def axis_of_values(name: str, units: str, values: Any) -> Axis:
    """An axis from its values: scale and offset where they are evenly spaced."""
    numbers = np.asarray(values, dtype=np.float64).ravel()
    size = numbers.size
    if size == 1:
        return Axis(name, units, 1, 1.0, float(numbers[0]))
    step = float(numbers[-1] - numbers[0]) / (size - 1)
    even = numbers[0] + step * np.arange(size)
    if step and np.isfinite(numbers).all() and np.abs(numbers - even).max() <= UNIFORM * abs(step):
        return Axis(name, units, size, step, float(numbers[0]))
    return Axis(name, units, size, values=tuple(numbers.tolist()))


def is_xarray(obj: Any) -> bool:
    """Whether an object is an xarray DataArray."""
    return module_of(obj) == "xarray" and hasattr(obj, "dims") and hasattr(obj, "coords")


def from_xarray(array: Any, what: str) -> Source:
    """A DataArray: its dimensions and their coordinates become axes.

    Data that xarray has not read from their file stay there where they hold 64 MiB or more.

    Raises
    ------
    TypeError
        If it is a Dataset of several arrays, or does not hold real numbers.
    """
    if not hasattr(array, "dtype"):
        names = ", ".join(repr(str(name)) for name in list(array)[:8]) or "nothing"
        raise TypeError(
            f"The {what} is an xarray {type(array).__name__} that holds {names}. Pass one of its "
            "arrays."
        )
    waiting = not getattr(array.variable, "_in_memory", True) and array.chunks is None
    if waiting and array.nbytes >= LAZY_BYTES:
        array = array.chunk()
    source = read_array(array.data, what)
    source.axes = [_xarray_axis(array, dim) for dim in array.dims]
    if all(axis.name == "" and axis.units == "" for axis in source.axes):
        source.axes = None
    attrs = array.attrs
    source.title = str(attrs.get("title") or attrs.get("long_name") or array.name or "")
    source.units = str(attrs.get("units") or "")
    source.origin = "xarray"
    return source


def _xarray_axis(array: Any, dim: Any) -> Axis:
    size = int(array.sizes[dim])
    # xarray calls dimensions without a name dim_0, dim_1, ...
    name = "" if str(dim).startswith("dim_") else str(dim)
    if dim not in array.coords:
        return Axis(name, "", size)
    coordinate = array.coords[dim]
    units = str(coordinate.attrs.get("units") or "")
    long_name = str(coordinate.attrs.get("long_name") or "")
    if coordinate.dtype.kind not in "biuf":
        return Axis(name, units, size)
    # "x" and "y" say which axis it is; other short names give way to the long one.
    if long_name and name.lower() not in ("x", "y"):
        name = long_name
    return axis_of_values(name, units, coordinate.values)


def is_sidpy(obj: Any) -> bool:
    """Whether an object is a sidpy Dataset."""
    return any(c.__module__.split(".")[0] == "sidpy" for c in type(obj).__mro__) and hasattr(
        obj, "_axes"
    )


def from_sidpy(dataset: Any, what: str) -> Source:
    """A sidpy Dataset: a Dask array whose dimensions have names, quantities and units.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    """
    plain = dataset
    if is_dask(dataset):
        import dask.array as da

        plain = da.Array(dataset.dask, dataset.name, dataset.chunks, meta=dataset._meta)
    source = read_array(plain, what)
    dimensions = [dataset._axes[i] for i in range(source.data.ndim)]
    source.axes = [_sidpy_axis(dimension) for dimension in dimensions]
    spectral = [i for i, d in enumerate(dimensions) if _kind(d) == "SPECTRAL"]
    if len(spectral) == 1 and source.data.ndim == 3:
        source.spectral = spectral[0]
    elif all(not axis.name and not axis.units for axis in source.axes):
        source.axes = None
    source.title = _known(dataset.title)
    source.units = _known(dataset.units)
    source.origin = "sidpy"
    return source


def _sidpy_axis(dimension: Any) -> Axis:
    name, quantity = _known(dimension.name), _known(dimension.quantity)
    # sidpy calls dimensions without a name a, b, c, ...
    if quantity and (not name or (len(name) == 1 and name not in "xyXY")):
        name = quantity
    elif len(name) == 1 and name in "abcdefgh":
        name = ""
    return axis_of_values(name, _known(dimension.units), dimension.values)


def _kind(dimension: Any) -> str:
    kind = getattr(dimension, "dimension_type", "")
    return str(getattr(kind, "name", kind))


def _known(value: Any) -> str:
    text = "" if value is None else str(value)
    return "" if text.lower() in ("generic", "none", "unknown", "") else text
