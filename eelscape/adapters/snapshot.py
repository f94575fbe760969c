"""A spectrum image read block by block into the float32 snapshot that the browser gets."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass

import numpy as np

from ..dataset import Dataset
from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from .checks import check_browser_shape, check_image
from .numbers import Conversion


def take_snapshot(
    data: SpectrumImage, progress: Progress | None = None, cancelled: IsCancelled | None = None
) -> Dataset:
    """See `SpectrumImage.to_dataset`."""
    check_browser_shape(data.shape)
    image = np.array(data.image, dtype=np.float32, order="C")
    excluded = np.isnan(image) if data.mask is None else data.mask | np.isnan(image)
    check_image(image, excluded)
    values = np.empty(data.shape, dtype=np.float32)
    counts = _Counts(np.dtype(data.spectra.dtype))
    conversion = Conversion(data.spectra.dtype, "spectra")
    bad = np.zeros(data.shape[:2], dtype=bool)
    digest = hashlib.sha256()
    for rows, block in data.row_blocks(progress, cancelled, "Reading the spectra"):
        out = conversion.convert(block, values[rows])
        bad[rows] = np.isnan(out).any(axis=2)
        counts.add(block, out, ~(bad[rows] | excluded[rows]))
        digest.update(memoryview(out).cast("B"))
    report = [*data.report, *conversion.report()]
    report += _excluded_lines(bad, conversion)
    report += counts.lines(bad.size)
    excluded |= bad
    check_image(image, excluded)
    counts.check()
    digest.update(memoryview(image).cast("B"))
    values.flags.writeable = False
    image.flags.writeable = False
    return Dataset(
        spectra=values,
        image=image,
        y=data.y,
        x=data.x,
        energy=data.energy,
        title=data.title,
        name=data.name or data.title or "data",
        spectra_units=data.spectra_units,
        image_units=data.image_units,
        mask=excluded if excluded.any() else None,
        simulated=data.simulated,
        report=report,
        sha256=digest.hexdigest(),
        origin=data.origin,
        energy_flipped=data.energy_flipped,
    )


def saturation(dtype: np.dtype) -> int | None:
    """The value at which a detector's counts stop: the largest of an integer of up to 32 bits."""
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" and dtype.itemsize <= 4 else None


@dataclass
class _Counts:
    """What the blocks hold beside values that are not finite."""

    dtype: np.dtype
    saturated: int = 0
    zero: int = 0
    low: float = np.inf
    high: float = -np.inf

    def add(self, block: np.ndarray, values: np.ndarray, kept: np.ndarray) -> None:
        ceiling = saturation(self.dtype)
        if ceiling is not None:
            self.saturated += int((block == ceiling).any(axis=2).sum())
        self.zero += int((~(values != 0).any(axis=2)).sum())
        if kept.any():
            # Over whole spectra first: a boolean index on the block would copy it.
            self.low = min(self.low, float(values.min(axis=2, initial=np.inf)[kept].min()))
            self.high = max(self.high, float(values.max(axis=2, initial=-np.inf)[kept].max()))

    def lines(self, total: int) -> list[str]:
        lines = []
        if self.saturated:
            lines.append(
                f"{self.saturated} of {total} spectra reach {saturation(self.dtype)}, the largest "
                f"value of {self.dtype.newbyteorder('=').name}: saturated? They are kept; the step "
                "mask_dead_pixels leaves them out."
            )
        if 0 < self.zero < total:
            lines.append(
                f"{self.zero} of {total} spectra are zero in every channel: dead? They are kept; "
                "the step mask_dead_pixels leaves them out."
            )
        return lines

    def check(self) -> None:
        if self.low == self.high:
            raise ValueError(
                f"The spectra are constant: nothing to learn (every value is {self.low:g}). Check "
                "which array was passed."
            )


def _excluded_lines(bad: np.ndarray, conversion: Conversion) -> list[str]:
    holds = "NaN"
    if conversion.infinite:
        holds = "NaN or infinite values" if conversion.nan else "infinite values"
    return exclusion_lines(bad, "spectra", holds)


def exclusion_lines(bad: np.ndarray, what: str, holds: str) -> list[str]:
    """The line that counts what is left out, which also warns; none where nothing is.

    Raises
    ------
    ValueError
        Where nothing is left.
    """
    count = int(bad.sum())
    if count == bad.size:
        raise ValueError(
            f"All {count} {what} hold {holds}: nothing is left to learn from. Look at the data in "
            "Python, and interpolate or crop the bad values."
        )
    if not count:
        return []
    line = f"{count} of {bad.size} {what} hold {holds}: excluded"
    warnings.warn(line, UserWarning, stacklevel=4)
    return [line]
