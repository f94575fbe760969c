"""Sums and means of neighbouring channels and pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..axes import Axis
from ..spectrum_image import SpectrumImage

MODES = ("mean", "sum")

_COUNTS = {"count", "counts", "electron", "electrons", "e-", "e", "adu"}


def bin_mode(data: SpectrumImage) -> str:
    """ "sum" for spectra that count something, by their units or as whole numbers; else "mean"."""
    units = data.spectra_units.strip().lower()
    if units:
        return "sum" if units in _COUNTS else "mean"
    return "sum" if data.spectra.dtype.kind in "iu" else "mean"


def binned_axis(axis: Axis, factor: int) -> Axis:
    """The axis of bins: each at the mean of its elements' values."""
    bins = axis.size // factor
    if axis.values is not None:
        values = axis.array[: bins * factor].reshape(bins, factor).mean(1)
        return Axis(axis.name, axis.units, bins, values=tuple(values))
    offset = axis.offset + axis.scale * (factor - 1) / 2
    return Axis(axis.name, axis.units, bins, axis.scale * factor, offset)


def binned_dtype(dtype: Any, joined: int, mode: str) -> np.dtype:
    """Number type of bins of `joined` values: exact for sums of integers, else float32."""
    dtype = np.dtype(dtype)
    if mode == "sum" and dtype.kind in "iu":
        return sum_dtype(dtype, joined)
    return np.dtype(np.float32)


def sum_dtype(dtype: np.dtype, joined: int) -> np.dtype:
    """Smallest integer type that holds every sum of `joined` integers; 64 bits at most."""
    limits = np.iinfo(dtype)
    kinds = ("uint16", "uint32", "uint64") if dtype.kind == "u" else ("int16", "int32", "int64")
    for kind in kinds[:-1]:
        room = np.iinfo(kind)
        if limits.max * joined <= room.max and limits.min * joined >= room.min:
            return np.dtype(kind)
    return np.dtype(kinds[-1])


def bin_spectra(block: np.ndarray, factor: int, mode: str) -> np.ndarray:
    """(..., E) to (..., E // factor); a bin with a NaN is NaN."""
    bins = block.shape[-1] // factor
    parts = block[..., : bins * factor].reshape(*block.shape[:-1], bins, factor)
    dtype = binned_dtype(block.dtype, factor, mode)
    if dtype.kind in "iu":
        return parts.sum(-1, dtype=dtype)
    total = parts.sum(-1, dtype=np.float64)
    return (total / factor if mode == "mean" else total).astype(dtype)


def bin_pixels(block: np.ndarray, factor: int, usable: np.ndarray, mode: str) -> np.ndarray:
    """Spectra or an image of `factor` x `factor` pixels joined.

    Parameters
    ----------
    block : ndarray
        (n, m) or (n, m, E), n and m multiples of `factor`.
    usable : (n, m) bool
        Pixels that count. A bin is the mean over its usable pixels; a sum is that mean times the
        number of pixels, so that bins with and without gaps compare. A bin of which fewer than
        half are usable takes all its pixels: it is masked.

    Returns
    -------
    ndarray
        (n / factor, m / factor) or (n / factor, m / factor, E).
    """
    n, m = block.shape[0] // factor, block.shape[1] // factor
    rest = block.shape[2:]
    if mode == "sum" and block.dtype.kind in "iu" and usable.all():
        dtype = sum_dtype(block.dtype, factor * factor)
        rows = block.reshape(n, factor, m * factor, *rest).sum(1, dtype=dtype)
        return rows.reshape(n, m, factor, *rest).sum(2, dtype=dtype)
    share = usable_share(usable, factor)
    weights = usable | np.repeat(np.repeat(share < 0.5, factor, 0), factor, 1)
    weights = weights[(...,) + (None,) * len(rest)]
    values = np.where(weights, block, 0) if not weights.all() else block
    total = values.reshape(n, factor, m * factor, *rest).sum(1, dtype=np.float64)
    total = total.reshape(n, m, factor, *rest).sum(2)
    count = weights.reshape(n, factor, m, factor, *(1 for _ in rest)).sum((1, 3))
    mean = total / count
    return (mean * factor**2 if mode == "sum" else mean).astype(np.float32)


def usable_share(usable: np.ndarray, factor: int) -> np.ndarray:
    """(n / factor, m / factor) share of usable pixels a bin."""
    n, m = usable.shape[0] // factor, usable.shape[1] // factor
    return usable.reshape(n, factor, m, factor).mean((1, 3))
