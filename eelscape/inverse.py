"""Inverse design: the structures that the panel found for a wanted spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import Axis
from .error_maps import METRICS, window_errors

if TYPE_CHECKING:
    from .dataset import Dataset
    from .model import Model


@dataclass(frozen=True, eq=False)
class Inverse:
    """What a search for a wanted spectrum found, as the Inverse design view shows it.

    Spectra are in the units of the data and in the channel order of the source. Of m answers the
    first is the nearest.

    Attributes
    ----------
    model : Model
        The im2spec model whose decoder was searched.
    source : "pointer", "selection", "pin", "peaks" or "drawn"
        Where the target came from.
    target : (L,) array of float32
        The wanted spectrum.
    energy : Axis
        Of the spectra.
    peaks : list of dict
        {"position", "width", "height"} of the Gaussians that the target is made of, position and
        full width at half maximum in the units of `energy`; empty unless `source` is "peaks".
    base : float
        What the peaks stand on, in the units of the data.
    channels : (int, int)
        First and last channel that counted.
    latents : (m, latent_dims) array of float32
    decoded : (m, L) array of float32
        What the decoder makes of the latents.
    metric : "relative", "rmse", "mse" or "mse_raw"
    errors : (m,) array of float64
        Of `decoded` against `target` over `channels`: a fraction of the [0, 1] scale, but for
        "mse_raw", which is in squared data units.
    windows : (m, k, 2) array of int64
        Row and column of the k windows whose encodings lie nearest, nearest first.
    distances : (m, k) array of float64
        Their Euclidean distances in latent space.
    back_projected : (m, w, w) array of float32
        Mean of these windows, in the units of the image.
    dispersion : (m,) array of float64
        RMS distance of these windows from their mean, on the [0, 1] scale.
    image_model : Model or None
        The spec2im model that made `image`; None where there was none.
    image : (w, w) array of float32, or None
        What it predicts for the target, in the units of the image.
    """

    model: Model
    source: str
    target: np.ndarray
    energy: Axis
    peaks: list[dict[str, float]]
    base: float
    channels: tuple[int, int]
    latents: np.ndarray
    decoded: np.ndarray
    metric: str
    errors: np.ndarray
    windows: np.ndarray
    distances: np.ndarray
    back_projected: np.ndarray
    dispersion: np.ndarray
    image_model: Model | None
    image: np.ndarray | None

    def __repr__(self) -> str:
        found = ", ".join(f"{error:.3g}" for error in self.errors)
        return (
            f"<Inverse: {len(self.latents)} structures by {self.model.latent_dims}L for a "
            f"target from {self.source}, {self.metric} errors {found}>"
        )


def inverse_of(
    state: dict[str, Any], models: Mapping[str, Model], data: Dataset, metric: str
) -> Inverse | None:
    """What a panel's state says of its last search, computed from the models.

    Parameters
    ----------
    state : dict
        See `eelscape.state_check`.
    models : mapping of str to Model
        By the sha256 of their weights.
    data : Dataset
    metric : str

    Returns
    -------
    Inverse or None
        None where the model or the energies are others now.

    Raises
    ------
    ValueError
        If there is no such measure.
    """
    if metric not in METRICS:
        raise ValueError(f"metric is {metric!r}; allowed: {', '.join(map(repr, METRICS))}.")
    model, latents = models.get(state["weights"]), np.array(state["latents"], np.float32)
    size = data.energy.size
    first, last = state["channels"]
    if (
        model is None
        or model.kind != "im2spec"
        or model.dataset is None
        or model.dataset.sha256 != data.sha256
        or len(state["target"]) != size
        or not first <= last < size
        or latents.ndim != 2
        or latents.shape[1] != model.latent_dims
    ):
        return None
    flipped = data.energy_flipped
    target = np.array(state["target"], np.float32)
    if flipped:
        target, first, last = target[::-1], size - 1 - last, size - 1 - first
    decoded = model.decode(latents)
    part = slice(first, last + 1)
    targets = np.broadcast_to(target[part], (len(latents), last + 1 - first))
    found = model.back_project(latents, state["k"])
    maker = models.get(state["image"]) if state["image"] else None
    return Inverse(
        model=model,
        source=state["source"],
        target=target,
        energy=model.energy,
        peaks=[dict(peak) for peak in state["peaks"]],
        base=float(state["base"]),
        channels=(first, last),
        latents=latents,
        decoded=decoded,
        metric=metric,
        errors=window_errors(decoded[:, part], targets, model.scaling["spectrum"], metric),
        windows=found.positions,
        distances=found.distances,
        back_projected=found.mean,
        dispersion=found.dispersion,
        image_model=maker,
        image=None if maker is None else maker.predict(target[np.newaxis])[0],
    )
