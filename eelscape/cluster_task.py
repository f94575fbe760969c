"""What a panel asks of clusters: it sends the encodings that it shows."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import numpy as np

from .mixture import bic_curve, fit_mixture
from .nmf_solver import Watch
from .spectrum_image import Cancelled, IsCancelled, Progress
from .tasks import TaskResult

if TYPE_CHECKING:
    from .connection import Line
    from .session import Session


def clusters(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """Task "clusters": the mixture of {encodings, latents, components, seed, covariance}."""
    found = fit_mixture(
        _encodings(params), params.get("components"), params.get("seed"), params.get("covariance")
    )
    if cancelled():
        raise Cancelled
    return TaskResult(
        {"bic": found.bic, "converged": found.converged},
        {
            "labels": found.labels,
            "responsibilities": found.responsibilities,
            "means": found.means,
            "covariances": found.covariances,
            "weights": found.weights,
        },
    )


def clusters_bic(
    line: Line, session: Session, params: dict[str, Any], progress: Progress, cancelled: IsCancelled
) -> TaskResult:
    """Task "clusters-bic": BIC of 1 to `most` components, of the same but for components."""
    most = params.get("most")
    if not isinstance(most, int) or not 1 <= most <= 64:
        raise ValueError(f"most is {most!r}; it must be 1 to 64.")
    curve = bic_curve(
        _encodings(params),
        range(1, most + 1),
        params.get("seed"),
        params.get("covariance"),
        Watch(progress, cancelled),
    )
    return TaskResult(
        {},
        {"components": np.array(list(curve), np.int32), "bic": np.array(list(curve.values()))},
    )


def _encodings(params: dict[str, Any]) -> np.ndarray:
    """(n, latents) float32 from texts of base64, each of a multiple of 3 bytes but the last."""
    texts, latents = params.get("encodings"), params.get("latents")
    if not isinstance(latents, int) or isinstance(latents, bool) or latents < 1:
        raise ValueError(f"latents is {latents!r}; it must be a whole number of at least 1.")
    try:
        values = np.frombuffer(base64.b64decode("".join(texts), validate=True), "<f4")
        return values.reshape(-1, latents)
    except (TypeError, ValueError, binascii.Error) as error:
        raise ValueError(f"The encodings cannot be read: {error}.") from None
