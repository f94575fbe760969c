"""A spectrum image with its HAADF image: what every part of the Python side works on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .axes import Axis
from .signal import hyperspy_signal
from .text import clean_attributes


@dataclass(eq=False)
class Dataset:
    """A checked snapshot of a spectrum image and the HAADF image of the same scan.

    Attributes
    ----------
    spectra : ndarray
        (ny, nx, E) float32, C order, in `spectra_units`; energies ascend.
    image : ndarray
        (ny, nx) float32, C order, in `image_units`.
    y, x, energy : Axis
        Axes of the arrays.
    title, name : str
        What the data are, and what messages call them (the variable's name where found).
    mask : ndarray or None
        (ny, nx) bool, True where a pixel is excluded.
    simulated : bool
        True for data that no microscope recorded.
    report : list of str
        What was converted or excluded on the way in, a sentence each.
    sha256 : str
        Of the bytes of `spectra` followed by those of `image`.
    origin : str
        Where the spectra came from: "numpy", "eelscape", "hyperspy", "dask", "memmap", "h5py",
        "zarr", "xarray", "sidpy", "nion".
    energy_flipped : bool
        True where the source's energies descended; `restore` gives its order back.
    """

    spectra: np.ndarray
    image: np.ndarray
    y: Axis
    x: Axis
    energy: Axis
    title: str = ""
    name: str = ""
    spectra_units: str = ""
    image_units: str = ""
    mask: np.ndarray | None = None
    simulated: bool = False
    report: list[str] = field(default_factory=list)
    sha256: str = ""
    origin: str = "numpy"
    energy_flipped: bool = False

    def __post_init__(self) -> None:
        clean_attributes(self, "title", "name", "spectra_units", "image_units", "report")
        self.spectra = np.ascontiguousarray(self.spectra, dtype=np.float32)
        self.image = np.ascontiguousarray(self.image, dtype=np.float32)
        expected = (self.y.size, self.x.size, self.energy.size)
        if self.spectra.shape != expected or self.image.shape != expected[:2]:
            raise ValueError(
                f"Spectra of shape {self.spectra.shape} and an image of shape {self.image.shape} "
                f"do not match axes of sizes {expected}."
            )
        if self.mask is not None:
            self.mask = np.ascontiguousarray(self.mask, dtype=bool)
            if self.mask.shape != expected[:2]:
                raise ValueError(
                    f"The mask of shape {self.mask.shape} does not match a scan of {expected[:2]}."
                )
        if not self.sha256:
            self.sha256 = self.compute_sha256()

    @property
    def shape(self) -> tuple[int, int, int]:
        """(ny, nx, E)."""
        return self.spectra.shape  # type: ignore[return-value]

    def compute_sha256(self) -> str:
        """sha256 of the bytes of the spectra followed by those of the image, as hex."""
        digest = hashlib.sha256(memoryview(self.spectra).cast("B"))
        digest.update(memoryview(self.image).cast("B"))
        return digest.hexdigest()

    def restore(self, spectra: np.ndarray) -> np.ndarray:
        """Spectra (..., E) in the channel order of the source (see `energy_flipped`)."""
        return spectra[..., ::-1] if self.energy_flipped else spectra

    def as_signal(self, array: np.ndarray, kind: str, title: str = "") -> Any:
        """A HyperSpy signal with this data set's calibrated axes.

        Parameters
        ----------
        array : ndarray
            The values; energies ascending where there are any.
        kind : {"map", "spectra", "spectrum", "latents", "windows"}
            "map" (ny, nx) in any units; "spectra" (ny, nx, E) and "spectrum" (E) in the data's
            units, in the channel order of the source; "latents" (ny, nx, n); "windows"
            (ny, nx, h, w) image windows.
        title : str, optional
            Title of the signal.

        Returns
        -------
        hyperspy.signals.Signal1D or Signal2D

        Raises
        ------
        ImportError
            If HyperSpy is not installed.
        ValueError
            If the kind is unknown or the array does not match the axes.
        """
        array = np.asarray(array)
        energy = self.energy.reversed() if self.energy_flipped else self.energy
        units = ""
        if kind == "map":
            axes, signal_dimension = [self.y, self.x], 2
        elif kind in ("spectra", "spectrum"):
            axes, signal_dimension = [self.y, self.x, energy][-array.ndim :], 1
            array, units = self.restore(array), self.spectra_units
        elif kind == "latents":
            axes = [self.y, self.x, Axis("latent", "", array.shape[-1])]
            signal_dimension = 1
        elif kind == "windows":
            axes, signal_dimension = self._window_axes(array.shape[-2:]), 2
            units = self.image_units
        else:
            raise ValueError(
                f"Unknown kind {kind!r}; use 'map', 'spectra', 'spectrum', 'latents' or 'windows'."
            )
        return hyperspy_signal(array, axes, signal_dimension, title, units, self.simulated)

    def _window_axes(self, shape: tuple[int, ...]) -> list[Axis]:
        """Axes of windows (ny, nx, h, w); a window's own count from its pixel [h/2, w/2]."""
        axes = [self.y, self.x]
        for axis, size in zip((self.y, self.x), shape, strict=True):
            offset = -axis.scale * (size // 2)
            axes.append(Axis(f"window {axis.name}", axis.units, size, axis.scale, offset))
        return axes
