"""The steps as functions of signals, for scripts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..adapters.sources import read_source
from ..signal import Signal
from ..spectrum_image import SpectrumImage
from .binning import bin_pixels, binned_axis
from .dead_pixels import MaskDeadPixels
from .energy_range import BinEnergy, CropEnergy
from .normalisation import Normalise
from .scan_binning import BinScan
from .scan_range import CropScan
from .signal_input import as_spectrum_image, axes_of, own, shape_text, without_masked
from .spikes import MendSpikes
from .step import Step


def truncate(si: Any, start: float | None = 0.2, stop: float | None = None) -> Any:
    """Keep the channels with start <= energy < stop.

    Parameters
    ----------
    si : Signal, HyperSpy signal, array-like or SpectrumImage
        Spectra with the energy axis last; lazy data stay lazy.
    start, stop : float or None
        eV, whatever the axis's units of energy; in the axis's own units where it counts something
        else. None keeps that end. 0.2 eV lies above the phonons of the sample's membrane.

    Returns
    -------
    Signal or SpectrumImage
        A copy of those channels, with the cropped axis; a SpectrumImage for one.

    Raises
    ------
    ValueError
        If no channel is left.
    """
    return _applied(CropEnergy(start, stop), si)


def crop(
    si: Any, rows: tuple[int, int] | None = None, columns: tuple[int, int] | None = None
) -> Any:
    """Keep some rows and columns of a spectrum image or of an image.

    Parameters
    ----------
    si : Signal, HyperSpy signal, array-like or SpectrumImage
        (y, x) or (y, x, E).
    rows, columns : (first, stop) or None
        first <= index < stop; None keeps all.

    Returns
    -------
    Signal or SpectrumImage
        A copy with the cropped axes; a SpectrumImage for one.

    Raises
    ------
    ValueError
        If they reach beyond the scan, or `si` has another number of dimensions.
    """
    return _across(CropScan(rows, columns), si)


def bin(si: Any, energy: int = 1, space: int = 1, mode: str | None = None) -> Any:
    """Join neighbouring channels, and squares of neighbouring pixels.

    Parameters
    ----------
    si : Signal, HyperSpy signal, array-like or SpectrumImage
        (y, x, E); with `space=1` any dimensions before the energies, with `energy=1` also an
        image (y, x).
    energy, space : int
        Channels to join; pixels to join along y and along x. What remains at the end is dropped.
    mode : {"mean", "sum"} or None
        None: sums of counts, means of anything else; images are averaged.

    Returns
    -------
    Signal or SpectrumImage
        A SpectrumImage for one.

    Raises
    ------
    ValueError
        If there are fewer channels or pixels than are to be joined.
    """
    along, across = BinEnergy(energy, mode), BinScan(space, mode)
    if across.factor > 1:
        si = _across(across, si)
    return _applied(along, si) if along.factor > 1 or across.factor == 1 else si


def mend_spikes(si: Any, threshold: float = 6.0) -> Any:
    """Replace spikes of one or two channels by the line between their neighbours.

    Parameters
    ----------
    si : Signal, HyperSpy signal, array-like or SpectrumImage
        Spectra with the energy axis last; lazy data stay lazy.
    threshold : float
        Standard deviations of the counting noise; see `spike_search.SpikeSearch`.

    Returns
    -------
    Signal or SpectrumImage
        Of the same dtype; a SpectrumImage for one.
    """
    return _applied(MendSpikes(threshold), si)


def mask_dead_pixels(si: Any, haadf: Any = None, threshold: float = 10.0) -> np.ndarray:
    """Find dead, hot and saturated pixels.

    Parameters
    ----------
    si : Signal, HyperSpy signal, array-like or SpectrumImage
        (y, x, E).
    haadf : Signal, HyperSpy signal or array-like, optional
        (y, x) image of the same scan; a SpectrumImage has its own.
    threshold : float
        Robust standard deviations; see `dead_pixels.find_faults`.

    Returns
    -------
    ndarray
        (ny, nx) bool, True where a pixel is at fault: what `explore(mask=...)` takes.
    """
    data = si
    if not isinstance(si, SpectrumImage):
        data, _ = as_spectrum_image(read_source(si, "spectrum image"))
        if haadf is not None:
            image = read_source(haadf, "HAADF image").data
            if tuple(image.shape) != data.shape[:2]:
                scan = shape_text(data.shape[:2])
                raise ValueError(
                    f"The image is {shape_text(image.shape)}, the scan {scan}: give the image of "
                    "the same scan."
                )
            data = data.changed(image=np.asarray(image, dtype=np.float32))
    return MaskDeadPixels(threshold).measure(data).any


def normalise(si: Any, by: str = "zero_loss") -> Any:
    """Divide every spectrum by a measure of its own.

    Parameters
    ----------
    si : Signal, HyperSpy signal, array-like or SpectrumImage
        Spectra with the energy axis last; lazy data stay lazy.
    by : {"zero_loss", "total", "maximum"}
        See `normalisation.Normalise`.

    Returns
    -------
    Signal or SpectrumImage
        float32 in units "relative", NaN where there is nothing to divide by; a SpectrumImage for
        one.
    """
    return _applied(Normalise(by), si)


def _applied(step: Step, si: Any) -> Any:
    """A step that treats spectra one by one, on anything with the energies last."""
    if isinstance(si, SpectrumImage):
        return step.apply(si)
    source = read_source(si, "spectrum image")
    data, flipped = as_spectrum_image(source)
    after = step.apply(data)
    spectra, energy = after.spectra, after.energy
    if flipped:
        spectra, energy = spectra[..., ::-1], energy.reversed()
    shape = (*source.data.shape[:-1], energy.size)
    return Signal(
        own(spectra.reshape(shape), source.data),
        [*axes_of(source)[:-1], energy],
        source.title,
        after.spectra_units,
        source.simulated,
    )


def _across(step: CropScan | BinScan, si: Any) -> Any:
    """A step across the scan, on a spectrum image or an image."""
    if isinstance(si, SpectrumImage):
        return step.apply(si)
    source = read_source(si, "spectrum image")
    dimensions = len(source.data.shape)
    if dimensions not in (2, 3):
        raise ValueError(
            f"The data have {dimensions} dimensions, shape {tuple(source.data.shape)}; an image "
            "(y, x) or a spectrum image (y, x, energy) is needed."
        )
    if dimensions == 3:
        data, _ = as_spectrum_image(source, flip=False)
        after = step.apply(data)
        axes = [after.y, after.x, axes_of(source)[2]]
        values = own(after.spectra, source.data)
        return Signal(values, axes, source.title, source.units, source.simulated)
    image = np.asarray(without_masked(source))
    axes = axes_of(source)
    if isinstance(step, CropScan):
        rows, columns = step.slices(image.shape)
        axes = [a.crop(s.start, s.stop) for a, s in zip(axes, (rows, columns), strict=True)]
        image = image[rows, columns].copy()
    else:
        height, width = (size // step.factor * step.factor for size in image.shape)
        if not height or not width:
            raise ValueError(
                f"{step.factor} x {step.factor} pixels cannot be joined: the image has "
                f"{shape_text(image.shape)}."
            )
        image = image[:height, :width]
        axes = [binned_axis(axis, step.factor) for axis in axes]
        image = bin_pixels(image, step.factor, np.isfinite(image), "mean")
    return Signal(image, axes, source.title, source.units, source.simulated)
