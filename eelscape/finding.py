"""Finds the data of a workspace file among the variables of a kernel, by their sha256."""

from __future__ import annotations

from itertools import product
from typing import Any

from .adapters import to_dataset
from .explorer import Explorer, explore
from .notebook import user_names

#: Pairs of variables that are tried at most; each is read and hashed.
MAX_PAIRS = 64


def open_data_of(sha256: str, shape: tuple[int, int, int]) -> list[str]:
    """Open a panel over the variables that hold these data.

    An explorer whose data they are has its panel opened again; else every spectrum image and
    image of the right shapes are tried together, without preprocessing.

    Parameters
    ----------
    sha256 : str
        Of the bytes of the spectra followed by those of the image.
    shape : (int, int, int)
        (ny, nx, E).

    Returns
    -------
    list of str
        The variables' names; empty where none hold the data.
    """
    variables = {name: value for name, value in user_names().items() if not name.startswith("_")}
    for name, value in variables.items():
        if isinstance(value, Explorer) and _sha256_of(value) == sha256:
            value._line.request("reload")
            return [name]
    spectra = [name for name, value in variables.items() if _sides(value) == sorted(shape)]
    images = [name for name, value in variables.items() if _sides(value) == sorted(shape[:2])]
    for si, haadf in list(product(spectra, images))[:MAX_PAIRS]:
        try:
            found = to_dataset(variables[si], variables[haadf]).sha256
        except (TypeError, ValueError):
            continue
        if found == sha256:
            explore(variables[si], variables[haadf], name=si)
            return [si, haadf]
    return []


def _sha256_of(explorer: Explorer) -> str:
    dataset = explorer.dataset
    return "" if dataset is None else dataset.sha256


def _sides(value: Any) -> list[int] | None:
    """The sizes of an array or a signal, ascending; None for anything else."""
    array = value if hasattr(value, "dtype") else getattr(value, "data", None)
    shape = getattr(array, "shape", None)
    whole = isinstance(shape, tuple) and all(isinstance(side, int) for side in shape)
    return sorted(shape) if whole else None
