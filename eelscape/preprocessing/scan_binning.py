"""The step that joins squares of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

import numpy as np

from ..spectrum_image import Cancelled, IsCancelled, Progress, SpectrumImage
from . import parameters
from .binning import (
    MODES,
    bin_mode,
    bin_pixels,
    binned_axis,
    binned_dtype,
    usable_share,
)
from .blockwise import usable_pixels, whole_spectra
from .preview import Preview
from .scan_preview import mask_or_none, read_part, scan_preview
from .step import Step


@dataclass(frozen=True)
class BinScan(Step):
    """Join squares of `factor` x `factor` pixels; what remains at the end is dropped.

    A bin is the mean over its pixels that are neither masked nor hold values that are not finite;
    a sum is that mean times the number of pixels. It is masked where fewer than half of its
    pixels are left. The image is averaged alike.

    Attributes
    ----------
    factor : int
        Pixels to join along each direction, at least 1.
    mode : {"mean", "sum"} or None
        Of the spectra. None: sums of counts, means of anything else.
    """

    name: ClassVar[str] = "bin_scan"

    factor: int = 2
    mode: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "factor", parameters.whole(self.factor, "factor", 1))
        if self.mode is not None:
            parameters.one_of(self.mode, "mode", MODES)

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> str:
        """How spectra are joined: "mean" or "sum"."""
        ny, nx, _ = data.shape
        if self.factor > min(ny, nx):
            raise ValueError(
                f"{self.factor} x {self.factor} pixels cannot be joined: the scan has {ny} x {nx}."
            )
        return self.mode or bin_mode(data)

    def completed(self, measured: str) -> BinScan:
        return BinScan(self.factor, measured, reason=self.reason)

    def carry_out(
        self,
        data: SpectrumImage,
        measured: str,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        text = self._text(data, measured)
        if self.factor == 1:
            return data.changed(), text
        height, width = self._binned_shape(data)
        free = np.ones((height, width), bool)
        if data.mask is not None:
            free = ~data.mask[:height, :width]
        image = data.image[:height, :width]
        return data.changed(
            spectra=self._spectra(data, free, measured, progress, cancelled),
            image=bin_pixels(image, self.factor, free & np.isfinite(image), "mean"),
            mask=mask_or_none(usable_share(free, self.factor) < 0.5),
            y=binned_axis(data.y, self.factor),
            x=binned_axis(data.x, self.factor),
        ), text

    def preview(self, data: SpectrumImage, pixel: tuple[int, int]) -> Preview:
        mode = self.measure(data)
        factor = self.factor
        height, width = self._binned_shape(data)
        kept = np.zeros(data.shape[:2], bool)
        kept[:height, :width] = True
        fields = scan_preview(data, pixel, kept, factor**2 if mode == "sum" else 1)
        spectrum = np.full_like(fields["before"], np.nan)
        if kept[pixel]:
            rows, columns = (
                slice(index // factor * factor, index // factor * factor + factor)
                for index in pixel
            )
            part = read_part(data, rows, columns)
            mask = None if data.mask is None else data.mask[rows, columns]
            spectrum = bin_pixels(part, factor, usable_pixels(part, mask), mode)[0, 0]
        return Preview(
            self.completed(mode).to_dict(),
            self._text(data, mode),
            shape_after=(height // factor, width // factor, data.shape[2]),
            after=spectrum.astype(np.float32),
            **fields,
        )

    def _binned_shape(self, data: SpectrumImage) -> tuple[int, int]:
        """Rows and columns that go into bins."""
        ny, nx, _ = data.shape
        return ny // self.factor * self.factor, nx // self.factor * self.factor

    def _text(self, data: SpectrumImage, mode: str) -> str:
        ny, nx, _ = data.shape
        text = (
            f"Scan binned by {self.factor} ({mode}): {ny} x {nx} pixels -> "
            f"{ny // self.factor} x {nx // self.factor}"
        )
        dropped = [
            f"{size % self.factor} {what}{'s' if size % self.factor > 1 else ''}"
            for size, what in ((ny, "row"), (nx, "column"))
            if size % self.factor
        ]
        return text + (f"; the last {' and '.join(dropped)} dropped." if dropped else ".")

    def _spectra(
        self,
        data: SpectrumImage,
        free: np.ndarray,
        mode: str,
        progress: Progress | None,
        cancelled: IsCancelled | None,
    ) -> Any:
        factor = self.factor
        height, width = free.shape
        exact = mode == "sum" and data.spectra.dtype.kind in "iu" and bool(free.all())
        dtype = binned_dtype(data.spectra.dtype, factor**2, mode if exact else "mean")
        cropped = data.spectra[:height, :width]

        def change(block: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
            usable = usable_pixels(block, ~free[rows, columns])
            return bin_pixels(block, factor, usable, mode).astype(dtype, copy=False)

        if data.lazy:
            return _lazy(whole_spectra(cropped, factor), change, factor, dtype)
        result = np.empty((height // factor, width // factor, data.shape[2]), dtype)
        for row in range(0, height, factor):
            if cancelled is not None and cancelled():
                raise Cancelled
            rows = slice(row, row + factor)
            result[row // factor] = change(cropped[rows], rows, slice(0, width))[0]
            if progress is not None:
                progress((row + factor) / height, "Binning the scan")
        return result


def _lazy(source: Any, change: Any, factor: int, dtype: np.dtype) -> Any:
    def changed(block: np.ndarray, block_info: Any = None) -> np.ndarray:
        (r0, r1), (c0, c1), _ = block_info[0]["array-location"]
        return change(block, slice(r0, r1), slice(c0, c1))

    chunks = (tuple(size // factor for size in sizes) for sizes in source.chunks[:2])
    return source.map_blocks(
        changed,
        dtype=dtype,
        chunks=(*chunks, source.chunks[2]),
        meta=np.empty((0, 0, 0), dtype),
        token=uuid4().hex,
    )
