"""The step that masks dead, hot and saturated pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..adapters.snapshot import saturation
from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from . import parameters
from .blockwise import blocks_of
from .look import look_at
from .pixel_faults import PixelFaults, find_faults, find_saturated, has_plateau
from .preview import Preview
from .step import Step


@dataclass(frozen=True)
class MaskDeadPixels(Step):
    """Mask pixels that are dead, hot or saturated, or those that are listed.

    Attributes
    ----------
    threshold : float
        Robust standard deviations by which the total counts of a pixel, or its value in the
        image, must lie beyond those of seven of its eight neighbours (see `find_faults`).
    pixels : list of [row, column] or None
        Mask these instead; nothing is searched then.
    """

    name: ClassVar[str] = "mask_dead_pixels"
    measuring: ClassVar[float] = 1.0

    threshold: float = 10.0
    pixels: tuple[tuple[int, int], ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "threshold", parameters.real(self.threshold, "threshold", 0))
        if self.pixels is not None:
            object.__setattr__(self, "pixels", parameters.pixel_list(self.pixels, "pixels"))

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> PixelFaults:
        none = np.zeros(data.shape[:2], bool)
        if self.pixels is not None:
            return PixelFaults(none, none, self._listed(data.shape[:2]))
        totals = np.zeros(data.shape[:2])
        tops = np.zeros(data.shape[:2])
        plateau = np.zeros(data.shape[:2], bool)
        for rows, block, _ in blocks_of(data, "Total counts", progress, cancelled):
            totals[rows] = block.sum(2, dtype=np.float64)
            tops[rows] = block.max(2)
            plateau[rows] = has_plateau(block, tops[rows])
        saturated = find_saturated(tops, plateau, data.mask, saturation(data.spectra.dtype))
        return find_faults(totals, data.image, saturated, data.mask, self.threshold)

    def carry_out(
        self,
        data: SpectrumImage,
        measured: PixelFaults,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        bad = measured.any
        if not bad.any():
            return data.changed(), "No dead, hot or saturated pixel found."
        mask = bad if data.mask is None else data.mask | bad
        if mask.all():
            raise ValueError("Every pixel would be masked: nothing is left. Raise the threshold.")
        return data.changed(mask=mask), self._text(measured)

    def preview(self, data: SpectrumImage, pixel: tuple[int, int]) -> Preview:
        look = look_at(data)
        warnings: list[str] = []
        whole = data if look.positions is not None else look.data
        if not whole.lazy or self.pixels is not None:
            measured = look.remember((self, "measured"), lambda: self.measure(whole))
        else:
            # Neighbours are needed, and those of the spectra are not at hand: the image alone.
            measured = look.remember(
                (self, "image"),
                lambda: find_faults(None, data.image, None, data.mask, self.threshold),
            )
            warnings = ["Preview from the image alone; applying the step reads all spectra, too."]
        _, text = self.carry_out(data, measured)
        one = look.pixel(pixel)
        spectrum = np.ascontiguousarray(one.spectra[0, 0], dtype=np.float32)
        bad = measured.any
        mean = look.remember("mean", lambda: look.mean(look.data))
        mean_after = mean
        if bad.any():
            flagged = bad if look.positions is None else bad.ravel()[look.positions][None]
            old = look.data.mask
            left = look.data.changed(mask=flagged if old is None else old | flagged)
            mean_after = look.mean(left)
        return Preview(
            self.to_dict(),
            text,
            warnings,
            data.shape,
            data.energy,
            data.energy,
            before=spectrum,
            after=np.full_like(spectrum, np.nan) if bad[pixel] else spectrum,
            mean_before=mean,
            mean_after=mean_after,
            flags=bad.astype(np.uint8),
        )

    def _listed(self, shape: tuple[int, int]) -> np.ndarray:
        bad = np.zeros(shape, bool)
        for row, column in self.pixels or ():
            if row >= shape[0] or column >= shape[1]:
                raise ValueError(
                    f"There is no pixel ({row}, {column}) in a scan of {shape[0]} x {shape[1]}."
                )
            bad[row, column] = True
        return bad

    def _text(self, measured: PixelFaults) -> str:
        count, size = int(measured.any.sum()), measured.dead.size
        pixels = f"{count} of {size} pixels"
        if self.pixels is not None:
            return f"{pixels} masked as listed."
        kinds = [
            f"{int(where.sum())} {word}"
            for where, word in (
                (measured.dead, "dead"),
                (measured.saturated, "saturated"),
                (
                    measured.outlying & ~measured.dead & ~measured.saturated,
                    f"beyond their neighbours by {self.threshold:g} sigma",
                ),
            )
            if where.any()
        ]
        return f"{pixels} masked: {', '.join(kinds)}."
