"""What a safetensors file declares, checked before anything is allocated for it."""

from __future__ import annotations

import math
from typing import Any

from .checks import is_whole
from .limits import MAX_DIMENSIONS, MAX_FILE_BYTES, MAX_HEADER_BYTES
from .safe_json import load_json

#: Tensors of the data, and the training state that checkpoints hold.
_OPTIONAL_PREFIXES = ("data.", "adam.")
_ITEM_BYTES = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "I64": 8,
    "I32": 4,
    "U32": 4,
    "I16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}


_SIZE = is_whole(0)


class ModelFileError(ValueError):
    """A model file cannot be read: it is damaged, too new, or something else altogether."""


def read_header(data: bytes) -> tuple[dict[str, Any], int]:
    """Parse the header of a safetensors file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    header : dict
        Tensor name to {dtype, shape, data_offsets}, and `__metadata__`.
    body : int
        Number of bytes behind the header.

    Raises
    ------
    ModelFileError
        Where the header is too large, cut off or no JSON object.
    """
    if len(data) < 8:
        raise ModelFileError(
            f"Not a model file: it has {len(data)} bytes, and a safetensors file has at least 8."
        )
    check_length(len(data))
    length = int.from_bytes(data[:8], "little")
    if length > MAX_HEADER_BYTES:
        raise ModelFileError(
            f"Not a model file, or damaged: it declares a header of {length} bytes; "
            f"at most {MAX_HEADER_BYTES} are read."
        )
    if length > len(data) - 8:
        raise ModelFileError(
            f"Model file damaged: its header holds {len(data) - 8} of {length} bytes."
        )
    header = parse_json(data[8 : 8 + length], "header")
    return header, len(data) - 8 - length


def check_length(length: int) -> None:
    """Refuse files that are too large to be read.

    Raises
    ------
    ModelFileError
    """
    if length > MAX_FILE_BYTES:
        raise ModelFileError(
            f"Not a model file: it has {length} bytes, and at most {MAX_FILE_BYTES} are read."
        )


def parse_json(text: bytes | str, what: str) -> dict[str, Any]:
    """Parse a JSON object, refusing deep nesting, repeated keys and NaN.

    Parameters
    ----------
    text : bytes or str
    what : str
        What it is, for the message: "header".

    Raises
    ------
    ModelFileError
    """
    try:
        value = load_json(text)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"Model file damaged: its {what} is not valid JSON ({str(error)[:200]})."
        ) from error
    if not isinstance(value, dict):
        raise ModelFileError(f"Model file damaged: its {what} is not a JSON object.")
    return value


def check_declared(
    header: dict[str, Any], wanted: dict[str, tuple[str, tuple[int, ...]]], body: int
) -> None:
    """Compare names, types, shapes and places with what the network has and the file's length.

    Nothing is allocated for what a header declares before this has passed.

    Parameters
    ----------
    header : dict
        As `read_header` gives it, without `__metadata__`.
    wanted : dict
        Name to (dtype, shape) of every tensor that must be there.
    body : int
        Number of bytes behind the header.

    Raises
    ------
    ModelFileError
        "Model file damaged: dec_fc.weight holds 1024 of 65536 values", and the like.
    """
    missing = [name for name in wanted if name not in header]
    if missing:
        raise ModelFileError(
            f"Model file damaged: {missing[0]} is missing "
            f"({len(missing)} of {len(wanted)} tensors are)."
        )
    entries = []
    for name, entry in header.items():
        if name not in wanted and not name.startswith(_OPTIONAL_PREFIXES):
            raise ModelFileError(
                f"Model file damaged: the tensor {name[:60]!r} does not belong to the network."
            )
        try:
            kind, shape = entry["dtype"], tuple(entry["shape"])
            begin, end = entry["data_offsets"]
            whole = [*shape, begin, end]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                f"Model file damaged: the entry of {name[:60]!r} lacks its type, shape or place."
            ) from error
        if len(shape) > MAX_DIMENSIONS or not all(map(_SIZE, whole)) or not isinstance(kind, str):
            raise ModelFileError(
                f"Model file damaged: {name[:60]!r} has an impossible type, shape or place."
            )
        entries.append((begin, end, name, kind, shape))
    # In the order of the file, so that the tensor in which it was cut is the one named.
    for begin, end, name, kind, shape in sorted(entries):
        kind_wanted, shape_wanted = wanted.get(name, (kind, shape))
        if kind != kind_wanted or kind not in _ITEM_BYTES:
            raise ModelFileError(
                f"Model file damaged: {name[:60]} has the type {kind[:60]!r} instead of "
                f"{kind_wanted[:60]}."
            )
        values, declared = math.prod(shape_wanted), math.prod(shape)
        size = _ITEM_BYTES[kind]
        held = min(max(0, min(end, body) - begin) // size, declared)
        if not values == declared == held or end - begin != values * size:
            raise ModelFileError(
                f"Model file damaged: {name[:60]} holds {held} of {values} values."
            )
        if shape != shape_wanted:
            raise ModelFileError(
                f"Model file damaged: {name} has the shape {shape} instead of {shape_wanted}."
            )
