"""A spectrum image and the HAADF image of the same scan, checked before anything is sent."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..dataset import Dataset
from .numbers import as_array, to_float32
from .orientation import ascending, given_axes, named_axes, oriented
from .sources import Source, read_source

#: Side of the default window in pixels.
WINDOW = 16
#: Most bytes of a spectrum image that a browser takes.
MAX_BYTES = 2 * 1024**3


def to_dataset(
    si: Any,
    haadf: Any,
    axes: Sequence[Any] | None = None,
    name: str | None = None,
    title: str | None = None,
    mask: Any = None,
) -> Dataset:
    """Check a pair and take a float32 snapshot of it.

    Parameters
    ----------
    si : array-like, Signal or HyperSpy signal
        Spectrum image (y, x, E).
    haadf : array-like, Signal or HyperSpy signal
        HAADF image (y, x) of the same scan.
    axes : list of dict or Axis, optional
        Axes of `si` in array order: {name, units, scale, offset, size} or
        {name, units, values}; take the place of the signal's own.
    name, title : str, optional
        What messages call the data; what they are.
    mask : array-like of bool, optional
        (y, x), True where a pixel is excluded.

    Returns
    -------
    Dataset

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the two do not belong together or there is nothing to learn from them.
    """
    spectra, image = read_source(si, "spectrum image"), read_source(haadf, "HAADF image")
    _check_dimensions(spectra, 3, "spectrum image", "(y, x, energy)")
    _check_dimensions(image, 2, "HAADF image", "(y, x)")
    if axes is not None:
        spectra.axes = given_axes(axes, spectra.data.shape)
    spectra, image = oriented(spectra), oriented(image)
    _check_shapes(spectra.data.shape, image.data.shape)
    report = [*spectra.report, *image.report]

    y, x, energy = named_axes(spectra.axes, spectra.data.shape)
    if spectra.axes is None and image.axes is not None:
        y, x = named_axes(image.axes, image.data.shape)
    energy, flipped, lines = ascending(energy)
    report += lines

    excluded = _given_mask(mask, image.data.shape, report)
    values, lines = to_float32(spectra.data[..., ::-1] if flipped else spectra.data, "spectra")
    report += lines
    picture, lines = to_float32(image.data, "HAADF image")
    report += lines
    excluded |= _exclude(values, spectra, "spectra", flipped, report)
    excluded |= _exclude(picture, image, "HAADF pixels", False, report)
    _check_content(values, picture, excluded)

    for axis in (y, x, energy):
        if not axis.units:
            report.append(f"The units of the {axis.name} axis are unknown.")
    title = title if title is not None else (spectra.title or image.title)
    values.flags.writeable = False
    picture.flags.writeable = False
    return Dataset(
        spectra=values,
        image=picture,
        y=y,
        x=x,
        energy=energy,
        title=title,
        name=name or title or "data",
        spectra_units=spectra.units,
        image_units=image.units,
        mask=excluded if excluded.any() else None,
        simulated=spectra.simulated or image.simulated,
        report=report,
        origin=spectra.origin,
        energy_flipped=flipped,
    )


def _check_dimensions(source: Source, wanted: int, what: str, order: str) -> None:
    shape = source.data.shape
    if len(shape) == wanted:
        if 0 in shape:
            raise ValueError(f"The {what} of shape {shape} is empty.")
        return
    variable = "si" if wanted == 3 else "haadf"
    if len(shape) > wanted:
        index = ", ".join(["0"] * (len(shape) - wanted))
        hint = f"Take one of them, for example {variable}[{index}]."
    elif wanted == 3 and len(shape) == 2:
        hint = "A line scan or a single image has no windows; pass the whole spectrum image."
    else:
        hint = "Pass the whole array."
    raise ValueError(
        f"The {what} has {len(shape)} dimensions, shape {shape}; {wanted} are needed, {order}. "
        f"{hint}"
    )


def _check_shapes(spectra: tuple[int, ...], image: tuple[int, ...]) -> None:
    ny, nx, channels = spectra
    if image != (ny, nx):
        text = (
            f"The image is {image[0]}x{image[1]}, the scan {ny}x{nx}. Choose the simultaneous "
            "HAADF, or resample"
        )
        if image == (nx, ny):
            text += "; or transpose one of them: haadf.T has the shape of the scan"
        elif image == spectra[1:]:
            text += "; or, if energy is the first axis, pass numpy.moveaxis(si, 0, -1)"
        raise ValueError(text + ".")
    if min(ny, nx) < WINDOW:
        raise ValueError(
            f"The image is {ny}x{nx} pixels, smaller than the window of {WINDOW}x{WINDOW}. Pass a "
            f"scan of at least {WINDOW}x{WINDOW} pixels."
        )
    if channels < 2:
        raise ValueError(f"The spectra have {channels} channel; at least 2 are needed.")
    size = 4 * ny * nx * channels
    if size > MAX_BYTES:
        raise ValueError(
            f"The spectrum image takes {size / 2**30:.1f} GiB as float32; the browser takes at "
            f"most {MAX_BYTES / 2**30:.0f} GiB. Crop the energies or bin the scan first."
        )


def _given_mask(mask: Any, shape: tuple[int, ...], report: list[str]) -> np.ndarray:
    if mask is None:
        return np.zeros(shape, dtype=bool)
    array = as_array(mask, "mask")
    if array.shape != shape:
        raise ValueError(f"The mask has shape {array.shape}, the scan {shape}.")
    excluded = array.astype(bool)
    count = int(excluded.sum())
    report.append(f"{count} of {excluded.size} pixels are masked: excluded")
    return excluded


def _exclude(
    values: np.ndarray, source: Source, what: str, flipped: bool, report: list[str]
) -> np.ndarray:
    """Pixels to leave out for NaN, infinite or masked values: (ny, nx) bool, reported."""
    raw = source.data
    infinite = bool(np.isinf(raw).any()) if raw.dtype.kind == "f" else False
    bad = np.isnan(values)
    holds = "NaN"
    if infinite:
        holds = "NaN or infinite values" if np.isnan(raw).any() else "infinite values"
    if source.mask is not None and source.mask.any():
        hidden = source.mask[..., ::-1] if flipped else source.mask
        holds = f"{holds} or masked values" if bad.any() else "masked values"
        bad |= hidden
    excluded = bad.any(axis=2) if bad.ndim == 3 else bad
    count = int(excluded.sum())
    if count == excluded.size:
        raise ValueError(
            f"All {count} {what} hold {holds}: nothing is left to learn from. Look at the data in "
            "Python, and interpolate or crop the bad values."
        )
    if count:
        line = f"{count} of {excluded.size} {what} hold {holds}: excluded"
        report.append(line)
        warnings.warn(line, UserWarning, stacklevel=4)
    return excluded


def _check_content(spectra: np.ndarray, image: np.ndarray, excluded: np.ndarray) -> None:
    left = ~excluded
    if not left.any():
        raise ValueError(f"All {excluded.size} pixels are excluded: nothing is left to learn from.")
    pixels = image[left]
    if pixels.min() == pixels.max():
        raise ValueError(
            f"The HAADF image is constant: nothing to learn (every pixel is {pixels[0]:g}). Choose "
            "another image of the same scan."
        )
    kept = spectra[left]
    if kept.min() == kept.max():
        raise ValueError(
            f"The spectra are constant: nothing to learn (every value is {kept.flat[0]:g}). Check "
            "which array was passed."
        )
