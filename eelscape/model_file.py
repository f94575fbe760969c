"""The model file: safetensors with one metadata key, `eelscape`, that holds JSON.

Nothing in a file is executed, and what its header declares is checked against the file's size
before anything is allocated for it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from .architecture import NetworkSpec, parameter_shapes
from .axes import Axis
from .checks import (
    Check,
    is_list,
    is_number,
    is_pair_of,
    is_record,
    is_text,
    is_truth,
    is_whole,
    or_none,
)
from .limits import MAX_LOSSES, MAX_REPORT, MAX_SIZE
from .safetensors_header import (
    ModelFileError,
    check_declared,
    check_length,
    parse_json,
    read_header,
)
from .text import clean_json

FORMAT = 1


@dataclass
class ModelFile:
    """Contents of a model file.

    Attributes
    ----------
    spec : NetworkSpec
    parameters : dict of str to float32 array
        Weights and batch-norm buffers by PyTorch name, in PyTorch layout.
    split : (ny, nx) array of int8
        -1 none, 0 train, 1 guard, 2 test.
    scaling : dict
        {"image": (min, max), "spectrum": (min, max)}, in data units.
    energy, y, x : Axis
    mask : (ny, nx) array of bool, optional
        True where a pixel is excluded.
    history : dict
        {"train": [...], "test": [...]}: MSE on the [0, 1] scale after each epoch.
    metadata : dict
        The other entries of the JSON: setup, epoch, backend, notice, title, simulated,
        data_sha256, spectra_units, image_units, split, recipe, versions, errors.
    latents : (ny, nx, latent_dims) array of float32, optional
        Encodings of the windows it was evaluated on, NaN where none fits; the panel measures how
        far other data lie from them. None in files of earlier versions.
    """

    spec: NetworkSpec
    parameters: dict[str, np.ndarray]
    split: np.ndarray
    scaling: dict[str, tuple[float, float]]
    energy: Axis
    y: Axis
    x: Axis
    mask: np.ndarray | None = None
    history: dict[str, list[float]] = field(default_factory=lambda: {"train": [], "test": []})
    metadata: dict[str, Any] = field(default_factory=dict)
    latents: np.ndarray | None = None


#: Entries of the JSON that are handed on as they are, with what an older file means by default.
_TEXT = is_text(MAX_REPORT)
_PLAIN: dict[str, tuple[Check, Any]] = {
    "spectra_units": (_TEXT, ""),
    "image_units": (_TEXT, ""),
    "split": (is_record, {}),
    "setup": (is_record, {}),
    "epoch": (is_whole(0), 0),
    "backend": (_TEXT, ""),
    "notice": (_TEXT, ""),
    "recipe": (is_record, {}),
    "versions": (is_record, {}),
    "data_sha256": (_TEXT, ""),
    "title": (_TEXT, ""),
    "simulated": (is_truth, False),
    "errors": (is_record, {}),
}


def read_model_file(source: bytes | str | os.PathLike) -> ModelFile:
    """Read and check a model file.

    Parameters
    ----------
    source : bytes or path

    Returns
    -------
    ModelFile

    Raises
    ------
    ModelFileError
        Where the file is damaged, holds values that are not finite, or has a newer format; the
        message names the tensor or the version.
    OSError
        Where the path cannot be read.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    else:
        path = Path(source).expanduser()
        # Of what has no length of its own, a pipe or a device, nothing is read.
        if path.exists() and not path.is_file():
            raise ModelFileError(f"Not a model file: {path} is no file.")
        check_length(path.stat().st_size)
        data = path.read_bytes()
    header, body = read_header(data)
    metadata = _metadata(header)
    spec, scaling, axes, history, plain = _interpret(metadata)
    expected = parameter_shapes(spec)
    size = (axes["y"].size, axes["x"].size)
    wanted = {name: ("F32", shape) for name, shape in expected.items()}
    wanted["data.split"] = ("I8", size)
    if "data.mask" in header:
        wanted["data.mask"] = ("U8", size)
    if "data.latents" in header:
        wanted["data.latents"] = ("F32", (*size, spec.latent_dims))
    check_declared(header, wanted, body)
    try:
        loaded = safetensors.deserialize(data)
    except safetensors.SafetensorError as error:
        raise ModelFileError(f"Model file damaged: {error}.") from error
    arrays = {name: _array(name, view) for name, view in loaded if name in wanted}
    for name in expected:
        wrong = int(np.count_nonzero(~np.isfinite(arrays[name])))
        if wrong:
            raise ModelFileError(
                f"Model file damaged: {name} holds {wrong} values that are not finite "
                f"of {arrays[name].size}."
            )
        if name.endswith("running_var") and arrays[name].min() < 0:
            raise ModelFileError(f"Model file damaged: {name} holds a negative variance.")
    _check_hashes(metadata, loaded, arrays)
    split = arrays["data.split"]
    if split.min() < -1 or split.max() > 2:
        raise ModelFileError("Model file damaged: data.split holds labels other than -1 to 2.")
    mask = arrays.get("data.mask")
    return ModelFile(
        spec=spec,
        parameters={name: arrays[name] for name in expected},
        split=split,
        scaling=scaling,
        mask=None if mask is None else mask != 0,
        latents=arrays.get("data.latents"),
        history=history,
        metadata=plain,
        **axes,
    )


