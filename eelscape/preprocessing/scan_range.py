"""The step that keeps some rows and columns of the scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from . import parameters
from .preview import Preview
from .scan_preview import mask_or_none, scan_preview
from .step import Step


@dataclass(frozen=True)
class CropScan(Step):
    """Keep some rows and columns of the scan, of the image and of the mask.

    Attributes
    ----------
    rows, columns : (first, stop) or None
        first <= index < stop; None keeps all.
    """

    name: ClassVar[str] = "crop_scan"

    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for what in ("rows", "columns"):
            value = getattr(self, what)
            if value is not None:
                object.__setattr__(self, what, parameters.pixel_range(value, what))

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[slice, slice]:
        return self.slices(data.shape[:2])

    def slices(self, shape: tuple[int, int]) -> tuple[slice, slice]:
        """Rows and columns that stay; ValueError where they reach beyond the scan."""
        found = []
        for what, size in (("rows", shape[0]), ("columns", shape[1])):
            first, stop = getattr(self, what) or (0, size)
            if stop > size:
                raise ValueError(
                    f"{what} runs from {first} to {stop}, but the scan has {size} {what}: give "
                    f"0 <= first < stop <= {size}."
                )
            found.append(slice(first, stop))
        return found[0], found[1]

    def completed(self, measured: tuple[slice, slice]) -> CropScan:
        rows, columns = measured
        return CropScan((rows.start, rows.stop), (columns.start, columns.stop), reason=self.reason)

    def carry_out(
        self,
        data: SpectrumImage,
        measured: tuple[slice, slice],
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        rows, columns = measured
        text = (
            f"Scan cropped to rows {rows.start} to {rows.stop - 1} and columns {columns.start} to "
            f"{columns.stop - 1}: {rows.stop - rows.start} x {columns.stop - columns.start} of "
            f"{data.shape[0]} x {data.shape[1]} pixels kept."
        )
        return data.changed(
            spectra=data.spectra[rows, columns],
            image=data.image[rows, columns],
            mask=None if data.mask is None else mask_or_none(data.mask[rows, columns]),
            y=data.y.crop(rows.start, rows.stop),
            x=data.x.crop(columns.start, columns.stop),
        ), text

    def preview(self, data: SpectrumImage, pixel: tuple[int, int]) -> Preview:
        measured = self.measure(data)
        after, text = self.carry_out(data, measured)
        kept = np.zeros(data.shape[:2], bool)
        kept[measured] = True
        fields = scan_preview(data, pixel, kept)
        spectrum = fields["before"] if kept[pixel] else np.full_like(fields["before"], np.nan)
        params = self.completed(measured).to_dict()
        return Preview(params, text, shape_after=after.shape, after=spectrum, **fields)
