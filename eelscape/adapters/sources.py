"""What a user may pass, read into one form: array, axes, title, units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..axes import Axis
from ..signal import Signal
from .lazy import LAZY_BYTES, is_dask, module_of, to_dask
from .numbers import as_array, check_dtype


@dataclass
class Source:
    """An array with what is known about it.

    `data` is a NumPy or Dask array. `axes` is None where nothing is known; `mask` is True where
    a value is excluded, of the array's shape and kind. `spectral` is the index of the axis along
    which the source says that spectra run, None where it does not say. `stored` is the array on
    its storage behind lazy data, where that is known.
    """

    data: Any
    axes: list[Axis] | None = None
    title: str = ""
    units: str = ""
    simulated: bool = False
    origin: str = "numpy"
    mask: Any = None
    report: list[str] = field(default_factory=list)
    spectral: int | None = None
    stored: Any = None


def read_source(obj: Any, what: str) -> Source:
    """Read any of the inputs that are taken, by what they look like.

    No package of an input is imported, Dask excepted.

    Parameters
    ----------
    obj : object
        eelscape `Signal`, HyperSpy signal, xarray DataArray, sidpy Dataset, Nion
        DataAndMetadata, NumPy, Dask, h5py, zarr or another array-like.
    what : str
        What messages call it, "spectrum image" or "HAADF image".

    Raises
    ------
    TypeError
        If it is none of them or does not hold real numbers.
    """
    from . import labelled, nion, signals

    if isinstance(obj, Source):
        return obj
    if isinstance(obj, Signal):
        axes = list(obj.axes) if any(a.name or a.units for a in obj.axes) else None
        source = read_array(obj.data, what)
        source.axes, source.title, source.units = axes, obj.title, obj.units
        source.simulated = obj.simulated
        source.report += obj.report
        if not is_dask(source.data):
            source.origin = "eelscape"
        return source
    if signals.is_hyperspy(obj):
        return signals.from_hyperspy(obj, what)
    if nion.is_nion(obj):
        return nion.from_nion(obj, what)
    if labelled.is_sidpy(obj):
        return labelled.from_sidpy(obj, what)
    if labelled.is_xarray(obj):
        return labelled.from_xarray(obj, what)
    if isinstance(obj, (str, bytes, dict)) or obj is None:
        hint = " For a file, pass what eelscape.open(path) returns." if isinstance(obj, str) else ""
        raise TypeError(
            f"The {what} is a {type(obj).__name__}; pass a NumPy array, an eelscape Signal or a "
            f"HyperSpy signal.{hint}"
        )
    return read_array(obj, what)


def read_array(obj: Any, what: str) -> Source:
    """Read an array that knows nothing about its axes.

    Dask, h5py, zarr and memory maps of 64 MiB or more stay on their storage.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    """
    if isinstance(obj, np.ma.MaskedArray):
        check_dtype(obj.dtype, what)
        return Source(np.asarray(obj.data), mask=np.ma.getmaskarray(obj))
    if is_dask(obj):
        check_dtype(np.dtype(obj.dtype), what)
        if isinstance(getattr(obj, "_meta", None), np.ma.MaskedArray):
            import dask.array as da

            mask = da.ma.getmaskarray(obj)
            return Source(da.ma.getdata(obj), origin="dask", mask=mask)
        return Source(obj, origin="dask")
    if isinstance(obj, np.memmap) and obj.nbytes >= LAZY_BYTES:
        check_dtype(obj.dtype, what)
        return Source(to_dask(obj), origin="memmap", stored=obj)
    if module_of(obj) in ("h5py", "zarr") and not isinstance(obj, np.ndarray):
        if not hasattr(obj, "shape") or not hasattr(obj, "dtype"):
            raise TypeError(
                f"The {what} is a {module_of(obj)} {type(obj).__name__}, not one of its arrays. "
                f"It holds {_keys(obj)}."
            )
        check_dtype(np.dtype(obj.dtype), what)
        return Source(to_dask(obj), origin=module_of(obj), stored=obj)
    origin = "memmap" if isinstance(obj, np.memmap) else "numpy"
    return Source(as_array(obj, what), origin=origin)


def _keys(group: Any) -> str:
    try:
        names = [str(key) for key in list(group)[:8]]
    except TypeError:
        names = []
    return ", ".join(map(repr, names)) or "nothing"
