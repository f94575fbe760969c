"""Small pictures of what can be chosen."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np

from .lazy import computed, is_dask
from .resampling import area_weights

#: Most pixels a side.
SIDE = 128
#: Bytes of lazy spectra above which no preview is computed.
MOST_BYTES = 256 * 1024**2


def preview_of_image(image: Any) -> np.ndarray | None:
    """(h, w) float32 of at most 128 x 128 pixels, averaged; None of lazy data that are large."""
    if is_dask(image) and image.nbytes > MOST_BYTES:
        return None
    return _shrunk(computed(image))


def preview_of_spectra(spectra: Any) -> np.ndarray | None:
    """The sum over energy as a preview; None of lazy data that are large."""
    if is_dask(spectra) and spectra.nbytes > MOST_BYTES:
        return None
    return _shrunk(computed(spectra.sum(axis=2, dtype=np.float64)))


def _shrunk(image: np.ndarray) -> np.ndarray:
    picture = np.array(image, dtype=np.float64)
    picture[~np.isfinite(picture)] = np.nan
    for axis, size in enumerate(picture.shape):
        if size > SIDE:
            weights = area_weights(size, np.linspace(0, size, SIDE + 1))
            picture = np.moveaxis(np.tensordot(weights, picture, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(picture, dtype=np.float32)


def png_data_url(picture: np.ndarray) -> str:
    """A grey picture between its 2nd and 98th percentile as the URL of a PNG; NaN is black.

    PNG: W3C Recommendation, third edition, 2025.
    """
    finite = picture[np.isfinite(picture)]
    low, high = np.percentile(finite, (2, 98)) if finite.size else (0.0, 1.0)
    span = (high - low) or 1.0
    grey = np.nan_to_num(np.clip((picture - low) / span, 0, 1)) * 255
    height, width = grey.shape
    rows = b"".join(b"\0" + row.tobytes() for row in grey.astype(np.uint8))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
    png += chunk(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
