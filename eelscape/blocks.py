"""Arrays in checked, numbered blocks: cutting them out and putting them together."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from .limits import MAX_BLOCKS, MAX_TRANSFER_BYTES
from .protocol import ArrayDescription, ProtocolError


class BlockSource:
    """Arrays that the front end may pull block by block.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Arrays that nobody changes while they are offered; those that are not in C order and in
        the byte order of this machine are copied.
    """

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self._arrays = {
            name: np.ascontiguousarray(a, a.dtype.newbyteorder("=")) for name, a in arrays.items()
        }
        self.descriptions = {name: ArrayDescription.of(name, a) for name, a in arrays.items()}

    def describe(self) -> list[dict[str, Any]]:
        """Descriptions of all arrays as JSON."""
        return [d.to_dict() for d in self.descriptions.values()]

    def block(self, name: str, number: int) -> tuple[dict[str, Any], bytes]:
        """One block: its fields {array, block, of, bytes, crc32} and its bytes, a copy.

        The copy matters: a kernel's send is asynchronous and does not copy.

        Raises
        ------
        ProtocolError
            If there is no such array or block.
        """
        description = self.descriptions.get(name)
        if description is None or not 0 <= number < description.blocks:
            raise ProtocolError(f"There is no block {number} of {name[:40]!r}.")
        start = number * description.block_bytes
        view = memoryview(self._arrays[name]).cast("B")
        data = bytes(view[start : start + description.size_of(number)])
        fields = {
            "array": name,
            "block": number,
            "of": description.blocks,
            "bytes": len(data),
            "crc32": zlib.crc32(data),
        }
        return fields, data


class BlockSink:
    """Arrays on their way in. Blocks may come in any order, twice, or damaged.

    Parameters
    ----------
    descriptions : list
        What the sender declares (see `ArrayDescription`).

    Raises
    ------
    ProtocolError
        If the descriptions contradict themselves or declare too much.
    """

    def __init__(self, descriptions: list[Any]) -> None:
        read = [ArrayDescription.from_dict(d) for d in descriptions]
        self.descriptions = {d.name: d for d in read}
        if len(self.descriptions) != len(read):
            raise ProtocolError("Two arrays of a transfer have the same name.")
        total = sum(d.bytes for d in read)
        if total > MAX_TRANSFER_BYTES:
            raise ProtocolError(f"A transfer of {total} bytes; at most {MAX_TRANSFER_BYTES}.")
        if sum(d.blocks for d in read) > MAX_BLOCKS:
            raise ProtocolError(f"A transfer has at most {MAX_BLOCKS} blocks.")
        # Memory is taken page by page as blocks come, not for what is only declared.
        self._data = {d.name: np.zeros(d.bytes, np.uint8) for d in read}
        self._missing = {(d.name, i) for d in read for i in range(d.blocks)}

    @property
    def complete(self) -> bool:
        """Whether every block has arrived intact."""
        return not self._missing

    def accept(self, message: dict[str, Any], buffer: Any) -> str:
        """Take one block.

        Returns
        -------
        str
            "" where it is in place, else why it has to be sent again.

        Raises
        ------
        ProtocolError
            If the block belongs to no declared array.
        """
        name, number = message["array"], message["block"]
        description = self.descriptions.get(name)
        if description is None or not number < description.blocks:
            raise ProtocolError(f"There is no block {number} of {name[:40]!r}.")
        data = memoryview(buffer).cast("B") if buffer is not None else memoryview(b"")
        expected = description.size_of(number)
        if data.nbytes != expected or message["bytes"] != expected:
            return f"{data.nbytes} of {expected} bytes"
        if zlib.crc32(data) != message["crc32"]:
            return "checksum"
        start = number * description.block_bytes
        self._data[name][start : start + expected] = np.frombuffer(data, np.uint8)
        self._missing.discard((name, number))
        return ""

    def array(self, name: str) -> np.ndarray:
        """A received array, writable.

        Raises
        ------
        ProtocolError
            If it was not declared or blocks of it are missing.
        """
        if name not in self.descriptions:
            raise ProtocolError(f"The transfer holds no array {name!r}.")
        missing = sum(1 for n, _ in self._missing if n == name)
        if missing:
            of = self.descriptions[name].blocks
            raise ProtocolError(f"{missing} of {of} blocks of {name!r} are missing.")
        description = self.descriptions[name]
        return self._data[name].view(description.dtype).reshape(description.shape)
