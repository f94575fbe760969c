"""The bytes of a workspace file: safetensors with a JSON document in a tensor of its own.

docs/workspace-file.md has the format; src/network/workspace-file.ts writes and reads the same.
Nothing in a file is executed, and what its header declares is checked against the file's size
before anything is allocated for it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from .axes import Axis
from .checks import has_fields, is_list, is_text, is_whole, or_none
from .error_maps import METRICS
from .limits import MAX_LOSSES, MAX_NAME, MAX_REPORT, MAX_SIZE, MAX_TEXT
from .safetensors_header import ModelFileError, check_declared, parse_json, read_header
from .text import clean_text

FORMAT = "eelscape-workspace"
VERSION = 1
#: Bytes of the JSON document; models and components of one file.
MAX_DOCUMENT = 1 << 26
MAX_MODELS = 256
MAX_COMPONENTS = 256
MAX_PIXELS = 1 << 28

_TYPES = {"F32": "<f4", "F64": "<f8", "I8": "i1", "U8": "u1"}
_MODEL_TENSORS = ("evaluated", "file", "history.test", "history.train", "latents", "skill", "split")

_MODEL = {
    "id": is_text(MAX_NAME),
    "label": is_text(MAX_NAME),
    "epoch": is_whole(0, MAX_LOSSES),
    "backend": is_text(MAX_NAME),
    "notice": is_text(MAX_REPORT),
}
_DATA = {
    "name": is_text(MAX_TEXT),
    "title": is_text(MAX_TEXT),
    "spectra_units": is_text(MAX_TEXT),
    "image_units": is_text(MAX_TEXT),
    "sha256": is_text(MAX_NAME),
    "report": is_list(1000, is_text(MAX_REPORT)),
}


class WorkspaceFileError(ValueError):
    """A workspace file cannot be read: it is damaged, too new, or something else altogether."""


@dataclass
class WorkspaceParts:
    """What a workspace file holds.

    Attributes
    ----------
    document : dict
        The JSON, checked as far as it says what the arrays are.
    axes : dict of str to Axis
        "y", "x", "energy".
    arrays : dict of str to array
        By tensor name.
    """

    document: dict[str, Any]
    axes: dict[str, Axis]
    arrays: dict[str, np.ndarray]


def read_workspace_file(source: bytes | str | os.PathLike) -> WorkspaceParts:
    """Read and check a workspace file.

    Parameters
    ----------
    source : bytes or path

    Returns
    -------
    WorkspaceParts

    Raises
    ------
    WorkspaceFileError
        Where the file is damaged, of another program, or of a newer version, which is named.
    OSError
        Where the path cannot be read.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    else:
        data = Path(source).expanduser().read_bytes()
    try:
        return _parts_of(data)
    except ModelFileError as error:
        text = str(error).replace("Model file", "Workspace file").replace("model file", "file")
        raise WorkspaceFileError(text) from error


def workspace_file_bytes(document: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """The bytes of a workspace file; tensors are float32, float64, int8 or uint8."""
    text = json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    tensors = {**arrays, "workspace": np.frombuffer(text, np.uint8)}
    hashes = {
        name: hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        for name, value in tensors.items()
    }
    tensors = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "tensor_sha256": json.dumps(hashes),
    }
    return safetensors.numpy.save(tensors, metadata=metadata)


def _parts_of(data: bytes) -> WorkspaceParts:
    header, body = read_header(data)
    metadata = header.pop("__metadata__", None)
    metadata = metadata if isinstance(metadata, dict) else {}
    _check_version(metadata)
    hashes = parse_json(str(metadata.get("tensor_sha256")), "list of checksums")
    arrays = _arrays(data, header, body, {"workspace": ("U8", (None,))}, hashes)
    text = arrays.pop("workspace")
    if text.size > MAX_DOCUMENT:
        raise ModelFileError(f"Model file damaged: its document has {text.size} bytes.")
    document = parse_json(text.tobytes(), "document")
    axes = _checked(document)
    wanted = _wanted(document, axes, header)
    arrays = _arrays(data, header, body, wanted, hashes)
    for i in range(len(document["models"])):
        count = int(np.count_nonzero(arrays[f"models.{i}.evaluated"]))
        latents, split = arrays[f"models.{i}.latents"], arrays[f"models.{i}.split"]
        if len(latents) != count:
            raise ModelFileError(
                f"Model file damaged: models.{i}.latents holds {len(latents)} encodings of "
                f"{count} windows."
            )
        if split.min() < -1 or split.max() > 2:
            raise ModelFileError(
                f"Model file damaged: models.{i}.split holds labels other than -1 to 2."
            )
    return WorkspaceParts(document, axes, arrays)


def _check_version(metadata: dict[str, Any]) -> None:
    if metadata.get("format") != FORMAT:
        raise WorkspaceFileError(
            "This is a model file, not a workspace file: open it with eelscape.load."
            if "eelscape" in metadata
            else f"This is no workspace file: it lacks the format {FORMAT!r}."
        )
    text = metadata.get("version")
    number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10
    version = int(text) if number else 0
    if version < 1:
        raise ModelFileError("Model file damaged: its version is no number.")
    if version > VERSION:
        raise WorkspaceFileError(
            f"The workspace file has version {version}; this version of eelscape reads up to "
            f"version {VERSION}. Install a newer one: pip install --upgrade eelscape"
        )


