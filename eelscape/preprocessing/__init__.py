"""From recorded spectra to what is trained on: a list of steps, each undoable."""

from ..zero_loss import remove_zero_loss
from .functions import bin, crop, mask_dead_pixels, mend_spikes, normalise, truncate
from .recipe import Applied, apply_steps, fit_to_budget, run_steps
from .steps import STEPS, Preview, Step, step_from_dict

__all__ = [
    "STEPS",
    "Applied",
    "Preview",
    "Step",
    "apply_steps",
    "bin",
    "crop",
    "fit_to_budget",
    "mask_dead_pixels",
    "mend_spikes",
    "normalise",
    "remove_zero_loss",
    "run_steps",
    "step_from_dict",
    "truncate",
]
