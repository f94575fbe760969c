"""A network over a whole image or cube, in memory or lazily with Dask."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .inference import GraphRunner, Network, as_array, check_real, is_dask, map_samples
from .windows import cut_windows, positions_of_windows, scatter

#: Windows cut at once: the windows of an image are w^2 times as large as the image.
CUT = 4096


class WholeImage(NamedTuple):
    """What a network makes of every window of an image, or every spectrum of a cube.

    Attributes
    ----------
    predictions : (ny, nx, L) or (ny, nx, w, w) array of float32
        In the units of the targets; NaN where no whole, unmasked window fits.
    latents : (ny, nx, n) array of float32
        NaN at the same places.
    """

    predictions: Any
    latents: Any


def encode_at(network: Network, data: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Latents of the windows (im2spec) or spectra (spec2im) at pixels.

    Parameters
    ----------
    network : Network
    data : (ny, nx) image for im2spec, (ny, nx, L) cube for spec2im; data units
    positions : (n,) array of int
        Flat pixel indices at which a window fits.

    Returns
    -------
    (n, latents) array of float32
    """
    out = np.empty((len(positions), network.spec.latent_dims), dtype=np.float32)
    for start in range(0, len(positions), CUT):
        part = slice(start, start + CUT)
        out[part] = network.run("encode", features_at(network, data, positions[part]))
    return out


def features_at(network: Network, data: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Windows (n, w, w) or spectra (n, L) at flat pixel indices, in data units."""
    if network.spec.kind == "im2spec":
        return cut_windows(data, positions, network.spec.window)
    return data.reshape(-1, data.shape[2])[positions]


def over_whole(network: Network, data: Any, mask: Any = None) -> WholeImage:
    """Encode and predict at every pixel at which a whole window fits.

    Parameters
    ----------
    network : Network
    data : (ny, nx) image for im2spec, (ny, nx, L) cube for spec2im
        NumPy or Dask, in data units.
    mask : (ny, nx) array of bool, optional
        True where a pixel is excluded.

    Returns
    -------
    WholeImage
        NumPy arrays, or lazy Dask arrays for a Dask array.

    Raises
    ------
    ValueError
        Where the shape does not fit; the message holds the one that does.
    """
    spec = network.spec
    data = as_array(data)
    check_real(data, "over")
    image = spec.kind == "im2spec"
    if data.ndim != (2 if image else 3) or (not image and data.shape[2] != spec.channels):
        wanted = "an image of shape (ny, nx)" if image else f"a cube (ny, nx, {spec.channels})"
        raise ValueError(f"over takes {wanted} for {spec.kind}; got shape {tuple(data.shape)}.")
    ny, nx = data.shape[:2]
    if min(ny, nx) < spec.window:
        raise ValueError(
            f"No window of {spec.window} x {spec.window} pixels fits in {ny} x {nx} pixels."
        )
    if mask is not None and np.shape(mask) != (ny, nx):
        raise ValueError(f"The mask has shape {np.shape(mask)}; the data have ({ny}, {nx}).")
    positions = positions_of_windows(ny, nx, spec.window, mask)
    if is_dask(data):
        return _over_lazy(network, data, positions)
    latents = encode_at(network, data, positions)
    predictions = network.run("decode", latents)
    return WholeImage(scatter(predictions, positions, ny, nx), scatter(latents, positions, ny, nx))


def _over_lazy(network: Network, lazy: Any, positions: np.ndarray) -> WholeImage:
    ny, nx = lazy.shape[:2]
    fits = np.zeros(ny * nx, dtype=bool)
    fits[positions] = True
    spec = network.spec
    if lazy.ndim == 3:
        encode = _PixelEncoder(network, None, fits.reshape(ny, nx))
        lazy = lazy.rechunk({2: -1})
    else:
        # Windows reach over the borders of blocks; the image alone is small beside the cube.
        encode = _PixelEncoder(network, np.asarray(lazy), fits.reshape(ny, nx))
    latents = map_samples(lazy, encode, 2, (spec.latent_dims,))
    decode = GraphRunner(network, "decode")
    return WholeImage(map_samples(latents, decode, 2, spec.target_shape), latents)


class _PixelEncoder:
    """Encodes the pixels of a block of an image or cube; picklable."""

    def __init__(self, network: Network, image: np.ndarray | None, fits: np.ndarray) -> None:
        self._network = network
        self._image = image
        self._fits = fits

    def __call__(self, block: np.ndarray, block_info: Any = None) -> np.ndarray:
        (top, bottom), (left, right) = block_info[0]["array-location"][:2]
        fits = self._fits[top:bottom, left:right]
        out = np.full((*fits.shape, self._network.spec.latent_dims), np.nan, dtype=np.float32)
        if not fits.any():
            return out
        if self._image is None:
            out[fits] = self._network.run("encode", np.asarray(block)[fits])
        else:
            rows, columns = np.nonzero(fits)
            flat = (rows + top) * self._fits.shape[1] + columns + left
            out[fits] = encode_at(self._network, self._image, flat)
        return out
