"""Whether data are those that a model was trained on."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from .model_file import ModelFile

if TYPE_CHECKING:
    from .dataset import Dataset


def check_dataset(file: ModelFile, dataset: Dataset) -> bool:
    """Compare shapes, energy axes and hashes.

    Parameters
    ----------
    file : ModelFile
    dataset : Dataset

    Returns
    -------
    bool
        False, with a UserWarning, where the data fit but their hash differs.

    Raises
    ------
    ValueError
        Where the shape or the energy axis differs.
    """
    ours, theirs = (file.y.size, file.x.size, file.spec.channels), tuple(dataset.spectra.shape)
    if theirs != ours:
        raise ValueError(
            f"The data have shape {theirs}; the model was trained on {ours}. Give the same data, "
            "or load the model without them and use model.over(...) for other scans."
        )
    mine, other = file.energy, dataset.energy
    step = float(np.min(np.abs(np.diff(mine.array))))
    named = bool(mine.units and other.units)
    near = np.allclose(mine.array, other.array, rtol=1e-6, atol=1e-2 * step)
    if (named and mine.units != other.units) or not near:
        raise ValueError(
            f"The energy axis of the data, {_span(other)}, is not the model's, {_span(mine)}. "
            "Calibrate or crop the data as for the training."
        )
    recorded = file.metadata.get("data_sha256", "")
    if recorded and dataset.sha256 and dataset.sha256 != recorded:
        warnings.warn(
            f"The data are not those that the model was trained on: their sha256 is "
            f"{dataset.sha256[:12]}..., the training data's {recorded[:12]}.... Errors and latents "
            "are those of the data given.",
            UserWarning,
            stacklevel=3,
        )
        return False
    return True


def _span(axis) -> str:
    values = axis.array
    return f"{values[0]:g} to {values[-1]:g} {axis.units}".rstrip()
