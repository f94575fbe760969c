"""A model over other data than its own: errors, and distances from what it was trained with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .axes import Axis
from .axis_match import match_axes, resampled
from .error_maps import METRICS, window_errors
from .inference import Network
from .latent import nearest_encodings
from .whole_image import CUT, encode_at
from .windows import cut_windows, positions_of_windows, scatter

if TYPE_CHECKING:
    from .dataset import Dataset
    from .model import Model

SCALES = ("network", "data")
"""The [0, 1] scale on which data reach the network: that of its training, or that of the data."""

#: Percentiles that the robust scale takes for 0 and 1.
_ROBUST = (0.1, 99.9)
#: Percent of the test windows of the model's own data that count as near.
_NEAR = 95


@dataclass(frozen=True, eq=False)
class Transfer:
    """A model applied to a data set, as the Transfer view shows it.

    Attributes
    ----------
    model : Model
    trained_on : str
        Title of the data that the model was trained on.
    scale : "network" or "data"
        Whose [0, 1] scale is used; `scaling` has the numbers, in data units.
    scaling : dict
        {"image": (min, max), "spectrum": (min, max)}.
    interpolated : bool
        Whether the spectra were interpolated to the energies of the model.
    energy : Axis
        Energies of the model that the data reach, ascending: those that are compared.
    spectra : (ny, nx, L) array of float32
        Measured spectra along `energy`, in the units of the data.
    latents : (ny, nx, latent_dims) array of float32
        Encodings of the windows; NaN, as in the other maps, where no whole, unmasked window fits.
    metric : "relative", "rmse", "mse" or "mse_raw"
    errors : (ny, nx) array of float32
        Error of each window by `metric`: a fraction of the [0, 1] scale, but for "mse_raw", which
        is in squared data units.
    distances : (ny, nx) array of float32, or None
        Euclidean distance of each encoding from the nearest encoding of a training window, in RMS
        spreads of those; None where the model's file holds no encodings.
    own_distances : (n,) array of float64, or None
        The same of the test windows of the model's own data.
    threshold : float
        95 % of `own_distances` lie below; NaN without any.
    beyond : float
        Share (0 to 1) of the windows whose distance exceeds `threshold`; NaN without one.
    """

    model: Model
    trained_on: str
    scale: str
    scaling: dict[str, tuple[float, float]]
    interpolated: bool
    energy: Axis
    spectra: np.ndarray
    latents: np.ndarray
    metric: str
    errors: np.ndarray
    distances: np.ndarray | None
    own_distances: np.ndarray | None
    threshold: float
    beyond: float
    _network: Network = field(repr=False)
    _covered: slice = field(repr=False)

    @property
    def mean_error(self) -> float:
        """Mean of `errors` over all windows."""
        return _mean(self.errors)

    def predictions(self) -> np.ndarray:
        """Predictions at every window.

        Returns
        -------
        (ny, nx, L) or (ny, nx, w, w) array of float32
            Spectra along `energy`, or windows of the image, in data units; NaN outside.
        """
        ny, nx = self.errors.shape
        fits = np.isfinite(self.latents).all(axis=2)
        found = self._network.run("decode", self.latents[fits])
        if self.model.kind == "im2spec":
            found = found[:, self._covered]
        return scatter(found, np.flatnonzero(fits), ny, nx)

    def __repr__(self) -> str:
        beyond = "" if np.isnan(self.beyond) else f", {100 * self.beyond:.0f} % beyond threshold"
        return (
            f"<Transfer: {self.model.kind} {self.model.latent_dims}L of "
            f"{self.trained_on or 'other data'}, mean {self.metric} error "
            f"{self.mean_error:.4g}{beyond}>"
        )


def transfer_of(
    model: Model, data: Dataset, scale: str = "network", metric: str = "relative"
) -> Transfer:
    """Apply a model to data; see `Explorer.transfer`."""
    if scale not in SCALES:
        raise ValueError(f"scale is {scale!r}; allowed: {', '.join(map(repr, SCALES))}.")
    if metric not in METRICS:
        raise ValueError(f"metric is {metric!r}; allowed: {', '.join(map(repr, METRICS))}.")
    file = model._file
    spec = file.spec
    ny, nx = data.shape[:2]
    match = match_axes(file.energy, data.energy, spec.kind)
    windows = model.setup.get("windows", "all")
    positions = positions_of_windows(ny, nx, spec.window, data.mask, windows)
    if not len(positions):
        raise ValueError(
            f"No window of {spec.window} x {spec.window} pixels fits in {ny} x {nx} pixels."
        )
    spectra = data.spectra if match.same else resampled(data, file.energy)
    scaling = dict(file.scaling)
    if scale == "data":
        robust = model.setup.get("scaling") == "robust"
        scaling = {
            "image": _limits(data.image, data.mask, robust),
            "spectrum": _limits(spectra, data.mask, robust),
        }
    network = Network(spec, file.parameters, scaling)
    im2spec = spec.kind == "im2spec"
    latents = encode_at(network, data.image if im2spec else spectra, positions)
    covered = slice(match.first, match.last + 1)
    compared = spectra[..., covered]
    errors = np.empty(len(positions))
    for start in range(0, len(positions), CUT):
        part = slice(start, start + CUT)
        predicted = network.run("decode", latents[part])
        if im2spec:
            predicted = predicted[:, covered]
            targets = compared.reshape(-1, compared.shape[2])[positions[part]]
        else:
            targets = cut_windows(data.image, positions[part], spec.window)
        limits = scaling["spectrum" if im2spec else "image"]
        errors[part] = window_errors(predicted, targets, limits, metric)
    here, own = _distances(model, latents)
    threshold = beyond = float("nan")
    if own is not None and np.isfinite(own).any():
        threshold = float(np.percentile(own[np.isfinite(own)], _NEAR))
        finite = here[np.isfinite(here)]
        beyond = float((finite > threshold).mean()) if finite.size else beyond
    return Transfer(
        model=model,
        trained_on=model.title,
        scale=scale,
        scaling=scaling,
        interpolated=not match.same,
        energy=file.energy.crop(match.first, match.last + 1),
        spectra=compared,
        latents=scatter(latents, positions, ny, nx),
        metric=metric,
        errors=scatter(errors, positions, ny, nx),
        distances=None if here is None else scatter(here, positions, ny, nx),
        own_distances=own,
        threshold=threshold,
        beyond=beyond,
        _network=network,
        _covered=covered,
    )


def _distances(model: Model, latents: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Distances from the nearest training encoding: of these encodings, and of the test windows."""
    own = model._file.latents
    if own is None:
        if model.dataset is None:
            return None, None
        own = model.latents()
    training = _finite(own[model.split == 0])
    if not len(training):
        return None, None
    away = training - training.mean(axis=0)
    unit = float(np.sqrt((away**2).sum(axis=1).mean())) or 1.0
    return _nearest(latents, training) / unit, _nearest(own[model.split == 2], training) / unit


def _nearest(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """(n,) distances from the nearest of the reference; NaN for points that are not finite."""
    out = np.full(len(points), np.nan)
    finite = np.isfinite(points).all(axis=1)
    if finite.any():
        out[finite] = nearest_encodings(points[finite], reference, 1)[1][:, 0]
    return out


def _finite(rows: np.ndarray) -> np.ndarray:
    return rows[np.isfinite(rows).all(axis=1)].astype(np.float64)


def _limits(values: np.ndarray, mask: np.ndarray | None, robust: bool) -> tuple[float, float]:
    """0 and 1 of the scale over the finite values of the pixels that are not excluded."""
    kept = values if mask is None else values[~mask]
    finite = kept[np.isfinite(kept)]
    if robust:
        low, high = np.percentile(finite.astype(np.float64), _ROBUST)
        return float(low), float(high)
    return float(finite.min()), float(finite.max())


def _mean(errors: np.ndarray) -> float:
    finite = errors[np.isfinite(errors)].astype(np.float64)
    return float(finite.mean()) if finite.size else float("nan")
