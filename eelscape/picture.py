"""What stays in the cell: the HAADF image, the mean spectrum and a table of what was opened."""

from __future__ import annotations

import base64
import io
import math
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from .adapters import WINDOW
from .axes import Axis
from .dataset import Dataset
from .sizes import size_text
from .windows import positions_of_windows

if TYPE_CHECKING:
    from .session import Session


#: Characters of a label in a picture.
_LONGEST = 60


def summary_rows(session: Session) -> list[tuple[str, str]]:
    """Name and value of each line of the summary, plain text; what was left out comes first."""
    dataset = session.need_dataset()
    ny, nx, channels = dataset.shape
    size = size_text(dataset.spectra.nbytes)
    rows = [
        *_budget_rows(session),
        ("name", dataset.name),
        ("spectrum image", f"({ny}, {nx}, {channels}), {_units(dataset.spectra_units)}, {size}"),
        ("HAADF image", f"({ny}, {nx}), {_units(dataset.image_units)}"),
    ]
    rows += [(axis.name, _axis_text(axis)) for axis in (dataset.y, dataset.x, dataset.energy)]
    rows.append(("windows", _windows_text(dataset)))
    texts = [applied.text for applied in session.steps]
    rows += [
        (f"step {n}", applied.text)
        for n, applied in enumerate(session.steps, 1)
        if not applied.automatic
    ]
    lines = [line for line in dataset.report if line not in texts]
    return rows + [("note" if "->" not in line else "converted", line) for line in lines]


def _budget_rows(session: Session) -> list[tuple[str, str]]:
    """What the browser gets of data that are lazy or larger than the memory budget."""
    source = session.source
    if source is None or not (source.lazy or source.nbytes > session.memory_budget):
        return []
    shape = " x ".join(map(str, source.shape))
    whole = f"{shape} {session.source_dtype}, {size_text(source.nbytes)} as float32"
    if source.lazy:
        whole += f", read block by block from {source.origin}"
    rows = [("source", whole)]
    if source.nbytes > session.memory_budget:
        steps = [applied.text for applied in session.steps if applied.automatic]
        text = " ".join(text if text.endswith(".") else f"{text}." for text in steps)
        budget = f"The browser gets at most {size_text(session.memory_budget)}"
        rows.append(
            (
                "memory budget",
                f"{budget}: {text} explore(..., memory_budget=...) sets another, "
                "preprocess(..., replace_all=True) another choice.",
            )
        )
    return rows


def summary_html(session: Session) -> str:
    """The static picture and the summary as HTML; all text of the data is escaped."""
    dataset = session.need_dataset()
    badge = (
        ' <span style="border:1px solid currentColor;border-radius:3px;padding:0 4px">'
        "Simulated data</span>"
        if dataset.simulated
        else ""
    )
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in summary_rows(session)
    )
    title = dataset.title or dataset.name
    text = escape(f"HAADF image and mean spectrum of {title}", quote=True)
    data = base64.b64encode(picture_png(dataset)).decode("ascii")
    image = f'<img alt="{text}" src="data:image/png;base64,{data}"/>'
    return (
        f"<div><strong>{escape(title)}</strong>{badge}<br/>{image}"
        f"<table><tbody>{rows}</tbody></table></div>"
    )


def picture_png(dataset: Dataset) -> bytes:
    """HAADF image with a scale bar beside the mean spectrum, as PNG.

    pyplot's figures and backend are left alone.
    """
    # Imported here: Matplotlib takes a second that `import eelscape` need not wait for.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 2.9), dpi=100, layout="constrained", facecolor="white")
    canvas = FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.4))
    kept = np.ones(dataset.image.shape, bool) if dataset.mask is None else ~dataset.mask
    image = np.where(kept, dataset.image, np.nan)
    aspect = pixel_aspect(dataset.y, dataset.x)
    left.imshow(image, cmap="gray", aspect=aspect, interpolation="nearest")
    left.set_axis_off()
    scale_bar(left, dataset.x, dataset.image.shape)
    energies, mean = dataset.energy.array, _mean_spectrum(dataset.spectra, kept)
    if (np.diff(energies) > 0).all():
        right.plot(energies, mean, color="#1f4e79", linewidth=1)
        right.set_xlabel(plain(dataset.energy.label))
    else:
        right.plot(mean, color="#1f4e79", linewidth=1)
        right.set_xlabel("channel")
    units = dataset.spectra_units
    right.set_ylabel(plain(f"mean spectrum ({units})" if units else "mean spectrum"))
    for side in ("top", "right"):
        right.spines[side].set_visible(False)
    out = io.BytesIO()
    canvas.print_png(out)
    return out.getvalue()


def _mean_spectrum(spectra: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """(E) float64 mean over the kept pixels, row by row: an index on all would copy them."""
    total = np.zeros(spectra.shape[2])
    for row, chosen in zip(spectra, kept, strict=True):
        total += row[chosen].sum(axis=0, dtype=np.float64)
    return total / max(1, int(kept.sum()))


def pixel_aspect(y: Axis, x: Axis) -> float:
    """Height of a pixel over its width; 1 where the units differ."""
    return abs(y.scale / x.scale) if y.units == x.units else 1.0


def scale_bar(axes: Any, x: Axis, shape: tuple[int, ...]) -> None:
    """Draw a bar of a round length with its label into a picture of (ny, nx) pixels."""
    ny, nx = shape
    step = abs(x.scale)
    length = _round_length(nx * step / 3)
    width = length / step
    units = x.units or "px"
    top = ny * 0.93
    axes.plot([nx * 0.05, nx * 0.05 + width], [top, top], color="white", linewidth=3)
    axes.plot([nx * 0.05, nx * 0.05 + width], [top, top], color="black", linewidth=1.2)
    axes.text(
        nx * 0.05 + width / 2,
        top - ny * 0.02,
        plain(f"{length:g} {units}"),
        ha="center",
        va="bottom",
        fontsize=8,
        bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1},
    )


def _round_length(longest: float) -> float:
    """The largest 1, 2 or 5 times a power of ten up to `longest`."""
    power = 10.0 ** math.floor(math.log10(longest))
    return max(f * power for f in (1, 2, 5) if f * power <= longest * (1 + 1e-9))


def plain(text: str) -> str:
    """Text as Matplotlib shows it letter by letter.

    What stands between dollar signs it reads as mathematics, and fails on most of it. A long text
    would leave the picture no room.
    """
    line = " ".join(text.split())
    return (line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}\u2026").replace("$", r"\$")


def _units(units: str) -> str:
    return units or "units unknown"


def _axis_text(axis: Axis) -> str:
    values = axis.array
    units = _units(axis.units)
    ends = f"{axis.size} from {values[0]:g} to {values[-1]:g}"
    step = f" in steps of {axis.scale:g}" if axis.uniform else ", not uniform"
    return f"{ends}{step} ({units})"


def _windows_text(dataset: Dataset) -> str:
    ny, nx, _ = dataset.shape
    positions = positions_of_windows(ny, nx, WINDOW, dataset.mask)
    columns = nx - WINDOW + 1
    train = max(0, math.floor(0.67 * (columns - WINDOW) + 0.5))
    offsets = positions % nx - WINDOW // 2
    n_train = int((offsets < train).sum())
    n_test = int((offsets >= train + WINDOW).sum())
    rows = ny - WINDOW + 1
    return (
        f"{len(positions)} of {WINDOW} x {WINDOW} pixels ({rows} x {columns} positions); "
        f"split left-right: {n_train} train, {len(positions) - n_train - n_test} guard, "
        f"{n_test} test"
    )
