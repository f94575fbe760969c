"""Arrays that are read block by block: recognised and made."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..spectrum_image import BLOCK_BYTES

#: Bytes from which a memory-mapped array is read block by block.
LAZY_BYTES = 64 * 1024**2


def is_dask(obj: Any) -> bool:
    """Whether an object is a Dask array, told without importing Dask."""
    return hasattr(obj, "__dask_graph__") and hasattr(obj, "chunks") and hasattr(obj, "shape")


def to_dask(obj: Any, rows: int = 0) -> Any:
    """A Dask array over an array that is stored elsewhere: h5py, zarr, a memory map.

    Chunks are whole but for the axis `rows`, which follows the chunks of the storage: blocks of
    rows then read no value twice. Reads take a lock where the storage is not known to be safe
    for threads (h5py).
    """
    import dask.array as da

    shape = tuple(obj.shape)
    wanted = tuple("auto" if axis == rows else -1 for axis in range(len(shape)))
    stored = getattr(obj, "chunks", None)
    chunks = da.core.normalize_chunks(
        wanted,
        shape,
        limit=BLOCK_BYTES,
        dtype=np.dtype(obj.dtype),
        previous_chunks=tuple((size,) for size in stored) if stored else None,
    )
    safe = isinstance(obj, np.ndarray) or module_of(obj) == "zarr"
    return da.from_array(obj, chunks=chunks, lock=not safe, asarray=True)


def module_of(obj: Any) -> str:
    """Top package of an object's type: "h5py", "zarr"."""
    return type(obj).__module__.split(".")[0]


def computed(array: Any) -> np.ndarray:
    """The values in memory."""
    return np.asarray(array.compute()) if is_dask(array) else np.asarray(array)
