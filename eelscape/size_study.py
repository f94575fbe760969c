"""The latent-size study: models that differ in nothing but their number of latents, compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .dataset import Dataset
    from .model import Model

#: Entries of a setup in which the networks of a study may differ.
_FREE = ("kind", "latent_dims", "backend")


class StudyRow(NamedTuple):
    """What one model of the study came to.

    Attributes
    ----------
    kind : "im2spec" or "spec2im"
    latent_dims : int
    train, test : float
        Mean error over the windows of the part, by the measure that was asked for; NaN for a part
        without windows.
    train_sd, test_sd : float
        Standard deviation over those windows (ddof 1); they overlap, so it is no standard error.
    r : float
        Pearson correlation of the error map with the image, -1 to 1; NaN where one is constant.
    mse : float
        Mean squared difference of the two, each scaled to [0, 1] on the same positions.
    model : Model
    """

    kind: str
    latent_dims: int
    train: float
    test: float
    train_sd: float
    test_sd: float
    r: float
    mse: float
    model: Model


def study_of(models: Sequence[Model], dataset: Dataset, metric: str = "relative") -> list[StudyRow]:
    """The study that the newest model belongs to.

    Parameters
    ----------
    models : sequence of Model
        Oldest first. Those of these data count that were trained to the end with the setup of the
        newest such model, but for kind, number of latents and backend; the newest of each size.
    dataset : Dataset
    metric : "relative", "rmse", "mse" or "mse_raw"

    Returns
    -------
    list of StudyRow
        By kind, then number of latents; empty without models.
    """
    own = [model for model in models if model.data_sha256 == dataset.sha256 and _complete(model)]
    if not own:
        return []
    key = _key(own[-1].setup)
    chosen = {(m.kind, m.latent_dims): m for m in own if _key(m.setup) == key}
    return [_row(chosen[size], dataset, metric) for size in sorted(chosen)]


def structure(errors: np.ndarray, image: np.ndarray) -> tuple[float, float]:
    """Pearson correlation and MSE of an error map (ny, nx) and the image, as in Fig. S1b.

    Over the positions where both are finite; for the MSE each is scaled to [0, 1] on them.
    """
    both = np.isfinite(errors) & np.isfinite(image)
    a, b = np.asarray(errors, np.float64)[both], np.asarray(image, np.float64)[both]
    if not a.size:
        return float("nan"), float("nan")
    constant = np.ptp(a) == 0 or np.ptp(b) == 0
    r = float("nan") if constant else float(np.corrcoef(a, b)[0, 1])
    return r, float(np.mean((_unit(a) - _unit(b)) ** 2))


def _row(model: Model, dataset: Dataset, metric: str) -> StudyRow:
    errors = model.error_map(metric)
    train, train_sd = _spread(errors[model.split == 0])
    test, test_sd = _spread(errors[model.split == 2])
    r, mse = structure(errors, dataset.image)
    size = (model.kind, model.latent_dims)
    return StudyRow(*size, train, test, train_sd, test_sd, r, mse, model)


def _spread(errors: np.ndarray) -> tuple[float, float]:
    values = errors[np.isfinite(errors)].astype(np.float64)
    mean = float(values.mean()) if values.size else float("nan")
    return mean, float(values.std(ddof=1)) if values.size > 1 else float("nan")


def _unit(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / (np.ptp(values) or 1.0)


def _complete(model: Model) -> bool:
    return model.epoch >= model.setup.get("epochs", 0)


def _key(setup: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in setup.items() if name not in _FREE}
