"""Signals and arrays as what the steps work on."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..adapters.sources import Source
from ..axes import Axis
from ..spectrum_image import SpectrumImage


def as_spectrum_image(source: Source, flip: bool = True) -> tuple[SpectrumImage, bool]:
    """Any spectra as a scan, energies ascending: other dimensions become one row of pixels."""
    spectra = without_masked(source)
    shape = tuple(spectra.shape)
    if not shape or 0 in shape:
        raise ValueError(f"The spectra of shape {shape} are empty.")
    axes = axes_of(source)
    if len(shape) == 3:
        y, x = axes[:2]
    else:
        y, x = Axis("y", "", 1), Axis("x", "", int(np.prod(shape[:-1], dtype=np.int64)))
        spectra = spectra.reshape(1, x.size, shape[-1])
    energy = axes[-1]
    steps = np.diff(energy.array)
    flipped = flip and len(steps) > 0 and bool((steps < 0).all())
    if flipped:
        spectra, energy = spectra[..., ::-1], energy.reversed()
    image = np.zeros((y.size, x.size), np.float32)
    return SpectrumImage(
        spectra,
        image,
        y,
        x,
        energy,
        title=source.title,
        spectra_units=source.units,
        simulated=source.simulated,
        origin=source.origin,
    ), flipped


def axes_of(source: Source) -> list[Axis]:
    if source.axes is not None:
        return list(source.axes)
    return [Axis("", "", size) for size in source.data.shape]


def without_masked(source: Source) -> Any:
    """The values, NaN where they are masked."""
    if source.mask is None:
        return source.data
    if isinstance(source.data, np.ndarray):
        return np.where(source.mask, np.float32(np.nan), source.data)
    import dask.array as da

    return da.where(source.mask, np.float32(np.nan), source.data)


def own(values: Any, source: Any) -> Any:
    """Values that share no memory with the source's."""
    if not isinstance(values, np.ndarray):
        return values
    return values.copy() if np.may_share_memory(values, source) else values


def shape_text(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
