"""A spectrum image as it was recorded, with its HAADF image: what preprocessing works on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import Axis
from .text import clean_attributes

if TYPE_CHECKING:
    from .dataset import Dataset

#: Told the share done, 0 to 1, and what is being done.
Progress = Callable[[float, str], None]
#: Asked now and then; True ends the work with `Cancelled`.
IsCancelled = Callable[[], bool]

#: Bytes of spectra, as float32, that one block should hold at most.
BLOCK_BYTES = 64 * 1024**2
#: Lazy chunks are joined to blocks up to here: what is read for them may be many times as much,
#: and work can only be cancelled between two blocks.
LAZY_BLOCK_BYTES = 4 * 1024**2
#: Bytes up to which a block follows the chunks of lazy spectra, so that each is read once.
CHUNK_BYTES = 4 * BLOCK_BYTES


class Cancelled(Exception):
    """Work that was asked to end before it was done."""


@dataclass(eq=False)
class SpectrumImage:
    """A spectrum image with the HAADF image of the same scan, lazy or in memory.

    Attributes
    ----------
    spectra : ndarray or dask.array.Array
        (ny, nx, E) real numbers of any dtype in `spectra_units`; energies ascend. Never changed
        in place.
    image : ndarray
        (ny, nx) float32 in `image_units`.
    y, x, energy : Axis
    title, name : str
        What the data are, and what messages call them.
    spectra_units, image_units : str
        "" where unknown.
    mask : ndarray or None
        (ny, nx) bool, True where a pixel is excluded.
    simulated : bool
    report : list of str
        What was converted, reordered, excluded or computed so far, a sentence each.
    origin : str
        Where the spectra came from: "numpy", "eelscape", "hyperspy", "dask", "memmap", "h5py",
        "zarr", "xarray", "sidpy", "nion".
    energy_flipped : bool
        True where the source's energies descended.
    """

    spectra: Any
    image: np.ndarray
    y: Axis
    x: Axis
    energy: Axis
    title: str = ""
    name: str = ""
    spectra_units: str = ""
    image_units: str = ""
    mask: np.ndarray | None = None
    simulated: bool = False
    report: list[str] = field(default_factory=list)
    origin: str = "numpy"
    energy_flipped: bool = False

    def __post_init__(self) -> None:
        clean_attributes(self, "title", "name", "spectra_units", "image_units", "report")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(ny, nx, E)."""
        return tuple(self.spectra.shape)  # type: ignore[return-value]

    @property
    def lazy(self) -> bool:
        """Whether the spectra are a Dask array, read block by block."""
        return not isinstance(self.spectra, np.ndarray)

    @property
    def nbytes(self) -> int:
        """Bytes of the spectra as float32."""
        return 4 * int(np.prod(self.shape, dtype=np.int64))

    def changed(self, **changes: Any) -> SpectrumImage:
        """A copy with other attributes; arrays that do not change are shared."""
        return replace(self, **{"report": list(self.report), **changes})

    def row_blocks(
        self, progress: Progress | None = None, cancelled: IsCancelled | None = None, text: str = ""
    ) -> Iterator[tuple[slice, np.ndarray]]:
        """Rows by rows: (rows, spectra (n, nx, E) of the source's dtype).

        Raises
        ------
        Cancelled
            Between two blocks, when `cancelled` says so.
        """
        ny = self.shape[0]
        for part in self._parts():
            if cancelled is not None and cancelled():
                raise Cancelled
            block = self.spectra[part]
            yield part, block if isinstance(block, np.ndarray) else np.asarray(block.compute())
            if progress is not None:
                progress(part.stop / ny, text)

    def _parts(self) -> Iterator[slice]:
        """Slices of rows whose spectra fit into memory."""
        ny, nx, channels = self.shape
        row = max(1, 4 * nx * channels)
        rows = max(1, int(BLOCK_BYTES // row))
        # Ends of the chunks: a block that ends inside one would make it be read again.
        ends = [ny] if not self.lazy else np.cumsum(self.spectra.chunks[0]).tolist()
        first = 0
        for i, end in enumerate(ends):
            following = ends[i + 1] if i + 1 < len(ends) else None
            if following is not None and (following - first) * row <= LAZY_BLOCK_BYTES:
                continue
            step = rows if not self.lazy or (end - first) * row > CHUNK_BYTES else ny
            while first < end:
                stop = min(end, first + step)
                yield slice(first, stop)
                first = stop

    def to_dataset(
        self, progress: Progress | None = None, cancelled: IsCancelled | None = None
    ) -> Dataset:
        """The pair as a float32 snapshot in memory, read block by block.

        The report gains what the conversion did; pixels whose spectra hold NaN or infinite
        values are excluded.

        Parameters
        ----------
        progress : callable, optional
            Told the share done and what is being done.
        cancelled : callable, optional
            Asked between blocks; True ends the work.

        Returns
        -------
        Dataset

        Raises
        ------
        Cancelled
            When `cancelled` says so.
        ValueError
            If the scan is smaller than a window, a browser cannot take it, values leave the
            range of float32, or there is nothing to learn from.
        """
        from .adapters.snapshot import take_snapshot

        return take_snapshot(self, progress, cancelled)
