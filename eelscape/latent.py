"""Latent grids and back-projection: pure functions of encodings and features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class LatentGrid(NamedTuple):
    """A uniform grid in latent space and what the decoder makes of it.

    Attributes
    ----------
    nodes : (size, size, n) array of float32
        Node [r, c]: latent axes[1] at step r and latent axes[0] at step c, each from its minimum
        to its maximum, so row 0 is the lowest. (size, n) where only one latent is varied.
    decoded : (size, size, L) or (size, size, w, w) array of float32
        In the units of the targets.
    """

    nodes: np.ndarray
    decoded: np.ndarray


class BackProjection(NamedTuple):
    """The measured windows (or spectra) whose encodings lie nearest to points.

    The leading axes are those of the points: (m, ...) for points (m, n), none for (n,).

    Attributes
    ----------
    mean : (m, w, w) or (m, L) array of float32
        Mean of the k neighbours' features, in data units.
    positions : (m, k, 2) array of int64
        Row and column of each neighbour, nearest first.
    distances : (m, k) array of float64
        Euclidean distances in latent space.
    dispersion : (m,) array of float64
        sqrt(mean_i ||f_i - mean||^2): RMS distance of the k neighbours' features from their
        mean, on the [0, 1] scale; the norm is not divided by the number of values.
    """

    mean: np.ndarray
    positions: np.ndarray
    distances: np.ndarray
    dispersion: np.ndarray


def grid_nodes(encodings, size=16, axes=(0, 1), at=None):
    """Nodes of a uniform grid over the range of the encodings.

    Parameters
    ----------
    encodings : (count, n) array of float
        Finite encodings, at least one.
    size : int
        Nodes along each axis, at least 2.
    axes : pair of int
        The latents along the columns and along the rows; one latent alone makes a line.
    at : (n,) array of float, optional
        Where the other latents are held; the mean of the encodings by default. Its values on
        `axes` are not used.

    Returns
    -------
    (size, size, n) array of float32, or (size, n) for one axis
    """
    encodings = np.asarray(encodings, dtype=np.float64)
    n = encodings.shape[1]
    if isinstance(size, bool) or int(size) != size or size < 2:
        raise ValueError(f"size is {size!r}; it must be a whole number of at least 2")
    size = int(size)
    axes = tuple(int(axis) for axis in np.atleast_1d(axes))
    if n == 1 and axes == (0, 1):
        axes = (0,)
    if len(axes) not in (1, 2) or len(set(axes)) != len(axes):
        raise ValueError(f"axes is {axes}; give two different latents, such as (0, 1)")
    if any(axis < 0 or axis >= n for axis in axes):
        raise ValueError(f"axes is {axes}; the model has the latents 0 to {n - 1}")
    if at is None:
        base = encodings.mean(axis=0)
    else:
        base = np.asarray(at, dtype=np.float64)
        if base.shape != (n,) or not np.all(np.isfinite(base)):
            raise ValueError(f"at must hold {n} finite values, one a latent; got {at!r}")
    low, high = encodings.min(axis=0), encodings.max(axis=0)
    lines = [np.linspace(low[axis], high[axis], size) for axis in axes]
    nodes = np.broadcast_to(base, (size,) * len(axes) + (n,)).copy()
    nodes[..., axes[0]] = lines[0]
    if len(axes) == 2:
        nodes[..., axes[1]] = lines[1][:, np.newaxis]
    return nodes.astype(np.float32)


def nearest_encodings(points, encodings, k):
    """The k nearest encodings of each point, by brute force in float64.

    Expanding the square, as most neighbour searches do, loses digits that decide ties; here
    differences are squared and summed latent by latent.

    Parameters
    ----------
    points : (m, n) array of float
    encodings : (count, n) array of float, in row-major order of their pixels
    k : int
        At most `count`.

    Returns
    -------
    indices : (m, k) array of int64
        Nearest first; ties go to the lowest index.
    distances : (m, k) array of float64
        Euclidean.
    """
    points = np.asarray(points, dtype=np.float64)
    encodings = np.asarray(encodings, dtype=np.float64)
    m, count = len(points), len(encodings)
    indices = np.empty((m, k), dtype=np.int64)
    distances = np.empty((m, k), dtype=np.float64)
    step = max(1, 4_000_000 // max(1, count))
    for start in range(0, m, step):
        part = points[start : start + step]
        squares = np.zeros((len(part), count))
        for latent in range(encodings.shape[1]):
            squares += (part[:, latent, np.newaxis] - encodings[np.newaxis, :, latent]) ** 2
        bounds = np.partition(squares, k - 1, axis=1)[:, k - 1]
        for row, (square, bound) in enumerate(zip(squares, bounds, strict=True), start):
            near = np.flatnonzero(square <= bound)
            near = near[np.argsort(square[near], kind="stable")][:k]
            indices[row] = near
            distances[row] = np.sqrt(square[near])
    return indices, distances


def mean_and_dispersion(features, span):
    """Mean of k neighbours' features and their spread.

    Parameters
    ----------
    features : (m, k, ...) array of float, in data units
    span : float
        max - min of the model's scaling of the features, in data units.

    Returns
    -------
    mean : (m, ...) array of float32, in data units
    dispersion : (m,) array of float64
        sqrt(mean_i ||f_i - mean||^2) on the [0, 1] scale.
    """
    features = np.asarray(features, dtype=np.float64)
    mean = features.mean(axis=1)
    away = (features - mean[:, np.newaxis]).reshape(*features.shape[:2], -1) / (span or 1.0)
    dispersion = np.sqrt(np.mean(np.sum(away**2, axis=2), axis=1))
    return mean.astype(np.float32), dispersion
