"""The step that mends or masks spikes of X-rays and cosmic rays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from . import parameters
from .blockwise import blocks_of, map_spectra, parts_of
from .look import Look, sample_spectra
from .spike_search import SpikeSearch, mended
from .step import Step, share_of

_MODES = ("mend", "mask")


@dataclass(frozen=True)
class MendSpikes(Step):
    """Find spikes of one or two channels (`SpikeSearch`) and mend them or mask their pixels.

    Attributes
    ----------
    threshold : float
        Standard deviations of the counting noise, above 0.
    mode : {"mend", "mask"}
        "mend": the straight line between the neighbouring channels. "mask": the pixel is excluded.
    """

    name: ClassVar[str] = "mend_spikes"
    measuring: ClassVar[float] = 0.1

    threshold: float = 6.0
    mode: str = "mend"

    def __post_init__(self) -> None:
        object.__setattr__(self, "threshold", parameters.real(self.threshold, "threshold", 0))
        parameters.one_of(self.mode, "mode", _MODES)

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> SpikeSearch:
        return SpikeSearch.measure(sample_spectra(data), self.threshold)

    def carry_out(
        self,
        data: SpectrumImage,
        measured: SpikeSearch,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        ny, nx, channels = data.shape
        where, values = [], []
        search = share_of(progress, 0.0, 0.9)
        for rows, block, usable in blocks_of(data, "Searching spikes", search, cancelled):
            pixels = np.flatnonzero(usable)
            for part in parts_of(len(pixels), channels):
                spectra = block.reshape(-1, channels)[pixels[part]]
                flags = measured.find(spectra)
                hit = flags.any(1)
                if hit.any():
                    row, channel = np.nonzero(flags[hit])
                    first = (rows.start * nx + pixels[part][hit]) * channels
                    where.append(first[row] + channel)
                    values.append(mended(spectra[hit], flags[hit])[row, channel])
        found = np.concatenate(where) if where else np.zeros(0, np.int64)
        bad = np.zeros((ny, nx), bool)
        bad.ravel()[found // channels] = True
        if not len(found):
            return data.changed(), f"No spike above {self.threshold:g} sigma found."
        text = (
            f"{_counted(len(found), 'value')} above {self.threshold:g} sigma in "
            f"{_counted(int(bad.sum()), 'pixel')}: "
        )
        if self.mode == "mask":
            mask = bad if data.mask is None else data.mask | bad
            if mask.all():
                raise ValueError(
                    f"Every pixel has spikes above {self.threshold:g} sigma: raise the threshold."
                )
            return data.changed(mask=mask), "Spikes: " + text + "excluded."
        rest = share_of(progress, 0.9, 1.0)
        spectra = _mend(data, found, np.concatenate(values), rest, cancelled)
        return data.changed(spectra=spectra), "Spikes: " + text + "mended from their neighbours."

    def details(self, look: Look, measured: SpikeSearch, one: SpectrumImage) -> dict[str, Any]:
        def flags() -> np.ndarray:
            data = look.data
            found = np.zeros(data.shape[:2], np.uint8)
            for rows, block, usable in blocks_of(data, "", None, None):
                pixels = np.flatnonzero(usable)
                for part in parts_of(len(pixels), data.shape[2]):
                    spectra = block.reshape(-1, data.shape[2])[pixels[part]]
                    found[rows].ravel()[pixels[part]] = measured.find(spectra).any(1)
            return look.map(found, np.uint8(0))

        return {"flags": look.remember((self, "flags"), flags)}


def _mend(
    data: SpectrumImage,
    found: np.ndarray,
    values: np.ndarray,
    progress: Progress | None,
    cancelled: IsCancelled | None,
) -> Any:
    """Spectra with `values` at the row-major places `found`, which ascend."""
    _, nx, channels = data.shape

    def change(block: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
        first, last = np.searchsorted(
            found, [rows.start * nx * channels, rows.stop * nx * channels]
        )
        pixels, channel = np.divmod(found[first:last], channels)
        row, column = np.divmod(pixels, nx)
        inside = (column >= columns.start) & (column < columns.stop)
        result = block.copy()
        place = row[inside] - rows.start, column[inside] - columns.start, channel[inside]
        result[place] = values[first:last][inside]
        return result

    return map_spectra(
        data, change, channels, data.spectra.dtype, "Mending spikes", progress, cancelled
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
