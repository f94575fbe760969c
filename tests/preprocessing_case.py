"""Spectrum images that tests of preprocessing work on."""

import dask.array as da
import numpy as np

from eelscape.axes import Axis
from eelscape.spectrum_image import SpectrumImage


def spectrum_image(
    spectra,
    units="counts",
    energy=None,
    mask=None,
    image=None,
    scale=0.01,
    offset=0.0,
    energy_units="eV",
):
    """Spectra (ny, nx, E) as a SpectrumImage with pixels of 2 nm."""
    ny, nx, channels = spectra.shape
    if image is None:
        image = np.random.default_rng(1).uniform(900, 1100, (ny, nx)).astype(np.float32)
    return SpectrumImage(
        spectra,
        image,
        Axis("y", "nm", ny, 2.0),
        Axis("x", "nm", nx, 2.0, 10.0),
        energy or Axis("Energy loss", energy_units, channels, scale, offset),
        title="case",
        spectra_units=units,
        mask=mask,
    )


def counts(shape=(12, 15, 200), level=50.0, seed=0):
    """Counting noise on a broad peak, uint32."""
    channels = np.arange(shape[2])
    expected = level * (0.2 + np.exp(-0.5 * ((channels - 0.6 * shape[2]) / (0.1 * shape[2])) ** 2))
    return np.random.default_rng(seed).poisson(expected, shape).astype(np.uint32)


def sharp_peak(shape=(12, 15, 200), top=2e5, width=1.7, seed=0):
    """Counting noise on a zero-loss peak `width` channels wide (sigma), tail and plasmon.

    The peak sits at channel 40, off by up to two channels from pixel to pixel.
    """
    rng = np.random.default_rng(seed)
    channels = np.arange(shape[2])
    centre = 40 + rng.uniform(-2, 2, (*shape[:2], 1))
    peak = top * np.exp(-0.5 * ((channels - centre) / width) ** 2)
    tail = 0.01 * top * np.exp(-np.abs(channels - centre) / 6)
    plasmon = 0.002 * top * np.exp(-0.5 * ((channels - 120) / 12) ** 2)
    return rng.poisson(peak + tail + plasmon + 2).astype(np.uint32)


def lazily(data, chunks=(5, 4, 70)):
    """The same data with Dask spectra in awkward chunks."""
    return data.changed(spectra=da.from_array(data.spectra, chunks=chunks))


def computed(data):
    """Spectra in memory."""
    spectra = data.spectra
    return spectra if isinstance(spectra, np.ndarray) else spectra.compute()