def model_file_bytes(model: ModelFile) -> bytes:
    """The bytes of a model file.

    Parameters
    ----------
    model : ModelFile

    Returns
    -------
    bytes
        safetensors; the front end reads the same.

    Raises
    ------
    ModelFileError
        Where the parameters are not those of the network or not finite.
    """
    tensors: dict[str, np.ndarray] = {}
    for name, shape in parameter_shapes(model.spec).items():
        value = model.parameters.get(name)
        if value is None or value.shape != shape:
            found = "missing" if value is None else f"of shape {value.shape}"
            raise ModelFileError(f"{name} is {found}; the network needs shape {shape}.")
        if not np.all(np.isfinite(value)):
            raise ModelFileError(f"{name} holds values that are not finite; it is not written.")
        tensors[name] = np.ascontiguousarray(value, dtype="<f4")
    tensors["data.split"] = np.ascontiguousarray(model.split, dtype=np.int8)
    if model.mask is not None:
        tensors["data.mask"] = np.ascontiguousarray(model.mask, dtype=np.uint8)
    if model.latents is not None:
        tensors["data.latents"] = np.ascontiguousarray(model.latents, dtype="<f4")
    spec = model.spec
    metadata = {
        "format": FORMAT,
        "kind": spec.kind,
        "latent_dims": spec.latent_dims,
        "window": spec.window,
        "filters": spec.filters,
        "channels": spec.channels,
        "energy": model.energy.to_dict(),
        "x": model.x.to_dict(),
        "y": model.y.to_dict(),
        "scaling": {name: list(limits) for name, limits in model.scaling.items()},
        "history": model.history,
        **{name: model.metadata.get(name, default) for name, (_, default) in _PLAIN.items()},
        "tensor_sha256": {name: _sha256(value) for name, value in tensors.items()},
    }
    text = json.dumps(_plain_json(metadata), allow_nan=False)
    return safetensors.numpy.save(tensors, metadata={"eelscape": text})


def _metadata(header: dict[str, Any]) -> dict[str, Any]:
    """The JSON under the key `eelscape`, its format version checked."""
    strings = header.pop("__metadata__", None)
    text = strings.get("eelscape") if isinstance(strings, dict) else None
    if not isinstance(text, str):
        raise ModelFileError(
            "Not an eelscape model: the safetensors file has no metadata key 'eelscape'."
        )
    metadata = parse_json(text, "metadata")
    version = metadata.get("format")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ModelFileError(f"Model file damaged: its format version is {_short(version)}.")
    if version > FORMAT:
        raise ModelFileError(
            f"The model file has format {_short(version)}; this version of eelscape reads up to "
            f"format {FORMAT}. Install a newer one: pip install --upgrade eelscape"
        )
    return metadata


