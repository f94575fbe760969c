"""Latents, predictions and errors of every window of a data set, from the browser or the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .error_maps import METRICS, window_errors
from .inference import Network
from .latent import BackProjection, mean_and_dispersion, nearest_encodings
from .model_file import ModelFile
from .whole_image import encode_at, features_at
from .windows import cut_windows, positions_of_windows

if TYPE_CHECKING:
    from .dataset import Dataset

#: Largest predictions that are kept for the next map, so that another metric costs nothing.
KEPT_BYTES = 512 * 1024**2


@dataclass
class Evaluation:
    """What the browser computed with the trained network, in eval mode.

    Attributes
    ----------
    positions : (n,) array of int32
        Flat pixel indices i * nx + j of the windows, in row-major order.
    latents : (n, latent_dims) array of float32
    predictions : (n, L) or (n, w, w) array of float32
        In data units.
    backend : str
        "webgpu", "webgl", "wasm" or "cpu".
    notice : str
        What a user should know of the run.
    """

    positions: np.ndarray
    latents: np.ndarray
    predictions: np.ndarray
    backend: str = ""
    notice: str = ""


class WindowTable:
    """One row a window: all valid, unmasked windows at stride 1, in row-major order.

    Parameters
    ----------
    file : ModelFile
    network : Network
    dataset : Dataset, optional
    evaluation : Evaluation, optional
        What the browser computed; without it the kernel computes the same when asked.

    Raises
    ------
    ValueError
        Where the arrays of `evaluation` do not fit the model.
    """

    def __init__(
        self,
        file: ModelFile,
        network: Network,
        dataset: Dataset | None = None,
        evaluation: Evaluation | None = None,
    ) -> None:
        self._file = file
        self._network = network
        self.dataset = dataset
        self.evaluation = None if evaluation is None else _checked(evaluation, file)
        self._encoded: tuple[np.ndarray, np.ndarray] | None = None
        self._decoded: np.ndarray | None = None

    def need_data(self, what: str) -> Dataset:
        """The data set; a RuntimeError that says how to attach it where there is none."""
        if self.dataset is None:
            raise RuntimeError(
                f"{what} needs the data that the model was trained on, and none are attached. "
                "Load the model with them: eelscape.load(path, si, haadf)."
            )
        return self.dataset

    def latents(self, what: str = "latents") -> tuple[np.ndarray, np.ndarray]:
        """Positions (n,) and finite encodings (n, latent_dims) of the windows."""
        if self._encoded is None:
            if self.evaluation is not None:
                positions, latents = self.evaluation.positions, self.evaluation.latents
            else:
                features = self._features(self.need_data(what))
                positions = self._positions()
                latents = encode_at(self._network, features, positions)
            finite = np.isfinite(latents).all(axis=1)
            if not finite.any():
                raise ValueError("No window has a finite encoding. Check the data and the mask.")
            self._encoded = positions[finite], latents[finite]
        return self._encoded

    def predictions(self, what: str = "predictions") -> tuple[np.ndarray, np.ndarray]:
        """Positions (n,) and predictions (n, L) or (n, w, w) in data units."""
        if self.evaluation is not None:
            return self.evaluation.positions, self.evaluation.predictions
        positions, latents = self.latents(what)
        if self._decoded is not None:
            return positions, self._decoded
        predictions = self._network.run("decode", latents)
        if predictions.nbytes <= KEPT_BYTES:
            self._decoded = predictions
        return positions, predictions

    def errors(self, metric: str) -> tuple[np.ndarray, np.ndarray]:
        """Positions (n,) and errors (n,) float64 by one of the metrics of `error_maps`."""
        if metric not in METRICS:
            raise ValueError(f"metric is {metric!r}; allowed: {', '.join(map(repr, METRICS))}.")
        data = self.need_data("An error map")
        positions, predictions = self.predictions()
        spec = self._file.spec
        if spec.kind == "im2spec":
            limits, targets = "spectrum", data.spectra.reshape(-1, spec.channels)[positions]
        else:
            limits, targets = "image", cut_windows(data.image, positions, spec.window)
        return positions, window_errors(predictions, targets, self._file.scaling[limits], metric)

    def unit_features(self) -> tuple[np.ndarray, float]:
        """Features (n, values) of the windows of `latents`, data units; span of their scale."""
        data = self.need_data("veracity")
        positions, _ = self.latents()
        features = features_at(self._network, self._features(data), positions)
        low, high = self._file.scaling["image" if self._file.spec.kind == "im2spec" else "spectrum"]
        return features.reshape(len(positions), -1), (high - low) or 1.0

    def back_project(self, points: np.ndarray, k: int) -> BackProjection:
        """See `Model.back_project`."""
        features = self._features(self.need_data("back_project"))
        positions, latents = self.latents()
        spec = self._file.spec
        n = spec.latent_dims
        points = np.asarray(points, dtype=np.float64)
        if points.ndim < 1 or points.shape[-1] != n:
            raise ValueError(
                f"points must have shape (m, {n}) or ({n},), one value a latent; "
                f"got {points.shape}."
            )
        if not np.all(np.isfinite(points)):
            raise ValueError("points hold values that are not finite.")
        if isinstance(k, bool) or int(k) != k or not 1 <= k <= len(positions):
            raise ValueError(f"k is {k!r}; it must be 1 to {len(positions)}, all the windows.")
        k, leading, shape = int(k), points.shape[:-1], spec.feature_shape
        nearest, distances = nearest_encodings(points.reshape(-1, n), latents, k)
        pixels = positions[nearest].astype(np.int64)
        low, high = self._file.scaling["image" if spec.kind == "im2spec" else "spectrum"]
        mean = np.empty((len(pixels), *shape), dtype=np.float32)
        dispersion = np.empty(len(pixels))
        # In pieces, because k float64 copies of the features of every point may not fit.
        step = max(1, 2_000_000 // (k * int(np.prod(shape))))
        for start in range(0, len(pixels), step):
            part = slice(start, start + step)
            near = features_at(self._network, features, pixels[part].ravel())
            mean[part], dispersion[part] = mean_and_dispersion(
                near.reshape(-1, k, *shape), high - low
            )
        places = np.stack(np.divmod(pixels, self._file.x.size), axis=-1)
        return BackProjection(
            mean.reshape(*leading, *shape),
            places.reshape(*leading, k, 2),
            distances.reshape(*leading, k),
            dispersion.reshape(leading),
        )

    def _features(self, data: Dataset) -> np.ndarray:
        return data.image if self._file.spec.kind == "im2spec" else data.spectra

    def _positions(self) -> np.ndarray:
        file = self._file
        masks = [m for m in (file.mask, self.need_data("This").mask) if m is not None]
        mask = np.logical_or.reduce(masks) if masks else None
        windows = file.metadata.get("setup", {}).get("windows", "all")
        return positions_of_windows(file.y.size, file.x.size, file.spec.window, mask, windows)


def _checked(evaluation: Evaluation, file: ModelFile) -> Evaluation:
    """The same with arrays of the right types and shapes."""
    positions = np.asarray(evaluation.positions, dtype=np.int32).ravel()
    n, pixels = len(positions), file.y.size * file.x.size
    sizes = {
        "latents": (n, file.spec.latent_dims),
        "predictions": (n, *file.spec.target_shape),
    }
    arrays = {}
    for name, shape in sizes.items():
        array = np.asarray(getattr(evaluation, name), dtype=np.float32)
        if array.size != int(np.prod(shape)):
            raise ValueError(f"The {name} have shape {array.shape} instead of {shape}.")
        arrays[name] = array.reshape(shape)
    if n and (positions.min() < 0 or positions.max() >= pixels or len(set(positions)) < n):
        raise ValueError(f"The positions are not different indices of {pixels} pixels.")
    # Row-major order decides ties of the back-projection.
    order = np.argsort(positions)
    if not np.array_equal(order, np.arange(n)):
        positions = positions[order]
        arrays = {name: array[order] for name, array in arrays.items()}
    return Evaluation(positions, backend=evaluation.backend, notice=evaluation.notice, **arrays)
