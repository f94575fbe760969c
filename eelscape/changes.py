"""Whether what was passed to `explore` is still what it was: a sample of it, or all of it.

Nothing here keeps an object of the user alive.
"""

from __future__ import annotations

import hashlib
import math
import threading
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .adapters.lists import is_list_of_signals
from .adapters.signals import is_hyperspy
from .dataset import Dataset
from .notebook import user_names, variable_names
from .signal import Signal
from .spectrum_image import SpectrumImage

#: Values of an array that are looked at after each cell.
SAMPLE = 16384
#: Bytes up to which an array that was made anew is compared with the one before in full.
COMPARED_BYTES = 256 * 1024**2
#: Bytes that are hashed at once.
_PART = 4 * 1024**2


class SourceGone(ValueError):
    """What was opened is no longer in Python; the text says which variable."""


class Watched:
    """One object that was passed to `explore`, without holding it.

    Parameters
    ----------
    obj : object
        The spectrum image or the image, or a list of signals.
    """

    def __init__(self, obj: Any) -> None:
        self._names = variable_names(obj)
        self._listed = is_list_of_signals(obj)
        self.keep(obj)

    @property
    def name(self) -> str:
        """The variable that holds it; "" where none did."""
        return self._names[0] if self._names else ""

    def keep(self, obj: Any) -> None:
        """Take an object as it is now for unchanged."""
        parts = self._parts(obj)
        self._identities = [_Identity(part) for part in parts]
        self._values, self._places = _sampled(parts)
        self._bytes = sum(array.nbytes for part in parts for array in _arrays(part))
        self._digest = _digest(parts)

    def now(self) -> Any:
        """What the variable holds now, else the object where it still lives; None where neither."""
        if self._names:
            # Of several variables that held it, one may have gone on to something else.
            held = [user_names().get(name) for name in self._names]
            return next((obj for obj in held if self._is(obj)), held[0])
        parts = [identity.object for identity in self._identities]
        if any(part is None for part in parts):
            return None
        return parts if self._listed else parts[0]

    def changed(self, whole: bool = False) -> bool:
        """Whether it is another object now, or holds other values.

        Parameters
        ----------
        whole : bool
            Whether to read all values instead of a sample.
        """
        obj = self.now()
        if obj is None:
            # Deleted: nothing to open in its place.
            return False
        parts = self._parts(obj)
        values, places = _sampled(parts)
        if values != self._values:
            return True
        same = self._is(obj)
        if same and places == self._places and not whole:
            return False
        if not self._bytes:
            return not same or places != self._places
        if not whole and self._bytes > COMPARED_BYTES:
            return True
        if _digest(parts) != self._digest:
            return True
        if not same or places != self._places:
            # Made anew with the same values, as by running its cell again.
            self._identities = [_Identity(part) for part in parts]
            self._places = places
        return False

    def _is(self, obj: Any) -> bool:
        parts = self._parts(obj)
        return len(parts) == len(self._identities) and all(
            identity.of(part) for identity, part in zip(self._identities, parts, strict=True)
        )

    def _parts(self, obj: Any) -> list[Any]:
        return list(obj) if self._listed and isinstance(obj, (list, tuple)) else [obj]


