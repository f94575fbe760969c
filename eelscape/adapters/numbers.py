"""Values of any numeric type as float32, with every loss named."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Integers up to here are exact in float32.
EXACT_INTEGERS = 2**24


def check_dtype(dtype: np.dtype, what: str) -> None:
    """Refuse what is no real number.

    Raises
    ------
    TypeError
        The message names the dtype.
    """
    if dtype.kind in "biuf":
        return
    hint = {
        "c": "Take its magnitude with np.abs, or its real part",
        "O": f"Convert it with np.asarray({'si' if 'spec' in what else 'haadf'}, dtype=float)",
    }.get(dtype.kind, "Pass an array of real numbers")
    raise TypeError(f"The {what} has dtype {dtype}, not real numbers. {hint}.")


def as_array(data: Any, what: str) -> np.ndarray:
    """An array-like as a NumPy array of real numbers.

    Parameters
    ----------
    data : array-like
        Whatever `numpy.asarray` takes.
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
    check_dtype(array.dtype, what)
    return array


class Conversion:
    """Blocks of one array as float32, with what the conversion did to all of them.

    Attributes
    ----------
    infinite, nan : bool
        Whether the source holds such values.
    """

    def __init__(self, dtype: np.dtype, what: str) -> None:
        self.infinite = False
        self.nan = False
        self._dtype = np.dtype(dtype)
        self._what = what
        self._name = self._dtype.newbyteorder("=").name
        self._largest = 0
        self._rounded = 0
        self._most = 0
        self._beyond = 0
        self._relative = 0.0

    def convert(self, block: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """A block as float32 in C order; infinite values become NaN.

        Parameters
        ----------
        block : ndarray
            Real numbers of the dtype given, any byte order and layout.
        out : ndarray, optional
            (block.shape) float32 to write into.
        """
        if out is None:
            out = np.empty(block.shape, dtype=np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            np.copyto(out, block, casting="unsafe")
        if self._dtype.kind in "biu":
            self._count_integers(block, out)
            return out
        if self._dtype.itemsize > 4:
            self._count_floats(block, out)
        self.infinite = self.infinite or bool(np.isinf(block).any())
        self.nan = self.nan or bool(np.isnan(out).any())
        out[np.isinf(out)] = np.nan
        return out

    def report(self) -> list[str]:
        """What the conversion did, a sentence each; none for float32.

        Raises
        ------
        ValueError
            If finite values left the range of float32.
        """
        if self._beyond:
            raise ValueError(
                f"{self._beyond} values of the {self._what} exceed 3.4e38, the range of float32. "
                "Divide the data by a constant first."
            )
        start = f"{self._what}: {self._name} -> float32"
        if self._dtype.kind in "biu" and self._largest > EXACT_INTEGERS:
            return [
                f"{start}, {self._rounded} values above 2^24 (the largest {self._largest}) rounded "
                f"by at most {self._most}"
            ]
        if self._relative:
            return [f"{start}, largest relative rounding {self._relative:.1e}"]
        return [] if self._name == "float32" else [f"{start}, exact"]

    def _count_integers(self, block: np.ndarray, out: np.ndarray) -> None:
        if not block.size:
            return
        largest = max(abs(int(block.min())), abs(int(block.max())))
        self._largest = max(self._largest, largest)
        if largest <= EXACT_INTEGERS:
            return
        # Numbers of 64 bits have no common type with float32: their halves are compared.
        big = np.abs(out) >= EXACT_INTEGERS
        exact, rounded = block[big], out[big].astype(np.float64)
        wide = exact.astype(np.uint64 if self._dtype.kind == "u" else np.int64)
        high = np.floor(rounded / 2.0**32)
        low = (rounded - high * 2.0**32).astype(np.int64)
        difference = ((wide >> 32).astype(np.int64) - high.astype(np.int64)) * 2**32
        difference += (wide & 0xFFFFFFFF).astype(np.int64) - low
        difference = np.abs(difference)
        self._rounded += int(np.count_nonzero(difference))
        self._most = max(self._most, int(difference.max()))

    def _count_floats(self, block: np.ndarray, out: np.ndarray) -> None:
        finite = np.isfinite(block)
        self._beyond += int(np.count_nonzero(finite & np.isinf(out)))
        finite &= block != 0
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.abs(block - out) / np.abs(block)
        self._relative = max(self._relative, float(relative.max(initial=0.0, where=finite)))


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
    conversion = Conversion(array.dtype, what)
    return conversion.convert(array), conversion.report()
