"""Checkpoints of training runs as files: what a browser sent is checked, never unpickled."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from .architecture import NetworkSpec, parameter_shapes
from .checks import Check, has_fields, is_id, is_record, is_text, is_truth, is_whole, or_none
from .limits import MAX_CHECKPOINT_BYTES, MAX_LOSSES, MAX_NAME
from .safetensors_header import ModelFileError, check_declared, parse_json, read_header

#: Newest format that is read.
FORMAT = 1

_FIELDS: dict[str, Check] = {
    "run": is_id(MAX_NAME),
    "data_sha256": is_text(64),
    "data_key": is_text(64),
    "setup": is_record,
    "channels": is_whole(1),
    "from_python": is_truth,
    "saved_at": is_whole(0),
    "epoch": is_whole(0, MAX_LOSSES),
    "backend": is_text(40),
    "batch_size": is_whole(1),
    "adam_steps": or_none(is_whole(0)),
    "begun": or_none(
        lambda v: has_fields(v, {"step": is_whole(1), "adam_steps": or_none(is_whole(0))})
    ),
}


class CheckpointError(ValueError):
    """A checkpoint cannot be used: it is damaged, too new, or something else altogether."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says of itself.

    Attributes
    ----------
    run : str
        Names the run on both sides.
    data_sha256 : str
        Of the spectra followed by the image that the run trains on.
    epoch : int
        Complete epochs.
    saved_at : int
        Milliseconds since 1970, by the browser's clock.
    """

    run: str
    data_sha256: str
    epoch: int
    saved_at: int


def read_checkpoint(data: bytes, sealed: bool = False) -> Checkpoint:
    """Check a checkpoint against the network that it names.

    Parameters
    ----------
    data : bytes
        safetensors.
    sealed : bool
        Whether the checksums that `seal` adds must be there and right.

    Raises
    ------
    CheckpointError
        "Checkpoint damaged: dec_fc.weight holds 1024 of 65536 values", and the like.
    """
    try:
        metadata, header, start = _parse(data)
        wanted = _tensors_of(metadata)
        check_declared(header, wanted, len(data) - start)
        if extra := [name for name in header if name not in wanted]:
            raise ModelFileError(f"Model file damaged: {extra[0][:60]!r} does not belong to it.")
        if sealed:
            _check_hashes(metadata, header, data, start)
    except ModelFileError as error:
        raise CheckpointError(_in_words(str(error))) from error
    return Checkpoint(
        run=metadata["run"],
        data_sha256=metadata["data_sha256"],
        epoch=metadata["epoch"],
        saved_at=metadata["saved_at"],
    )


def seal(data: bytes) -> bytes:
    """The same checkpoint with the sha256 of each tensor in its metadata.

    Parameters
    ----------
    data : bytes
        What `read_checkpoint` accepts.
    """
    metadata, header, start = _parse(data)
    metadata["tensor_sha256"] = _hashes(header, data, start)
    text = {"__metadata__": {"eelscape": json.dumps(metadata, allow_nan=False)}, **header}
    raw = json.dumps(text, allow_nan=False).encode()
    # The data begin at a multiple of 8 bytes.
    raw += b" " * (-len(raw) % 8)
    return b"".join((len(raw).to_bytes(8, "little"), raw, memoryview(data)[start:]))


def _parse(data: bytes) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Metadata, entries of the tensors, and where their bytes begin."""
    if len(data) > MAX_CHECKPOINT_BYTES:
        raise ModelFileError(
            f"Not a model file: it has {len(data)} bytes, and at most {MAX_CHECKPOINT_BYTES} "
            "are read."
        )
    header, body = read_header(data)
    strings = header.pop("__metadata__", None)
    text = strings.get("eelscape") if isinstance(strings, dict) else None
    if not isinstance(text, str):
        raise ModelFileError("Not a model file: it has no metadata key 'eelscape'.")
    metadata = parse_json(text, "metadata")
    version = metadata.get("format")
    if metadata.get("content") != "checkpoint" or not is_whole(1)(version):
        raise ModelFileError("Not a model file: it says neither what it holds nor its format.")
    if version > FORMAT:
        raise ModelFileError(
            f"The checkpoint has format {str(version)[:40]}; this version of eelscape reads up to "
            f"format {FORMAT}. Install a newer one: pip install --upgrade eelscape"
        )
    for name, check in _FIELDS.items():
        if name not in metadata or not check(metadata[name]):
            raise ModelFileError(f"Model file damaged: its metadata have no valid {name!r}.")
    return metadata, header, len(data) - body


def _tensors_of(metadata: dict[str, Any]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Type and shape of every tensor that a checkpoint with these metadata has."""
    setup = metadata["setup"]
    names = {"kind": "kind", "latentDims": "latent_dims", "filters": "filters", "window": "window"}
    try:
        sizes = {ours: setup.get(theirs) for theirs, ours in names.items()}
        shapes = parameter_shapes(NetworkSpec(**sizes, channels=metadata["channels"]))
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelFileError(f"Model file damaged: {error}.") from error
    begun = metadata["begun"]
    epochs = ("F64", (metadata["epoch"],))
    wanted = {"history.train": epochs, "history.test": epochs}
    wanted |= _state("", shapes, metadata["adam_steps"])
    if begun is not None:
        wanted["begun.loss"] = ("F64", (1,))
        wanted |= _state("before.", shapes, begun["adam_steps"])
    if 8 * sum(math.prod(shape) for _, shape in wanted.values()) > 2 * MAX_CHECKPOINT_BYTES:
        raise ModelFileError("Model file damaged: its network is larger than any checkpoint.")
    return wanted


def _state(prefix: str, shapes: dict[str, tuple[int, ...]], steps: int | None) -> dict[str, Any]:
    """Weights, and the optimiser's memory of those that are trained."""
    tensors = {prefix + name: ("F32", shape) for name, shape in shapes.items()}
    if steps is not None:
        trained = {n: s for n, s in shapes.items() if ".running_" not in n}
        for part in ("adam.m.", "adam.v."):
            tensors |= {prefix + part + name: ("F32", shape) for name, shape in trained.items()}
    return tensors


def _hashes(header: dict[str, Any], data: bytes, start: int) -> dict[str, str]:
    view = memoryview(data)[start:]
    found = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        found[name] = hashlib.sha256(view[begin:end]).hexdigest()
    return found


def _check_hashes(metadata: dict[str, Any], header: dict[str, Any], data: bytes, start: int):
    known = metadata.get("tensor_sha256")
    if not isinstance(known, dict):
        raise ModelFileError("Model file damaged: its metadata lack the checksums of the tensors.")
    for name, found in _hashes(header, data, start).items():
        if known.get(name) != found:
            raise ModelFileError(
                f"Model file damaged: the values of {name} do not match their checksum."
            )


def _in_words(text: str) -> str:
    for theirs, ours in (
        ("Model file damaged", "Checkpoint damaged"),
        ("Not a model file", "Not a checkpoint"),
    ):
        text = text.replace(theirs, ours)
    return text
