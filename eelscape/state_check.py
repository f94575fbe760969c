"""The state of a panel as it travels, in both directions; mirrored in src/kernel/state-check.ts."""

from __future__ import annotations

from typing import Any

from .checks import (
    has_fields,
    is_list,
    is_number,
    is_one_of,
    is_pair_of,
    is_text,
    is_whole,
    or_none,
)
from .limits import MAX_COUNT, MAX_NAME, MAX_PEAKS, MAX_PINS, MAX_POINTS, MAX_REGIONS, MAX_RUNS
from .text import clean_text

_NAME = is_text(MAX_NAME)
_PIXEL = is_pair_of(is_whole(0))
_COUNT = is_whole(1, MAX_COUNT)


def _is_region(v: Any) -> bool:
    if not isinstance(v, dict) or not _NAME(v.get("name")):
        return False
    kind, points = v.get("kind"), v.get("points")
    if kind not in ("rectangle", "ellipse", "polygon") or not isinstance(points, list):
        return False
    fits = 3 <= len(points) <= MAX_POINTS if kind == "polygon" else len(points) == 2
    return fits and all(map(is_pair_of(is_number), points))


def _is_regions(v: Any) -> bool:
    if not is_list(MAX_REGIONS, _is_region)(v):
        return False
    return len({clean_text(region["name"]) for region in v}) == len(v)


def _is_pins(v: Any) -> bool:
    fields = {"letter": is_text(10), "name": _NAME, "row": is_whole(0), "column": is_whole(0)}
    if not is_list(MAX_PINS, lambda pin: has_fields(pin, fields))(v):
        return False
    return len({clean_text(pin["letter"]) for pin in v}) == len(v)


def is_runs(v: Any) -> bool:
    """Starts and lengths in turn, ascending, apart from each other."""
    if not is_list(MAX_RUNS, is_whole(0))(v) or len(v) % 2:
        return False
    end = -1
    for start, length in zip(v[::2], v[1::2], strict=True):
        if start <= end or length < 1:
            return False
        end = start + length
    return True


_WEIGHTS = is_text(64)
_PEAK = {"position": is_number, "width": is_number, "height": is_number}
_TRANSFER = {"weights": _WEIGHTS, "scale": is_one_of("network", "data")}
_INVERSE = {
    "weights": _WEIGHTS,
    "image": or_none(_WEIGHTS),
    "source": is_one_of("pointer", "selection", "pin", "peaks", "drawn"),
    "target": is_list(MAX_RUNS, is_number),
    "channels": is_pair_of(is_whole(0)),
    "peaks": is_list(MAX_PEAKS, lambda peak: has_fields(peak, _PEAK)),
    "base": is_number,
    "latents": is_list(MAX_REGIONS, is_list(MAX_COUNT, is_number)),
    "k": _COUNT,
}
#: What a state has only where the panel shows such a result.
_MADE = {
    "transfer": lambda v: has_fields(v, _TRANSFER),
    "inverse": lambda v: has_fields(v, _INVERSE),
}


def _is_analysis(v: Any) -> bool:
    clusters = {"k": _COUNT, "covariance": is_text(20), "seed": is_whole(0)}
    return has_fields(
        v,
        {
            "gridSize": or_none(_COUNT),
            "axes": or_none(is_pair_of(is_whole(0))),
            "k": or_none(_COUNT),
            "clusters": or_none(lambda c: has_fields(c, clusters)),
        },
    ) and all(name not in v or check(v[name]) for name, check in _MADE.items())


_FIELDS = {
    "pointer": or_none(_PIXEL),
    "secondPointer": or_none(_PIXEL),
    "energyRange": or_none(is_pair_of(is_number)),
    "regions": _is_regions,
    "region": or_none(_NAME),
    "pins": _is_pins,
    "selection": is_runs,
    "metric": is_one_of("relative", "rmse", "mse", "mse_raw"),
    "analysis": _is_analysis,
}


def is_panel_state(v: Any) -> bool:
    """Whether JSON is the state of a panel; see `eelscape.panel_state.PanelState`."""
    return has_fields(v, _FIELDS)
