"""A spectrum image and an image, brought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..axes import Axis
from ..spectrum_image import SpectrumImage
from .checks import check_dimensions, check_image, check_same_scan, check_scan
from .lazy import computed
from .numbers import as_array, to_float32
from .order import ask_for_order, found_order
from .orientation import ascending, checked_order, given_axes, named_axes, oriented, spoken
from .question import Question
from .resampling import placement, resampled, resampling_report, scale_differences
from .snapshot import exclusion_lines, saturation
from .sources import Source


@dataclass(frozen=True)
class Options:
    """What `to_spectrum_image` takes beside the arrays."""

    axes: Sequence[Any] | None = None
    name: str | None = None
    title: str | None = None
    mask: Any = None
    resample: bool = False
    order: str | None = None


def paired(spectra: Source, image: Source, options: Options) -> SpectrumImage | Question:
    """A spectrum image with its image, or the question which order its axes have.

    Raises
    ------
    ValueError, TypeError
        See `to_spectrum_image`.
    """
    order = checked_order(options.order)
    check_dimensions(tuple(spectra.data.shape), 3, "spectrum image", "(y, x, energy)")
    check_dimensions(tuple(image.data.shape), 2, "HAADF image", "(y, x)")
    if options.axes is not None:
        axes = given_axes(options.axes, tuple(spectra.data.shape))
        spectra = replace(spectra, axes=axes, spectral=spectra.spectral)
    image = oriented(replace(image, report=list(image.report)))
    spectra = replace(spectra, report=list(spectra.report))
    if order is None:
        order, possible = found_order(spectra, image)
        if len(possible) > 1:
            asked = spectra
            name = options.name or options.title or spectra.title or image.title or "data"
            return ask_for_order(
                asked,
                possible,
                name,
                lambda chosen: _joined(asked, image, options, chosen),
            )
        if order is not None:
            spectra.report.append(
                f"Only the order {spoken(order)} fits the image of "
                f"{image.data.shape[0]}x{image.data.shape[1]}."
            )
    return _joined(spectra, image, options, order)


def _joined(spectra: Source, image: Source, options: Options, order: str | None) -> SpectrumImage:
    spectra = oriented(replace(spectra, report=list(spectra.report)), order)
    report = [*spectra.report, *image.report]
    shape = tuple(spectra.data.shape)
    y, x, energy = named_axes(spectra.axes, shape)
    same = tuple(image.data.shape) == shape[:2]
    if not same and not options.resample:
        check_same_scan(shape, tuple(image.data.shape))
    check_scan(shape)
    if same and image.axes is not None:
        y, x = _scan_axes(spectra, image, [y, x], report)
    energy, flipped, lines = ascending(energy)
    report += lines
    excluded = _given_mask(options.mask, shape[:2], report)
    excluded |= _hidden(spectra, report)
    picture = _picture(image, [y, x], same, options, excluded, report)
    check_image(picture, excluded)
    for axis in (y, x, energy):
        if not axis.units:
            report.append(f"The units of the {axis.name} axis are unknown.")
    title = options.title if options.title is not None else (spectra.title or image.title)
    return SpectrumImage(
        spectra=spectra.data[..., ::-1] if flipped else spectra.data,
        image=picture,
        y=y,
        x=x,
        energy=energy,
        title=title,
        name=options.name or title or "data",
        spectra_units=spectra.units,
        image_units=image.units,
        mask=excluded if excluded.any() else None,
        simulated=spectra.simulated or image.simulated,
        report=report,
        origin=spectra.origin,
        energy_flipped=flipped,
    )


def _scan_axes(spectra: Source, image: Source, scan: list[Axis], report: list[str]) -> list[Axis]:
    """The scan's axes: the image's where the spectra have none of their own."""
    theirs = named_axes(image.axes, tuple(image.data.shape))
    if spectra.axes is None:
        return theirs
    axes = []
    for mine, other in zip(scan, theirs, strict=True):
        bare = not mine.units and mine.uniform and (mine.scale, mine.offset) == (1.0, 0.0)
        if bare and other.units:
            report.append(f"The {mine.name} axis has no calibration: the HAADF image's is taken.")
            axes.append(replace(other, name=mine.name))
        else:
            axes.append(mine)
    report += scale_differences(theirs, axes)
    return axes


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


def _hidden(source: Source, report: list[str]) -> np.ndarray:
    """(ny, nx) where the source itself masks any channel."""
    if source.mask is None:
        return np.zeros(source.data.shape[:2], dtype=bool)
    hidden = computed(source.mask.any(axis=2))
    report += exclusion_lines(hidden, "spectra", "masked values")
    return hidden


def _picture(
    image: Source,
    scan: list[Axis],
    same: bool,
    options: Options,
    excluded: np.ndarray,
    report: list[str],
) -> np.ndarray:
    """The image as float32 on the scan; pixels without a value join `excluded`."""
    raw = computed(image.data)
    picture, lines = to_float32(raw, "HAADF image")
    report += lines
    ceiling = saturation(raw.dtype)
    count = 0 if ceiling is None else int((raw == ceiling).sum())
    if count:
        report.append(
            f"{count} of {raw.size} HAADF pixels are {ceiling}, the largest value of "
            f"{raw.dtype.newbyteorder('=').name}: saturated? They are kept."
        )
    infinite = raw.dtype.kind == "f" and bool(np.isinf(raw).any())
    bad = np.isnan(picture)
    holds = "NaN"
    if infinite:
        holds = "NaN or infinite values" if np.isnan(raw).any() else "infinite values"
    if image.mask is not None:
        hidden = computed(image.mask)
        if hidden.any():
            holds = f"{holds} or masked values" if bad.any() else "masked values"
            bad |= hidden
    if not same:
        report += exclusion_lines(bad, "HAADF pixels", holds)
        place = placement(image.axes, scan, raw.shape)
        picture[bad] = np.nan
        picture = resampled(picture, place).astype(np.float32)
        report.append(resampling_report(raw.shape, scan, place))
        bad, holds = np.isnan(picture), "no value: the image does not reach there"
    lines = exclusion_lines(bad, "HAADF pixels", holds)
    report += lines
    excluded |= bad
    return picture
