"""What a preview looks at: all of small data, some pixels of large ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..axes import Axis
from ..spectrum_image import SpectrumImage
from .sampling import from_chunks, scattered

#: Data of up to this many values are looked at as a whole, lazy ones after reading them.
WHOLE_VALUES = 2**23
_REMEMBERED = 24

_kept: WeakKeyDictionary[SpectrumImage, dict[Hashable, Any]] = WeakKeyDictionary()


class Look:
    """Spectra in memory that stand for a spectrum image, and what was found out from them.

    Attributes
    ----------
    source : SpectrumImage
    data : SpectrumImage
        `source` itself, or (1, n, E) of its pixels.
    positions : (n,) int or None
        Row-major indices of those pixels; None for all.
    warnings : list of str
        That not all was looked at.
    """

    def __init__(self, source: SpectrumImage):
        self.source = source
        self._memory = _kept.setdefault(source, {})
        ny, nx, channels = source.shape
        self.positions: np.ndarray | None = None
        self.data = source
        self.warnings: list[str] = []
        if ny * nx * channels <= WHOLE_VALUES:
            if source.lazy:
                spectra = self.remember("pixels", lambda: np.asarray(source.spectra.compute()))
                self.data = source.changed(spectra=spectra)
        else:
            self.positions, spectra = self.remember("pixels", self._read)
            rows, columns = np.divmod(self.positions, nx)
            mask = None if source.mask is None else source.mask[rows, columns][None]
            self.data = source.changed(
                spectra=spectra[None],
                image=source.image[rows, columns][None],
                y=source.y.crop(0, 1),
                x=_counted(source.x, len(self.positions)),
                mask=mask,
            )
            self.warnings.append(
                f"Preview from {len(self.positions)} of {ny * nx} pixels; "
                "applying the step looks at all of them."
            )

    def remember(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """`compute()`, or what it gave for the same data and key before."""
        if key not in self._memory:
            value = compute()
            while len(self._memory) >= _REMEMBERED:
                oldest = next(name for name in self._memory if name != "pixels")
                del self._memory[oldest]
            self._memory[key] = value
        return self._memory[key]

    def pixel(self, pixel: tuple[int, int]) -> SpectrumImage:
        """One pixel of the source as (1, 1, E); ValueError where there is none."""
        row, column = (int(index) for index in pixel)
        ny, nx, _ = self.source.shape
        if not (0 <= row < ny and 0 <= column < nx):
            raise ValueError(f"There is no pixel ({row}, {column}) in a scan of {ny} x {nx}.")

        spectra_in = self.data.spectra if self.positions is None else self.source.spectra

        def read() -> np.ndarray:
            part = spectra_in[row : row + 1, column : column + 1]
            return part if isinstance(part, np.ndarray) else np.asarray(part.compute())

        spectra = (
            read()
            if isinstance(spectra_in, np.ndarray)
            else self.remember(("pixel", row, column), read)
        )
        return self.source.changed(
            spectra=spectra,
            image=self.source.image[row : row + 1, column : column + 1],
            y=self.source.y.crop(row, row + 1),
            x=self.source.x.crop(column, column + 1),
            mask=None,
        )

    def mean(self, data: SpectrumImage) -> np.ndarray:
        """(E,) float32 mean over unmasked pixels with finite values only; NaN where none is."""
        spectra = data.spectra.reshape(-1, data.shape[2])
        good = (
            np.isfinite(spectra).all(1)
            if spectra.dtype.kind == "f"
            else np.ones(len(spectra), bool)
        )
        if data.mask is not None:
            good &= ~data.mask.ravel()
        if not good.any():
            return np.full(data.shape[2], np.nan, np.float32)
        chosen = spectra if good.all() else spectra[good]
        return chosen.mean(0, dtype=np.float64).astype(np.float32)

    def map(self, values: np.ndarray, elsewhere: Any) -> np.ndarray:
        """(ny, nx) of one value a looked-at pixel, `elsewhere` where none was looked at."""
        shape = self.source.shape[:2]
        if self.positions is None:
            return values.reshape(shape)
        result = np.full(shape, elsewhere, values.dtype)
        result.ravel()[self.positions] = values.ravel()
        return result

    def _read(self) -> tuple[np.ndarray, np.ndarray]:
        read = scattered if isinstance(self.source.spectra, np.ndarray) else from_chunks
        return read(self.source)


def remembered(data: SpectrumImage, key: Hashable) -> Any:
    """What `Look.remember` keeps under a key for data that were looked at as a whole, else None."""
    if data.lazy or np.prod(data.shape, dtype=np.int64) > WHOLE_VALUES:
        return None
    return _kept.get(data, {}).get(key)


def look_at(data: SpectrumImage) -> Look:
    """What a preview of `data` looks at; what was read and computed before is kept."""
    return Look(data)


def sample_spectra(data: SpectrumImage) -> np.ndarray:
    """(n, E) spectra in memory of up to `PIXELS` unmasked pixels, evenly over the scan."""
    if data.lazy:
        look = Look(data)
        if look.positions is None:
            return scattered(look.data)[1]
        positions, spectra = look.remember("pixels", look._read)
        free = None if data.mask is None else ~data.mask.ravel()[positions]
        return spectra if free is None or not free.any() else spectra[free]
    return scattered(data)[1]


def _counted(axis: Axis, size: int) -> Axis:
    return Axis(axis.name, axis.units, size)
