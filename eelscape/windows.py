"""Windows of an image: where they fit, and cutting them out.

The window of size w (even) at pixel (i, j) holds rows i - w/2 .. i + w/2 - 1 and the columns
likewise; the pixel is element [w/2, w/2] of it.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def positions_of_windows(ny, nx, window, mask=None, windows="all"):
    """Pixels at which a whole, unmasked window fits.

    Parameters
    ----------
    ny, nx : int
        Size of the image in pixels.
    window : int
        Side of a window in pixels, even.
    mask : (ny, nx) array of bool, optional
        True where a pixel is excluded; a window that holds one is left out.
    windows : "all" or "paper"
        "paper" leaves out the last row and column of positions.

    Returns
    -------
    (n,) array of int32
        Flat pixel indices i * nx + j in row-major order; empty where no window fits.
    """
    if windows not in ("all", "paper"):
        raise ValueError(f"windows is {windows!r}; allowed: 'all', 'paper'")
    fits = np.zeros((ny, nx), dtype=bool)
    half = window // 2
    last = 1 if windows == "paper" else 0
    rows, columns = ny - window + 1 - last, nx - window + 1 - last
    if rows < 1 or columns < 1:
        return np.empty(0, dtype=np.int32)
    inner = fits[half : half + rows, half : half + columns]
    inner[:] = True
    if mask is not None and np.any(mask):
        holds = windows_of_image(np.asarray(mask, dtype=bool), window).any(axis=(2, 3))
        inner &= ~holds[:rows, :columns]
    return np.flatnonzero(fits).astype(np.int32)


def windows_of_image(image, window):
    """Every window of an image, as a view.

    Parameters
    ----------
    image : (ny, nx) array
    window : int
        Side of a window in pixels.

    Returns
    -------
    (ny - w + 1, nx - w + 1, w, w) array
        A read-only view; element [a, b] is the window at pixel (a + w/2, b + w/2).
    """
    return sliding_window_view(image, (window, window))


def cut_windows(image, positions, window):
    """Copies of the windows at given pixels.

    Parameters
    ----------
    image : (ny, nx) array
    positions : (n,) array of int
        Flat pixel indices at which a window fits.
    window : int
        Side of a window in pixels.

    Returns
    -------
    (n, w, w) array, of the image's dtype and units
    """
    rows, columns = np.divmod(np.asarray(positions, dtype=np.int64), image.shape[1])
    half = window // 2
    return windows_of_image(image, window)[rows - half, columns - half]


def scatter(values, positions, ny, nx):
    """Lay values at pixels out on the navigation axes.

    Parameters
    ----------
    values : (n, ...) array of float
    positions : (n,) array of int
        Flat pixel indices.
    ny, nx : int

    Returns
    -------
    (ny, nx, ...) array of float32
        NaN where there is no value.
    """
    values = np.asarray(values)
    out = np.full((ny * nx, *values.shape[1:]), np.nan, dtype=np.float32)
    out[np.asarray(positions, dtype=np.int64)] = values
    return out.reshape(ny, nx, *values.shape[1:])
