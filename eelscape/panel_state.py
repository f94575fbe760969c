"""What the panel said last of its pointers, energy range, regions, pins, selection and settings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .mask_runs import mask_of, runs_of
from .state_check import is_panel_state
from .text import clean_text

if TYPE_CHECKING:
    from .axes import Axis
    from .dataset import Dataset

#: Settings before the panel has said any: the panel's own defaults hold.
_NO_ANALYSIS = {"grid_size": None, "axes": None, "k": None, "clusters": None}
#: Entries of the analysis that are there only with such a result.
_MADE = ("transfer", "inverse")


@dataclass(frozen=True)
class PanelState:
    """The state of a panel.

    Attributes
    ----------
    pointer, second_pointer : (int, int) or None
        Row and column; None before the panel has said so, or where there is none.
    energy_range : (float, float) or None
        In the units of the energy axis.
    regions : tuple of dict
        {"name", "kind", "points": [[x, y], ...]} in pixels from the top left corner of the
        first pixel.
    region : str or None
        Name of the region that is chosen.
    pins : tuple of dict
        {"letter", "name", "row", "column"}.
    selection : tuple of int
        The selected windows as runs over the scan (see `eelscape.mask_runs`); empty for none.
    metric : str
        Measure of the errors that are shown.
    analysis : dict
        {"grid_size", "axes", "k"} of the latent grid and its back-projection, and "clusters":
        {"k", "covariance", "seed"}; None where the panel has said nothing. With a model that is
        applied to these data "transfer": {"weights", "scale"}, and with structures found for a
        wanted spectrum "inverse": see `eelscape.state_check`. Models go by the sha256 of their
        weights.
    """

    pointer: tuple[int, int] | None = None
    energy_range: tuple[float, float] | None = None
    regions: tuple[dict[str, Any], ...] = ()
    second_pointer: tuple[int, int] | None = None
    region: str | None = None
    pins: tuple[dict[str, Any], ...] = ()
    selection: tuple[int, ...] = ()
    metric: str = "relative"
    analysis: dict[str, Any] = field(default_factory=lambda: dict(_NO_ANALYSIS))

    @classmethod
    def of(cls, state: dict[str, Any]) -> PanelState:
        """From the checked state of a message."""
        analysis = state["analysis"]
        return cls(
            pointer=_pair(state["pointer"], int),
            energy_range=_pair(state["energyRange"], float),
            regions=tuple(
                {
                    "name": clean_text(region["name"]),
                    "kind": region["kind"],
                    "points": [[float(x), float(y)] for x, y in region["points"]],
                }
                for region in state["regions"]
            ),
            second_pointer=_pair(state["secondPointer"], int),
            region=None if state["region"] is None else clean_text(state["region"]),
            pins=tuple(
                {
                    "letter": clean_text(pin["letter"]),
                    "name": clean_text(pin["name"]),
                    "row": pin["row"],
                    "column": pin["column"],
                }
                for pin in state["pins"]
            ),
            selection=tuple(state["selection"]),
            metric=state["metric"],
            analysis={
                "grid_size": analysis["gridSize"],
                "axes": analysis["axes"],
                "k": analysis["k"],
                "clusters": analysis["clusters"],
                **_made(analysis),
            },
        )

    def to_message(self) -> dict[str, Any]:
        """As it travels."""
        analysis = self.analysis
        return {
            "pointer": _list(self.pointer),
            "secondPointer": _list(self.second_pointer),
            "energyRange": _list(self.energy_range),
            "regions": list(self.regions),
            "region": self.region,
            "pins": list(self.pins),
            "selection": list(self.selection),
            "metric": self.metric,
            "analysis": {
                "gridSize": analysis["grid_size"],
                "axes": analysis["axes"],
                "k": analysis["k"],
                "clusters": analysis["clusters"],
                **_made(analysis),
            },
        }

    @classmethod
    def from_recipe(cls, recipe: dict[str, Any]) -> PanelState:
        """From the entries that `to_recipe` writes.

        Raises
        ------
        ValueError
            If one is absent or of the wrong kind.
        """
        selection, analyses = recipe.get("selection"), recipe.get("analyses")
        message = None
        if isinstance(selection, dict) and isinstance(analyses, dict):
            message = {
                "pointer": selection.get("pointer"),
                "secondPointer": selection.get("second_pointer"),
                "energyRange": selection.get("energy_range"),
                "regions": recipe.get("regions"),
                "region": selection.get("region"),
                "pins": recipe.get("pins"),
                "selection": selection.get("windows"),
                "metric": analyses.get("metric"),
                "analysis": {
                    "gridSize": analyses.get("grid_size"),
                    "axes": analyses.get("axes"),
                    "k": analyses.get("k"),
                    "clusters": analyses.get("clusters"),
                    **_made(analyses),
                },
            }
        if not is_panel_state(message):
            raise ValueError(
                "The recipe has no valid regions, pins, selection or analyses. Take it from "
                "ex.recipe() of this version of eelscape."
            )
        return cls.of(message)

    def moved(self, before: Dataset, after: Dataset) -> PanelState:
        """The same places and energies on other data, of another scan size or another crop.

        Where the axes have the same units, places stay where they were in these units; else the
        state starts anew. The windows of other data are others: none is selected.
        """
        if before is after:
            return self
        if before.y == after.y and before.x == after.x:
            return replace(self, selection=(), analysis=self.settings)
        if any(
            not (a.uniform and b.uniform) or a.units != b.units
            for a, b in ((before.y, after.y), (before.x, after.x))
        ):
            return PanelState()
        regions = tuple(
            {
                **region,
                "points": [
                    [_corner(x, before.x, after.x), _corner(y, before.y, after.y)]
                    for x, y in region["points"]
                ],
            }
            for region in self.regions
        )
        pointer = self.pointer
        if pointer is not None:
            pointer = tuple(
                min(max(0, _pixel(i, a, b)), b.size - 1)
                for i, a, b in zip(pointer, (before.y, before.x), (after.y, after.x), strict=True)
            )
        pins = [
            {
                **pin,
                "row": _pixel(pin["row"], before.y, after.y),
                "column": _pixel(pin["column"], before.x, after.x),
            }
            for pin in self.pins
        ]
        inside = [
            pin
            for pin in pins
            if 0 <= pin["row"] < after.y.size and 0 <= pin["column"] < after.x.size
        ]
        return replace(
            self,
            pointer=pointer,
            regions=regions,
            # A place to compare with was one of the other data.
            second_pointer=None,
            pins=tuple(inside),
            selection=(),
            analysis=self.settings,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """The analysis without what was made of these data: transfer and inverse design."""
        return {name: value for name, value in self.analysis.items() if name not in _MADE}

    def to_recipe(self, shape: tuple[int, int]) -> dict[str, Any]:
        """The part of a recipe that a panel decides, as JSON; see `eelscape.recipe`."""
        return {
            "regions": list(self.regions),
            "pins": list(self.pins),
            "selection": {
                "pointer": _list(self.pointer),
                "second_pointer": _list(self.second_pointer),
                "energy_range": _list(self.energy_range),
                "region": self.region,
                "windows": runs_of(mask_of(self.selection, shape)),
            },
            "analyses": {"metric": self.metric, **self.analysis},
        }


def _made(analysis: dict[str, Any]) -> dict[str, Any]:
    return {name: analysis[name] for name in _MADE if analysis.get(name) is not None}


def _pair(value: Any, kind: type) -> Any:
    return None if value is None else (kind(value[0]), kind(value[1]))


def _list(value: Any) -> Any:
    return None if value is None else list(value)


def _pixel(index: int, before: Axis, after: Axis) -> int:
    """The pixel at the same place of another axis; it may lie outside."""
    return int(np.floor(_corner(index + 0.5, before, after)))


def _corner(at: float, before: Axis, after: Axis) -> float:
    """A place in pixels from the first pixel's corner, on another axis of the same quantity."""
    value = before.offset + before.scale * (at - 0.5)
    return (value - after.offset) / after.scale + 0.5
