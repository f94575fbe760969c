"""A spectrum image without its HAADF image, from whatever holds one."""

from __future__ import annotations

from typing import Any

import numpy as np

from .dataset import Dataset
from .spectrum_image import SpectrumImage


def spectra_of(si: Any) -> SpectrumImage:
    """Spectra with their axes; an image is not needed and is zero where there is none.

    Parameters
    ----------
    si : SpectrumImage, Dataset, or what `eelscape.explore` takes as a spectrum image
        (y, x, E); lazy data stay lazy.

    Raises
    ------
    TypeError, ValueError
        If it holds no real numbers, or not (y, x, E).
    """
    if isinstance(si, SpectrumImage):
        return si
    if isinstance(si, Dataset):
        return SpectrumImage(
            si.spectra,
            si.image,
            si.y,
            si.x,
            si.energy,
            si.title,
            si.name,
            si.spectra_units,
            si.image_units,
            si.mask,
            si.simulated,
        )
    from .adapters.orientation import ascending, named_axes, oriented
    from .adapters.sources import read_source

    source = read_source(si, "spectrum image")
    if len(source.data.shape) != 3:
        raise ValueError(
            f"The spectrum image has {len(source.data.shape)} dimensions, shape "
            f"{tuple(source.data.shape)}; 3 are needed, (y, x, energy)."
        )
    source = oriented(source)
    y, x, energy = named_axes(source.axes, source.data.shape)
    energy, flipped, _ = ascending(energy)
    mask = None
    if source.mask is not None:
        mask = np.asarray(source.mask).any(axis=2)
    return SpectrumImage(
        source.data[..., ::-1] if flipped else source.data,
        np.zeros(source.data.shape[:2], np.float32),
        y,
        x,
        energy,
        title=source.title,
        spectra_units=source.units,
        mask=mask,
        simulated=source.simulated,
        energy_flipped=flipped,
    )
