"""What the panel said last of its pointer, energy range and regions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .axes import Axis
    from .dataset import Dataset


@dataclass(frozen=True)
class PanelState:
    """Pointer, energy range and regions of a panel.

    Attributes
    ----------
    pointer : (int, int) or None
        Row and column; None before the panel has said so.
    energy_range : (float, float) or None
        In the units of the energy axis.
    regions : list of dict
        {"name", "kind", "points": [[x, y], ...]} in pixels from the top left corner of the
        first pixel.
    """

    pointer: tuple[int, int] | None = None
    energy_range: tuple[float, float] | None = None
    regions: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, message: dict[str, Any]) -> PanelState:
        """From a checked message "state"."""
        low, high = message["energyRange"]
        return cls(
            tuple(message["pointer"]),
            (float(low), float(high)),
            tuple(
                {
                    "name": region["name"],
                    "kind": region["kind"],
                    "points": [[float(x), float(y)] for x, y in region["points"]],
                }
                for region in message["regions"]
            ),
        )

    def moved(self, before: Dataset, after: Dataset) -> PanelState:
        """The same places and energies on data of another scan size or another crop.

        Where the axes have the same units, places stay where they were in these units; else the
        state starts anew.
        """
        if before.y == after.y and before.x == after.x:
            return self
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
                min(max(0, int(_corner(i + 0.5, a, b))), b.size - 1)
                for i, a, b in zip(pointer, (before.y, before.x), (after.y, after.x), strict=True)
            )
        return replace(self, pointer=pointer, regions=regions)


def _corner(at: float, before: Axis, after: Axis) -> float:
    """A place in pixels from the first pixel's corner, on another axis of the same quantity."""
    value = before.offset + before.scale * (at - 0.5)
    return (value - after.offset) / after.scale + 0.5
