"""The pair in a list of signals, as files hold them: picked where it is plain, else asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..spectrum_image import SpectrumImage
from .orientation import energy_axis
from .pairing import Options, paired
from .previews import preview_of_image, preview_of_spectra
from .question import Group, Option, Question
from .sources import Source, read_source
from .units import is_energy

#: Words in the title of an image that speak for it, the most telling first.
TITLES = ("haadf", "adf", "maadf", "dark field")


def is_list_of_signals(obj: Any) -> bool:
    """Whether an object is a list or tuple of arrays and signals, not of numbers."""
    if not isinstance(obj, (list, tuple)) or not obj:
        return False
    return all(hasattr(item, "shape") or hasattr(item, "data") for item in obj)


def paired_from_list(items: Any, haadf: Any, options: Options) -> SpectrumImage | Question:
    """The one pair of a spectrum image and an image of its scan's shape, else a question.

    Raises
    ------
    ValueError
        If the list holds no spectrum image, or no image where none is given.
    """
    sources = [source for item in items if (source := _read(item)) is not None]
    spectra = [s for s in sources if _is_spectrum_image(s)]
    if haadf is not None:
        images = [read_source(haadf, "HAADF image")]
    else:
        images = [s for s in sources if _is_image(s)]
    if not spectra or not images:
        missing = "spectrum image (y, x, energy)" if not spectra else "image (y, x)"
        hint = "" if not spectra else " Pass the HAADF image of the same scan as second argument."
        raise ValueError(
            f"Among {len(items)} signals there is no {missing}: {_listing(items)}.{hint}"
        )
    pairs = [(i, j) for i, s in enumerate(spectra) for j, im in enumerate(images) if _fit(s, im)]
    if len(pairs) == 1:
        i, j = pairs[0]
        found = paired(spectra[i], images[j], options)
        if isinstance(found, SpectrumImage) and len(sources) > 2:
            found.report.insert(
                0,
                f"Of {len(items)} signals, {_name(spectra[i])} and "
                f"{_name(images[j])} are the only pair of one scan.",
            )
        return found
    if len(spectra) == len(images) == 1 and options.resample:
        return paired(spectra[0], images[0], options)
    return _question(spectra, images, pairs, options)


def _question(
    spectra: list[Source], images: list[Source], pairs: list[tuple[int, int]], options: Options
) -> Question:
    first, best = _suggested(images, pairs)
    scans = {_scan(s) for s in spectra}
    image_options = []
    for image in images:
        height, width = image.data.shape
        detail = _detail(image)
        if (height, width) not in scans:
            to = " or ".join(f"{ny}x{nx}" for ny, nx in sorted(scans))
            detail += f"; will be resampled from {height}x{width} to {to}"
        image_options.append(Option(_title(image), detail, preview_of_image(image.data)))
    groups = [
        Group("spectra", "spectrum image", [_spectra_option(s) for s in spectra], first),
        Group("image", "HAADF image of the same scan", image_options, best),
    ]
    if not pairs:
        text = "No image has the shape of the scan. Which belong together?"
    else:
        text = f"{len(pairs)} pairs of one scan are possible. Which belong together?"
    name = options.name or options.title or "data"

    def resolve(answers: dict[str, int]) -> SpectrumImage:
        source, image = spectra[answers["spectra"]], images[answers["image"]]
        other = tuple(image.data.shape) != _scan(source)
        found = paired(source, image, replace(options, resample=options.resample or other))
        if isinstance(found, Question):
            # (y, x, E) is the order that arrays are documented to have.
            found = paired(source, image, replace(options, order="yxE"))
            found.report.append("The order of axes cannot be told: (y, x, energy) was taken.")
        return found

    return Question(text, groups, name, resolve)


def _suggested(images: list[Source], pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """The pair whose image has the most telling title; (0, 0) is no more than the first."""

    def rank(pair: tuple[int, int]) -> tuple[int, int, int]:
        title = images[pair[1]].title.lower()
        words = [i for i, word in enumerate(TITLES) if word in title]
        return (min(words, default=len(TITLES)), *pair)

    return min(pairs or [(0, j) for j in range(len(images))], key=rank)


def _read(item: Any) -> Source | None:
    """An item that may be part of a pair; None of complex numbers, tables and the like."""
    try:
        return read_source(item, "signal")
    except (TypeError, ValueError):
        return None


def _is_spectrum_image(source: Source) -> bool:
    if source.data.ndim != 3:
        return False
    energy = energy_axis(source)
    # Images in a stack whose first axis is no energy are frames.
    frames = energy == 0 and source.axes is not None and not is_energy(source.axes[0])
    return not frames


def _is_image(source: Source) -> bool:
    if source.data.ndim != 2 or min(source.data.shape) < 2:
        return False
    return not any(is_energy(axis) for axis in source.axes or ()) and source.spectral is None


def _scan(source: Source) -> tuple[int, int]:
    shape = list(source.data.shape)
    del shape[2 if (energy := energy_axis(source)) is None else energy]
    if source.axes is not None:
        names = [axis.name.strip().lower() for axis in source.axes if not is_energy(axis)]
        if names == ["x", "y"]:
            shape.reverse()
    return shape[0], shape[1]


def _fit(spectra: Source, image: Source) -> bool:
    shape = tuple(image.data.shape)
    return shape == _scan(spectra) or (
        energy_axis(spectra) is None and shape == tuple(spectra.data.shape)[1:]
    )


def _spectra_option(source: Source) -> Option:
    energy = energy_axis(source)
    data = source.data if energy is None else np.moveaxis(source.data, energy, 2)
    return Option(_title(source), _detail(source), preview_of_spectra(data))


def _detail(source: Source) -> str:
    shape = " x ".join(map(str, source.data.shape))
    spans = [
        f"{axis.name or 'axis'} {axis.array[0]:g} to {axis.array[-1]:g} {axis.units}"
        for axis in source.axes or ()
        if axis.units
    ]
    units = source.units or "units unknown"
    return "; ".join([f"{shape}, {source.data.dtype}, {units}", *spans])


def _title(source: Source) -> str:
    return source.title or "untitled"


def _name(source: Source) -> str:
    return f"{_title(source)!r} ({'x'.join(map(str, source.data.shape))})"


def _listing(items: Any) -> str:
    sources = [_read(item) for item in items]
    return ", ".join(
        type(item).__name__ if source is None else _name(source)
        for item, source in zip(items, sources, strict=True)
    )
