"""`replay`: an analysis done again from its recipe, with the same numbers."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from .adapters import to_spectrum_image
from .axes import Axis
from .changes import Sources
from .explorer import Explorer, NotNow
from .lines import open_line
from .made_again import MadeAgain
from .mask_runs import mask_of, runs_of
from .model import load
from .notebook import line_id, variable_name
from .progress_line import shown_progress
from .recipe import Recipe, read_recipe, source_axes, weights_sha256
from .session import Session
from .spectrum_image import SpectrumImage
from .versions import versions

if TYPE_CHECKING:
    from .model import Model

#: Relative difference of two axes' values that is rounding, not another calibration.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Repeated:
    """A training of a recipe that was done again.

    Attributes
    ----------
    model : Model
        What came of it.
    record : dict
        What the recipe says of it.
    same : bool
        Whether weights and batch-norm buffers are the same to the last bit.
    difference : float
        Largest relative difference of the final losses; NaN where one is not finite.
    """

    model: Model
    record: dict[str, Any]
    same: bool
    difference: float

    def __str__(self) -> str:
        name = f"{self.model.kind} {self.model.latent_dims}L on {self.model.backend}"
        if self.same:
            return f"{name}: the same weights to the last bit"
        before = self.record["backend"]
        there = "" if before == self.model.backend else f" (on {before} before)"
        return f"{name}{there}: other weights, final losses differ by {self.difference:.2g}"


def replay(
    recipe: dict[str, Any],
    si: Any,
    haadf: Any = None,
    axes: Sequence[Any] | None = None,
    name: str | None = None,
    title: str | None = None,
    mask: Any = None,
    resample: bool = False,
    order: str | None = None,
    same_data: bool = True,
    backend: str | None = None,
    transfer: Model | str | os.PathLike | None = None,
) -> Explorer:
    """Repeat an analysis: check the data, apply the steps, train, and show what was chosen.

    Parameters
    ----------
    recipe : dict
        What `Explorer.recipe` returned, also after it went through JSON.
    si, haadf, axes, name, title, mask, resample, order : optional
        The data, as `explore` takes them. Plain arrays without `axes` get those of the recipe,
        and without `mask` its excluded pixels.
    same_data : bool
        Whether other data than those of the recipe are refused. False does the same to others:
        what does not fit them is left out, with a UserWarning.
    backend : {"auto", "webgpu", "webgl", "wasm", "cpu"}, optional
        What computes in the browser; by default what computed each model of the recipe.
    transfer : Model or path, optional
        The model of other data that was applied to these; a recipe names it by the sha256 of its
        weights. Not needed where it is one of the recipe's own.

    Returns
    -------
    Explorer
        With the steps applied, the models trained in the same order, for as many epochs as each
        had, and the panel's regions, pins, selection and settings; `Explorer.repeated` says how
        the models compare. On wasm their weights are the same bit for bit on the same machine
        with the same version; a UserWarning says where they are not.

    Raises
    ------
    TypeError, ValueError
        If the recipe is none, or the data are others: the message says what differs.
    FrontEndError
        If there are models to train and no panel is connected, or a run fails.
    NotNow
        If it cannot be known which signals belong together.
    """
    read = read_recipe(recipe)
    found_name = name or variable_name(si) or read.data["name"]
    pair = partial(
        to_spectrum_image,
        axes=axes,
        name=found_name,
        title=title,
        mask=mask,
        resample=resample,
        order=order,
    )

    def as_in_recipe(si: Any, haadf: Any = None) -> SpectrumImage:
        found = pair(si, haadf)
        if not isinstance(found, SpectrumImage):
            raise NotNow(f"It cannot be known which signals are the pair; pass the two.\n{found!r}")
        return _as_in_recipe(found, read, axes is None, mask is None, title)

    sources = Sources({"si": si, "haadf": haadf}, as_in_recipe, found_name or "data")
    found = as_in_recipe(si, haadf)
    _refuse(_differences(found, read), same_data)
    with shown_progress("replay") as progress:
        session = Session(found, found_name, found.title, read.memory_budget, progress, sources)
        _refuse(_other_values(session, read), same_data)
        first = read.models[0]["preprocessing"] if read.models else None
        session.apply(read.steps if first is None else first, progress)
    if not read.models or first == read.steps:
        _check_result(session, read.data["sha256"], read, same_data)
    made = MadeAgain(read, _as_model(transfer))
    return _Repetition(read, session, same_data, backend, made).run()


def _as_model(transfer: Model | str | os.PathLike | None) -> Model | None:
    if transfer is None or hasattr(transfer, "to_bytes"):
        return transfer
    return load(transfer)


_OTHERS = "These are not the data of the recipe:"
_ALLOW = "Pass the data that it was made with, or same_data=False to do the same to these."


class _Repetition:
    """The part that needs a line: trainings, factorisation, state of the panel."""

    def __init__(
        self,
        recipe: Recipe,
        session: Session,
        same_data: bool,
        backend: str | None,
        made: MadeAgain,
    ) -> None:
        self._made = made
        self._recipe = recipe
        self._session = session
        self._same_data = same_data
        self._backend = backend
        self._explorer = Explorer(session, open_line(line_id(session.name), session))

    def run(self) -> Explorer:
        recipe, explorer = self._recipe, self._explorer
        if recipe.models:
            # Before hours of training: whether there is anybody to train.
            explorer._line.presence.need(waits=True)
        explorer.repeated = [self._train(record) for record in recipe.models]
        self._apply(recipe.steps, recipe.data["sha256"])
        if recipe.factorisation is not None:
            wanted = ("components", "seed", "negative")
            explorer.nmf(**{key: recipe.factorisation[key] for key in wanted})
        explorer._line.place(self._made.state(self._state(), explorer))
        self._warn()
        return explorer

    def _train(self, record: dict[str, Any]) -> Repeated:
        steps = record["preprocessing"]
        self._apply(self._recipe.steps if steps is None else steps, record["data_sha256"])
        setup = {**record["setup"], "kind": record["kind"], "epochs": record["epoch"]}
        setup["backend"] = self._backend or record["backend"] or "auto"
        model = self._explorer.train(**setup)
        same = weights_sha256(model) == record["weights_sha256"]
        return Repeated(model, record, same, _difference(model, record["losses"]))

    def _apply(self, steps: list[dict[str, Any]], sha256: str) -> None:
        explorer, session = self._explorer, self._session
        if steps != [applied.params for applied in session.steps]:
            explorer.preprocess(*steps, replace_all=True)
        _check_result(session, sha256, self._recipe, self._same_data)

    def _state(self) -> Any:
        """The state, as far as the data reach."""
        state, recipe = self._recipe.state, self._recipe
        shape = tuple(recipe.data["shape"][:2])
        if self._session.need_dataset().shape[:2] == shape:
            return state
        warnings.warn(
            f"The scan is another than the recipe's ({shape[0]} x {shape[1]} pixels): regions, "
            "pins, pointer and selection are left out.",
            UserWarning,
            stacklevel=4,
        )
        return replace(
            state,
            pointer=None,
            second_pointer=None,
            regions=(),
            region=None,
            pins=(),
            selection=(),
        )

    def _warn(self) -> None:
        others = [str(one) for one in self._explorer.repeated if not one.same]
        if others and self._same_data:
            warnings.warn(
                f"{'; '.join(others)}. Bit for bit needs backend 'wasm', the same machine and the "
                f"same versions; now {_versions(versions())}, then "
                f"{_versions(self._recipe.versions)}.",
                UserWarning,
                stacklevel=4,
            )


def _as_in_recipe(
    found: SpectrumImage, recipe: Recipe, no_axes: bool, no_mask: bool, title: str | None
) -> SpectrumImage:
    """The data with what a plain array does not say: axes, excluded pixels, title."""
    changes: dict[str, Any] = {}
    same_shape = list(found.shape) == recipe.source["shape"]
    bare = all(
        axis.uniform and not axis.units and (axis.scale, axis.offset) == (1.0, 0.0)
        for axis in (found.y, found.x, found.energy)
    )
    if no_axes and bare and same_shape:
        y, x, energy = map(Axis.from_dict, recipe.source["axes"])
        if _descends(energy):
            changes["spectra"] = found.spectra[..., ::-1]
            changes["energy_flipped"] = True
            energy = energy.reversed()
        changes |= {"y": y, "x": x, "energy": energy}
    if no_mask and found.mask is None and recipe.source["excluded"] and same_shape:
        changes["mask"] = mask_of(recipe.source["excluded"], found.shape[:2])
    if title is None and not found.title:
        changes["title"] = recipe.data["title"]
    return found.changed(**changes) if changes else found


def _descends(axis: Axis) -> bool:
    return axis.size > 1 and axis.array[0] > axis.array[-1]


def _differences(found: SpectrumImage, recipe: Recipe) -> list[str]:
    """In what the data before preprocessing are others, as far as can be seen without reading."""
    source, said = recipe.source, []
    if list(found.shape) != source["shape"]:
        said.append(
            f"they have shape {_shape(found.shape)}, in the recipe {_shape(source['shape'])}"
        )
    for axis, wanted in zip(source_axes(found), map(Axis.from_dict, source["axes"]), strict=True):
        if not _same_axis(axis, wanted):
            said.append(f"the axis {axis.label} runs {_ends(axis)}, in the recipe {_ends(wanted)}")
    return said


def _other_values(session: Session, recipe: Recipe) -> list[str]:
    """In what the data before preprocessing are others, once they were read."""
    said = []
    now, then = session.source_sha256, recipe.source["sha256"]
    if now and then and now != then:
        said.append(f"their values differ (sha256 {now[:12]}..., in the recipe {then[:12]}...)")
    mask = session.source.mask
    excluded = [] if mask is None else runs_of(mask)
    if excluded != recipe.source["excluded"]:
        said.append(
            f"{sum(excluded[1::2])} pixels are excluded, in the recipe "
            f"{sum(recipe.source['excluded'][1::2])} or others"
        )
    return said


def _refuse(differences: list[str], same_data: bool) -> None:
    if same_data and differences:
        raise ValueError(f"{_OTHERS} {'; '.join(differences)}. {_ALLOW}")


def _same_axis(a: Axis, b: Axis) -> bool:
    if a.size != b.size or a.units != b.units:
        return False
    reach = max(abs(b.array).max(), abs(b.array[-1] - b.array[0]))
    return bool((abs(a.array - b.array) <= _ROUNDING * reach).all())


def _ends(axis: Axis) -> str:
    values = axis.array
    return f"from {values[0]:g} to {values[-1]:g} {axis.units} in {axis.size}".replace("  ", " ")


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))


def _check_result(session: Session, sha256: str, recipe: Recipe, same_data: bool) -> None:
    """Whether the preprocessed data are those of the recipe."""
    data = session.need_dataset()
    if not same_data or not sha256 or data.sha256 == sha256:
        return
    if session.source_sha256 and session.source_sha256 == recipe.source["sha256"]:
        raise ValueError(
            "The preprocessing steps give other values here than in the recipe (sha256 "
            f"{data.sha256[:12]}..., in the recipe {sha256[:12]}...), from the same data: another "
            f"version or processor. Now {_versions(versions())}, then "
            f"{_versions(recipe.versions)}. Pass same_data=False to go on with these."
        )
    raise ValueError(
        f"{_OTHERS} after the preprocessing steps their values differ (sha256 "
        f"{data.sha256[:12]}..., in the recipe {sha256[:12]}...). {_ALLOW}"
    )


def _difference(model: Model, losses: dict[str, float | None]) -> float:
    """Largest relative difference of the final losses."""
    found = []
    for part, before in losses.items():
        now = (model.history[part] or [math.nan])[-1]
        before = math.nan if before is None else before
        scale = max(abs(now), abs(before))
        found.append(abs(now - before) / scale if scale else 0.0)
    return max(found, key=lambda x: (math.isnan(x), x))


def _versions(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items() if version)
