"""A trained network with its data: maps, latents, back-projection, files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .atomic_write import write_atomically
from .dataset_check import check_dataset
from .evaluation import Evaluation, WindowTable
from .inference import as_array
from .latent_space import LatentSpace
from .model_file import ModelFile, model_file_bytes, read_model_file
from .model_summary import model_html, model_line
from .whole_image import WholeImage
from .windows import scatter

if TYPE_CHECKING:
    from .axes import Axis
    from .dataset import Dataset
    from .onnx_graph import OnnxFiles

__all__ = ["Evaluation", "Model", "load"]

_PARTS = {"train": 0, "test": 2}


class Model(LatentSpace):
    """A trained im2spec or spec2im network.

    Features and targets are windows (w, w) of the image and spectra (L,): im2spec predicts
    spectra from windows, spec2im windows from spectra. All values that go in and come out are
    in data units; the scaling to [0, 1] is part of the model. All spectra that go in and come out
    run along `energy`: in the channel order of the data that are attached, ascending without.

    Parameters
    ----------
    file : ModelFile
        Parameters, split, scaling, axes and history.
    dataset : Dataset, optional
        The data that the model was trained on; what needs them says so where they are absent.
    evaluation : Evaluation, optional
        What the browser computed. Without it the kernel computes the same when asked.

    Attributes
    ----------
    kind : "im2spec" or "spec2im"
    latent_dims, filters, window, channels : int
        Number of latents, inner channels of the network, window side w in pixels, length L of a
        spectrum.
    history : dict
        {"train": [...], "test": [...]}: mean squared error on the [0, 1] scale, a value an epoch.
    scaling : dict
        {"image": (min, max), "spectrum": (min, max)} in data units: 0 and 1 of the scale.
    split : (ny, nx) array of int8
        Part of the window at each pixel: -1 none, 0 train, 1 guard, 2 test.
    split_info, setup, recipe, versions : dict
        How the split was made, the arguments of the training, its recipe, software versions.
    epoch : int
        Complete epochs whose weights these are.
    backend, notice, title : str
    simulated : bool
        True where the data were simulated.
    energy : Axis
        Descending where the energies of the attached data do.
    y, x : Axis
    spectra_units, image_units : str
    data_sha256 : str
        sha256 of the bytes of the spectra followed by those of the image.
    """

    def __init__(
        self,
        file: ModelFile,
        dataset: Dataset | None = None,
        evaluation: Evaluation | None = None,
    ) -> None:
        self._file = file
        super().__init__(file.spec, file.parameters, file.scaling)
        metadata = file.metadata
        self.history = file.history
        self.split = file.split
        self.y, self.x = file.y, file.x
        self.split_info: dict[str, Any] = metadata.get("split", {})
        self.setup: dict[str, Any] = metadata.get("setup", {})
        self.recipe: dict[str, Any] = metadata.get("recipe", {})
        self.versions: dict[str, Any] = metadata.get("versions", {})
        self.epoch: int = metadata.get("epoch", 0)
        self.backend: str = metadata.get("backend", "")
        self.notice: str = metadata.get("notice", "")
        self.title: str = metadata.get("title", "")
        self.simulated: bool = metadata.get("simulated", False)
        self.spectra_units: str = metadata.get("spectra_units", "")
        self.image_units: str = metadata.get("image_units", "")
        self.data_sha256: str = metadata.get("data_sha256", "")
        self._table = WindowTable(file, self._network, None, evaluation)
        if dataset is not None:
            self.attach(dataset)
        if evaluation is not None:
            self.backend = evaluation.backend or self.backend
            self.notice = evaluation.notice or self.notice

    @classmethod
    def from_file(
        cls,
        source: bytes | str | os.PathLike,
        dataset: Dataset | None = None,
        evaluation: Evaluation | None = None,
    ) -> Model:
        """Read a model from the bytes or the path of a file.

        Raises
        ------
        ModelFileError
            Where the file is damaged or too new; the message says what is wrong.
        ValueError
            Where the data do not fit the model.
        """
        return cls(read_model_file(source), dataset, evaluation)

    @property
    def source(self) -> str:
        """Where `predictions`, `latents` and the error maps come from: "browser" or "kernel"."""
        return "kernel" if self._table.evaluation is None else "browser"

    @property
    def dataset(self) -> Dataset | None:
        """The data that are attached."""
        return self._table.dataset

    @property
    def energy(self) -> Axis:
        """Axis of the spectra that go in and come out."""
        axis = self._file.energy
        return axis.reversed() if self._flipped else axis

    @property
    def _flipped(self) -> bool:
        return self.dataset is not None and self.dataset.energy_flipped

    @property
    def parameters(self) -> Mapping[str, np.ndarray]:
        """Weights and batch-norm buffers by PyTorch name, float32, in PyTorch layout."""
        return self._file.parameters

    def attach(self, dataset: Dataset) -> None:
        """Attach the data that the model was trained on.

        A ValueError says where the shape or the energy axis differs, a UserWarning where they
        fit but the data are others than those of the training.
        """
        same = check_dataset(self._file, dataset)
        # What the browser computed from other data says nothing of these.
        evaluation = self._table.evaluation if same else None
        self._table = WindowTable(self._file, self._network, dataset, evaluation)

    def predictions(self, as_signal: bool = False) -> Any:
        """Predictions at every window of the data, from the browser where it sent them.

        Returns
        -------
        (ny, nx, L) or (ny, nx, w, w) array of float32
            In data units, spectra along `energy`, NaN where no whole, unmasked window fits; a
            HyperSpy signal with calibrated axes where `as_signal`.
        """
        positions, predictions = self._table.predictions()
        out = scatter(predictions, positions, self.y.size, self.x.size)
        if as_signal:
            kind = "spectra" if self.kind == "im2spec" else "windows"
            return self._signal(out, kind, "predictions")
        return self._targets(out)

    def error_map(self, metric: str = "relative", as_signal: bool = False) -> Any:
        """Error of the prediction at every window of the data (see `source`).

        Parameters
        ----------
        metric : "relative", "rmse", "mse" or "mse_raw"
            See `eelscape.error_maps.window_errors`: fractions on the [0, 1] scale, but for
            "mse_raw", which is in squared data units.
        as_signal : bool
            Return a HyperSpy signal with calibrated axes.

        Returns
        -------
        (ny, nx) array of float32
            NaN where no whole, unmasked window fits.
        """
        positions, errors = self._table.errors(metric)
        out = scatter(errors, positions, self.y.size, self.x.size)
        return self._signal(out, "map", f"{metric} error") if as_signal else out

    def errors(self, metric: str = "relative") -> dict[str, float]:
        """Mean error over the windows of each part.

        Parameters
        ----------
        metric : as for `error_map`

        Returns
        -------
        dict
            {"train": ..., "test": ..., "all": ...}; NaN for a part without windows.
        """
        positions, errors = self._table.errors(metric)
        labels = self.split.ravel()[positions]
        parts = {name: errors[labels == label] for name, label in _PARTS.items()}
        parts["all"] = errors
        return {name: float(np.mean(e)) if e.size else float("nan") for name, e in parts.items()}

    def predict(self, x: Any) -> Any:
        return self._targets(super().predict(self._features_in_order(x)))

    def encode(self, x: Any) -> Any:
        return super().encode(self._features_in_order(x))

    def decode(self, z: Any) -> Any:
        return self._targets(super().decode(z))

    def over(self, data: Any, mask: Any = None) -> WholeImage:
        # The spectra of a Dataset ascend.
        ordered = data if hasattr(data, "spectra") else self._features_in_order(data)
        found = super().over(ordered, mask)
        return found._replace(predictions=self._targets(found.predictions))

    def _features_in_order(self, x: Any) -> Any:
        """Features between the order of `energy` and the network's, which ascends."""
        if not self._flipped or self.kind == "im2spec":
            return x
        return as_array(x)[..., ::-1]

    def _targets(self, values: Any) -> Any:
        """Targets of the network in the order of `energy`."""
        return values[..., ::-1] if self._flipped and self.kind == "im2spec" else values

    def to_bytes(self) -> bytes:
        """The model file as bytes (safetensors)."""
        return model_file_bytes(self._file)

    def save(self, path: str | os.PathLike) -> Path:
        """Write the model file; `eelscape.load` reads it.

        Raises
        ------
        OSError
            "Could not save: ..."; what was at the path before is untouched.
        """
        return write_atomically(path, self.to_bytes())

    def to_onnx(self, path: str | os.PathLike) -> OnnxFiles:
        """Write three ONNX graphs: predict to `path`, encode and decode beside it.

        For "name.onnx" the others are "name.encode.onnx" and "name.decode.onnx". They take and
        give data units, float32, with a dynamic batch; the scaling is inside. Their spectra run
        along ascending energies, whatever the data.

        Returns
        -------
        OnnxFiles
            Named tuple (predict, encode, decode) of paths.
        """
        from .onnx_graph import write_graphs

        properties = {
            "title": self.title,
            "kind": self.kind,
            "energy": self._file.energy.to_dict(),
            "spectra_units": self.spectra_units,
            "image_units": self.image_units,
            "simulated": self.simulated,
        }
        file = self._file
        return write_graphs(path, file.spec, file.parameters, file.scaling, properties)

    def __repr__(self) -> str:
        return model_line(self)

    def _repr_html_(self) -> str:
        return model_html(self)

    def _signal(self, array: np.ndarray, kind: str, what: str) -> Any:
        title = f"{self.title or self.kind}: {what}"
        return self._table.need_data("as_signal=True").as_signal(array, kind, title)


