"""Spectra changed block by block: at once in memory, when asked for where they are lazy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import numpy as np

from ..spectrum_image import Cancelled, IsCancelled, Progress, SpectrumImage

#: Bytes that a chunk of lazy spectra holds at most, as float32.
CHUNK_BYTES = 16 * 1024**2

#: Values that are worked on at once where this takes many times their size.
VALUES_AT_ONCE = 2**20

#: (spectra (n, m, E), rows, columns) -> (n, m, E'): the block and where it lies in the scan.
Change = Callable[[np.ndarray, slice, slice], np.ndarray]


def map_spectra(
    data: SpectrumImage,
    change: Change,
    channels: int,
    dtype: Any,
    text: str,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> Any:
    """Every spectrum changed, pixel by pixel.

    Parameters
    ----------
    data : SpectrumImage
    change : callable
        Gets whole spectra and must not change them in place.
    channels : int
        Length of the changed spectra.
    dtype : dtype
        Of the changed spectra.
    text : str
        What is being done, for `progress`.

    Returns
    -------
    ndarray or dask.array.Array
        (ny, nx, channels); lazy where `data` is.

    Raises
    ------
    Cancelled
        Between two blocks of data in memory.
    """
    dtype = np.dtype(dtype)
    ny, nx, _ = data.shape
    if not data.lazy:
        result = np.empty((ny, nx, channels), dtype)
        step = max(1, 4 * VALUES_AT_ONCE // (nx * data.shape[2]))
        for first in range(0, ny, step):
            if cancelled is not None and cancelled():
                raise Cancelled
            rows = slice(first, min(ny, first + step))
            result[rows] = change(data.spectra[rows], rows, slice(0, nx))
            if progress is not None:
                progress(rows.stop / ny, text)
        return result
    source = whole_spectra(data.spectra)

    def changed(block: np.ndarray, block_info: Any = None) -> np.ndarray:
        (r0, r1), (c0, c1), _ = block_info[0]["array-location"]
        return np.asarray(change(block, slice(r0, r1), slice(c0, c1)), dtype=dtype)

    return source.map_blocks(
        changed,
        dtype=dtype,
        chunks=(*source.chunks[:2], (channels,)),
        meta=np.empty((0, 0, 0), dtype),
        token=uuid4().hex,
    )


def whole_spectra(spectra: Any, multiple: int = 1) -> Any:
    """Dask spectra with one chunk along the energies and chunks of at most `CHUNK_BYTES`.

    Rows and columns of a chunk are multiples of `multiple`, but for the last.
    """
    channels = spectra.shape[2]
    most = max(1, CHUNK_BYTES // (4 * channels))
    columns = max(spectra.chunks[1])
    rows = max(spectra.chunks[0])
    if rows * columns > most:
        columns = min(columns, max(most, 1))
        rows = max(1, most // columns)
    wanted = []
    for size, there in ((rows, spectra.chunks[0]), (columns, spectra.chunks[1])):
        fits = max(there) <= size and all(chunk % multiple == 0 for chunk in there[:-1])
        wanted.append(there if fits else -(-size // multiple) * multiple)
    return spectra.rechunk({0: wanted[0], 1: wanted[1], 2: -1})


def usable_pixels(block: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """(n, m) bool: unmasked pixels of a block whose values are all finite."""
    good = np.ones(block.shape[:2], bool)
    if block.dtype.kind == "f":
        good = np.isfinite(block).all(2)
    return good if mask is None else good & ~mask


def blocks_of(
    data: SpectrumImage, text: str, progress: Progress | None, cancelled: IsCancelled | None
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Rows by rows: (rows, spectra (n, nx, E), usable (n, nx))."""
    for rows, block in data.row_blocks(progress, cancelled, text):
        mask = None if data.mask is None else data.mask[rows]
        yield rows, block, usable_pixels(block, mask)


def parts_of(count: int, channels: int) -> Iterator[slice]:
    """Slices of `count` spectra that hold at most `VALUES_AT_ONCE` values."""
    step = max(1, VALUES_AT_ONCE // channels)
    for first in range(0, count, step):
        yield slice(first, min(count, first + step))


def mean_spectrum(
    data: SpectrumImage,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> np.ndarray:
    """(E,) float64 mean over the unmasked pixels with finite values only.

    Raises
    ------
    ValueError
        If there is no such pixel.
    Cancelled
        Between two blocks.
    """
    total = np.zeros(data.shape[2])
    count = 0
    for _, block, good in blocks_of(data, "Mean spectrum", progress, cancelled):
        chosen = block if good.all() else block[good]
        total += chosen.reshape(-1, data.shape[2]).sum(0, dtype=np.float64)
        count += int(good.sum())
    if not count:
        raise ValueError("Every pixel is masked or holds values that are not finite.")
    return total / count
