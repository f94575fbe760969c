"""The recipe of an analysis: all that it takes to do it again, as JSON.

A recipe holds no data. It names them by their sha256, lists the preprocessing steps with every
parameter filled in, the trainings with their whole setup and what they gave, and what the panel
shows: regions, pins, selection, settings. `eelscape.replay` repeats it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .axes import Axis
from .checks import (
    Check,
    has_fields,
    is_list,
    is_number,
    is_record,
    is_text,
    is_whole,
    or_none,
)
from .limits import MAX_COUNT, MAX_NAME, MAX_SIZE, MAX_TEXT
from .mask_runs import runs_of
from .panel_state import PanelState
from .protocol import SETUP_NAMES
from .state_check import is_runs
from .tasks import plain
from .text import clean_text, install_line
from .versions import __version__, versions

if TYPE_CHECKING:
    from .dataset import Dataset
    from .model import Model
    from .session import Session
    from .spectrum_image import SpectrumImage

#: Raised when an older eelscape could not repeat what a recipe says.
FORMAT = 1

_TEXT = is_text(MAX_TEXT)


def recipe_of(session: Session, models: Sequence[Model], state: PanelState) -> dict[str, Any]:
    """The recipe of what an explorer holds.

    Parameters
    ----------
    session : Session
        With its data, or it raises `NotNow`.
    models : list of Model
        What was trained, in the order in which it ended.
    state : PanelState
        What the panel shows.

    Returns
    -------
    dict
        Goes into JSON as it is; docs/python.md lists the entries.
    """
    data, source = session.need_dataset(), session.source
    factorisation = session.factorisation
    return plain(
        {
            "format": FORMAT,
            "eelscape": __version__,
            "versions": versions(),
            "data": {
                "name": data.name,
                "title": data.title,
                "simulated": data.simulated,
                "sha256": data.sha256,
                "shape": data.shape,
                "axes": [axis.to_dict() for axis in (data.y, data.x, data.energy)],
                "units": {"spectra": data.spectra_units, "image": data.image_units},
                "excluded": _runs(data),
                "source": {
                    "shape": source.shape,
                    "dtype": session.source_dtype,
                    "lazy": source.lazy,
                    "sha256": session.source_sha256,
                    "axes": [axis.to_dict() for axis in source_axes(source)],
                    "excluded": _runs(source),
                },
                "origin": source.origin,
                "report": data.report,
            },
            "memory_budget": session.memory_budget,
            "preprocessing": [applied.params for applied in session.steps],
            "automatic_steps": sum(applied.automatic for applied in session.steps),
            "factorisation": factorisation.parameters if factorisation else None,
            "models": [model_record(model) for model in models],
            **state.to_recipe(data.shape[:2]),
        }
    )


def model_record(model: Model) -> dict[str, Any]:
    """What a recipe says of a training and of what it gave.

    Its "preprocessing", the steps of the model's own data, is None where they are not known.
    """
    history = model.history
    return {
        "kind": model.kind,
        "title": model.title,
        "setup": model.setup,
        "data_sha256": model.data_sha256,
        "preprocessing": model.recipe.get("preprocessing"),
        "backend": model.backend,
        "epoch": model.epoch,
        "notice": model.notice,
        "versions": model.versions,
        "losses": {part: (history[part] or [None])[-1] for part in ("train", "test")},
        "weights_sha256": weights_sha256(model),
    }


def weights_sha256(model: Model) -> str:
    """sha256 of weights and batch-norm buffers: names and float32 bytes, in order of the names."""
    digest = hashlib.sha256()
    for name, values in sorted(model.parameters.items()):
        digest.update(f"{name} {values.shape}\n".encode())
        digest.update(values.astype("<f4", order="C").tobytes())
    return digest.hexdigest()


def source_axes(source: SpectrumImage) -> list[Axis]:
    """Axes of the spectra in the order that the user's array has."""
    energy = source.energy.reversed() if source.energy_flipped else source.energy
    return [source.y, source.x, energy]


def _runs(data: Dataset | SpectrumImage) -> list[int]:
    return [] if data.mask is None else runs_of(data.mask)