def load(
    path: str | os.PathLike,
    si: Any = None,
    haadf: Any = None,
    axes: Any = None,
    mask: Any = None,
    dataset: Dataset | None = None,
) -> Model:
    """Load a model that `Model.save` or the panel wrote.

    Parameters
    ----------
    path : path
    si, haadf, axes, mask : optional
        The data that the model was trained on, as `eelscape.explore` takes them; needed for
        error maps, latents of the whole scan and back-projection. A NumPy array without `axes`
        gets the model's axes.
    dataset : Dataset, optional
        The same, already read.

    Returns
    -------
    Model

    Raises
    ------
    ModelFileError
        Where the file is damaged or too new.
    ValueError
        Where the data do not fit the model; a UserWarning says where they fit but are others.
    """
    model = Model.from_file(path)
    if si is not None or haadf is not None:
        if si is None or haadf is None:
            raise ValueError("Give both the spectrum image and the HAADF image, or neither.")
        from .adapters import to_dataset

        trained_on = (model.y.size, model.x.size, model.channels)
        if axes is None and isinstance(si, np.ndarray) and si.shape == trained_on:
            axes = [model.y, model.x, model.energy]
        dataset = to_dataset(si, haadf, axes=axes, mask=mask)
    if dataset is not None:
        model.attach(dataset)
    return model
