"""Pictures of regions and factorisations for the notebook, as PNG."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import Axis
from .picture import pixel_aspect, plain, scale_bar

if TYPE_CHECKING:
    from .factorisation import Factorisation
    from .regions import Region

MOST_COMPONENTS = 8
"""Components that a picture shows; the rest are in the arrays."""


def as_img(png: bytes, text: str) -> str:
    """A PNG as an img element; `text` is escaped."""
    data = base64.b64encode(png).decode("ascii")
    return f'<img alt="{escape(text, quote=True)}" src="data:image/png;base64,{data}"/>'


def region_png(region: Region) -> bytes:
    """Mask of a region beside its mean spectrum with the standard error as a band."""
    figure, canvas = _figure(7.2, 2.5)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.6))
    left.imshow(region.mask, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    left.set_xticks([])
    left.set_yticks([])
    left.set_title(plain(region.name), fontsize=9)
    spectrum_with_error(right, region, "#1f4e79")
    spectrum_labels(right, region.spectrum.axes[-1], region.spectrum.units)
    return _png(canvas)


def spectrum_with_error(axes: Any, region: Region, colour: str, label: str = "") -> None:
    """Mean spectrum of a region, and mean plus and minus standard error as a band."""
    energies = _positions(region.spectrum.axes[-1])
    mean, error = region.spectrum.data, region.standard_error.data
    axes.fill_between(energies, mean - error, mean + error, color=colour, alpha=0.3, linewidth=0)
    axes.plot(energies, mean, color=colour, linewidth=1, label=plain(label) or None)


def spectrum_labels(axes: Any, energy: Axis, units: str) -> None:
    """Axis titles with units, and no frame on top and right."""
    axes.set_xlabel(plain(energy.label) if _ascends(energy) else "channel")
    axes.set_ylabel(plain(f"intensity ({units})" if units else "intensity"))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def factorisation_png(factorisation: Factorisation) -> bytes:
    """Abundance maps over the endmembers that belong to them."""
    count = min(factorisation.components, MOST_COMPONENTS)
    figure, canvas = _figure(2.3 * count + 0.8, 4.2)
    draw_factorisation(figure, factorisation, count)
    return _png(canvas)


def draw_factorisation(figure: Any, factorisation: Factorisation, count: int) -> None:
    """Abundance maps over the endmembers, into a figure or a part of one."""
    maps = factorisation.abundances
    y, x, _ = maps.axes
    grid = figure.subplots(2, count, squeeze=False, sharey="row", height_ratios=(1.25, 1))
    for k in range(count):
        above, below = grid[:, k]
        picture = above.imshow(
            maps.data[..., k],
            cmap="viridis",
            vmin=0,
            vmax=1,
            aspect=pixel_aspect(y, x),
            interpolation="nearest",
        )
        above.set_axis_off()
        above.set_title(f"{k + 1}: {100 * factorisation.shares[k]:.0f} % of the signal", fontsize=9)
        if k == 0:
            scale_bar(above, x, maps.shape[:2])
        energy = factorisation.endmembers.axes[-1]
        below.plot(
            _positions(energy), factorisation.endmembers.data[k], color="#1f4e79", linewidth=1
        )
        spectrum_labels(below, energy, factorisation.endmembers.units)
        if k:
            below.set_ylabel("")
    figure.colorbar(picture, ax=list(grid[0]), label="abundance", shrink=0.85, pad=0.01)


def _ascends(axis: Axis) -> bool:
    return bool((np.diff(axis.array) > 0).all())


def _positions(axis: Axis) -> np.ndarray:
    """Where channels stand on a plot: by value where the values ascend, else by number."""
    return axis.array if _ascends(axis) else np.arange(axis.size)


def _figure(width: float, height: float) -> tuple[Any, Any]:
    # Imported here: Matplotlib takes a second that `import eelscape` need not wait for.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100, layout="constrained", facecolor="white")
    return figure, FigureCanvasAgg(figure)


def _png(canvas: Any) -> bytes:
    out = io.BytesIO()
    canvas.print_png(out)
    return out.getvalue()
