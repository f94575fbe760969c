"""What the kernel and the browser say to each other; mirrored in src/kernel/protocol.ts.

Two comms on one target. The kernel opens the control comm of a data set, whose id is
``CONTROL_PREFIX + id``; cells and threads send on it, the front end never does. The kernel closes
no comm, see `comm_end`: it says "closed" there and "refused" on data comms. The front end
opens a data comm; the kernel answers there, and only from inside a handler of that comm.
ipykernel 7.4 routes a comm's messages to the subshell of the kernel's last send on it, so a
cell that sent on the data comm would queue the front end behind itself.

Every message is a dict with a `type`; a field outside `DATA_FIELDS` is ignored. Numbers that may
not be finite never travel in JSON: losses that are not finite are None, arrays go in buffers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import is_id, is_number, is_text, is_whole
from .limits import (
    MAX_BLOCK_BYTES,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_LOSSES,
    MAX_NAME,
    MAX_REPORT,
    MAX_TEXT,
    MAX_TRANSFER_BYTES,
    MAX_VALUES,
)
from .state_check import is_panel_state

#: Raised whenever a message changes in a way that the other side must know.
PROTOCOL_VERSION = 4
#: Comm target of both comms.
TARGET = "eelscape"
#: A control comm's id is this and the id that `explore` gave.
CONTROL_PREFIX = "eelscape-control-"
#: Block size of this side.
BLOCK_BYTES = 2 * 1024 * 1024

_DTYPES = ("uint8", "int32", "float32")


class ProtocolError(ValueError):
    """A message that does not follow the protocol; the text says which field."""


def _is_losses(v: Any) -> bool:
    return (
        isinstance(v, list) and len(v) <= MAX_LOSSES and all(x is None or is_number(x) for x in v)
    )


def _is_history(v: Any) -> bool:
    return isinstance(v, dict) and _is_losses(v.get("train")) and _is_losses(v.get("test"))


def _is_plain(value: Any) -> bool:
    """Whether a value is JSON of finite numbers within the limits of depth, number and length."""
    left = MAX_VALUES
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        left -= len(level)
        if left < 0:
            return False
        for v in level:
            if isinstance(v, dict):
                if not all(isinstance(key, str) and len(key) <= MAX_NAME for key in v):
                    return False
                below += v.values()
            elif isinstance(v, list):
                below += v
            elif isinstance(v, str):
                if len(v) > MAX_TEXT:
                    return False
            elif not (v is None or isinstance(v, bool) or is_number(v)):
                return False
        if not below:
            return True
        level = below
    return False


def _is_params(v: Any) -> bool:
    return isinstance(v, dict) and _is_plain(v)


_ID = is_id(MAX_NAME)
_COUNT = is_whole(0)

#: Fields of what the front end sends on the data comm, by type.
DATA_FIELDS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "hello": {
        "protocol": is_whole(0),
        "version": _ID,
        "client": _ID,
        "tab": _ID,
        "subshell": lambda v: isinstance(v, bool),
    },
    "pull": {"source": _ID, "array": _ID, "block": _COUNT},
    "accepted": {"request": _COUNT},
    "pong": {},
    "progress": {
        "run": _ID,
        "epoch": _COUNT,
        "epochs": _COUNT,
        "history": _is_history,
        "secondsPerEpoch": lambda v: v is None or is_number(v),
        "backend": _ID,
    },
    "failure": {"run": _ID, "message": is_text(MAX_REPORT)},
    "state": {"state": is_panel_state},
    "task": {"task": _ID, "kind": is_text(40), "params": _is_params},
    "task-poll": {"task": _ID},
    "task-cancel": {"task": _ID},
    "task-release": {"task": _ID},
    "model": {
        "transfer": _ID,
        "run": _ID,
        "title": is_text(MAX_TEXT),
        "backend": _ID,
        "notice": is_text(MAX_REPORT),
        "arrays": lambda v: isinstance(v, list) and 0 < len(v) <= 64,
    },
    "checkpoint": {
        "transfer": _ID,
        "run": _ID,
        "arrays": lambda v: isinstance(v, list) and len(v) == 1,
    },
    "block": {
        "transfer": _ID,
        "array": _ID,
        "block": _COUNT,
        "of": is_whole(1),
        "bytes": is_whole(0, MAX_BLOCK_BYTES),
        "crc32": is_whole(0, 2**32 - 1),
    },
    "finish": {"transfer": _ID},
    "cancel": {"transfer": _ID},
}


def read_message(data: Any) -> dict[str, Any]:
    """Check a message of the front end.

    Parameters
    ----------
    data : object
        What the comm delivered.

    Returns
    -------
    dict
        The type and the fields of `DATA_FIELDS`, nothing else.

    Raises
    ------
    ProtocolError
        If the type is unknown or a field is absent or of the wrong kind.
    """
    kind = data.get("type") if isinstance(data, dict) else None
    fields = DATA_FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise ProtocolError(f"Unknown message {str(kind)[:40]!r}.")
    for name, check in fields.items():
        if name not in data or not check(data[name]):
            raise ProtocolError(f"Message {kind!r} has no valid {name!r}.")
    return {"type": kind, **{name: data[name] for name in fields}}


@dataclass(frozen=True)
class ArrayDescription:
    """An array on the line: name, dtype, shape, and how it is cut.

    `bytes` in total, in `blocks` blocks of `block_bytes`, the last one shorter.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int
    block_bytes: int
    blocks: int

    @classmethod
    def of(cls, name: str, array: np.ndarray, block_bytes: int = BLOCK_BYTES) -> ArrayDescription:
        """Describe an array of one of the three dtypes of the protocol."""
        if array.dtype.name not in _DTYPES:
            raise ProtocolError(f"Array {name!r} has dtype {array.dtype}; allowed: {_DTYPES}.")
        blocks = math.ceil(array.nbytes / block_bytes)
        return cls(name, array.dtype.name, array.shape, array.nbytes, block_bytes, blocks)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "dtype": self.dtype,
            "shape": list(self.shape),
            "bytes": self.bytes,
            "blockBytes": self.block_bytes,
            "blocks": self.blocks,
        }

    def size_of(self, block: int) -> int:
        """Bytes of one block."""
        return min(self.block_bytes, self.bytes - block * self.block_bytes)

    @classmethod
    def from_dict(cls, data: Any) -> ArrayDescription:
        """Read and check a description before anything is allocated.

        Raises
        ------
        ProtocolError
            If a field is missing or the numbers contradict each other.
        """
        if not isinstance(data, dict):
            raise ProtocolError("An array description is not an object.")
        name, dtype, shape = data.get("name"), data.get("dtype"), data.get("shape")
        if not _ID(name) or dtype not in _DTYPES:
            raise ProtocolError(f"Array {str(name)[:40]!r} has dtype {str(dtype)[:40]!r}.")
        if (
            not isinstance(shape, list)
            or not 1 <= len(shape) <= MAX_DIMENSIONS
            or not all(map(_COUNT, shape))
        ):
            raise ProtocolError(f"Array {name!r} has no valid shape.")
        expected = math.prod(shape) * np.dtype(dtype).itemsize
        size, block_bytes, blocks = (data.get(k) for k in ("bytes", "blockBytes", "blocks"))
        if not is_whole(0)(size) or size != expected or expected > MAX_TRANSFER_BYTES:
            raise ProtocolError(
                f"Array {name!r} declares {str(size)[:40]} bytes for shape {tuple(shape)} of "
                f"{dtype}, {expected} bytes; at most {MAX_TRANSFER_BYTES} are accepted."
            )
        if (
            not is_whole(1, MAX_BLOCK_BYTES)(block_bytes)
            or not is_whole(0)(blocks)
            or blocks != -(-size // block_bytes)
        ):
            raise ProtocolError(
                f"Array {name!r} declares {str(blocks)[:40]} blocks of "
                f"{str(block_bytes)[:40]} bytes."
            )
        return cls(name, dtype, tuple(shape), size, block_bytes, blocks)


#: Python's names of the arguments of `train` and the front end's.
SETUP_NAMES = {
    "kind": "kind",
    "latent_dims": "latentDims",
    "epochs": "epochs",
    "batch_size": "batchSize",
    "learning_rate": "learningRate",
    "filters": "filters",
    "window": "window",
    "stride": "stride",
    "windows": "windows",
    "split": "split",
    "guard": "guard",
    "train_fraction": "trainFraction",
    "seed": "seed",
    "backend": "backend",
    "scaling": "scaling",
}


def setup_message(setup: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `train` under the front end's names."""
    return {SETUP_NAMES[name]: value for name, value in setup.items()}
