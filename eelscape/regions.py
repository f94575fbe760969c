"""Regions drawn on the navigator: masks, and mean spectra with their standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from .dataset import Dataset
from .signal import Signal

KINDS = ("rectangle", "ellipse", "polygon")
"""Outlines that can be drawn."""

_NEEDED = {
    "rectangle": "two opposite corners",
    "ellipse": "two opposite corners of its bounding box",
    "polygon": "at least three vertices",
}


@dataclass(eq=False)
class Region:
    """A part of the scan with what the data say in it.

    Attributes
    ----------
    name : str
        "R1", "R2", ...
    kind : {"rectangle", "ellipse", "polygon"}
    points : list of (x, y)
        In pixels from the top left corner of the first pixel; see `region_mask`.
    mask : (ny, nx) bool array
        True inside, excluded pixels included.
    pixels : int
        Unmasked pixels inside: those that the spectra are means over.
    spectrum : Signal
        (E) mean spectrum in the data's units, energies ascending; NaN where `pixels` is 0.
    standard_error : Signal
        (E) sample standard deviation over the pixels (ddof = 1) / sqrt(pixels), same units; NaN
        below two pixels. It holds the spread from place to place and the noise of the detector.
    """

    name: str
    kind: str
    points: list[tuple[float, float]]
    mask: np.ndarray
    pixels: int
    spectrum: Signal
    standard_error: Signal

    def to_dict(self) -> dict[str, Any]:
        """The shape as JSON: {name, kind, points}, as `regions_of` reads it."""
        return {"name": self.name, "kind": self.kind, "points": [list(p) for p in self.points]}

    def __repr__(self) -> str:
        return f"<Region {self.name!r}: {self.kind}, {self._count}>"

    @property
    def _count(self) -> str:
        excluded = int(self.mask.sum()) - self.pixels
        left_out = f" ({excluded} masked ones left out)" if excluded else ""
        return f"{self.pixels} pixel{'' if self.pixels == 1 else 's'}{left_out}"

    def _repr_html_(self) -> str:
        from .result_pictures import as_img, region_png

        badge = " <em>Simulated data</em>" if self.spectrum.simulated else ""
        text = f"Region {self.name} and its mean spectrum"
        return (
            f"<div><strong>{escape(self.name)}</strong> {escape(self.kind)}, "
            f"{escape(self._count)}{badge}<br/>{as_img(region_png(self), text)}</div>"
        )


def region_mask(kind: str, points: Sequence[Sequence[float]], shape: tuple[int, int]) -> np.ndarray:
    """Pixels of a region.

    A pixel belongs to it where its centre (column + 0.5, row + 0.5) lies inside. Rectangles and
    polygons follow the even-odd rule: a ray from the centre towards greater x crosses an odd number
    of edges. An edge from (ax, ay) to (bx, by) is crossed where exactly one of ay > y, by > y holds
    and x < (bx - ax) (y - ay) / (by - ay) + ax, computed in this order in double precision. So a
    rectangle holds the centres with left <= x < right and top <= y < bottom. An ellipse with
    centre c and semi-axes r holds those with ((x - cx) / rx)^2 + ((y - cy) / ry)^2 <= 1; one
    without width or height is empty. What lies outside the scan is cut off.

    Parameters
    ----------
    kind : {"rectangle", "ellipse", "polygon"}
    points : list of (x, y)
        In pixels from the top left corner of the first pixel: two opposite corners of a rectangle
        or of an ellipse's bounding box, or at least three vertices of a polygon.
    shape : (ny, nx)

    Returns
    -------
    (ny, nx) bool array

    Raises
    ------
    ValueError
        If the kind is unknown, or the points are too few, too many or not finite.
    """
    if kind not in KINDS:
        raise ValueError(f"A region is {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {kind!r}.")
    corners = _checked(kind, points)
    ny, nx = shape
    x, y = np.arange(nx) + 0.5, np.arange(ny)[:, None] + 0.5
    if kind == "ellipse":
        (x0, y0), (x1, y1) = corners
        rx, ry = abs(x1 - x0) / 2, abs(y1 - y0) / 2
        if rx == 0 or ry == 0:
            return np.zeros(shape, bool)
        return ((x - (x0 + x1) / 2) / rx) ** 2 + ((y - (y0 + y1) / 2) / ry) ** 2 <= 1
    if kind == "rectangle":
        (x0, y0), (x1, y1) = corners
        corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    inside = np.zeros(shape, bool)
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if ay == by:
            continue
        between = (ay > y) != (by > y)
        inside ^= between & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside


def _checked(kind: str, points: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    try:
        corners = [(float(x), float(y)) for x, y in points]
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The points of a region are pairs (x, y) of numbers, in pixels: {error}."
        ) from error
    right = len(corners) >= 3 if kind == "polygon" else len(corners) == 2
    if not right:
        raise ValueError(f"A region's {kind} needs {_NEEDED[kind]}, not {len(corners)} points.")
    if not all(math.isfinite(v) for corner in corners for v in corner):
        raise ValueError(f"A region's {kind} has points that are not finite numbers.")
    return corners


def regions_of(shapes: Sequence[dict[str, Any]], dataset: Dataset) -> dict[str, Region]:
    """Masks and spectra of regions.

    Parameters
    ----------
    shapes : list of dict
        {name, kind, points} each; see `region_mask`.
    dataset : Dataset
        Masked pixels and pixels whose spectrum is not finite are left out of the spectra.

    Returns
    -------
    dict of str to Region
        By name, in the order of `shapes`.

    Raises
    ------
    ValueError
        If a shape lacks something, is none, or two have the same name.
    """
    found: dict[str, Region] = {}
    for shape in shapes:
        missing = [key for key in ("name", "kind", "points") if key not in shape]
        if missing:
            raise ValueError(
                f"A region is a dict with name, kind and points; {missing[0]} is missing."
            )
        name = str(shape["name"])
        if name in found:
            raise ValueError(f"Two regions are called {name!r}; each needs a name of its own.")
        found[name] = _region(name, shape["kind"], shape["points"], dataset)
    return found


def spectra_within(mask: np.ndarray, dataset: Dataset) -> np.ndarray:
    """The spectra inside a mask that are neither masked nor hold values that are not finite.

    Parameters
    ----------
    mask : (ny, nx) bool array
    dataset : Dataset

    Returns
    -------
    (n, E) array of float64
        In row-major order; a standard deviation is a difference of numbers that are nearly
        equal, so not in float32.
    """
    used = mask if dataset.mask is None else mask & ~dataset.mask
    spectra = dataset.spectra[used].astype(np.float64)
    return spectra[np.isfinite(spectra).all(axis=1)]


def _region(name: str, kind: str, points: Sequence[Sequence[float]], dataset: Dataset) -> Region:
    mask = region_mask(kind, points, dataset.shape[:2])
    spectra = spectra_within(mask, dataset)
    count, channels = spectra.shape
    mean = spectra.mean(axis=0) if count else np.full(channels, np.nan)
    error = spectra.std(axis=0, ddof=1) / np.sqrt(count) if count > 1 else np.full(channels, np.nan)
    title = dataset.title or dataset.name

    def signal(values: np.ndarray, what: str) -> Signal:
        return Signal(
            values.astype(np.float32),
            [dataset.energy],
            f"{what} of {name}" + (f", {title}" if title else ""),
            dataset.spectra_units,
            dataset.simulated,
        )

    return Region(
        name,
        str(kind),
        _checked(kind, points),
        mask,
        count,
        signal(mean, "Mean spectrum"),
        signal(error, "Standard error"),
    )