def _interpret(metadata: dict[str, Any]):
    """Check the JSON's entries and turn them into what a ModelFile holds."""
    names = ("kind", "latent_dims", "filters", "window", "channels")
    try:
        spec = NetworkSpec(**{name: metadata[name] for name in names})
        axes = {name: _axis(name, metadata[name]) for name in ("energy", "y", "x")}
        scaling = {name: _limits(name, metadata["scaling"]) for name in ("image", "spectrum")}
        history = _history(metadata.get("history", {}))
        plain = {}
        for name, (check, default) in _PLAIN.items():
            value = metadata.get(name)
            plain[name] = default if value is None else value
            if not check(plain[name]):
                raise ValueError(f"{name} is {_short(plain[name])}")
            plain[name] = clean_json(plain[name])
    except KeyError as error:
        raise ModelFileError(f"Model file damaged: its metadata lack {error}.") from error
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelFileError(f"Model file damaged: {error}.") from error
    if axes["energy"].size != spec.channels:
        raise ModelFileError(
            f"Model file damaged: its energy axis has {axes['energy'].size} channels, "
            f"its network {spec.channels}."
        )
    return spec, scaling, axes, history, plain


def _axis(name: str, value: Any) -> Axis:
    if not isinstance(value, dict):
        raise ValueError(f"axis {name} is {_short(value)}")
    size = value.get("size")
    # Before Axis sees it, so that a size of 10^12 allocates nothing.
    if not is_whole(1, MAX_SIZE)(size):
        raise ValueError(f"axis {name} has size {_short(size)}")
    for key, check in (("name", _TEXT), ("units", _TEXT), ("scale", is_number)):
        if value.get(key) is not None and not check(value[key]):
            raise ValueError(f"axis {name} has {key} {_short(value[key])}")
    if not or_none(is_number)(value.get("offset")):
        raise ValueError(f"axis {name} has offset {_short(value['offset'])}")
    if not or_none(is_list(MAX_SIZE, is_number))(value.get("values")):
        raise ValueError(f"axis {name} has values that are no list of numbers")
    # Keys of later versions are let by.
    known = ("name", "units", "size", "scale", "offset", "values")
    return Axis.from_dict({key: value[key] for key in known if value.get(key) is not None})


def _limits(name: str, scaling: Any) -> tuple[float, float]:
    limits = scaling[name] if isinstance(scaling, dict) else None
    if not is_pair_of(is_number)(limits):
        raise ValueError(f"the scaling of the {name} is {_short(limits)}")
    low, high = map(float, limits)
    if low > high:
        raise ValueError(f"the scaling of the {name} is {low} to {high}")
    return low, high


def _history(value: Any) -> dict[str, list[float]]:
    if not isinstance(value, dict):
        raise ValueError("its history is not an object")
    losses = {part: value.get(part) or [] for part in ("train", "test")}
    for part, found in losses.items():
        if not is_list(MAX_LOSSES, or_none(is_number))(found):
            raise ValueError(f"its history of {part} losses is no list of numbers")
    return {
        part: [math.nan if loss is None else float(loss) for loss in found]
        for part, found in losses.items()
    }


def _short(value: Any) -> str:
    """A value of a file as long as a message takes."""
    return repr(value)[:60]


def _array(name: str, view: dict[str, Any]) -> np.ndarray:
    dtype = {"data.split": "i1", "data.mask": "u1"}.get(name, "<f4")
    # A copy, because the bytes may lie at any alignment and cannot be written to.
    return np.frombuffer(view["data"], dtype=dtype).reshape(view["shape"]).copy()


def _check_hashes(metadata, loaded, arrays):
    hashes = metadata.get("tensor_sha256")
    if not isinstance(hashes, dict):
        raise ModelFileError("Model file damaged: its metadata lack the checksums of the tensors.")
    for name, view in loaded:
        expected = hashes.get(name)
        if expected is None and name not in arrays:
            continue
        if expected != hashlib.sha256(view["data"]).hexdigest():
            raise ModelFileError(
                f"Model file damaged: the values of {name} do not match their checksum. "
                "Take another copy of the file, or train again."
            )


def _sha256(value: np.ndarray) -> str:
    return hashlib.sha256(value.tobytes()).hexdigest()


def _plain_json(value: Any) -> Any:
    """The same with NumPy's scalars as Python's and null for what is not finite."""
    if isinstance(value, dict):
        return {str(key): _plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain_json(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
