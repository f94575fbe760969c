"""Checks of the parameters that steps take from scripts and from JSON."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any


def real(value: Any, what: str, least: float | None = None) -> float:
    """A finite number as float, above `least` where that is given.

    Raises
    ------
    ValueError
        Naming `what` and what is allowed.
    """
    wanted = "a number" if least is None else f"a number above {least:g}"
    if not _is_finite(value):
        raise ValueError(f"{what} is {_short(value)}; it must be {wanted}.")
    if least is not None and not value > least:
        raise ValueError(f"{what} is {value:g}; it must be {wanted}.")
    return float(value)


def _is_finite(value: Any) -> bool:
    """Whether a value is a finite number; whole ones may have more digits than a float holds."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _short(value: Any) -> str:
    """A value as long as a message takes."""
    return repr(value)[:80]


def optional_real(value: Any, what: str) -> float | None:
    """A finite number or None."""
    return None if value is None else real(value, what)


def whole(value: Any, what: str, least: int) -> int:
    """A whole number of at least `least`; 2.0 counts as 2, as JSON knows one kind of number."""
    if not _is_finite(value) or value != int(value) or value < least:
        raise ValueError(
            f"{what} is {_short(value)}; it must be a whole number of at least {least}."
        )
    return int(value)


def truth(value: Any, what: str) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ValueError(f"{what} is {_short(value)}; it must be true or false.")
    return value


def one_of(value: Any, what: str, allowed: tuple[str, ...]) -> str:
    """One of some words."""
    if value not in allowed:
        raise ValueError(f"{what} is {_short(value)}; it must be one of {', '.join(allowed)}.")
    return value


def energy_window(value: Any, what: str) -> tuple[float, float]:
    """(start, stop) in eV, ascending."""
    first, last = _two(value, what, "two energies in eV, [start, stop]")
    start, stop = real(first, f"{what}[0]"), real(last, f"{what}[1]")
    if not start < stop:
        raise ValueError(f"{what} runs from {start:g} to {stop:g} eV; start must be below stop.")
    return start, stop


def pixel_range(value: Any, what: str) -> tuple[int, int]:
    """(first, stop) of rows or columns, ascending, from 0."""
    first, last = _two(value, what, "two whole numbers, [first, stop]")
    start, stop = whole(first, f"{what}[0]", 0), whole(last, f"{what}[1]", 1)
    if not start < stop:
        raise ValueError(f"{what} runs from {start} to {stop}; first must be below stop.")
    return start, stop


def pixel_list(value: Any, what: str) -> tuple[tuple[int, int], ...]:
    """((row, column), ...), each from 0."""
    try:
        pixels = [_two(pixel, what, "[row, column]") for pixel in value]
    except TypeError:
        raise ValueError(
            f"{what} is {_short(value)}; it must be a list of [row, column]."
        ) from None
    return tuple(
        (whole(r, f"A row in {what}", 0), whole(c, f"A column in {what}", 0)) for r, c in pixels
    )


def _two(value: Any, what: str, wanted: str) -> tuple[Any, Any]:
    try:
        first, last = value
    except (TypeError, ValueError):
        raise ValueError(f"{what} is {_short(value)}; it must be {wanted}.") from None
    return first, last