def _checked(document: dict[str, Any]) -> dict[str, Axis]:
    """Axes of a document whose entries are what they should be."""
    data, factors = document.get("data"), document.get("factorisation")
    if not has_fields(data, _DATA):
        raise ModelFileError("Model file damaged: its document does not describe the data.")
    axes = {name: _axis(name, data.get(name)) for name in ("y", "x", "energy")}
    if axes["y"].size * axes["x"].size > MAX_PIXELS:
        raise ModelFileError("Model file damaged: its scan has too many pixels.")
    channel = is_whole(0, axes["energy"].size - 1)
    models, ends = document.get("models"), document.get("energy_range")
    if not is_list(MAX_MODELS, lambda one: has_fields(one, _MODEL))(models):
        raise ModelFileError("Model file damaged: its list of models is not complete.")
    if not is_list(2, channel)(ends) or len(ends) != 2:
        raise ModelFileError("Model file damaged: its energy range is not within its channels.")
    if factors is not None and not has_fields(
        factors,
        {"components": is_whole(1, MAX_COMPONENTS), "report": is_list(1000, is_text(MAX_REPORT))},
    ):
        raise ModelFileError("Model file damaged: its factorisation is not complete.")
    for name in ("recipe", "state", "setup", "versions"):
        if not isinstance(document.get(name), (dict, type(None))):
            raise ModelFileError(f"Model file damaged: its {name} is no object.")
    if not or_none(is_text(MAX_NAME))(document.get("active")):
        raise ModelFileError("Model file damaged: its active model is no text.")
    return axes


def _axis(name: str, value: Any) -> Axis:
    fields = {"name": is_text(MAX_TEXT), "units": is_text(MAX_TEXT), "size": is_whole(1, MAX_SIZE)}
    if not has_fields(value, fields):
        raise ModelFileError(f"Model file damaged: its {name} axis is not complete.")
    known = ("name", "units", "size", "scale", "offset", "values")
    try:
        return Axis.from_dict({key: value[key] for key in known if value.get(key) is not None})
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelFileError(f"Model file damaged: {clean_text(error)}.") from error


def _wanted(
    document: dict[str, Any], axes: dict[str, Axis], header: dict[str, Any]
) -> dict[str, tuple[str, tuple[int | None, ...]]]:
    """Type and shape of every tensor; None where any size does."""
    scan = (axes["y"].size, axes["x"].size)
    channels = axes["energy"].size
    wanted: dict[str, tuple[str, tuple[int | None, ...]]] = {
        "data.image": ("F32", scan),
        "data.mean": ("F32", (channels,)),
        "maps.energy_range": ("F32", scan),
    }
    if "data.mask" in header:
        wanted["data.mask"] = ("U8", scan)
    if "data.spectra" in header:
        wanted["data.spectra"] = ("F32", (*scan, channels))
    if document.get("factorisation"):
        k = document["factorisation"]["components"]
        wanted["maps.abundances"] = ("F32", (k, *scan))
        wanted["maps.endmembers"] = ("F32", (k, channels))
    kinds = ("U8", "U8", "F64", "F64", "F32", "F64", "I8")
    shapes = (scan, (None,), (None,), (None,), (None, None), (2,), scan)
    for i in range(len(document["models"])):
        for name, kind, shape in zip(_MODEL_TENSORS, kinds, shapes, strict=True):
            wanted[f"models.{i}.{name}"] = (kind, shape)
        for metric in METRICS:
            wanted[f"models.{i}.error.{metric}"] = ("F32", scan)
    return wanted


def _arrays(
    data: bytes,
    header: dict[str, Any],
    body: int,
    wanted: dict[str, tuple[str, tuple[int | None, ...]]],
    hashes: dict[str, Any],
) -> dict[str, np.ndarray]:
    """Copies of tensors whose type, shape, place and checksum are right."""
    declared = {name: header[name] for name in wanted if name in header}
    sizes = {}
    for name, (kind, shape) in wanted.items():
        entry = declared.get(name)
        found = entry.get("shape") if isinstance(entry, dict) else None
        if isinstance(found, list) and len(found) == len(shape):
            shape = tuple(b if a is None else a for a, b in zip(shape, found, strict=True))
        if not all(is_whole(0)(side) for side in shape):
            raise ModelFileError(f"Model file damaged: {name} is missing or has no valid shape.")
        sizes[name] = (kind, shape)
    check_declared(declared, sizes, body)
    start = len(data) - body
    arrays = {}
    for name, (kind, shape) in sizes.items():
        begin, end = (start + offset for offset in declared[name]["data_offsets"])
        values = memoryview(data)[begin:end]
        if hashes.get(name) != hashlib.sha256(values).hexdigest():
            raise ModelFileError(
                f"Model file damaged: the values of {name} do not match their checksum. "
                "Take another copy of the file."
            )
        arrays[name] = np.frombuffer(values, dtype=_TYPES[kind]).reshape(shape).copy()
    return arrays
