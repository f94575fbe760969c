"""Windows with their spectra, cut out of a scan and stored without their places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(eq=False)
class WindowPairs:
    """Pairs of an image window and a spectrum, as AtomAI stores them for im2spec and spec2im.

    Attributes
    ----------
    images : ndarray
        (n, w, w) windows.
    spectra : ndarray
        (n, L) spectra.
    title : str
        What they are: the file's name.

    Raises
    ------
    ValueError
        If the two do not hold the same number of windows and spectra.
    """

    images: np.ndarray
    spectra: np.ndarray
    title: str = ""

    def __post_init__(self) -> None:
        if self.images.ndim != 3 or self.spectra.ndim != 2:
            raise ValueError(
                f"Pairs are windows (n, w, w) and spectra (n, L), not arrays of shapes "
                f"{self.images.shape} and {self.spectra.shape}."
            )
        if len(self.images) != len(self.spectra):
            raise ValueError(
                f"There are {len(self.images)} windows but {len(self.spectra)} spectra."
            )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        count, height, width = self.images.shape
        return (
            f"<WindowPairs {self.title!r}: {count} windows of {height} x {width}, spectra of "
            f"{self.spectra.shape[1]} channels, without positions>"
        )
