"""`open`: from a file to signals."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..adapters.sources import Source
from ..signal import Signal
from .nion_files import nion_datasets, nion_hdf5, open_ndata
from .numpy_files import open_npy, open_npz
from .other_files import open_other
from .window_pairs import WindowPairs

HDF5_SUFFIXES = (".h5", ".hdf5", ".nhdf")


def open(path: str | os.PathLike, lazy: bool = False) -> Signal | list[Signal] | WindowPairs:
    """Read a file.

    Nion Swift's ``.ndata``, ``.h5`` and ``.nhdf`` and NumPy's ``.npy`` and ``.npz`` are read here;
    other formats (``.dm3``, ``.dm4``, ``.hspy``, ``.emd``, ...) through RosettaSciIO, which comes
    with HyperSpy. Nothing is unpickled, and declared sizes are checked before anything is read.

    Parameters
    ----------
    path : str or path-like
    lazy : bool
        Whether the values stay in the file and are read block by block (a Dask array).

    Returns
    -------
    Signal, list of Signal or WindowPairs
        A list where the file holds several, as `explore` takes it; `WindowPairs` of an npz file
        with windows and their spectra but no positions.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If its format needs a package that is not installed; the message holds the install line.
    TypeError
        If the values are not real numbers.
    ValueError
        If the file is damaged, or of a format that is not read.
    """
    file = Path(path).expanduser()
    if not file.exists():
        raise FileNotFoundError(f"There is no file {file}.")
    suffix = file.suffix.lower()
    if suffix == ".npy":
        return open_npy(file, lazy)
    if suffix == ".npz":
        return open_npz(file, lazy)
    if suffix == ".ndata":
        return as_signal(open_ndata(file, lazy))
    sources = _open_hdf5(file, lazy) if suffix in HDF5_SUFFIXES else open_other(file, lazy)
    signals = [as_signal(source) for source in sources]
    return signals[0] if len(signals) == 1 else signals


def as_signal(source: Source) -> Signal:
    """What a reader found as a signal."""
    return Signal(
        source.data,
        list(source.axes or []),
        source.title,
        source.units,
        source.simulated,
        list(source.report),
    )


def _open_hdf5(path: Path, lazy: bool) -> list[Source]:
    """Nion's datasets in an HDF5 file, else what RosettaSciIO finds in it.

    Raises
    ------
    ImportError
        If h5py is not installed.
    ValueError
        If the file is no HDF5 file, or nobody knows its layout; the message lists its arrays.
    """
    try:
        import h5py
    except ImportError as error:
        raise ImportError(
            f"{path.name} is an HDF5 file and needs h5py. Install it with: pip install h5py"
        ) from error
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise ValueError(f"{path.name} is damaged or no HDF5 file: {error}") from error
    arrays: list[str] = []

    def note(name: str, item: Any) -> None:
        if len(getattr(item, "shape", None) or ()) in (2, 3):
            arrays.append(f"h5py.File(path)[{name!r}] {item.shape}")

    try:
        if sources := [nion_hdf5(dataset, path, lazy) for dataset in nion_datasets(file)]:
            return sources
        file.visititems(note)
    finally:
        # Lazy data go on being read: their datasets keep the file open.
        if not lazy or arrays:
            file.close()
    try:
        return open_other(path, lazy)
    except (ImportError, ValueError) as error:
        raise ValueError(
            f"{path.name} has no layout that is known here. Pass its arrays and axes= yourself: "
            f"{', '.join(arrays[:12]) or 'it holds none of two or three dimensions'}. ({error})"
        ) from error
