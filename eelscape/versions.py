"""Versions of this package and of what it runs on."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from pathlib import Path


def _own_version() -> str:
    # A source tree that is not installed has its version in package.json only.
    source = Path(__file__).resolve().parent.parent / "package.json"
    try:
        package = json.loads(source.read_text(encoding="utf-8"))
        if package.get("name") == "eelscape":
            return str(package["version"])
    except (OSError, ValueError, KeyError):
        pass
    try:
        return metadata.version("eelscape")
    except metadata.PackageNotFoundError:
        return "0+unknown"


#: Version of the package, the one of package.json.
__version__ = _own_version()


def versions() -> dict[str, str]:
    """Versions of eelscape, jupyterlab, jupyter_server and Python.

    Returns
    -------
    dict of str to str
        "" where a package is not installed.
    """
    found = {"eelscape": __version__}
    for name in ("jupyterlab", "jupyter_server"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    found["python"] = platform.python_version()
    return found
