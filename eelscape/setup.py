"""The arguments of a training run, checked before anything is sent."""

from __future__ import annotations

import math
import numbers
from typing import Any

_CHOICES = {
    "kind": ("im2spec", "spec2im"),
    "windows": ("all", "paper"),
    "split": ("left-right", "top-bottom", "blocks", "random"),
    "backend": ("auto", "webgpu", "webgl", "wasm", "cpu"),
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


def checked_setup(shape: tuple[int, int, int], **setup: Any) -> dict[str, Any]:
    """The arguments of `Explorer.train` as plain Python numbers and strings.

    Parameters
    ----------
    shape : (int, int, int)
        (ny, nx, E) of the data.
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
    if setup["split"] in ("left-right", "top-bottom"):
        side = nx if setup["split"] == "left-right" else ny
        n = side - window + 1 - (setup["windows"] == "paper")
        guard = window if setup["guard"] is None else setup["guard"]
        train = max(0, math.floor(setup["train_fraction"] * (n - guard) + 0.5))
        test = n - guard - train
        if train < 1 or test < 1:
            lines = "columns" if setup["split"] == "left-right" else "rows"
            raise ValueError(
                f"The split {setup['split']!r} leaves {train} {lines} of windows for training and "
                f"{max(0, test)} for the test ({n} {lines}, guard {guard}). Choose a smaller "
                "window or guard, another train_fraction, or split='blocks'."
            )
