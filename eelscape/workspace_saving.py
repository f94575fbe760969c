"""Writing a workspace file from what an explorer holds in the kernel."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .error_maps import METRICS, window_errors
from .panel_state import PanelState
from .tasks import plain
from .versions import versions
from .windows import cut_windows, positions_of_windows
from .workspace_file import workspace_file_bytes

if TYPE_CHECKING:
    from .dataset import Dataset
    from .factorisation import Factorisation
    from .model import Model


def workspace_bytes(
    data: Dataset,
    models: Sequence[Model],
    state: PanelState,
    factorisation: Factorisation | None = None,
    recipe: dict[str, Any] | None = None,
    spectra: bool = False,
) -> bytes:
    """The bytes of a workspace file.

    Parameters
    ----------
    data : Dataset
    models : list of Model
        Of these data, attached to them.
    state : PanelState
    factorisation : Factorisation, optional
    recipe : dict, optional
    spectra : bool
        Whether the file holds the spectra.

    Returns
    -------
    bytes
    """
    first, last = _channels(data, state)
    kept = np.ones(data.image.shape, bool) if data.mask is None else ~data.mask
    arrays: dict[str, np.ndarray] = {
        "data.image": data.image,
        "data.mean": _mean(data.spectra[kept], 0),
        "maps.energy_range": np.where(kept, _mean(data.spectra[..., first : last + 1], -1), np.nan),
    }
    if data.mask is not None:
        arrays["data.mask"] = data.mask.astype(np.uint8)
    if spectra:
        arrays["data.spectra"] = data.spectra
    if factorisation is not None:
        abundances = np.moveaxis(np.asarray(factorisation.abundances), -1, 0)
        arrays["maps.abundances"] = abundances
        arrays["maps.endmembers"] = np.asarray(factorisation.endmembers)
    arrays = {
        name: array if array.dtype == np.uint8 else np.asarray(array, dtype=np.float32)
        for name, array in arrays.items()
    }
    words, labels = [], set()
    for i, model in enumerate(models):
        arrays.update({f"models.{i}.{name}": a for name, a in _model_arrays(model, data).items()})
        label = _free_label(model, labels)
        words.append(
            {
                "id": str(uuid.uuid4()),
                "label": label,
                "epoch": model.epoch,
                "backend": model.backend,
                "notice": model.notice,
            }
        )
    document = {
        "data": {
            **{name: getattr(data, name) for name in _WORDS},
            **{name: getattr(data, name).to_dict() for name in ("y", "x", "energy")},
        },
        "energy_range": [first, last],
        "models": words,
        "active": words[-1]["id"] if words else None,
        "layer": "error" if words else "haadf",
        "factorisation": factorisation
        and {
            "components": len(arrays["maps.abundances"]),
            "explained": factorisation.explained,
            "report": factorisation.report,
        },
        "setup": dict(models[-1].setup) if models else {},
        "state": state.to_message() if state.pointer is not None else None,
        "recipe": recipe,
        "versions": versions(),
    }
    return workspace_file_bytes(plain(document), arrays)


_WORDS = ("name", "title", "simulated", "spectra_units", "image_units", "sha256", "report")


def _channels(data: Dataset, state: PanelState) -> tuple[int, int]:
    """The energy range as channels, both included; all of them where none was chosen."""
    if state.energy_range is None:
        return 0, data.energy.size - 1
    energies = data.energy.array
    ends = sorted(int(np.argmin(np.abs(energies - end))) for end in state.energy_range)
    return ends[0], ends[1]


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean of the finite values, NaN where there is none; summed in float64."""
    finite = np.isfinite(values)
    sums = np.sum(values, axis=axis, dtype=np.float64, where=finite)
    with np.errstate(invalid="ignore"):
        return (sums / np.sum(finite, axis=axis)).astype(np.float32)


def _free_label(model: Model, taken: set[tuple[str, str]]) -> str:
    """ "2L", "2L (2)", ... as the panel numbers the models of a direction."""
    plain_label = label = f"{model.latent_dims}L"
    number = 1
    while (model.kind, label) in taken:
        number += 1
        label = f"{plain_label} ({number})"
    taken.add((model.kind, label))
    return label


def _model_arrays(model: Model, data: Dataset) -> dict[str, np.ndarray]:
    file = model._file
    positions, latents = model._table.latents()
    scan = data.image.shape
    evaluated = np.zeros(scan, np.uint8)
    evaluated.ravel()[positions] = 1
    arrays = {
        "file": np.frombuffer(model.to_bytes(), np.uint8),
        "evaluated": evaluated,
        "latents": np.asarray(latents, np.float32),
        "split": np.asarray(file.split, np.int8),
        "history.train": np.asarray(model.history["train"], np.float64),
        "history.test": np.asarray(model.history["test"], np.float64),
        "skill": _skill(model, data),
    }
    for metric in METRICS:
        arrays[f"error.{metric}"] = np.asarray(model.error_map(metric), np.float32)
    return arrays


def _skill(model: Model, data: Dataset) -> np.ndarray:
    """(2) 1 - MSE / MSE of the mean of the training targets, over the train and test windows."""
    file = model._file
    windows = model.setup.get("windows", "all")
    positions = positions_of_windows(*data.image.shape, model.window, data.mask, windows)
    labels = file.split.ravel()[positions]
    if model.kind == "im2spec":
        targets = data.spectra.reshape(-1, model.channels)[positions]
        limits = model.scaling["spectrum"]
    else:
        targets = cut_windows(data.image, positions, model.window)
        limits = model.scaling["image"]
    if not np.any(labels == 0):
        return np.full(2, np.nan)
    mean = targets[labels == 0].mean(axis=0, dtype=np.float64)
    constant = window_errors(np.broadcast_to(mean, targets.shape), targets, limits, "mse")
    found = np.asarray(model.error_map("mse"), np.float64).ravel()[positions]
    skill = []
    for label in (0, 2):
        part = labels == label
        skill.append(1 - found[part].mean() / constant[part].mean() if part.any() else np.nan)
    return np.asarray(skill)
