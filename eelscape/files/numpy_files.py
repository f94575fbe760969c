"""`.npy` and `.npz` files: single arrays, several, or pairs of windows and spectra."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from ..adapters.numbers import check_dtype
from ..signal import Signal
from .array_files import (
    array_bytes,
    open_archive,
    read_header,
    read_npy,
    read_npy_entry,
    reading,
)
from .window_pairs import WindowPairs

#: Keys under which windows and spectra are found, in lower case and without train or test.
WINDOW_KEYS = re.compile(r"^(imgs?|images?|imstack|image_stack|windows?|patche?s?|features?|x)$")
SPECTRA_KEYS = re.compile(r"^(spec|specs|spectra|spectrum|spectra_stack|targets?|y)$")
#: Parts into which AtomAI's notebooks divide a set, in the order in which they are joined.
PARTS = ("train", "val", "valid", "test")


def open_npy(path: Path, lazy: bool) -> Signal:
    """An array file as a signal without calibration."""
    array = read_npy(path, lazy)
    check_dtype(np.dtype(array.dtype), path.name)
    return Signal(array, title=path.stem)


def open_npz(path: Path, lazy: bool) -> Signal | list[Signal] | WindowPairs:
    """The arrays of a container: pairs where it holds windows and spectra, else signals.

    Arrays that are no numbers or have no dimension are left out.

    Raises
    ------
    ValueError
        If nothing is left, or the file is damaged.
    """
    with open_archive(path) as archive, reading(path):
        names = [name for name in archive.namelist() if name.endswith(".npy")]
        shapes: dict[str, tuple[int, ...]] = {}
        skipped = []
        for name in names:
            with archive.open(name) as stream:
                try:
                    shape, _, dtype = read_header(stream, f"{name} in {path.name}")
                except TypeError:
                    skipped.append(f"{name[:-4]} (Python objects)")
                    continue
            if dtype.kind in "biuf" and shape and array_bytes(shape, dtype):
                shapes[name[:-4]] = shape
            else:
                skipped.append(f"{name[:-4]} ({dtype}, shape {shape})")
        if not shapes:
            raise ValueError(
                f"{path.name} holds no arrays of real numbers: {', '.join(skipped) or 'nothing'}."
            )

        def read(key: str) -> Any:
            return read_npy_entry(archive, path, f"{key}.npy", lazy)

        if found := find_pairs(shapes):
            images, spectra = (
                np.concatenate([_squeezed(np.asarray(read(key)), n) for key in keys])
                for keys, n in zip(found, (3, 2), strict=True)
            )
            return WindowPairs(images, spectra, path.stem)
        signals = [Signal(read(key), title=key) for key in shapes]
    return signals[0] if len(signals) == 1 else signals


def find_pairs(shapes: dict[str, tuple[int, ...]]) -> tuple[list[str], list[str]] | None:
    """Keys of windows and of their spectra, part by part; None where there are none.

    Windows are (n, w, w), also (n, 1, w, w) or (n, w, w, 1); spectra (n, L), also (n, 1, L) or
    (n, L, 1). A spectrum image with its image, (ny, nx, E) and (ny, nx), is no such pair.
    """
    windows: dict[str, str] = {}
    spectra: dict[str, str] = {}
    for key, shape in shapes.items():
        base, part = _base(key)
        square = len(plain := _plain(shape, 3)) == 3 and plain[1] == plain[2]
        if square and WINDOW_KEYS.match(base):
            windows.setdefault(part, key)
        elif len(_plain(shape, 2)) == 2 and SPECTRA_KEYS.match(base):
            spectra.setdefault(part, key)
    parts = [part for part in ("", *PARTS) if part in windows and part in spectra]
    if not parts or any(shapes[windows[p]][0] != shapes[spectra[p]][0] for p in parts):
        return None
    return [windows[p] for p in parts], [spectra[p] for p in parts]


def _base(key: str) -> tuple[str, str]:
    """A key without the part that it names, and the part: ("images", "train")."""
    words = [word for word in re.split(r"[_\W]+", key.lower()) if word]
    part = next((word for word in words if word in PARTS), "")
    words = [word for word in words if word not in (*PARTS, "all", "set", "data")]
    return "_".join(words), part


def _plain(shape: tuple[int, ...], dimensions: int) -> tuple[int, ...]:
    """A shape without a single channel at its second or last place."""
    if len(shape) == dimensions + 1:
        if shape[1] == 1:
            return shape[:1] + shape[2:]
        if shape[-1] == 1:
            return shape[:-1]
    return shape


def _squeezed(array: np.ndarray, dimensions: int) -> np.ndarray:
    return array.reshape(_plain(array.shape, dimensions))
