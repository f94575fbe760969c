"""What to tell users where the browser cannot do what a cell asks, and how it is found out."""

from __future__ import annotations

import comm

from .protocol import PROTOCOL_VERSION
from .text import clean_text, install_line
from .versions import __version__

NO_FRONT_END = (
    "No front end is connected: {reason}. Open the notebook in JupyterLab or Notebook 7 with "
    "eelscape enabled (`jupyter labextension list` shows it), reload the page, run the cell with "
    "`explore` again, then this one. Where JupyterLab's kernel setting `commsOverSubshells` is "
    "`disabled`, a panel answers between cells only: use `wait=False`."
)
USE_NO_WAIT = (
    "Use `run = ex.train(..., wait=False)`; the model is in `ex.models` and `run.wait()` returns "
    "it in a later cell, when `run.done` is true."
)

NOT_SERVED = (
    "This kernel serves the browser's messages only between cells, so a cell cannot wait for "
    f"training. {USE_NO_WAIT} Or install ipykernel >= 7.1 in the kernel's environment "
    "(`pip install -U ipykernel`), leave `commsOverSubshells` at `perCommTarget` in JupyterLab's "
    "kernel settings, and restart the kernel."
)


def other_version(version: str, protocol: int) -> str:
    """What a page is told that runs another eelscape than the kernel."""
    return (
        f"The browser runs eelscape {clean_text(version)} (protocol {protocol}), this kernel "
        f"eelscape {__version__} (protocol {PROTOCOL_VERSION}). Run `{install_line(version)}` in "
        "the kernel's environment, restart the kernel and reload the page."
    )


class FrontEndError(RuntimeError):
    """The browser did not do what was asked; the text says what to do next."""


def has_kernel() -> bool:
    """Whether comms lead to a kernel's front ends."""
    # In plain Python `comm` hands out comms that lead nowhere.
    return comm.create_comm is not getattr(comm, "_create_comm", None)


def subshells() -> bool | None:
    """Whether the kernel serves comms while a cell runs; None outside a kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return None
    return bool(getattr(kernel, "_supports_kernel_subshells", False))
