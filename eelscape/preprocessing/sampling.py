"""Some pixels that stand for a scan, read without reading all of it."""

from __future__ import annotations

import numpy as np

from ..spectrum_image import SpectrumImage

#: Most pixels that are looked at of large data.
PIXELS = 512
#: Bytes of chunks (as float32) that reading the pixels of lazy data touches, about.
_TOUCHED_BYTES = 64 * 1024**2
_MOST_CHUNKS = 8


def scattered_points(count: int, shape: tuple[int, int]) -> np.ndarray:
    """(count, 2) rows and columns that cover a grid evenly, always the same.

    The R2 sequence of Roberts (2018), "The unreasonable effectiveness of quasirandom sequences".
    """
    root = 1.32471795724474602596
    n = np.arange(1, count + 1)[:, None]
    unit = (0.5 + n * np.array([1 / root, 1 / root**2])) % 1.0
    return np.minimum((unit * shape).astype(int), np.array(shape) - 1)


def scattered(source: SpectrumImage) -> tuple[np.ndarray, np.ndarray]:
    ny, nx, _ = source.shape
    if ny * nx <= PIXELS:
        positions = np.arange(ny * nx)
    else:
        points = scattered_points(PIXELS, (ny, nx))
        positions = np.unique(points[:, 0] * nx + points[:, 1])
    if source.mask is not None and not source.mask.ravel()[positions].all():
        positions = positions[~source.mask.ravel()[positions]]
    return positions, source.spectra[positions // nx, positions % nx]


def from_chunks(source: SpectrumImage) -> tuple[np.ndarray, np.ndarray]:
    """Squares of pixels, each inside one chunk, so that few chunks are read."""
    import dask

    ny, nx, channels = source.shape
    chunks = source.spectra.chunks
    tallest, widest = max(chunks[0]), max(chunks[1])
    size = 4 * tallest * widest * channels
    count = int(np.clip(_TOUCHED_BYTES // size, 1, _MOST_CHUNKS))
    side = int(np.ceil(np.sqrt(PIXELS / count)))
    edges = [np.concatenate([[0], np.cumsum(sizes)]) for sizes in chunks[:2]]
    chosen = set()
    parts = []
    for row, column in scattered_points(count, (ny, nx)):
        spans = []
        for index, ends in zip((row, column), edges, strict=True):
            chunk = int(np.searchsorted(ends, index, side="right")) - 1
            first = int(
                np.clip(index - side // 2, ends[chunk], max(ends[chunk], ends[chunk + 1] - side))
            )
            spans.append(slice(first, min(first + side, int(ends[chunk + 1]))))
        rows, columns = spans
        pixels = (
            np.arange(rows.start, rows.stop)[:, None] * nx + np.arange(columns.start, columns.stop)
        ).ravel()
        fresh = np.array([p not in chosen for p in pixels])
        chosen.update(pixels.tolist())
        parts.append((pixels, fresh, source.spectra[rows, columns]))
    blocks = dask.compute(*(part for _, _, part in parts))
    positions = np.concatenate([pixels[fresh] for pixels, fresh, _ in parts])
    spectra = np.concatenate(
        [
            block.reshape(-1, channels)[fresh]
            for (_, fresh, _), block in zip(parts, blocks, strict=True)
        ]
    )
    order = np.argsort(positions)[:PIXELS]
    return positions[order], np.asarray(spectra)[order]
