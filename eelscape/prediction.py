"""A network with its scaling: data units in, data units out, in the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .architecture import NetworkSpec
from .inference import Network
from .whole_image import WholeImage, over_whole


class Predictor:
    """Predicts, encodes and decodes windows (w, w) of the image and spectra (L,).

    Parameters
    ----------
    spec : NetworkSpec
    parameters : mapping of str to float32 array
        Weights and batch-norm buffers by PyTorch name, in PyTorch layout.
    scaling : mapping
        {"image": (min, max), "spectrum": (min, max)}, in data units.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, np.ndarray],
        scaling: dict[str, tuple[float, float]],
    ) -> None:
        self.kind = spec.kind
        self.latent_dims = spec.latent_dims
        self.filters = spec.filters
        self.window = spec.window
        self.channels = spec.channels
        self.scaling = scaling
        self._network = Network(spec, parameters, scaling)

    def predict(self, x: Any) -> Any:
        """Predict targets from features, in the kernel.

        Parameters
        ----------
        x : (n, w, w) windows for im2spec, (n, L) spectra for spec2im
            NumPy or Dask, in data units; cast to float32.

        Returns
        -------
        (n, L) spectra or (n, w, w) windows, float32, in data units
            Lazy for a Dask array. NaN for a sample that holds a value that is not finite.

        Raises
        ------
        TypeError
            Where the values are not real numbers.
        ValueError
            Where the shape is another; the message holds the one that is taken.
        """
        return self._network.apply("predict", x, self._features)

    def encode(self, x: Any) -> Any:
        """Encode features, in the kernel.

        Parameters
        ----------
        x : as for `predict`

        Returns
        -------
        (n, latent_dims) array of float32
            Lazy for a Dask array; NaN rows as for `predict`.
        """
        return self._network.apply("encode", x, self._features)

    def decode(self, z: Any) -> Any:
        """Decode latents, in the kernel.

        Parameters
        ----------
        z : (n, latent_dims) array, NumPy or Dask

        Returns
        -------
        (n, L) spectra or (n, w, w) windows, float32, in data units
        """
        return self._network.apply("decode", z, "latents")

    def over(self, data: Any, mask: Any = None) -> WholeImage:
        """Run the network over a whole image (im2spec) or cube (spec2im) of any size.

        Parameters
        ----------
        data : (ny, nx) image or (ny, nx, L) cube
            NumPy, Dask, a signal, or a Dataset (its image or its spectra, and its mask).
        mask : (ny, nx) array of bool, optional
            True where a pixel is excluded.

        Returns
        -------
        WholeImage
            Named tuple (predictions, latents) on the navigation axes, lazy for Dask; NaN where
            no whole window fits and where one holds a masked pixel or a NaN. (For spectra at the
            border of a cube use `predict`.)
        """
        if hasattr(data, "spectra") and hasattr(data, "image"):
            mask = data.mask if mask is None else mask
            data = data.image if self.kind == "im2spec" else data.spectra
        return over_whole(self._network, data, mask)

    @property
    def _features(self) -> str:
        return "windows" if self.kind == "im2spec" else "spectra"
