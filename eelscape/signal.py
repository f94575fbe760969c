"""A light array with calibrated axes, and its way to HyperSpy."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from .axes import Axis
from .text import clean_attributes


@dataclass(eq=False)
class Signal:
    """An array with axes: what `sample` returns and `explore` accepts.

    Attributes
    ----------
    data : ndarray or dask.array.Array
        (ny, nx) image or (ny, nx, E) spectrum image, in `units`.
    axes : list of Axis
        One axis a dimension, in array order; dicts are converted.
    title : str
        What the data are.
    units : str
        Units of the values, "counts" for example; "" where unknown.
    simulated : bool
        True for data that no microscope recorded.
    report : list of str
        What reading them did, or left undone, a sentence each; `explore` passes it on.

    Raises
    ------
    ValueError
        If the axes do not match the shape of the data.
    """

    data: np.ndarray
    axes: list[Axis] = field(default_factory=list)
    title: str = ""
    units: str = ""
    simulated: bool = False
    report: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        clean_attributes(self, "title", "units", "report")
        # Lazy data stay lazy, masked data keep their mask.
        if not isinstance(self.data, np.ndarray) and not hasattr(self.data, "__dask_graph__"):
            self.data = np.asarray(self.data)
        if not self.axes:
            self.axes = [Axis("", "", n) for n in self.data.shape]
        self.axes = [
            Axis.from_dict(axis, size)
            for axis, size in zip(self.axes, self.data.shape, strict=False)
        ] + list(self.axes[self.data.ndim :])
        sizes = tuple(axis.size for axis in self.axes)
        if sizes != self.data.shape:
            raise ValueError(f"Axes of sizes {sizes} do not match data of shape {self.data.shape}.")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data."""
        return self.data.shape

    @property
    def dtype(self) -> np.dtype:
        """Number type of the data."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """Number of dimensions of the data."""
        return self.data.ndim

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The data, so that NumPy functions take a `Signal`."""
        if copy is None:
            return np.asarray(self.data, dtype=dtype)
        return np.array(self.data, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        axes = " x ".join(f"{axis.name or '?'} {axis.size}" for axis in self.axes)
        simulated = ", simulated" if self.simulated else ""
        return f"<Signal {self.title!r}: {axes}, {self.data.dtype}{simulated}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(axis.name)}</td><td>{axis.size}</td>"
            f"<td>{axis.array[0]:g} to {axis.array[-1]:g} {escape(axis.units)}</td></tr>"
            for axis in self.axes
        )
        badge = " <em>Simulated data</em>" if self.simulated else ""
        values = f", {escape(self.units)}" if self.units else ""
        return (
            f"<strong>{escape(self.title) or 'Signal'}</strong>{badge}"
            f"<table><thead><tr><th>axis</th><th>size</th><th>range</th></tr></thead>"
            f"<tbody>{rows}</tbody></table><p>{escape(str(self.data.dtype))}{values}</p>"
        )

    def to_hyperspy(self) -> Any:
        """The same data and axes as a HyperSpy signal.

        Returns
        -------
        hyperspy.signals.Signal1D or Signal2D
            Signal1D with the last axis as signal axis for (E), (ny, nx, E) and wherever the last
            axis counts energies, Signal2D with the last two for (ny, nx) and (ny, nx, h, w).

        Raises
        ------
        ImportError
            If HyperSpy is not installed; the message holds the install line.
        """
        from .adapters.units import is_energy

        spectra = self.data.ndim % 2 or (self.axes and is_energy(self.axes[-1]))
        signal_dimension = 1 if spectra else 2
        return hyperspy_signal(
            self.data, self.axes, signal_dimension, self.title, self.units, self.simulated
        )


def hyperspy_signal(
    data: np.ndarray,
    axes: list[Axis],
    signal_dimension: int,
    title: str = "",
    units: str = "",
    simulated: bool = False,
) -> Any:
    """A HyperSpy signal with calibrated axes.

    Parameters
    ----------
    data : ndarray
        Values in `units`.
    axes : list of Axis
        One a dimension, in array order. Values that turn back, which HyperSpy refuses, give an
        axis that counts channels.
    signal_dimension : {1, 2}
        How many of the last axes are signal axes; the rest are navigation axes.
    title, units : str
        Go to ``metadata.General.title`` and ``metadata.Signal.quantity``.
    simulated : bool
        Goes to ``metadata.eelscape.simulated``.

    Raises
    ------
    ImportError
        If HyperSpy is not installed.
    ValueError
        If the axes do not match the data.
    """
    try:
        from hyperspy.signals import Signal1D, Signal2D
    except ImportError as error:
        raise ImportError(
            "as_signal needs HyperSpy. Install it with: pip install hyperspy"
        ) from error
    data = np.asarray(data)
    if tuple(axis.size for axis in axes) != data.shape:
        sizes = tuple(axis.size for axis in axes)
        raise ValueError(f"Axes of sizes {sizes} do not match data of shape {data.shape}.")
    navigation = data.ndim - signal_dimension
    dicts = []
    for i, axis in enumerate(axes):
        entry: dict[str, Any] = {"name": axis.name, "units": axis.units, "navigate": i < navigation}
        steps = np.diff(axis.array)
        if axis.values is None:
            entry.update(size=axis.size, scale=axis.scale, offset=axis.offset)
        elif (steps > 0).all() or (steps < 0).all():
            entry.update(axis=axis.array)
        else:
            entry.update(name=f"{axis.name} (channel)", units="", size=axis.size)
        dicts.append(entry)
    metadata = {
        "General": {"title": title},
        "Signal": {"quantity": f"({units})" if units else ""},
        "eelscape": {"simulated": bool(simulated)},
    }
    kind = Signal1D if signal_dimension == 1 else Signal2D
    return kind(data, axes=dicts, metadata=metadata)
