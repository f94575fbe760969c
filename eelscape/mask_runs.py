"""Masks as runs: [start, length, start, length, ...] of the True pixels in row-major order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def runs_of(mask: np.ndarray) -> list[int]:
    """The runs of a mask.

    Parameters
    ----------
    mask : (ny, nx) array of bool

    Returns
    -------
    list of int
        Starts and lengths in turn; empty where nothing is True.
    """
    flat = np.concatenate(([False], np.asarray(mask, bool).ravel(), [False]))
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    starts, ends = changes[::2], changes[1::2]
    return np.stack([starts, ends - starts], axis=1).ravel().tolist()


def mask_of(runs: Sequence[int], shape: tuple[int, int]) -> np.ndarray:
    """The mask that runs describe; what lies beyond the shape is cut off.

    Parameters
    ----------
    runs : list of int
        As `runs_of` gives them.
    shape : (int, int)
        (ny, nx).

    Returns
    -------
    (ny, nx) array of bool
    """
    mask = np.zeros(shape[0] * shape[1], dtype=bool)
    for start, length in zip(runs[::2], runs[1::2], strict=True):
        mask[start : start + length] = True
    return mask.reshape(shape)
