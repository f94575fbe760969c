"""The step that removes the zero-loss peak and its tail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ..axes import Axis
from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from ..zero_loss.model import ZeroLossModel
from ..zero_loss.terms import MODELS
from . import parameters
from .blockwise import blocks_of, map_spectra, mean_spectrum, parts_of
from .calibration import energies_of
from .look import Look
from .preview import Preview
from .step import Step


@dataclass(frozen=True)
class RemoveZeroLoss(Step):
    """Subtract the zero-loss peak and its tail from every spectrum (`eelscape.zero_loss`).

    Attributes
    ----------
    tail : (start, stop) or None
        Window, eV from the zero-loss peak, where the tail is seen. None: chosen from the data.
    rise : (start, stop) or None
        Window, eV from the zero-loss peak, of the first plasmon's rise. None beside a given
        `tail`: the tail alone is fitted, without a plasmon; else chosen.
    model : str
        The two terms of the tail, a key of `eelscape.zero_loss.MODELS`.
    align : bool
        Whether each spectrum's peak is put where that of the mean is.
    """

    name: ClassVar[str] = "remove_zero_loss"

    tail: tuple[float, float] | None = None
    rise: tuple[float, float] | None = None
    model: str = next(iter(MODELS))
    align: bool = True

    def __post_init__(self) -> None:
        for what in ("tail", "rise"):
            value = getattr(self, what)
            if value is not None:
                object.__setattr__(self, what, parameters.energy_window(value, what))
        parameters.one_of(self.model, "model", tuple(MODELS))
        parameters.truth(self.align, "align")

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> ZeroLossModel:
        """The model of the peak, measured on the mean over all usable pixels."""
        energies = energies_of(data.energy)
        mean = mean_spectrum(data, progress, cancelled)
        return ZeroLossModel.measure(energies, mean, self.tail, self.rise, self.model, self.align)

    def completed(self, measured: ZeroLossModel) -> RemoveZeroLoss:
        return replace(self, tail=measured.tail, rise=measured.rise)

    def carry_out(
        self,
        data: SpectrumImage,
        measured: ZeroLossModel,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        def change(block: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
            spectra = block.reshape(-1, block.shape[2])
            result = np.empty(spectra.shape, np.float32)
            for part in parts_of(*spectra.shape):
                result[part] = measured.subtract(spectra[part]).spectra
            return result.reshape(block.shape)

        what = "Removing the zero-loss peak"
        spectra = map_spectra(data, change, data.shape[2], np.float32, what, progress, cancelled)
        energy = measured.recalibrated(data.energy)
        return data.changed(spectra=spectra, energy=energy), _text(measured)

    def preview(self, data: SpectrumImage, pixel: tuple[int, int]) -> Preview:
        """As `Step.preview`; `energy_before` counts from the zero-loss peak, as the windows do."""
        found = super().preview(data, pixel)
        return replace(found, energy_before=found.energy_after)

    def mean_outcome(self, look: Look, measured: ZeroLossModel) -> tuple[np.ndarray, str, Axis]:
        over_all = look.remember((self, "means"), lambda: _means(look, measured))
        return over_all["after"], _text(measured), measured.recalibrated(look.data.energy)

    def details(self, look: Look, measured: ZeroLossModel, one: SpectrumImage) -> dict[str, Any]:
        over_all = look.remember((self, "means"), lambda: _means(look, measured))
        own = measured.subtract(one.spectra.reshape(1, -1)).background[0]
        return {
            "background": own,
            "mean_background": over_all["background"],
            "residual": over_all["residual"],
            "residual_map": over_all["residual_map"],
        }


def _means(look: Look, measured: ZeroLossModel) -> dict[str, np.ndarray]:
    """Means over the usable pixels that are looked at, and the map of their residuals."""
    data = look.data
    channels = data.shape[2]
    sums = np.zeros((3, channels))
    count = 0
    quality = np.full(data.shape[:2], np.nan, np.float32)
    for rows, block, usable in blocks_of(data, "", None, None):
        pixels = np.flatnonzero(usable)
        spectra = block.reshape(-1, channels)[pixels]
        for part in parts_of(*spectra.shape):
            done = measured.subtract(spectra[part])
            for n, values in enumerate((done.spectra, done.background, done.difference)):
                sums[n] += values.sum(0, dtype=np.float64)
            quality[rows].ravel()[pixels[part]] = done.residual
        count += len(pixels)
    after, background, residual = (sums / max(count, 1)).astype(np.float32)
    return {
        "after": after,
        "background": background,
        "residual": residual,
        "residual_map": look.map(quality, np.float32(np.nan)),
    }


def _text(measured: ZeroLossModel) -> str:
    tail = "{:.3f} to {:.3f} eV".format(*measured.tail)
    text = (
        f"Zero-loss peak ({1e3 * measured.width:.3g} meV wide) and its tail ({measured.model}) "
        f"removed, fitted from {tail}"
    )
    if measured.rise is not None:
        text += " beside the plasmon from {:.3f} to {:.3f} eV".format(*measured.rise)
    if measured.align:
        text += "; peaks aligned"
    if measured.offset:
        text += f"; energy axis moved by {-measured.offset:+.4g} eV"
    return text + "."
