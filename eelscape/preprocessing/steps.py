"""All steps by name, and steps from JSON."""

from __future__ import annotations

from typing import Any

from .dead_pixels import MaskDeadPixels
from .energy_range import BinEnergy, CropEnergy
from .normalisation import Normalise
from .preview import Preview
from .scan_binning import BinScan
from .scan_range import CropScan
from .spikes import MendSpikes
from .step import Step
from .zero_loss_step import RemoveZeroLoss

#: Step types by the name that JSON gives them, in the order in which they are commonly applied.
STEPS: dict[str, type[Step]] = {
    kind.name: kind
    for kind in (
        MaskDeadPixels,
        MendSpikes,
        CropScan,
        BinScan,
        Normalise,
        RemoveZeroLoss,
        CropEnergy,
        BinEnergy,
    )
}


def step_from_dict(params: dict[str, Any] | Step) -> Step:
    """A step from {"step": name, parameter: value, ...}; parameters left out have their defaults.

    Raises
    ------
    TypeError
        If `params` is no dict.
    ValueError
        If there is no such step or parameter, or a value is not allowed; the message names what
        is.
    """
    if isinstance(params, Step):
        return params
    if not isinstance(params, dict):
        raise TypeError(
            f"A step is a dict like {{'step': 'crop_energy', 'start': 0.2}}, not "
            f"{type(params).__name__}."
        )
    name = params.get("step")
    if not isinstance(name, str) or name not in STEPS:
        raise ValueError(f"There is no step {name!r}; the steps are {', '.join(STEPS)}.")
    kind = STEPS[name]
    allowed = kind.parameter_names()
    given = {key: value for key, value in params.items() if key != "step"}
    for key in given:
        if key not in allowed:
            raise ValueError(
                f"The step {name} has no parameter {key!r}; it has {', '.join(allowed)}."
            )
    try:
        return kind(**given)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


__all__ = ["STEPS", "Preview", "Step", "step_from_dict"]
