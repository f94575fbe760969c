"""An image of another shape or scale brought onto the scan, when that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..axes import Axis
from .units import ratio

#: Scales of image and scan that differ by more than this share are reported.
TOLERANCE = 0.02
#: Share of a scan's pixel that the image must cover for the pixel to have a value.
COVERED = 0.5


@dataclass(frozen=True)
class Placement:
    """Where the scan's pixels lie on the image, in its pixels from its first edge.

    Attributes
    ----------
    rows, columns : ndarray
        (ny + 1) and (nx + 1) edges.
    calibrated : bool
        Whether axes tell it; else both show the same field of view.
    """

    rows: np.ndarray
    columns: np.ndarray
    calibrated: bool


def placement(image: list[Axis] | None, scan: list[Axis], shape: tuple[int, int]) -> Placement:
    """Where the scan lies on an image of `shape`.

    Axes tell it where both have units of the same quantity; an axis begins at its offset, with
    the edge of its first pixel.
    """
    edges = None
    if image is not None:
        pairs = list(zip(image, scan, strict=True))
        factors = [ratio(there.units, here.units) for here, there in pairs]
        if all(f is not None for f in factors) and all(a.uniform for p in pairs for a in p):
            edges = [
                ((there.offset + there.scale * np.arange(there.size + 1)) * factor - here.offset)
                / here.scale
                for (here, there), factor in zip(pairs, factors, strict=True)
            ]
    if edges is not None:
        return Placement(edges[0], edges[1], True)
    rows, columns = (
        np.linspace(0, size, axis.size + 1) for size, axis in zip(shape, scan, strict=True)
    )
    return Placement(rows, columns, False)


def area_weights(size: int, edges: np.ndarray) -> np.ndarray:
    """(len(edges) - 1, size) share of each pixel in the mean between two edges.

    Edges are in pixels from the first one's edge and may descend. Rows sum to the covered share
    of the stretch: 1 inside the image.
    """
    low = np.minimum(edges[:-1], edges[1:])[:, None]
    high = np.maximum(edges[:-1], edges[1:])[:, None]
    first = np.arange(size)[None, :]
    overlap = np.clip(np.minimum(high, first + 1) - np.maximum(low, first), 0, None)
    return overlap / (high - low)


def linear_weights(size: int, edges: np.ndarray) -> np.ndarray:
    """(len(edges) - 1, size) weights of the linear interpolation at the middle between two edges.

    Within half a pixel of the image's rim the rim's value holds; beyond it rows are 0.
    """
    middle = (edges[:-1] + edges[1:]) / 2 - 0.5
    inside = (middle >= -0.5) & (middle <= size - 0.5)
    at = np.clip(middle, 0, size - 1)
    left = np.minimum(np.floor(at).astype(int), max(0, size - 2))
    weights = np.zeros((len(middle), size))
    index = np.arange(len(middle))
    weights[index, left] += 1 - (at - left)
    if size > 1:
        weights[index, left + 1] += at - left
    return weights * inside[:, None]


def resampled(image: np.ndarray, place: Placement) -> np.ndarray:
    """An image on the pixels of the scan.

    Along each direction, pixels that grow are averaged by area and pixels that shrink are
    interpolated linearly. NaN in the image is left out of the means.

    Parameters
    ----------
    image : ndarray
        (h, w) float.
    place : Placement

    Returns
    -------
    ndarray
        (ny, nx) float64, NaN where the image covers less than half of a pixel.
    """
    known = np.isfinite(image)
    values = np.where(known, image, 0.0).astype(np.float64)
    weights = []
    for size, edges in zip(image.shape, (place.rows, place.columns), strict=True):
        grows = abs(edges[1] - edges[0]) >= 1
        weights.append(area_weights(size, edges) if grows else linear_weights(size, edges))
    total = weights[0] @ values @ weights[1].T
    covered = weights[0] @ known.astype(np.float64) @ weights[1].T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(covered >= COVERED, total / covered, np.nan)


def resampling_report(shape: tuple[int, int], scan: list[Axis], place: Placement) -> str:
    """What `resampled` does, in a sentence."""
    rows, columns = (abs(edges[1] - edges[0]) for edges in (place.rows, place.columns))
    ways = {
        "averaged by area" if step >= 1 else "interpolated linearly" for step in (rows, columns)
    }
    text = (
        f"The HAADF image was resampled from {shape[0]}x{shape[1]} to "
        f"{scan[0].size}x{scan[1].size}, {' and '.join(sorted(ways))}"
    )
    if place.calibrated:
        spans = " and ".join(
            f"{axis.name} {axis.offset:g} to {axis.offset + axis.scale * axis.size:g} {axis.units}"
            for axis in scan
        )
        return f"{text}, over the calibrated extent of the scan ({spans})."
    return f"{text}, assuming that both show the same field of view: they have no common units."


def scale_differences(image: list[Axis], scan: list[Axis]) -> list[str]:
    """A sentence for each axis whose step differs between image and scan of one shape.

    Steps are compared as lengths, 1 um as 1000 nm; where units are unknown nothing is said.
    """
    lines = []
    for here, there in zip(image, scan, strict=True):
        factor = ratio(here.units, there.units)
        if factor is None or not (here.uniform and there.uniform):
            continue
        step, other = abs(here.scale) * factor, abs(there.scale)
        if abs(step - other) > TOLERANCE * other:
            apart = f"{abs(step / other - 1):.0%}"
            lines.append(
                f"The {there.name or 'scan'} pixels are {here.scale:g} {here.units} in the image "
                f"and {there.scale:g} {there.units} in the scan, {apart} apart: "
                "taken pixel by pixel, with the scan's axes. Check that both show the same area."
            )
    return lines
