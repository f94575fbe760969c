"""Draw docs/images/nmf.png: regions, their spectra, and four NMF components of the sample "ftio".

    python tools/draw_nmf.py

The arrangement is that of Fig. 1 of the paper; the data are simulated.
"""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Rectangle

import eelscape
from eelscape.dataset import Dataset
from eelscape.factorisation import nmf
from eelscape.picture import scale_bar
from eelscape.regions import regions_of
from eelscape.result_pictures import draw_factorisation, spectrum_labels, spectrum_with_error

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "nmf.png"

SHAPES = [
    {"name": "R1", "kind": "rectangle", "points": [[48, 9], [51, 12]]},
    {"name": "R2", "kind": "rectangle", "points": [[39, 14], [40, 19]]},
    {"name": "R3", "kind": "ellipse", "points": [[17, 19], [24, 26]]},
    {"name": "R4", "kind": "rectangle", "points": [[33, 57], [40, 60]]},
]
PLACES = {"R1": "particle", "R2": "gap", "R3": "hole", "R4": "outside"}
# Okabe and Ito: told apart with colour vision deficiencies, and on grey.
COLOURS = {"R1": "#d55e00", "R2": "#0072b2", "R3": "#009e73", "R4": "#cc79a7"}
PEAKS = {0.5: "0.5", 0.75: "0.75", 0.915: "0.9 (bulk)"}


def draw_regions(axes, haadf) -> None:
    """HAADF image with the outlines of the regions."""
    axes.imshow(haadf.data, cmap="gray", interpolation="nearest", extent=(0, 75, 62, 0))
    for shape in SHAPES:
        (x0, y0), (x1, y1) = shape["points"]
        colour = COLOURS[shape["name"]]
        style = {"fill": False, "edgecolor": colour, "linewidth": 1.8}
        if shape["kind"] == "ellipse":
            axes.add_patch(Ellipse(((x0 + x1) / 2, (y0 + y1) / 2), x1 - x0, y1 - y0, **style))
        else:
            axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, **style))
        axes.annotate(
            shape["name"],
            (x1, (y0 + y1) / 2),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color="white",
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.2},
        )
    scale_bar(axes, haadf.axes[1], haadf.shape)
    axes.set_axis_off()
    axes.set_title("(a) HAADF image", fontsize=10, loc="left")


def draw_spectra(axes, regions, energy, units) -> None:
    """Mean spectra of the regions with their standard errors."""
    for name, region in regions.items():
        pixels = f"{region.pixels} pixels"
        spectrum_with_error(axes, region, COLOURS[name], f"{name} {PLACES[name]}, {pixels}")
    top = axes.get_ylim()[1] * 1.08
    for position, label in PEAKS.items():
        axes.axvline(position, color="0.6", linewidth=0.8, linestyle=":", zorder=0)
        axes.text(position + 0.008, top, label, color="0.35", fontsize=8, va="top")
    axes.set_ylim(-15, top)
    axes.set_xlim(energy.array[0], energy.array[-1])
    spectrum_labels(axes, energy, units)
    axes.legend(frameon=False, fontsize=8, loc="center right")
    axes.set_title("(b) mean spectra, bands: standard error", fontsize=10, loc="left")


def main() -> None:
    si, haadf = eelscape.sample("ftio")
    data = Dataset(si.data, haadf.data, *si.axes, spectra_units=si.units, simulated=True)
    regions = regions_of(SHAPES, data)
    factorisation = nmf(si, components=4)

    figure = Figure(figsize=(10, 7.9), dpi=130, layout="constrained", facecolor="white")
    canvas = FigureCanvasAgg(figure)
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.25))
    left, right = above.subplots(1, 2, width_ratios=(1, 1.35))
    draw_regions(left, haadf)
    draw_spectra(right, regions, si.axes[-1], si.units)
    explained = f"{100 * factorisation.explained:.1f} % of the sum of squares"
    below.suptitle(
        f"(c) NMF, 4 components ({explained}): abundance maps and endmembers",
        fontsize=10,
        x=0.01,
        ha="left",
    )
    draw_factorisation(below, factorisation, 4)
    figure.suptitle(
        'Simulated data: eelscape.sample("ftio")', fontsize=9, color="0.35", ha="right", x=0.99
    )
    canvas.print_png(str(TARGET))
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB; {'; '.join(factorisation.report)}")


if __name__ == "__main__":
    main()
