"""The arguments of a training run, checked before anything is sent."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

import numpy as np

from .windows import positions_of_windows

_CHOICES = {
    "kind": ("im2spec", "spec2im"),
    "windows": ("all", "paper"),
    "split": ("left-right", "top-bottom", "blocks", "random"),
    "backend": ("auto", "webgpu", "webgl", "wasm", "cpu"),
    "scaling": ("range", "robust"),
}
_WHOLE = {
    "latent_dims": 1,
    "epochs": 1,
    "batch_size": 2,
    "filters": 1,
    "window": 4,
    "stride": 1,
    "seed": 0,
}


def checked_setup(
    shape: tuple[int, int, int], mask: np.ndarray | None = None, **setup: Any
) -> dict[str, Any]:
    """The arguments of `Explorer.train` as plain Python numbers and strings.

    A batch larger than the training part is made as large as that, with a UserWarning.

    Parameters
    ----------
    shape : (int, int, int)
        (ny, nx, E) of the data.
    mask : (ny, nx) array of bool, optional
        True where a pixel is excluded.
    **setup
        Every argument of `Explorer.train` but `wait`.

    Raises
    ------
    TypeError
        If a number is not one.
    ValueError
        If a value is not possible for data of this shape; the message names what is.
    """
    for name, allowed in _CHOICES.items():
        if setup[name] not in allowed:
            names = ", ".join(map(repr, allowed))
            raise ValueError(f"{name} is {setup[name]!r}; allowed: {names}.")
    for name, least in _WHOLE.items():
        setup[name] = _whole(name, setup[name], least)
    if setup["guard"] is not None:
        setup["guard"] = _whole("guard", setup["guard"], 0)
    for name in ("learning_rate", "train_fraction"):
        value = setup[name]
        if not isinstance(value, numbers.Real) or isinstance(value, bool):
            raise TypeError(f"{name} is {value!r}; give a number.")
        setup[name] = float(value)
    if not (setup["learning_rate"] > 0 and math.isfinite(setup["learning_rate"])):
        raise ValueError(f"learning_rate is {setup['learning_rate']}; give a number above 0.")
    if not 0 < setup["train_fraction"] < 1:
        raise ValueError(f"train_fraction is {setup['train_fraction']}; give one between 0 and 1.")
    if setup["seed"] >= 2**53:
        raise ValueError(f"seed is {setup['seed']}; give a whole number below 2^53.")
    _check_window(shape, setup)
    _check_parts(shape, mask, setup)
    return setup


def _whole(name: str, value: Any, least: int) -> int:
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; give a whole number, {least} or more.")
    if value < least:
        raise ValueError(f"{name} is {value}; give a whole number, {least} or more.")
    return int(value)


def _check_window(shape: tuple[int, int, int], setup: dict[str, Any]) -> None:
    ny, nx, channels = shape
    kind, window = setup["kind"], setup["window"]
    step = 4 if kind == "spec2im" else 2
    largest = (min(ny, nx) - (setup["windows"] == "paper")) // step * step
    if window % step or window > largest:
        what = "a multiple of 4" if step == 4 else "an even number"
        raise ValueError(
            f"window is {window}; for {kind} on an image of {ny}x{nx} pixels give {what} from 4 to "
            f"{largest}."
        )
    least = 16 if kind == "spec2im" else 2
    if channels < least:
        raise ValueError(
            f"{kind} needs spectra of at least {least} channels; these have {channels}."
        )


def _check_parts(
    shape: tuple[int, int, int], mask: np.ndarray | None, setup: dict[str, Any]
) -> None:
    """Whether there are windows to train on and to test; fewer than a batch shrink the batch."""
    (ny, nx, _), window, split = shape, setup["window"], setup["split"]
    positions = positions_of_windows(ny, nx, window, mask, setup["windows"])
    if not len(positions):
        raise ValueError(
            f"No window of {window} x {window} pixels fits between the masked pixels and the "
            "border. Choose a smaller window or mask less."
        )
    guard = window if setup["guard"] is None else setup["guard"]
    along = {"left-right": (1, nx, "columns"), "top-bottom": (0, ny, "rows")}.get(split)
    if along is not None:
        axis, side, lines = along
        rows_columns = np.divmod(positions, nx)
        n = side - window + 1 - (setup["windows"] == "paper")
        first_test = _half_up(setup["train_fraction"] * (n - guard)) + guard
        offsets = rows_columns[axis] - window // 2
        on_stride = np.ones(len(positions), dtype=bool)
        for places in rows_columns:
            on_stride &= (places - window // 2) % setup["stride"] == 0
        train = int(np.count_nonzero(on_stride & (offsets < first_test - guard)))
        test = int(np.count_nonzero(offsets >= first_test))
        where = f"{n} {lines} of positions, guard {guard} pixels"
    elif split == "random":
        train = _half_up(setup["train_fraction"] * len(positions))
        test = len(positions) - train
        where = f"train_fraction {setup['train_fraction']:g}"
    else:
        # Which blocks are drawn is decided in the browser, which checks them.
        train, test, where = len(positions), 1, f"guard {guard} pixels"
    if train < 2 or test < 1:
        raise ValueError(
            f"The split {split!r} leaves {max(0, train)} windows to train on and {max(0, test)} to "
            f"test, of {len(positions)} ({where}); at least 2 and 1 are needed. Choose a smaller "
            "window or guard, another train_fraction, or another split."
        )
    if setup["batch_size"] > train:
        warnings.warn(
            f"batch_size is {setup['batch_size']}, but there are {train} windows to train on: one "
            "batch holds them all.",
            UserWarning,
            stacklevel=4,
        )
        setup["batch_size"] = train


def _half_up(value: float) -> int:
    return max(0, math.floor(value + 0.5))
