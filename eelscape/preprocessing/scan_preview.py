"""What the steps across the scan would do, before they are done."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..spectrum_image import SpectrumImage
from .look import look_at


def scan_preview(
    data: SpectrumImage, pixel: tuple[int, int], kept: np.ndarray, scale: float = 1.0
) -> dict[str, Any]:
    """Fields of a preview that all such steps share.

    Parameters
    ----------
    data : SpectrumImage
    pixel : (row, column)
    kept : (ny, nx) bool
        Pixels that stay, alone or in a bin.
    scale : float
        What a joined spectrum is of the mean of its parts: the number of parts for sums.

    Returns
    -------
    dict
        warnings, energy_before, energy_after, before, mean_before, mean_after and flags, which
        mark the pixels that are dropped.
    """
    look = look_at(data)
    stays = kept.ravel() if look.positions is None else kept.ravel()[look.positions]
    spectra = look.data.spectra.reshape(-1, data.shape[2])
    mask = None if look.data.mask is None else look.data.mask.ravel()
    left = look.data.changed(
        spectra=spectra[stays][None], mask=None if mask is None else mask[stays][None]
    )
    mean_after = look.mean(left)
    return {
        "warnings": list(look.warnings),
        "energy_before": data.energy,
        "energy_after": data.energy,
        "before": look.pixel(pixel).spectra[0, 0].astype(np.float32),
        "mean_before": look.remember("mean", lambda: look.mean(look.data)),
        "mean_after": (mean_after * np.float32(scale)).astype(np.float32),
        "flags": (~kept).astype(np.uint8),
    }


def read_part(data: SpectrumImage, rows: slice, columns: slice) -> np.ndarray:
    """(n, m, E) spectra of some pixels, in memory."""
    part = data.spectra[rows, columns]
    return part if isinstance(part, np.ndarray) else np.asarray(part.compute())


def mask_or_none(mask: np.ndarray) -> np.ndarray | None:
    """A mask, or None where it masks nothing."""
    return mask if mask.any() else None
