"""Negative counts before a factorisation that knows none: set to 0 and counted, or refused."""

from __future__ import annotations

import numpy as np

LISTED = 12
"""Pixels that a message lists."""


class NonNegative:
    """Takes the negative values out of blocks of spectra, and says what it took.

    Parameters
    ----------
    units : str
        Of the spectra.
    """

    def __init__(self, units: str) -> None:
        self._units = units
        self.negative = 0
        self.total = 0
        self.least = 0.0
        self._where = (0, 0)
        self._pixels: list[tuple[int, int]] = []
        self._count = 0

    def clip(self, spectra: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        """Spectra (n, E) of pixels (n, 2) as float32 with 0 for what is negative."""
        values = np.array(spectra, dtype=np.float32)
        below = values < 0
        self.total += values.size
        per_pixel = below.sum(axis=1)
        negative = int(per_pixel.sum())
        if negative:
            self.negative += negative
            least = values.min(axis=1)
            lowest = int(np.argmin(least))
            if least[lowest] < self.least:
                self.least = float(least[lowest])
                self._where = tuple(int(v) for v in pixels[lowest])
            affected = np.flatnonzero(per_pixel)
            self._count += len(affected)
            room = LISTED - len(self._pixels)
            self._pixels += [tuple(int(v) for v in pixels[i]) for i in affected[:room]]
            values[below] = 0
        return values

    @property
    def sentence(self) -> str:
        """What was negative, "" where nothing was."""
        if not self.negative:
            return ""
        return (
            f"{grouped(self.negative)} of {grouped(self.total)} values were negative (least "
            f"{self.least:.4g}{' ' + self._units if self._units else ''}): set to 0"
        )

    def refuse(self) -> None:
        """Raise ValueError, naming the pixels, where anything was negative."""
        if not self.negative:
            return
        units = f" {self._units}" if self._units else ""
        listed = ", ".join(f"({row}, {column})" for row, column in self._pixels)
        more = self._count - len(self._pixels)
        raise ValueError(
            f"{grouped(self.negative)} of {grouped(self.total)} values in {grouped(self._count)} "
            f"pixels are negative, the least {self.least:.4g}{units} at row {self._where[0]}, "
            f"column {self._where[1]}. Pixels (row, column): {listed}"
            f"{f' and {grouped(more)} more' if more else ''}. Mask them, or let "
            'negative="clip" set the values to 0.'
        )


def grouped(number: int) -> str:
    """A whole number; from five digits on with a space between thousands."""
    return f"{number:,}".replace(",", " ") if abs(number) > 9999 else str(number)
