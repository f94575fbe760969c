"""Links local structure and local spectra of STEM-EELS spectrum images in JupyterLab."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from .versions import __version__

if TYPE_CHECKING:
    from .explorer import Explorer, explore
    from .factorisation import Factorisation, nmf
    from .files import open as open
    from .model import Model, load
    from .preprocessing import (
        bin as bin,
    )
    from .preprocessing import (
        crop,
        mask_dead_pixels,
        mend_spikes,
        normalise,
        remove_zero_loss,
        truncate,
    )
    from .repetition import replay
    from .samples import sample, sample_model
    from .signal import Signal
    from .simulated import simulate
    from .workspace import Workspace, open_workspace

# Loaded when first asked for: the server extension and `jupyter labextension list` import this
# package and need neither ONNX Runtime nor SciPy.
_PLACES = {
    "Explorer": ".explorer",
    "Factorisation": ".factorisation",
    "Model": ".model",
    "Signal": ".signal",
    "Workspace": ".workspace",
    "bin": ".preprocessing",
    "crop": ".preprocessing",
    "explore": ".explorer",
    "load": ".model",
    "mask_dead_pixels": ".preprocessing",
    "mend_spikes": ".preprocessing",
    "nmf": ".factorisation",
    "normalise": ".preprocessing",
    "open": ".files",
    "open_workspace": ".workspace",
    "remove_zero_loss": ".preprocessing",
    "replay": ".repetition",
    "sample": ".samples",
    "sample_model": ".samples",
    "simulate": ".simulated",
    "truncate": ".preprocessing",
}

# Without `bin` and `open`: a star import must not hide Python's own.
__all__ = [
    "Explorer",
    "Factorisation",
    "Model",
    "Signal",
    "Workspace",
    "__version__",
    "crop",
    "explore",
    "load",
    "mask_dead_pixels",
    "mend_spikes",
    "nmf",
    "normalise",
    "open_workspace",
    "remove_zero_loss",
    "replay",
    "sample",
    "sample_model",
    "simulate",
    "truncate",
]


def __getattr__(name: str):
    if name not in _PLACES:
        raise AttributeError(f"module 'eelscape' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "eelscape"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "eelscape.server"}]
