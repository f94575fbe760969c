"""One factorisation of a spectrum image: all spectra at once, or the rows of a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .negative_values import NonNegative, grouped
from .nmf_solver import (
    BlockFactorisation,
    Watch,
    Weights,
    amounts_of,
    factorise,
    rows_for_sample,
    squares,
    stacked,
)
from .spectrum_image import SpectrumImage

WHOLE_BYTES = 256 * 1024**2
"""Bytes of spectra, as float32, up to which they are factorised all at once."""


@dataclass
class Outcome:
    """What a factorisation found.

    Attributes
    ----------
    used : (ny, nx) bool array
        Pixels that took part, n of them.
    amounts : (n, k) float32 array
    parts : (k, E) float32 array
        Their product with the amounts is in the data's units.
    explained : float
        1 - sum of squared residuals / sum of squares.
    iterations : int
    clipped : str
        What was negative, "" where nothing was.
    by_blocks : bool
        Whether the spectra were read block by block.
    """

    used: np.ndarray
    amounts: np.ndarray
    parts: np.ndarray
    explained: float
    iterations: int
    clipped: str
    by_blocks: bool


class FactorisationTask:
    """One factorisation, with its arguments; see `eelscape.nmf`."""

    def __init__(
        self,
        source: SpectrumImage,
        components: int,
        seed: int,
        negative: str,
        scaling: str | None,
        watch: Watch,
    ) -> None:
        self._source = source
        self._components = components
        self._seed = seed
        self._negative = negative
        self._scaling = scaling
        self._watch = watch

    def run(self) -> Outcome:
        """All spectra at once where they are few and in memory, else those of some rows."""
        whole = not self._source.lazy and self._source.nbytes <= WHOLE_BYTES
        return self._in_memory() if whole else self._by_blocks()

    def _in_memory(self) -> Outcome:
        source, signs = self._source, NonNegative(self._source.spectra_units)
        used = np.zeros(source.shape[:2], bool)
        spectra = stacked(
            [self._clean(rows, block, used, signs) for rows, block in source.row_blocks()],
            source.shape[2],
        )
        self._check(used, signs)
        _check_positive(spectra)
        scale = _scale(spectra)
        spectra /= scale
        weights = Weights.of(spectra) if self._scaling else None
        amounts, parts, iterations = factorise(
            _weighted(spectra, weights), self._components, self._seed, self._watch
        )
        if weights:
            amounts, parts = amounts * weights.pixels(spectra), parts * weights.channels
        whole, rest = squares(spectra, amounts, parts)
        return Outcome(
            used, amounts, parts * scale, 1 - rest / whole, iterations, signs.sentence, False
        )

    def _by_blocks(self) -> Outcome:
        ny, nx, _ = self._source.shape
        sample = self._sample()
        scale = _scale(sample)
        sample /= scale
        weights = Weights.of(sample) if self._scaling else None
        model = BlockFactorisation(
            _weighted(sample, weights), self._components, self._seed, self._part(0.02, 0.3)
        )

        used, signs = np.zeros((ny, nx), bool), NonNegative(self._source.spectra_units)
        for _, block in self._blocks(used, signs, 0.3, 0.65, "Learning the endmembers"):
            model.learn(_weighted(block / scale, weights))
        self._check(used, signs)

        again = NonNegative("")
        parts = model.parts
        in_units = parts * weights.channels if weights else parts
        amounts = np.zeros((ny, nx, self._components), np.float32)
        whole = rest = 0.0
        for rows, block in self._blocks(used, again, 0.65, 1.0, "Abundances"):
            values = block / scale
            found = amounts_of(_weighted(values, weights), parts)
            if weights:
                found = found * weights.pixels(values)
            squared, left = squares(values, found, in_units)
            whole, rest = whole + squared, rest + left
            amounts[rows][used[rows]] = found
        return Outcome(
            used,
            amounts[used],
            in_units * scale,
            1 - rest / whole,
            model.iterations,
            signs.sentence,
            True,
        )

    def _sample(self) -> np.ndarray:
        """Spectra (n, E) from all over the scan; where too few are usable there, the first ones."""
        ny, nx, channels = self._source.shape
        self._watch.say(0.0, "Reading spectra from all over the scan")
        rows, step = rows_for_sample(ny, nx, channels)
        some = self._source.spectra[rows][:, ::step]
        some = some.compute() if self._source.lazy else some
        columns, used, signs = slice(None, None, step), np.zeros((ny, nx), bool), NonNegative("")
        sample = stacked(
            (
                self._clean(slice(row, row + 1), block[None], used, signs, columns)
                for row, block in zip(rows, some, strict=True)
            ),
            channels,
        )
        if len(sample) >= self._components and sample.max() > 0:
            return sample
        found: list[np.ndarray] = []
        for _, block in self._blocks(used, signs, 0.0, 0.02, "Looking for usable spectra"):
            found.append(block[block.max(axis=1, initial=0) > 0])
            if sum(map(len, found)) >= self._components:
                break
        sample = stacked(found, channels)
        self._check(used, signs, refuse=False)
        _check_positive(sample)
        return sample

    def _blocks(
        self, used: np.ndarray, signs: NonNegative, start: float, stop: float, text: str
    ) -> Iterator[tuple[slice, np.ndarray]]:
        watch = self._part(start, stop)
        for rows, block in self._source.row_blocks(watch.progress, watch.cancelled, text):
            yield rows, self._clean(rows, block, used, signs)

    def _part(self, start: float, stop: float) -> Watch:
        """A watch whose 0 to 1 are `start` to `stop` of the whole."""
        tell = self._watch.progress
        if tell is None:
            return self._watch
        return Watch(
            lambda fraction, text: tell(start + (stop - start) * fraction, text),
            self._watch.cancelled,
        )

    def _clean(
        self,
        rows: slice,
        block: np.ndarray,
        used: np.ndarray,
        signs: NonNegative,
        columns: slice = slice(None),
    ) -> np.ndarray:
        """Spectra (n, E) of the block's pixels that are used, without negative values."""
        kept = np.isfinite(block).all(axis=2)
        if self._source.mask is not None:
            kept &= ~self._source.mask[rows, columns]
        used[rows, columns] = kept
        pixels = np.argwhere(kept)
        pixels[:, 0] += rows.start
        pixels[:, 1] *= columns.step or 1
        return signs.clip(block[kept], pixels)

    def _check(self, used: np.ndarray, signs: NonNegative, refuse: bool = True) -> None:
        if refuse and self._negative == "refuse":
            signs.refuse()
        count = int(np.count_nonzero(used))
        if count == 0:
            raise ValueError(
                f"All {grouped(used.size)} pixels are masked or hold NaN: nothing to factorise."
            )
        if count < self._components:
            raise ValueError(
                f"{self._components} components need as many spectra; {count} of "
                f"{grouped(used.size)} pixels are neither masked nor hold NaN."
            )


def _check_positive(spectra: np.ndarray) -> None:
    if not spectra.size or not spectra.max() > 0:
        raise ValueError(
            "No value of the spectra is above 0: nothing to factorise. Check the preprocessing."
        )


def _scale(spectra: np.ndarray) -> np.float32:
    """Mean of the spectra: divided by it, float32 is neither too small nor too large."""
    return np.float32(spectra.mean(dtype=np.float64))


def _weighted(spectra: np.ndarray, weights: Weights | None) -> np.ndarray:
    if weights is None:
        return spectra
    return spectra / weights.pixels(spectra) / weights.channels
