"""Values of any numeric type as float32, with every loss named."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Integers up to here are exact in float32.
EXACT_INTEGERS = 2**24


def as_array(data: Any, what: str) -> np.ndarray:
    """An array-like as a NumPy array of real numbers.

    Parameters
    ----------
    data : array-like
        NumPy, Dask, h5py, zarr, memory-mapped: whatever `numpy.asarray` takes.
    what : str
        What messages call it, "spectrum image".

    Raises
    ------
    TypeError
        If the values are not real numbers; the message names the dtype.
    """
    try:
        array = np.asarray(data)
    except Exception as error:
        raise TypeError(
            f"The {what} of type {type(data).__name__} could not be read as an array: {error}. "
            "Pass a NumPy array, an eelscape Signal or a HyperSpy signal."
        ) from error
    if array.dtype.kind not in "biuf":
        hint = {
            "c": "Take its magnitude with np.abs, or its real part",
            "O": f"Convert it with np.asarray({'si' if 'spec' in what else 'haadf'}, dtype=float)",
        }.get(array.dtype.kind, "Pass an array of real numbers")
        raise TypeError(f"The {what} has dtype {array.dtype}, not real numbers. {hint}.")
    return array


def to_float32(array: np.ndarray, what: str) -> tuple[np.ndarray, list[str]]:
    """A float32 copy in C order, and what the conversion did.

    Parameters
    ----------
    array : ndarray
        Real numbers of any dtype, byte order and layout.
    what : str
        What report lines call it.

    Returns
    -------
    copy : ndarray
        float32, C order; infinite values are NaN.
    report : list of str
        Sentences; empty for float32 input.

    Raises
    ------
    ValueError
        If finite values leave the range of float32.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        copy = np.array(array, dtype=np.float32, order="C", copy=True)
    report: list[str] = []
    name = array.dtype.newbyteorder("=").name
    if array.dtype.kind in "biu":
        report.append(_integers(array, copy, name, what))
    elif array.dtype.itemsize > 4:
        report.append(_floats(array, copy, name, what))
    elif name != "float32":
        report.append(f"{what}: {name} -> float32, exact")
    copy[np.isinf(copy)] = np.nan
    return copy, report


def _integers(array: np.ndarray, copy: np.ndarray, name: str, what: str) -> str:
    largest = max((abs(int(v)) for v in (array.min(), array.max())), default=0) if array.size else 0
    if largest <= EXACT_INTEGERS:
        return f"{what}: {name} -> float32, exact"
    rounded, most = 0, 0
    # Row by row: exact differences of 64-bit integers need a copy as Python sees them.
    for row, out in zip(array.reshape(len(array), -1), copy.reshape(len(copy), -1), strict=True):
        big = np.flatnonzero(np.abs(out) >= EXACT_INTEGERS)
        for i in big:
            difference = abs(int(row[i]) - int(out[i]))
            rounded += difference > 0
            most = max(most, difference)
    return (
        f"{what}: {name} -> float32, {rounded} values above 2^24 (the largest {largest}) rounded "
        f"by at most {most}"
    )


def _floats(array: np.ndarray, copy: np.ndarray, name: str, what: str) -> str:
    finite = np.isfinite(array)
    beyond = int(np.count_nonzero(finite & np.isinf(copy)))
    if beyond:
        raise ValueError(
            f"{beyond} values of the {what} exceed 3.4e38, the range of float32. Divide the data "
            "by a constant first."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.abs(array - copy) / np.abs(array)
    relative = relative[finite & (array != 0)]
    largest = float(relative.max()) if relative.size else 0.0
    if largest == 0:
        return f"{what}: {name} -> float32, exact"
    return f"{what}: {name} -> float32, largest relative rounding {largest:.1e}"
