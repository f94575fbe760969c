"""NumPy's own array format, alone or in a zip container, read without trusting what it declares.

The format: NumPy Enhancement Proposal 1. Nothing is unpickled.
"""

from __future__ import annotations

import lzma
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..adapters.lazy import to_dask

#: Bytes that a compressed array may hold without its compression being looked at.
UNSUSPECTED_BYTES = 256 * 1024**2
#: How many times larger than in the file an array beyond that may be.
MOST_COMPRESSION = 200


_LONGEST_SIDE = 2**40
#: Most bytes that a byte of deflated data may become: a match of 258 in 2 bits.
_DEFLATED = 1032
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    EOFError,
    OSError,
    NotImplementedError,
    struct.error,
)


class DamagedFile(ValueError):
    """A file that does not hold what it declares."""


def read_header(stream: BinaryIO, what: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, whether in Fortran order, and dtype of an array in NumPy's format.

    Raises
    ------
    DamagedFile
        If the header cannot be read.
    TypeError
        If the values are Python objects, which only unpickling would read.
    """
    try:
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
            # Version 3 differs from 2 in the encoding of field names, and records are refused.
            (3, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read(stream)
    except Exception as error:
        raise DamagedFile(f"{what} is damaged: its header cannot be read ({error}).") from error
    if dtype.hasobject:
        raise TypeError(
            f"{what} has dtype {dtype}: Python objects, which would have to be unpickled and could "
            "run code. Save it again with np.asarray(array, dtype=float)."
        )
    return shape, fortran, dtype


def array_bytes(shape: tuple[int, ...], dtype: np.dtype) -> int:
    """Bytes of an array's values, without overflow."""
    return math.prod(shape) * dtype.itemsize


def read_npy(path: Path, lazy: bool, offset: int = 0, size: int | None = None) -> Any:
    """An array file, or a stretch of another file that holds one.

    Parameters
    ----------
    path : Path
    lazy : bool
        Whether the values stay in the file.
    offset, size : int
        First byte and number of bytes; by default the whole file.

    Returns
    -------
    ndarray or dask.array.Array

    Raises
    ------
    DamagedFile
        If the file is shorter than it declares.
    TypeError
        If it holds Python objects.
    """
    available = os.path.getsize(path) - offset if size is None else size
    with open(path, "rb") as stream:
        stream.seek(offset)
        shape, fortran, dtype = read_header(stream, path.name)
        start = stream.tell()
        _check_declared(path.name, shape, dtype, available - (start - offset))
        if not lazy or 0 in shape:
            # Read into the array itself: `fromfile` needs no second copy.
            flat = np.fromfile(stream, dtype=dtype, count=math.prod(shape))
            return flat.reshape(shape, order="F" if fortran else "C")
    order = "F" if fortran else "C"
    return to_dask(np.memmap(path, dtype=dtype, mode="r", offset=start, shape=shape, order=order))


def read_npy_entry(archive: zipfile.ZipFile, path: Path, name: str, lazy: bool) -> Any:
    """An array in a zip container.

    An array that is stored without compression can stay in the file.

    Raises
    ------
    DamagedFile, TypeError
        As `read_npy`.
    ValueError
        If the array is suspiciously much larger than its compressed bytes.
    """
    entry = archive.getinfo(name)
    what = f"{name} in {path.name}"
    try:
        with archive.open(entry) as stream:
            shape, fortran, dtype = read_header(stream, what)
            _check_declared(what, shape, dtype, entry.file_size - stream.tell())
            _check_compression(what, entry, array_bytes(shape, dtype), path)
            if not lazy or entry.compress_type != zipfile.ZIP_STORED or 0 in shape:
                flat = np.empty(math.prod(shape), dtype=dtype)
                _read_into(stream, flat, what)
                return flat.reshape(shape, order="F" if fortran else "C")
    except _ZIP_ERRORS as error:
        raise DamagedFile(f"{what} is damaged: {error}") from error
    return read_npy(path, True, _data_offset(path, entry), entry.file_size)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever zip containers fail with becomes `DamagedFile`.

    Raises
    ------
    DamagedFile
    """
    try:
        yield
    except DamagedFile:
        raise
    except (*_ZIP_ERRORS, UnicodeError) as error:
        raise DamagedFile(f"{path.name} is damaged: {error}") from error


def open_archive(path: Path) -> zipfile.ZipFile:
    """A zip container.

    Raises
    ------
    DamagedFile
        If it is none.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (*_ZIP_ERRORS, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise DamagedFile(f"{path.name} is damaged: {error}") from error
    # As many bytes as an entry says it has would be asked for at once.
    length = os.path.getsize(path)
    for entry in archive.infolist():
        if entry.compress_size > length or not 0 <= entry.header_offset < length:
            archive.close()
            raise DamagedFile(
                f"{path.name} is damaged: an entry of {entry.compress_size} bytes lies in a file "
                f"of {length}."
            )
    return archive


def _check_declared(what: str, shape: tuple[int, ...], dtype: np.dtype, there: int) -> None:
    declared = array_bytes(shape, dtype)
    # Of types without bytes and arrays without elements the other sides may be anything.
    sides = dtype.itemsize == 0 or any(size < 0 or size > _LONGEST_SIDE for size in shape)
    if sides or declared > there:
        raise DamagedFile(
            f"{what} is damaged: it declares shape {shape} of {dtype}, {declared} bytes, but holds "
            f"{max(0, there)}."
        )


def _check_compression(what: str, entry: zipfile.ZipInfo, size: int, path: Path) -> None:
    # What an archive says of itself may be wrong: no compressed byte becomes more than that.
    there = min(entry.compress_size, os.path.getsize(path))
    most = there * _DEFLATED if entry.compress_type == zipfile.ZIP_DEFLATED else there
    if entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and size > most:
        raise DamagedFile(
            f"{what} is damaged: it declares {size} bytes, and {there} compressed ones hold at "
            f"most {most}."
        )
    if size > UNSUSPECTED_BYTES and size > MOST_COMPRESSION * max(1, entry.compress_size):
        raise ValueError(
            f"{what} would take {size / 2**20:.0f} MiB, more than {MOST_COMPRESSION} times its "
            f"{entry.compress_size / 2**20:.1f} MiB in the file: it is not opened. If you trust "
            "the file, open it with numpy.load and pass the arrays."
        )


def _read_into(stream: Any, flat: np.ndarray, what: str) -> None:
    if not flat.nbytes:
        return
    view = memoryview(flat).cast("B")
    done = 0
    while done < len(view):
        count = stream.readinto(view[done : done + 2**24])
        if not count:
            raise DamagedFile(f"{what} is damaged: it ends after {done} of {len(view)} bytes.")
        done += count


def _data_offset(path: Path, entry: zipfile.ZipInfo) -> int:
    """First byte of an entry's data: behind its local header of 30 bytes, name and extra."""
    with open(path, "rb") as stream:
        stream.seek(entry.header_offset)
        header = stream.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise DamagedFile(f"{entry.filename} in {path.name} is damaged: no header where it begins.")
    name, extra = (int.from_bytes(header[i : i + 2], "little") for i in (26, 28))
    return entry.header_offset + 30 + name + extra
