"""Write the test vectors of regions: shapes, their masks and mean spectra, for both languages.

    python tools/make_region_fixtures.py      # tests/fixtures/regions.json

Masks and spectra are worked out here with exact fractions, pixel by pixel, and by other means than
in the package: a polygon's inside by the crossings of a horizontal line, sorted; an ellipse's by
its equation without divisions.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from math import sqrt
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "regions.json"

SHAPES = [
    ("rectangle on pixel borders", (6, 8), "rectangle", [[1, 2], [5, 4]]),
    ("corners bottom right first", (6, 8), "rectangle", [[5, 4], [1, 2]]),
    ("corners bottom left first", (6, 8), "rectangle", [[1, 4], [5, 2]]),
    ("corners top right first", (6, 8), "rectangle", [[5, 2], [1, 4]]),
    ("rectangle of one pixel", (6, 8), "rectangle", [[7, 5], [8, 6]]),
    ("sides through centres: left and top in, right and bottom out", (6, 8), "rectangle",
     [[1.5, 1.5], [4.5, 3.5]]),
    ("the same from the other corner", (6, 8), "rectangle", [[4.5, 3.5], [1.5, 1.5]]),
    ("between the centres: empty", (6, 8), "rectangle", [[1.6, 1.6], [2.4, 2.4]]),
    ("rectangle without width: empty", (6, 8), "rectangle", [[2.5, 1], [2.5, 5]]),
    ("rectangle over the whole scan and beyond", (6, 8), "rectangle", [[-3, -2], [11, 9.25]]),
    ("rectangle partly above and left of the scan", (6, 8), "rectangle", [[-2.5, -1], [2.75, 1.5]]),
    ("rectangle outside the scan: empty", (6, 8), "rectangle", [[9, 1], [12, 4]]),
    ("circle of diameter 5", (7, 7), "ellipse", [[1, 1], [6, 6]]),
    ("rim through centres: included", (7, 7), "ellipse", [[1.5, 1.5], [5.5, 5.5]]),
    ("flat ellipse, corners in another order", (6, 9), "ellipse", [[8.25, 1.5], [0.75, 4]]),
    ("ellipse partly right of and below the scan", (6, 8), "ellipse", [[5, 3], [11, 8]]),
    ("ellipse without height: empty", (6, 8), "ellipse", [[1, 2.5], [6, 2.5]]),
    ("ellipse between the centres: empty", (6, 8), "ellipse", [[2.6, 2.6], [3.4, 3.4]]),
    ("triangle", (8, 10), "polygon", [[1, 1], [9, 2], [4, 7.5]]),
    ("triangle, vertices the other way round", (8, 10), "polygon", [[4, 7.5], [9, 2], [1, 1]]),
    ("edge through the centres of the diagonal", (6, 6), "polygon", [[0, 0], [6, 6], [0, 6]]),
    ("its complement: no pixel in both", (6, 6), "polygon", [[0, 0], [6, 0], [6, 6]]),
    ("vertices on centres", (6, 8), "polygon", [[1.5, 1.5], [5.5, 1.5], [5.5, 4.5], [1.5, 4.5]]),
    ("concave: an L", (8, 8), "polygon", [[1, 1], [7, 1], [7, 3], [3, 3], [3, 7], [1, 7]]),
    ("a bow tie that crosses itself", (8, 8), "polygon", [[1, 1], [7, 7], [7, 1], [1, 7]]),
    ("a pentagram: its middle is outside", (16, 16), "polygon",
     [[8, 1], [12.2, 14.1], [1.25, 6], [14.75, 6], [3.8, 14.1]]),
    ("a polygon that covers itself twice: empty", (6, 6), "polygon",
     [[1, 1], [5, 1], [5, 5], [1, 5], [1, 1], [5, 1], [5, 5], [1, 5]]),
    ("closed by a repeated first vertex", (6, 6), "polygon", [[1, 1], [5, 1], [3, 5], [1, 1]]),
    ("partly outside on every side", (6, 8), "polygon", [[4, -3], [12, 3], [4, 10], [-4, 3]]),
    ("without area: empty", (6, 6), "polygon", [[1, 1], [5, 5], [3, 3]]),
]  # fmt: skip


def inside_polygon(x: Fraction, y: Fraction, corners: list[tuple[Fraction, Fraction]]) -> bool:
    """Even-odd rule: among the sorted crossings of the line at y, an odd number beyond x."""
    crossings = []
    for i in range(len(corners)):
        (ax, ay), (bx, by) = sorted((corners[i - 1], corners[i]), key=lambda point: point[1])
        if ay <= y < by:
            crossings.append(ax + (bx - ax) * (y - ay) / (by - ay))
    return sum(crossing > x for crossing in sorted(crossings)) % 2 == 1


def inside(kind: str, points: list[list[float]], row: int, column: int) -> bool:
    """Whether the centre of a pixel lies inside, in exact arithmetic."""
    x, y = column + Fraction(1, 2), row + Fraction(1, 2)
    corners = [(Fraction(px), Fraction(py)) for px, py in points]
    if kind == "polygon":
        return inside_polygon(x, y, corners)
    left, right = sorted(corner[0] for corner in corners)
    top, bottom = sorted(corner[1] for corner in corners)
    if kind == "rectangle":
        return left <= x < right and top <= y < bottom
    width, height = right - left, bottom - top
    off_x, off_y = 2 * x - left - right, 2 * y - top - bottom
    rim = (width * height) ** 2
    return rim > 0 and (off_x * height) ** 2 + (off_y * width) ** 2 <= rim


def runs_of(shape: tuple[int, int], kind: str, points: list[list[float]]) -> list[list[int]]:
    """[row, first column, column after the last] of every run of pixels inside."""
    runs = []
    for row in range(shape[0]):
        start = None
        for column in range(shape[1] + 1):
            now = column < shape[1] and inside(kind, points, row, column)
            if now and start is None:
                start = column
            elif not now and start is not None:
                runs.append([row, start, column])
                start = None
    return runs


def random_shapes(count: int) -> list[tuple]:
    draw = random.Random(20)
    found = []
    for number in range(count):
        kind = ("rectangle", "ellipse", "polygon")[number % 3]
        shape = (draw.randint(5, 20), draw.randint(5, 20))
        size = draw.randint(3, 9) if kind == "polygon" else 2
        points = [
            [round(draw.uniform(-4, shape[1] + 4), 6), round(draw.uniform(-4, shape[0] + 4), 6)]
            for _ in range(size)
        ]
        found.append((f"drawn at random, {number}", shape, kind, points))
    return found


def statistics(title: str, masked: list[list[int]], kind: str, points: list[list[float]]) -> dict:
    """A small spectrum image with what a region of it must give."""
    draw = random.Random(len(title))
    shape, channels = (5, 6), 4
    spectra = [draw.randint(0, 200) for _ in range(shape[0] * shape[1] * channels)]
    out = {(row, column) for row, start, stop in masked for column in range(start, stop)}
    runs = runs_of(shape, kind, points)
    chosen = [
        spectra[(row * shape[1] + column) * channels :][:channels]
        for row, start, stop in runs
        for column in range(start, stop)
        if (row, column) not in out
    ]
    n = len(chosen)
    means = [Fraction(sum(values), n) for values in zip(*chosen, strict=True)] if n else None
    errors = None
    if means is not None and n > 1:
        squares = [
            sum((value - mean) ** 2 for value in values)
            for values, mean in zip(zip(*chosen, strict=True), means, strict=True)
        ]
        errors = [sqrt(square / (n - 1) / n) for square in squares]
    return {
        "title": title,
        "shape": [*shape, channels],
        "spectra": spectra,
        "masked": masked,
        "kind": kind,
        "points": points,
        "runs": runs,
        "pixels": n,
        "mean": None if means is None else [float(mean) for mean in means],
        "standard_error": errors,
    }


def main() -> None:
    masks = [
        {"title": title, "shape": list(shape), "kind": kind, "points": points,
         "runs": runs_of(shape, kind, points)}
        for title, shape, kind, points in [*SHAPES, *random_shapes(30)]
    ]  # fmt: skip
    spectra = [
        statistics("nothing masked", [], "rectangle", [[1, 1], [4, 4]]),
        statistics("masked pixels inside and outside", [[1, 1, 3], [4, 0, 6]], "rectangle",
                   [[1, 1], [5, 4]]),
        statistics("a polygon with a masked pixel", [[2, 2, 3]], "polygon",
                   [[0, 0], [6, 1], [2, 5]]),
        statistics("one pixel: no standard error", [], "rectangle", [[2, 3], [3, 4]]),
        statistics("one pixel left by the mask", [[3, 2, 3]], "rectangle", [[2, 3], [4, 4]]),
        statistics("all masked: no mean", [[0, 0, 6]], "rectangle", [[0, 0], [6, 1]]),
        statistics("empty", [], "ellipse", [[1.6, 1.6], [2.4, 2.4]]),
    ]  # fmt: skip
    about = {
        "rule": (
            "A pixel belongs to a region where its centre (column + 0.5, row + 0.5) lies inside. "
            "Polygons and rectangles: even-odd rule, an edge a-b is crossed where exactly one of "
            "a.y > y, b.y > y holds and x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x. "
            "Ellipses: the rim is inside; without width or height they are empty."
        ),
        "runs": "[row, first column, column after the last], row by row; masked pixels included",
        "spectra": "(rows, columns, channels), C order; mean and standard error (ddof 1) over the "
        "unmasked pixels, null where there are too few",
    }
    cases = {"masks": masks, "spectra": spectra}
    lines = [
        f'"{name}": [\n' + ",\n".join("  " + json.dumps(case) for case in found) + "\n]"
        for name, found in cases.items()
    ]
    TARGET.write_text(
        "{\n" + f'"about": {json.dumps(about)},\n' + ",\n".join(lines) + "\n}\n", encoding="utf-8"
    )
    print(f"{TARGET}: {len(masks)} masks, {len(spectra)} spectra")


if __name__ == "__main__":
    main()