class Sources:
    """What one `explore` was given, and how to read it again.

    Every method may be called from any thread.

    Parameters
    ----------
    given : mapping of str to object
        The objects by argument of `read`.
    read : callable
        Reads a pair from such objects.
    fallback : str
        What messages call objects that no variable holds.
    """

    def __init__(
        self, given: Mapping[str, Any], read: Callable[..., Any], fallback: str = "data"
    ) -> None:
        self._lock = threading.RLock()
        self._watched = {
            argument: Watched(obj) for argument, obj in given.items() if obj is not None
        }
        self._read = read
        self._fallback = fallback
        self._names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What had changed at the last look, by name."""
        return self._names

    def look(self, whole: bool = False) -> tuple[str, ...]:
        """What is changed now, by name; `whole` reads all values."""
        with self._lock:
            found = [
                watched.name or self._fallback
                for watched in self._watched.values()
                if watched.changed(whole)
            ]
            self._names = tuple(dict.fromkeys(found))
            return self._names

    def keep(self) -> None:
        """Take everything as it is now for unchanged."""
        with self._lock:
            for watched in self._watched.values():
                if (obj := watched.now()) is not None:
                    watched.keep(obj)
            self._names = ()

    def anew(self) -> tuple[Any, Sources]:
        """The pair as Python holds it now, and what to compare with from now on.

        Raises
        ------
        SourceGone
            Where a variable was deleted.
        ValueError, TypeError
            As `explore`.
        """
        with self._lock:
            given = {argument: watched.now() for argument, watched in self._watched.items()}
            for argument, watched in self._watched.items():
                if given[argument] is None:
                    name = watched.name or self._fallback
                    raise SourceGone(
                        f"`{name}` is no longer in Python. Run the cell that defines it, then "
                        "Reload."
                    )
        sources = Sources(given, self._read, self._fallback)
        return self._read(**given), sources


class _Identity:
    """Tells an object from others without holding it."""

    def __init__(self, obj: Any) -> None:
        self._id = id(obj)
        try:
            self._reference: Callable[[], Any] | None = weakref.ref(obj)
        except TypeError:
            # A nested list of numbers, say.
            self._reference = None

    @property
    def object(self) -> Any:
        """The object; None where it is gone, or cannot be referred to."""
        return self._reference() if self._reference else None

    def of(self, obj: Any) -> bool:
        """Whether it is this object."""
        return self._reference() is obj if self._reference else id(obj) == self._id


def _arrays(obj: Any) -> list[np.ndarray]:
    """The arrays in memory that an object holds; none where looking would read a file."""
    if isinstance(obj, np.ma.MaskedArray):
        return [np.asarray(obj.data), np.ma.getmaskarray(obj)]
    if isinstance(obj, np.ndarray):
        return [obj]
    if isinstance(obj, (Dataset, SpectrumImage)):
        return [a for a in (obj.spectra, obj.image) if isinstance(a, np.ndarray)]
    labelled = type(obj).__module__.split(".")[0] == "xarray"
    if isinstance(obj, Signal) or is_hyperspy(obj) or (labelled and obj._in_memory):
        data = obj.data
        return _arrays(data) if isinstance(data, np.ndarray) else []
    return []


def _sampled(parts: list[Any]) -> tuple[Any, Any]:
    """A fingerprint of some of the values with shapes and calibration, and where they lie."""
    values: list[Any] = []
    places: list[Any] = []
    for part in parts:
        arrays = _arrays(part)
        for array in arrays:
            values.append((array.shape, array.dtype.str, _sample(array)))
            places.append((array.__array_interface__["data"][0], array.strides))
        if not arrays:
            # A Dask array is named by what it computes.
            places.append(str(getattr(getattr(part, "data", part), "name", "")))
        values.append(_calibration(part))
    return values, places


def _sample(array: np.ndarray) -> bytes:
    size = array.size
    if size <= 4 * SAMPLE:
        return array.tobytes()
    step = -(-size // SAMPLE)
    # Without a common divisor with any side, no channel, row or column is passed over.
    while any(math.gcd(step, side) > 1 for side in array.shape):
        step += 1
    flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
    return np.ascontiguousarray(flat[::step]).tobytes()


def _calibration(obj: Any) -> Any:
    manager = getattr(obj, "axes_manager", None) if is_hyperspy(obj) else None
    if manager is None:
        return None
    axes = [*manager.navigation_axes, *manager.signal_axes]
    return [
        tuple(str(getattr(axis, field, "")) for field in ("name", "units", "scale", "offset"))
        for axis in axes
    ]


def _digest(parts: list[Any]) -> bytes:
    """sha256 of all values in memory."""
    digest = hashlib.sha256()
    for part in parts:
        for array in _arrays(part):
            if array.flags.c_contiguous:
                digest.update(memoryview(array.reshape(-1).view(np.uint8)))
                continue
            # By rows: a contiguous copy of the whole would take as much memory again.
            row = max(1, array.nbytes // max(1, len(array)))
            rows = max(1, _PART // row)
            for start in range(0, len(array), rows):
                digest.update(np.ascontiguousarray(array[start : start + rows]).tobytes())
    return digest.digest()
