"""Files of every other format, through RosettaSciIO where it is installed."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from ..adapters.labelled import axis_of_values
from ..adapters.signals import known_text
from ..adapters.sources import Source, read_array
from ..axes import Axis

INSTALL = 'pip install "rosettasciio[hdf5]"'

#: Formats whose reader runs text from the file, or unpickles.
REFUSED = {
    ".nc": "its reader runs text that stands in the file",
    ".pkl": "pickled files run code when they are read",
    ".pickle": "pickled files run code when they are read",
    ".pt": "pickled files run code when they are read",
}


def open_other(path: Path, lazy: bool) -> list[Source]:
    """Every signal of a file that RosettaSciIO reads.

    Raises
    ------
    ImportError
        If RosettaSciIO is not installed; the message holds the install line.
    ValueError
        If it knows no such file or holds nothing that can be read.
    """
    suffix = path.suffix.lower()
    if suffix in REFUSED:
        raise ValueError(
            f"{path.name} is not opened: {REFUSED[suffix]}. If you trust it, read it yourself and "
            "pass the arrays."
        )
    try:
        from rsciio import IO_PLUGINS
    except ImportError as error:
        raise ImportError(
            f"eelscape reads .ndata, .h5 of Nion Swift, .npy and .npz by itself; {suffix or 'this'}"
            f" files need RosettaSciIO. Install it with: {INSTALL}"
        ) from error
    plugins = [
        plugin
        for plugin in IO_PLUGINS
        if suffix[1:] in {extension.lower() for extension in plugin["file_extensions"]}
    ]
    if not suffix or not plugins:
        raise ValueError(
            f"{path.name}: no reader for {suffix or 'files without an extension'}. Read it with "
            "what wrote it, and pass the arrays with axes=."
        )
    failures = []
    for plugin in plugins:
        try:
            reader = importlib.import_module(plugin["api"]).file_reader
            try:
                read = reader(str(path), lazy=lazy)
            except NotImplementedError:
                # Some readers know no lazy reading.
                read = reader(str(path), lazy=False)
        except Exception as error:
            # Readers of one extension tell by failing that a file is another's.
            hint = f" (pip install {error.name})" if isinstance(error, ModuleNotFoundError) else ""
            failures.append(f"{plugin['name']}: {type(error).__name__}: {error}{hint}")
            continue
        sources = [source for each in read if (source := _source(each, path)) is not None]
        if sources:
            return sources
        failures.append(f"{plugin['name']}: nothing of real numbers")
    raise ValueError(f"{path.name} could not be read. {'; '.join(failures)}")


def _source(signal: dict[str, Any], path: Path) -> Source | None:
    """What a reader gives for one signal; None of complex numbers and the like."""
    try:
        source = read_array(signal["data"], path.name)
    except TypeError:
        return None
    listed = sorted(signal.get("axes") or [], key=lambda axis: axis.get("index_in_array") or 0)
    axes = [_axis(axis) for axis in listed]
    if tuple(axis.size for axis in axes) == tuple(source.data.shape):
        source.axes = axes
        spectral = [i for i, axis in enumerate(listed) if not axis.get("navigate", False)]
        if len(listed) == 3:
            source.spectral = spectral[0] if len(spectral) == 1 else None
    metadata = signal.get("metadata") or {}
    title = known_text((metadata.get("General") or {}).get("title"))
    # The name that HyperSpy gives, in a file, to what has none.
    source.title = path.stem if title in ("", "__unnamed__") else title
    source.simulated = bool((metadata.get("eelscape") or {}).get("simulated"))
    units = str((metadata.get("Signal") or {}).get("quantity") or "")
    source.units = units[units.rindex("(") + 1 : -1] if units.endswith(")") and "(" in units else ""
    return source


def _axis(axis: dict[str, Any]) -> Axis:
    name, units = (known_text(axis.get(key)) for key in ("name", "units"))
    if axis.get("axis") is not None:
        return axis_of_values(name, units, np.asarray(axis["axis"], dtype=np.float64))
    scale, offset = axis.get("scale", 1.0), axis.get("offset", 0.0)
    return Axis(name, units, int(axis["size"]), float(scale or 1.0), float(offset or 0.0))
