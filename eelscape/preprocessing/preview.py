"""What a step would do, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..axes import Axis


@dataclass(frozen=True, eq=False)
class Preview:
    """What a step would do to one pixel and to the mean.

    Attributes
    ----------
    params : dict
        The step as JSON, with the values that were left to be chosen.
    text : str
        What it would do, in a sentence with units.
    warnings : list of str
    shape_after : (ny, nx, E)
    energy_before, energy_after : Axis
        Axis of `before`, `background`, `residual`; and of `after`.
    before, after : (E,), (E',) float32
        The pixel's spectrum, in data units.
    background : (E,) float32 or None
        What would be subtracted there.
    mean_before, mean_after, mean_background
        The same of the mean over the unmasked pixels that were looked at.
    residual : (E,) float32 or None
        Mean of data minus fit in the fit windows, NaN elsewhere.
    residual_map : (ny, nx) float32 or None
        RMS of data minus fit in units of the counting noise, NaN where not looked at.
    flags : (ny, nx) uint8 or None
        1 where the step would exclude or mend a pixel.
    """

    params: dict[str, Any]
    text: str
    warnings: list[str]
    shape_after: tuple[int, int, int]
    energy_before: Axis
    energy_after: Axis
    before: np.ndarray
    after: np.ndarray
    mean_before: np.ndarray
    mean_after: np.ndarray
    background: np.ndarray | None = None
    mean_background: np.ndarray | None = None
    residual: np.ndarray | None = None
    residual_map: np.ndarray | None = None
    flags: np.ndarray | None = None
