"""The step that divides every spectrum by a measure of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from . import parameters
from .blockwise import blocks_of, map_spectra, mean_spectrum, parts_of
from .calibration import energies_of, range_text
from .step import Step, share_of

_BY = ("zero_loss", "total", "maximum")
#: How far from 0 eV the zero-loss peak may be, in its full widths at half maximum.
_NEAR = 2
_WORDS = {"zero_loss": "zero-loss intensity", "total": "total", "maximum": "maximum"}


@dataclass(frozen=True)
class Normalise(Step):
    """Divide every spectrum by its zero-loss intensity, its total or its maximum.

    Attributes
    ----------
    by : {"zero_loss", "total", "maximum"}
        "zero_loss": the sum over the channels within twice the full width at half maximum of the
        zero-loss peak of the mean spectrum, around the pixel's own highest channel there; before
        the zero-loss peak is removed. "total": the sum over all channels. "maximum": the greatest
        value.
    """

    name: ClassVar[str] = "normalise"

    by: str = "zero_loss"

    def __post_init__(self) -> None:
        parameters.one_of(self.by, "by", _BY)

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[int, int] | None:
        """Channel of the zero-loss peak and half-width of its window; None for the other two."""
        if self.by != "zero_loss":
            return None
        energies = energies_of(data.energy)
        return zero_loss_window(energies, mean_spectrum(data, progress, cancelled))

    def carry_out(
        self,
        data: SpectrumImage,
        measured: tuple[int, int] | None,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        divisors = np.full(data.shape[:2], np.nan)
        first = share_of(progress, 0.0, 0.5)
        for rows, block, _ in blocks_of(data, "Normalising: divisors", first, cancelled):
            spectra = block.reshape(-1, data.shape[2])
            found = [
                divisors_of(spectra[part], self.by, measured) for part in parts_of(*spectra.shape)
            ]
            divisors[rows] = np.concatenate(found).reshape(block.shape[:2])
        bad = ~(divisors > 0) & (True if data.mask is None else ~data.mask)
        mask = data.mask
        if bad.any():
            mask = bad if mask is None else mask | bad
            if mask.all():
                raise ValueError(
                    f"No spectrum has a {_WORDS[self.by]} above 0: they cannot be divided by it."
                )
        factors = np.where(divisors > 0, divisors, np.nan)

        def change(block: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
            return block / factors[rows, columns][..., None]

        rest = share_of(progress, 0.5, 1.0)
        spectra = map_spectra(
            data, change, data.shape[2], np.float32, "Normalising", rest, cancelled
        )
        text = f"Spectra divided by their {_WORDS[self.by]}"
        if measured is not None:
            text += f" ({_window_text(data, measured)})"
        some = divisors[divisors > 0]
        units = f" {data.spectra_units}" if data.spectra_units else ""
        text += f", {some.min():.4g} to {some.max():.4g}{units}"
        if bad.any():
            count = int(bad.sum())
            text += f"; {count} pixel{'s' if count > 1 else ''} without one excluded"
        return data.changed(spectra=spectra, spectra_units="relative", mask=mask), text + "."


def divisors_of(spectra: np.ndarray, by: str, window: tuple[int, int] | None) -> np.ndarray:
    """(n,) float64 numbers by which spectra (n, E) are divided; `window` for "zero_loss"."""
    if by == "total":
        return spectra.sum(1, dtype=np.float64)
    if by == "maximum":
        return spectra.max(1).astype(np.float64)
    centre, half = window
    channels = spectra.shape[1]
    first, last = max(0, centre - half), min(channels, centre + half + 1)
    tops = first + np.argmax(spectra[:, first:last], axis=1)
    sums = np.zeros((len(spectra), channels + 1))
    np.cumsum(spectra, axis=1, dtype=np.float64, out=sums[:, 1:])
    ends = np.clip(np.stack([tops - half, tops + half + 1]), 0, channels)
    low, high = (np.take_along_axis(sums, end[:, None], 1)[:, 0] for end in ends)
    return high - low


def zero_loss_window(energies: np.ndarray, mean: np.ndarray) -> tuple[int, int]:
    """Channel of the zero-loss peak, and channels in twice its full width at half maximum.

    Raises
    ------
    ValueError
        If the highest channel is not a peak at 0 eV: the zero-loss peak is out of range or was
        removed.
    """
    top = int(np.argmax(mean))
    above = mean > mean[top] / 2
    first = last = top
    while first > 0 and above[first - 1]:
        first -= 1
    while last < len(mean) - 1 and above[last + 1]:
        last += 1
    width = last - first + 1
    reach = float(energies[min(last, len(mean) - 1)] - energies[max(first - 1, 0)])
    if first == 0 or last == len(mean) - 1 or abs(energies[top]) > _NEAR * reach:
        raise ValueError(
            f"The mean spectrum has no zero-loss peak: its highest channel is at "
            f"{energies[top]:g} eV of {range_text(energies, 'eV')}. Normalise by zero_loss before "
            "the peak is removed or cropped, or by total or maximum; or set the energy axis's "
            "offset so that the peak is at 0."
        )
    return top, 2 * width


def _window_text(data: SpectrumImage, window: tuple[int, int]) -> str:
    step = float(np.median(np.diff(energies_of(data.energy))))
    return f"within {window[1] * step:.3g} eV of its peak"
