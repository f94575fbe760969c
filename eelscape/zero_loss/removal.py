"""Zero-loss removal for spectra of any kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..signal import Signal
from ..spectrum_image import SpectrumImage
from .model import Range, ZeroLossModel
from .terms import DEFAULT_MODEL

_PIXELS_AT_ONCE = 1024


def remove_zero_loss(
    si: Any,
    tail: Range | None = None,
    rise: Range | None = None,
    model: str = DEFAULT_MODEL,
    align: bool = True,
) -> Any:
    """Align the zero-loss peak and subtract it with its tail from every spectrum.

    The tail has two terms, A1 exp(-E / t) + A2 E^-r. Their shape comes from the mean spectrum,
    where the first plasmons (damped oscillators) and a narrow line such as a phonon are fitted
    beside them; each spectrum then has its own amplitudes, by default near those that its
    zero-loss intensity says. `docs/zero-loss.md` has the method and its measured bias.

    Parameters
    ----------
    si : Signal, HyperSpy signal, SpectrumImage or whatever `explore` takes as spectra
        Spectra with their zero-loss peak. A `Signal` may have any dimensions before the energy.
    tail : (start, stop), optional
        Window in eV from the zero-loss peak on where the tail is seen; chosen from the peak's width
        and the valley before the first plasmon where it is left out.
    rise : (start, stop), optional
        Window in eV where plasmons are fitted beside the tail. Left out beside a given `tail`, the
        tail alone is fitted.
    model : {"exponential-power", "exponential", "power"}
        The tail's terms: one of each kind, two exponentials, or two power laws.
    align : bool
        Whether each spectrum's peak is put where that of the mean is, by cubic interpolation.

    Returns
    -------
    Signal
        float32 counts. Same axes, but for an energy axis whose zero-loss peak lay more than half a
        channel off 0: its offset is set right by whole channels. Channels of the peak itself are
        0; spectra with a value that is not finite are NaN. For a `SpectrumImage`, a
        `SpectrumImage`, lazy where it is.

    Raises
    ------
    ValueError
        If the axis is no energy axis, no peak is in range, or a window holds too few channels.
    """
    if isinstance(si, SpectrumImage):
        from ..preprocessing.zero_loss_step import RemoveZeroLoss

        return RemoveZeroLoss(tail, rise, model, align).apply(si)
    if not isinstance(si, Signal):
        si = _signal(si)
    from ..preprocessing.calibration import energies_of

    energies = energies_of(si.axes[-1])
    spectra = si.data.reshape(-1, len(energies))
    finite = np.isfinite(spectra).all(1)
    if not finite.any():
        raise ValueError("No spectrum has finite values only.")
    used = spectra if finite.all() else spectra[finite]
    measured = ZeroLossModel.measure(
        energies, used.mean(0, dtype=np.float64), tail, rise, model, align
    )
    result = np.empty(spectra.shape, np.float32)
    for first in range(0, len(spectra), _PIXELS_AT_ONCE):
        part = slice(first, first + _PIXELS_AT_ONCE)
        result[part] = measured.subtract(spectra[part]).spectra
    axes = [*si.axes[:-1], measured.recalibrated(si.axes[-1])]
    return replace(si, data=result.reshape(si.shape), axes=axes)


def _signal(si: Any) -> Signal:
    from ..spectra_source import spectra_of

    image = spectra_of(si)
    spectra = np.asarray(image.spectra)
    if image.mask is not None:
        spectra = np.where(image.mask[..., None], np.nan, spectra.astype(float))
    axes = [image.y, image.x, image.energy]
    return Signal(spectra, axes, image.title, image.spectra_units, image.simulated)
