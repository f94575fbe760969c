"""A workspace: what a panel showed, read from the file that it saved, without browser or kernel."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .axes import Axis
from .dataset import Dataset
from .error_maps import METRICS
from .mask_runs import mask_of
from .model import Model
from .model_file import ModelFileError
from .panel_state import PanelState
from .regions import region_mask
from .state_check import is_panel_state
from .text import clean_json, clean_text
from .windows import scatter
from .workspace_file import WorkspaceFileError, WorkspaceParts, read_workspace_file


@dataclass(eq=False)
class WorkspaceModel:
    """A model of a workspace with what the panel had computed from it.

    Attributes
    ----------
    model : Model
        With the data attached where the file holds the spectra.
    label : str
        What the panel calls it: "2L".
    error_maps : dict of str to (ny, nx) array of float32
        By metric (see `Model.error_map`); NaN where no whole, unmasked window fits.
    latents : (ny, nx, latent_dims) array of float32
        NaN where no window fits.
    skill : dict
        {"train", "test"}: 1 - MSE / MSE of the mean of the training targets.
    """

    model: Model
    label: str
    error_maps: dict[str, np.ndarray]
    latents: np.ndarray
    skill: dict[str, float]


@dataclass(eq=False)
class Workspace:
    """What a workspace file holds.

    Attributes
    ----------
    haadf : (ny, nx) array of float32
    spectra : (ny, nx, E) array of float32 or None
        None where the file was saved without them.
    y, x, energy : Axis
    mask : (ny, nx) array of bool or None
        True where a pixel is excluded.
    mean : (E) array of float32
        Mean spectrum of the scan.
    energy_range : (float, float)
        What `energy_map` is the mean over, in the units of the energy axis.
    energy_map : (ny, nx) array of float32
    entries : list of WorkspaceModel
        The models, oldest first, with maps and encodings.
    regions : dict of str to (ny, nx) array of bool
        Masks by name.
    state : PanelState
        Pointer, regions, pins, selection, settings.
    abundances : (k, ny, nx) array of float32 or None
    endmembers : (k, E) array of float32 or None
    recipe : dict or None
        As `Explorer.recipe` gives it.
    setup : dict
        The arguments of the next training.
    title, name, spectra_units, image_units, sha256 : str
        sha256 is that of the spectra's bytes followed by the image's.
    simulated : bool
    report : list of str
    versions : dict
    """

    haadf: np.ndarray
    spectra: np.ndarray | None
    y: Axis
    x: Axis
    energy: Axis
    mask: np.ndarray | None
    mean: np.ndarray
    energy_range: tuple[float, float]
    energy_map: np.ndarray
    entries: list[WorkspaceModel]
    regions: dict[str, np.ndarray]
    state: PanelState
    abundances: np.ndarray | None = None
    endmembers: np.ndarray | None = None
    recipe: dict[str, Any] | None = None
    setup: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    name: str = ""
    spectra_units: str = ""
    image_units: str = ""
    sha256: str = ""
    simulated: bool = False
    report: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def models(self) -> list[Model]:
        """The models, oldest first."""
        return [entry.model for entry in self.entries]

    @property
    def dataset(self) -> Dataset | None:
        """The data as `eelscape.load(path, dataset=...)` takes them; None without the spectra."""
        return None if self.spectra is None else _dataset(self)

    @property
    def selection(self) -> np.ndarray:
        """(ny, nx) array of bool: the windows that were selected."""
        return mask_of(self.state.selection, self.haadf.shape)

    def __repr__(self) -> str:
        ny, nx = self.haadf.shape
        spectra = "with" if self.spectra is not None else "without"
        labels = ", ".join(f"{e.model.kind} {e.label}" for e in self.entries) or "no models"
        return (
            f"<Workspace {self.title or self.name!r}: {ny} x {nx} pixels, {self.energy.size} "
            f"channels, {spectra} spectra; {labels}>"
        )


def open_workspace(path: str | os.PathLike) -> Workspace:
    """Read a workspace file that the panel's "Save workspace" wrote.

    Parameters
    ----------
    path : path

    Returns
    -------
    Workspace

    Raises
    ------
    WorkspaceFileError
        Where the file is damaged, too new, or no workspace file; the message says which.
    OSError
        Where the path cannot be read.
    """
    parts = read_workspace_file(path)
    document, arrays, axes = parts.document, parts.arrays, parts.axes
    data = clean_json(document["data"])
    haadf, mask = arrays["data.image"], arrays.get("data.mask")
    state = document.get("state")
    places = PanelState.of(state) if is_panel_state(state) else PanelState()
    first, last = document["energy_range"]
    energies = axes["energy"].array
    workspace = Workspace(
        haadf=haadf,
        spectra=arrays.get("data.spectra"),
        **axes,
        mask=None if mask is None else mask != 0,
        mean=arrays["data.mean"],
        energy_range=(float(energies[first]), float(energies[last])),
        energy_map=arrays["maps.energy_range"],
        entries=[],
        regions={
            region["name"]: region_mask(region["kind"], region["points"], haadf.shape)
            for region in places.regions
        },
        state=places,
        abundances=arrays.get("maps.abundances"),
        endmembers=arrays.get("maps.endmembers"),
        recipe=document.get("recipe"),
        setup=document.get("setup") or {},
        versions=clean_json(document.get("versions") or {}),
        simulated=data.get("simulated") is True,
        **{name: data[name] for name in _TEXTS},
        report=data["report"],
    )
    dataset = workspace.dataset
    workspace.entries = [
        _entry(parts, i, words, dataset) for i, words in enumerate(document["models"])
    ]
    return workspace


_TEXTS = ("title", "name", "spectra_units", "image_units", "sha256")


def _dataset(workspace: Workspace) -> Dataset:
    return Dataset(
        spectra=workspace.spectra,
        image=workspace.haadf,
        y=workspace.y,
        x=workspace.x,
        energy=workspace.energy,
        mask=workspace.mask,
        simulated=workspace.simulated,
        report=list(workspace.report),
        **{name: getattr(workspace, name) for name in _TEXTS},
    )


def _entry(
    parts: WorkspaceParts, i: int, words: dict[str, Any], dataset: Dataset | None
) -> WorkspaceModel:
    arrays = {
        name.removeprefix(f"models.{i}."): array
        for name, array in parts.arrays.items()
        if name.startswith(f"models.{i}.")
    }
    label = clean_text(words["label"])
    try:
        model = Model.from_file(arrays["file"].tobytes())
        if dataset is not None:
            model.attach(dataset)
    except (ModelFileError, ValueError) as error:
        raise WorkspaceFileError(f"The model {label} of the workspace: {error}") from error
    evaluated = arrays["evaluated"]
    latents = arrays["latents"]
    if latents.shape[1] != model.latent_dims or model.channels != parts.axes["energy"].size:
        raise WorkspaceFileError(
            f"Workspace file damaged: the model {label} has {model.channels} channels and "
            f"{model.latent_dims} latents, its data {parts.axes['energy'].size} and its "
            f"encodings {latents.shape[1]}."
        )
    positions = np.flatnonzero(evaluated)
    train, test = arrays["skill"]
    # In full precision, losses that are not finite included.
    model.history = {part: arrays[f"history.{part}"].tolist() for part in ("train", "test")}
    return WorkspaceModel(
        model=model,
        label=label,
        error_maps={metric: arrays[f"error.{metric}"] for metric in METRICS},
        latents=scatter(latents, positions, *evaluated.shape),
        skill={"train": float(train), "test": float(test)},
    )
