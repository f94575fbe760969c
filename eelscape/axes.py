"""Calibrated axes: the numbers beside an array, with their units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .text import clean_text


@dataclass(frozen=True)
class Axis:
    """One axis of an array: ``value(i) = offset + scale * i``, unless ``values`` lists them.

    Attributes
    ----------
    name : str
        What the axis is, "energy" or "x".
    units : str
        Units of the values, "" where they are unknown.
    size : int
        Number of elements along the axis, at least 1.
    scale, offset : float
        Step and first value in `units`; unused where `values` is given.
    values : tuple of float or None
        (size) values of a non-uniform axis, in `units`.

    Raises
    ------
    ValueError
        If a number is not finite, the size is not positive, the scale is 0, or `values` has
        another length than `size`.
    """

    name: str
    units: str
    size: int
    scale: float = 1.0
    offset: float = 0.0
    values: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "name", clean_text(self.name))
        set_(self, "units", clean_text(self.units))
        set_(self, "size", int(self.size))
        set_(self, "scale", float(self.scale))
        set_(self, "offset", float(self.offset))
        if self.size < 1:
            raise ValueError(f"Axis {self.name!r} has size {self.size}; it needs at least 1.")
        if not np.isfinite([self.scale, self.offset]).all() or self.scale == 0:
            raise ValueError(
                f"Axis {self.name!r} has scale {self.scale} and offset {self.offset}; "
                "both must be finite and the scale other than 0."
            )
        if self.values is not None:
            values = np.asarray(self.values, dtype=np.float64).ravel()
            if values.size != self.size:
                raise ValueError(
                    f"Axis {self.name!r} lists {values.size} values for {self.size} elements."
                )
            if not np.isfinite(values).all():
                bad = int(np.flatnonzero(~np.isfinite(values))[0])
                raise ValueError(f"Axis {self.name!r} is not finite at element {bad}.")
            set_(self, "values", tuple(values.tolist()))

    @property
    def uniform(self) -> bool:
        """Whether `scale` and `offset` give the values."""
        return self.values is None

    @property
    def array(self) -> np.ndarray:
        """(size) float64 values in `units`."""
        if self.values is not None:
            return np.array(self.values, dtype=np.float64)
        return self.offset + self.scale * np.arange(self.size, dtype=np.float64)

    @property
    def label(self) -> str:
        """Name and units as an axis title, "energy (meV)"."""
        name = self.name or "channel"
        return f"{name} ({self.units})" if self.units else name

    def reversed(self) -> Axis:
        """The same values in the other direction."""
        if self.values is not None:
            return Axis(self.name, self.units, self.size, values=self.values[::-1])
        last = self.offset + self.scale * (self.size - 1)
        return Axis(self.name, self.units, self.size, -self.scale, last)

    def crop(self, start: int, stop: int) -> Axis:
        """The axis of elements start to stop - 1."""
        size = stop - start
        if self.values is not None:
            return Axis(self.name, self.units, size, values=self.values[start:stop])
        return Axis(self.name, self.units, size, self.scale, self.offset + self.scale * start)

    def to_dict(self) -> dict[str, Any]:
        """The axis as JSON: {name, units, size, scale, offset} and `values` where it has them."""
        axis: dict[str, Any] = {
            "name": self.name,
            "units": self.units,
            "size": self.size,
            "scale": self.scale,
            "offset": self.offset,
        }
        if self.values is not None:
            axis["values"] = list(self.values)
        return axis

    @classmethod
    def from_dict(cls, axis: dict[str, Any], size: int | None = None) -> Axis:
        """Read {name, units, scale, offset, size} or {name, units, values}.

        Parameters
        ----------
        axis : dict
            What `to_dict` gives, every key but the size optional.
        size : int, optional
            Length of the array along the axis, where `axis` leaves it out.

        Raises
        ------
        TypeError
            If `axis` is not a dict or an `Axis`.
        ValueError
            If it has keys of another kind, no size, or numbers that make no axis.
        """
        if isinstance(axis, Axis):
            return axis
        if not isinstance(axis, dict):
            raise TypeError(
                f"An axis is a dict like {{'name': 'energy', 'units': 'eV', 'scale': 0.01, "
                f"'offset': 0.2, 'size': 400}}, not {type(axis).__name__}."
            )
        known = {"name", "units", "size", "scale", "offset", "values"}
        unknown = sorted(map(str, set(axis) - known))
        if unknown:
            raise ValueError(
                f"Unknown axis key {unknown[0][:60]!r}; an axis has name, units, size, scale, "
                "offset or values."
            )
        try:
            return cls._read(axis, size)
        except OverflowError as error:
            # A whole number may have more digits than a float holds.
            name = clean_text(axis.get("name", ""))
            raise ValueError(f"Axis {name!r} has numbers that make no axis: {error}.") from error

    @classmethod
    def _read(cls, axis: dict[str, Any], size: int | None) -> Axis:
        values = axis.get("values")
        if values is not None:
            values = tuple(np.asarray(values, dtype=np.float64).ravel().tolist())
        length = axis.get("size", size if values is None else len(values))
        if length is None:
            raise ValueError(f"Axis {clean_text(axis.get('name', ''))!r} has no size.")
        return cls(
            name=axis.get("name") or "",
            units=axis.get("units") or "",
            size=length,
            scale=axis.get("scale", 1.0),
            offset=axis.get("offset", 0.0),
            values=values,
        )