@dataclass(frozen=True)
class Recipe:
    """A recipe that was read.

    Attributes
    ----------
    data, source : dict
        What is said of the data after and before preprocessing.
    memory_budget : int
    steps : list of dict
    factorisation : dict or None
    models : list of dict
    state : PanelState
    versions : dict
    """

    data: dict[str, Any]
    source: dict[str, Any]
    memory_budget: int
    steps: list[dict[str, Any]]
    factorisation: dict[str, Any] | None
    models: list[dict[str, Any]]
    state: PanelState
    versions: dict[str, Any]


def _is_axes(v: Any) -> bool:
    try:
        return is_list(3, is_record)(v) and len(v) == 3 and all(map(_is_axis, v))
    except (TypeError, ValueError):
        return False


def _is_axis(v: Any) -> bool:
    return Axis.from_dict(v).size <= MAX_SIZE


def _is_shape(v: Any) -> bool:
    return is_list(3, is_whole(1, MAX_SIZE))(v) and len(v) == 3


_is_steps: Check = is_list(1000, lambda step: has_fields(step, {"step": is_text(100)}))
_MASKED: dict[str, Check] = {
    "shape": _is_shape,
    "sha256": is_text(64),
    "axes": _is_axes,
    "excluded": is_runs,
}
_MODEL: dict[str, Check] = {
    "kind": is_text(20),
    # What is absent takes the default of `train`.
    "setup": lambda v: isinstance(v, dict) and set(v) <= set(SETUP_NAMES),
    "data_sha256": is_text(64),
    "preprocessing": or_none(_is_steps),
    "backend": is_text(20),
    "epoch": is_whole(1),
    "losses": lambda v: has_fields(v, {"train": or_none(is_number), "test": or_none(is_number)}),
    "weights_sha256": is_text(64),
}
_FACTORISATION: dict[str, Check] = {
    "components": is_whole(1, MAX_COUNT),
    "seed": is_whole(0),
    "negative": is_text(20),
}
_RECIPE: dict[str, Check] = {
    "format": is_whole(1),
    "eelscape": is_text(100),
    "versions": lambda v: isinstance(v, dict),
    "data": lambda v: has_fields(
        v,
        {
            **_MASKED,
            "name": _TEXT,
            "title": _TEXT,
            "source": lambda s: has_fields(s, {**_MASKED, "dtype": is_text(100)}),
        },
    ),
    "memory_budget": is_whole(1),
    "preprocessing": _is_steps,
    "factorisation": or_none(lambda v: has_fields(v, _FACTORISATION)),
    "models": is_list(10_000, lambda model: has_fields(model, _MODEL)),
}


def read_recipe(recipe: Any) -> Recipe:
    """Check a recipe.

    Parameters
    ----------
    recipe : dict
        What `Explorer.recipe` returned, also after it went through JSON.

    Raises
    ------
    TypeError
        If it is no dict.
    ValueError
        If it is of a newer eelscape or an entry is absent or of the wrong kind; the message names
        the entry.
    """
    if not isinstance(recipe, dict):
        raise TypeError(
            f"A recipe is a dict, as ex.recipe() returns it, not {type(recipe).__name__}. "
            "Read a file with json.load."
        )
    made_by = recipe.get("format")
    if is_whole(FORMAT + 1)(made_by):
        raise ValueError(
            f"The recipe has format {made_by}; this eelscape {__version__} reads {FORMAT}. "
            f"Run `{install_line(recipe.get('eelscape'))}`."
        )
    for name, check in _RECIPE.items():
        if name not in recipe or not check(recipe[name]):
            raise ValueError(
                f"This is no recipe that can be repeated: it has no valid {name!r}. Take it from "
                "ex.recipe() of this version of eelscape."
            )
    return Recipe(
        data=recipe["data"],
        source=recipe["data"]["source"],
        memory_budget=recipe["memory_budget"],
        steps=recipe["preprocessing"],
        factorisation=recipe["factorisation"],
        models=recipe["models"],
        state=PanelState.from_recipe(recipe),
        versions={
            clean_text(name, MAX_NAME): clean_text(version, MAX_NAME)
            for name, version in recipe["versions"].items()
            if version is not None
        },
    )
