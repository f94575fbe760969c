"""What a panel can let the kernel compute: parameters in, fields and arrays out.

Parameters and fields are JSON under Python's names; arrays are float32, int32 or uint8.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .cluster_task import clusters, clusters_bic
from .recipe import recipe_of
from .spectrum_image import IsCancelled, Progress
from .tasks import TaskResult, Work

if TYPE_CHECKING:
    from .connection import Line
    from .factorisation import Factorisation
    from .session import Session


def find_work(line: Line, kind: str) -> Work | None:
    """The work of one kind of task on the data that a line holds now."""
    function = _KINDS.get(kind)
    if function is None:
        return None
    session = line.session
    return lambda params, progress, cancelled: function(line, session, params, progress, cancelled)


def session_fields(session: Session) -> dict[str, Any]:
    """{"source", "steps"}: the data before the first step, and what was done to them."""
    source = session.source
    if source is None:
        session.need_dataset()
    return {
        "source": {
            "shape": source.shape,
            "bytes": source.nbytes,
            "dtype": session.source_dtype,
            "lazy": source.lazy,
            "origin": source.origin,
            "energy": source.energy.to_dict(),
            "report": source.report,
        },
        "steps": [
            {"params": applied.params, "text": applied.text, "automatic": applied.automatic}
            for applied in session.steps
        ],
    }


def _state(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    return TaskResult(session_fields(session))


def _preview(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    step, pixel = _given(params, "step", dict), _given(params, "pixel", list)
    if len(pixel) != 2 or not all(isinstance(i, int) for i in pixel):
        raise ValueError(f"pixel is {pixel!r}; give a row and a column.")
    preview = session.preview(step, (pixel[0], pixel[1]), cancelled)
    arrays = {
        name: getattr(preview, name)
        for name in (
            "before",
            "after",
            "background",
            "mean_before",
            "mean_after",
            "mean_background",
            "residual",
            "residual_map",
            "flags",
        )
    }
    return TaskResult(
        {
            "params": preview.params,
            "text": preview.text,
            "warnings": preview.warnings,
            "shape_after": preview.shape_after,
            "energy_before": preview.energy_before.to_dict(),
            "energy_after": preview.energy_after.to_dict(),
        },
        {name: array for name, array in arrays.items() if array is not None},
    )


def _apply(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    steps = _given(params, "steps", list)
    changed = session.apply(steps, progress, cancelled, line.why_fixed)
    return TaskResult(session_fields(session), after=_offering(line, session) if changed else None)


def _choose(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    session.choose(_given(params, "answers", dict), progress, cancelled)
    return TaskResult(after=_offering(line, session))


def _nmf(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    result = session.factorise(
        _given(params, "components", int),
        _given(params, "seed", int, 0),
        progress=progress,
        cancelled=cancelled,
    )
    return _factors(session, result)


def _factorisation(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    result = session.factorisation
    return TaskResult({"components": 0}) if result is None else _factors(session, result)


def _factors(session: Session, result: Factorisation) -> TaskResult:
    endmembers = result.endmembers
    return TaskResult(
        {
            "components": result.components,
            "explained": result.explained,
            "report": result.report,
            "energy": endmembers.axes[-1].to_dict(),
            "sha256": session.factorised_sha256,
        },
        {
            "abundances": np.moveaxis(np.asarray(result.abundances), -1, 0),
            "endmembers": np.asarray(endmembers),
        },
    )


def _source_changes(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """Names of the variables that changed since they were opened, or kept."""
    sources = session.sources
    return TaskResult({"names": [] if sources is None else list(sources.names)})


def _source_keep(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    if session.sources is not None:
        session.sources.keep()
    return _source_changes(line, session, params, progress, cancelled)


def _source_reload(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    session.read_again(progress, cancelled, line.why_fixed)
    return TaskResult({"names": []}, after=_offering(line, session))


def _models(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """Files of the models of these data, oldest first: "model-0", ..."""
    sha256 = session.need_dataset().sha256
    with line.changed:
        models = [model for model in line.models if model.data_sha256 == sha256]
    return TaskResult(
        {"models": len(models)},
        {f"model-{i}": np.frombuffer(m.to_bytes(), np.uint8) for i, m in enumerate(models)},
    )


def _checkpoints(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """Runs over these data that may be gone on with."""
    found, problems = line.checkpoints.found(session.need_dataset().sha256)
    return TaskResult(
        {
            "checkpoints": [{"run": c.run, "saved_at": c.saved_at} for c in found],
            "problems": problems,
        }
    )


def _checkpoint(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """The newest checkpoint of a run, as a file."""
    file = line.checkpoints.bytes_of(session.need_dataset().sha256, _given(params, "run", str))
    return TaskResult(arrays={"file": np.frombuffer(file, np.uint8)})


def _checkpoint_end(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """Nobody goes on with this run."""
    line.checkpoints.end(_given(params, "run", str))
    return TaskResult()


def _model_of(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """The file of the model with these weights, where Python has it; `known` alone on demand."""
    model = line.models_by_weights().get(_given(params, "weights", str))
    arrays = {}
    if model is not None and not _given(params, "ask", bool, False):
        arrays["file"] = np.frombuffer(model.to_bytes(), np.uint8)
    return TaskResult({"known": model is not None}, arrays)


def _recipe(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """The recipe, for a workspace file."""
    with line.changed:
        models = list(line.models)
    return TaskResult({"recipe": recipe_of(session, models, line.panel_state)})


def _offering(line: Line, session: Session) -> Callable[[], None]:
    def offer() -> None:
        # Another `explore` in the same cell may have taken the line meanwhile.
        if line.session is session:
            line.offer_again()

    return offer


def _given(params: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = params.get(name, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{name} is {value!r}; it must be of type {kind.__name__}.")
    return value


_KINDS: dict[str, Callable[..., TaskResult]] = {
    "preprocess-state": _state,
    "preprocess-preview": _preview,
    "preprocess-apply": _apply,
    "choose": _choose,
    "nmf": _nmf,
    "factorisation": _factorisation,
    "models": _models,
    "recipe": _recipe,
    "model-of": _model_of,
    "checkpoints": _checkpoints,
    "checkpoint": _checkpoint,
    "checkpoint-end": _checkpoint_end,
    "source-changes": _source_changes,
    "source-keep": _source_keep,
    "source-reload": _source_reload,
    "clusters": clusters,
    "clusters-bic": clusters_bic,
}
