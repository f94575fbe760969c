"""Links local structure and local spectra of STEM-EELS spectrum images in JupyterLab."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from .versions import __version__

if TYPE_CHECKING:
    from .explorer import Explorer, explore
    from .model import Model, load
    from .preprocessing import remove_zero_loss, truncate
    from .samples import sample, sample_model
    from .signal import Signal

# Loaded when first asked for: the server extension and `jupyter labextension list` import this
# package and need neither ONNX Runtime nor SciPy.
_PLACES = {
    "Explorer": ".explorer",
    "Model": ".model",
    "Signal": ".signal",
    "explore": ".explorer",
    "load": ".model",
    "remove_zero_loss": ".preprocessing",
    "sample": ".samples",
    "sample_model": ".samples",
    "truncate": ".preprocessing",
}

__all__ = [
    "Explorer",
    "Model",
    "Signal",
    "__version__",
    "explore",
    "load",
    "remove_zero_loss",
    "sample",
    "sample_model",
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
