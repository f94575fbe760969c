"""The order of axes of an array that does not tell it: read off the image's shape, or asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..spectrum_image import SpectrumImage
from .lazy import is_dask
from .orientation import energy_axis, oriented, spoken
from .previews import preview_of_spectra
from .question import Group, Option, Question
from .sources import Source

#: Correlation with the image from which a transposed reading is taken seriously, and by how much
#: it must beat the reading as (y, x).
LIKENESS, LEAD = 0.5, 0.3
#: Channels that the comparison with the image adds up.
CHANNELS = 32


def found_order(source: Source, image: Source) -> tuple[str | None, list[str]]:
    """The order of an array without axes, as far as the image's shape tells.

    Returns
    -------
    order : str or None
        The order; None where the source itself tells it.
    possible : list of str
        More than one where it cannot be known; `order` is then their first.
    """
    if energy_axis(source) is not None or source.data.ndim != 3:
        return None, []
    if any(axis.name.strip().lower() in ("x", "y") for axis in source.axes or ()):
        return None, []
    shape, scan = tuple(source.data.shape), tuple(image.data.shape)
    possible = [order for order, fits in (("yxE", shape[:2]), ("Eyx", shape[1:])) if fits == scan]
    if possible == ["yxE"] and shape[0] == shape[1] and _transposed_fits_better(source, image):
        possible = ["yxE", "xyE"]
    if not possible or possible == ["yxE"]:
        return None, []
    return possible[0], possible


def ask_for_order(
    source: Source, possible: list[str], name: str, resolve: Callable[[str], SpectrumImage]
) -> Question:
    """The question which of several orders an array has, with a picture of each."""
    shape = tuple(source.data.shape)
    options = []
    for order in possible:
        reading = oriented(replace(source, report=[]), order)
        ny, nx, channels = reading.data.shape
        options.append(
            Option(
                f"{spoken(order)}",
                f"{ny} x {nx} pixels, {channels} channels: order={order!r}",
                preview_of_spectra(reading.data),
            )
        )
    text = (
        f"The spectrum image of shape {shape} has no axes, and its order cannot be told from its "
        "shape. Which picture shows the sample? In code: order=" + " or ".join(map(repr, possible))
    )
    if "xyE" in possible:
        text = (
            f"Read as (y, x, energy), the spectrum image of shape {shape} does not resemble the "
            "HAADF image; read as (x, y, energy) it does. Which picture shows the sample? In "
            "code: order=" + " or ".join(map(repr, possible))
        )
    label = "order of the axes"
    group = Group("order", label, options, 1 if "xyE" in possible else -1)
    return Question(f"{text}.", [group], name, lambda answers: resolve(possible[answers["order"]]))


def _transposed_fits_better(source: Source, image: Source) -> bool:
    """Whether the sum over energy resembles the image only when x and y change places."""
    if is_dask(source.data) or is_dask(image.data) or source.data.shape[2] == 0:
        return False
    channels = source.data.shape[2]
    step = max(1, channels // CHANNELS)
    with np.errstate(all="ignore"):
        total = np.nan_to_num(
            source.data[:, :, ::step].mean(axis=2, dtype=np.float64), posinf=0.0, neginf=0.0
        )
        picture = np.nan_to_num(image.data.astype(np.float64), posinf=0.0, neginf=0.0)
    if not total.std() or not picture.std():
        return False
    straight = abs(np.corrcoef(total.ravel(), picture.ravel())[0, 1])
    crossed = abs(np.corrcoef(total.T.ravel(), picture.ravel())[0, 1])
    return bool(crossed >= LIKENESS and crossed >= straight + LEAD)
