"""Non-negative matrix factorisation of spectra, in memory or block by block (scikit-learn)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .spectrum_image import BLOCK_BYTES, Cancelled, IsCancelled, Progress

ITERATIONS = 1000
"""Most iterations of the coordinate descent."""
BATCH = 1024
"""Spectra of one step of the mini-batch factorisation."""
SAMPLE = 8192
"""Most spectra from which the mini-batch factorisation starts."""

_CHUNK = 20  # iterations between two looks at the gain
_WORK = (
    2**27
)  # values times iterations between two looks at whether to end: some tenths of a second
_TOLERANCE = 1e-5  # relative gain of such a chunk below which the descent has converged
_SWEEPS = 2000  # most sweeps of the least-squares descent
_SIZE = 2**22  # values of a residual that are computed at once


@dataclass
class Watch:
    """Who is told how far the work is, and who may end it."""

    progress: Progress | None = None
    cancelled: IsCancelled | None = None

    def say(self, fraction: float, text: str) -> None:
        """Report; raises `Cancelled` where the work is to end."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled
        if self.progress is not None:
            self.progress(fraction, text)


@dataclass
class Weights:
    """Divisors of pixels and channels that even out counting noise.

    Counts have a variance equal to their expectation. Divided by the square roots of the mean of
    their pixel and of their channel, the noise is about the same everywhere. Source: Keenan and
    Kotula, Surface and Interface Analysis 36, 203 (2004), as HyperSpy's
    `normalize_poissonian_noise`.
    """

    channels: np.ndarray

    @classmethod
    def of(cls, spectra: np.ndarray) -> Weights:
        """From spectra (n, E): square roots of the channels' means, 1 where a channel is empty."""
        means = np.sqrt(spectra.mean(axis=0, dtype=np.float64))
        return cls(np.where(means > 0, means, 1.0).astype(np.float32))

    def pixels(self, spectra: np.ndarray) -> np.ndarray:
        """(n, 1) square roots of the pixels' means, 1 where a pixel is empty."""
        means = np.sqrt(spectra.mean(axis=1, dtype=np.float64))
        return np.where(means > 0, means, 1.0).astype(np.float32)[:, None]


def squares(spectra: np.ndarray, amounts: np.ndarray, parts: np.ndarray) -> tuple[float, float]:
    """Sums of squares of spectra (n, E), and of what amounts (n, k) times parts (k, E) leave."""
    whole = rest = 0.0
    step = max(1, _SIZE // spectra.shape[1])
    for first in range(0, len(spectra), step):
        part = slice(first, first + step)
        block = spectra[part]
        whole += float(np.einsum("ij,ij->", block, block, dtype=np.float64))
        difference = block - amounts[part] @ parts
        rest += float(np.einsum("ij,ij->", difference, difference, dtype=np.float64))
    return whole, rest


def factorise(
    spectra: np.ndarray, components: int, seed: int, watch: Watch
) -> tuple[np.ndarray, np.ndarray, int]:
    """Coordinate descent from a start by NNDSVDa, until it gains no more.

    Parameters
    ----------
    spectra : (n, E) float32 array
        Not negative.

    Returns
    -------
    amounts : (n, k) float32 array
    parts : (k, E) float32 array
    iterations : int
        Of `ITERATIONS` at most; it converged where there are fewer.
    """
    from sklearn.decomposition import non_negative_factorization

    each = {"n_components": components, "tol": 0.0}
    watch.say(0.0, "Starting from singular vectors")
    amounts, parts, _ = non_negative_factorization(
        spectra, init="nndsvda", random_state=seed, max_iter=1, **each
    )
    before = squares(spectra, amounts, parts)[1]
    done = 1
    # The descent has no memory: called anew from where it was it goes on as if it had not stopped.
    at_once = max(1, min(_CHUNK, _WORK // spectra.size))
    while done < ITERATIONS:
        end = min(ITERATIONS, done - done % _CHUNK + _CHUNK)
        while done < end:
            watch.say(done / ITERATIONS, f"Iteration {done} of at most {ITERATIONS}")
            steps = min(at_once, end - done)
            amounts, parts, _ = non_negative_factorization(
                spectra, W=amounts, H=parts, init="custom", max_iter=steps, **each
            )
            done += steps
        now = squares(spectra, amounts, parts)[1]
        if before - now <= _TOLERANCE * now:
            break
        before = now
    return amounts, parts, done


def amounts_of(spectra: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Non-negative least-squares amounts (n, k) of given parts (k, E) in spectra (n, E).

    Coordinate descent on all spectra together: with k parts a sweep costs n k^2, once the products
    of spectra and parts are there.
    """
    gram = parts.astype(np.float64) @ parts.T.astype(np.float64)
    products = (spectra @ parts.T).astype(np.float64)
    squared = np.diag(gram)
    used = np.flatnonzero(squared > 0)
    amounts = np.zeros((len(spectra), len(parts)))
    amounts[:, used] = np.maximum(products[:, used] / squared[used], 0) / max(1, len(used))
    for _ in range(_SWEEPS):
        largest = change = 0.0
        for k in used:
            old = amounts[:, k].copy()
            step = (products[:, k] - amounts @ gram[:, k]) / squared[k]
            amounts[:, k] = np.maximum(old + step, 0)
            change = max(change, float(np.abs(amounts[:, k] - old).max(initial=0)))
            largest = max(largest, float(amounts[:, k].max(initial=0)))
        if change <= 1e-6 * largest:
            break
    return amounts.astype(np.float32)


class BlockFactorisation:
    """Factorisation of more spectra than memory holds, batch by batch.

    Parameters
    ----------
    sample : (n, E) float32 array
        Spectra from all over the scan, not negative. `factorise` finds the parts to start from
        in them.
    """

    def __init__(self, sample: np.ndarray, components: int, seed: int, watch: Watch) -> None:
        from sklearn.decomposition import MiniBatchNMF

        _, self._start, self.iterations = factorise(sample, components, seed, watch)
        # Nothing is forgotten: neighbouring rows are alike, and the last ones must not outweigh
        # the first.
        self._model = MiniBatchNMF(
            n_components=components, init="custom", forget_factor=1.0, batch_size=BATCH
        )
        self._random = np.random.default_rng(seed)
        self._started = False

    def learn(self, spectra: np.ndarray) -> None:
        """Take in a block (n, E), its spectra in random order."""
        order = self._random.permutation(len(spectra))
        for first in range(0, len(order), BATCH):
            batch = spectra[order[first : first + BATCH]]
            if self._started:
                self._model.partial_fit(batch)
            else:
                self._model.partial_fit(batch, W=amounts_of(batch, self._start), H=self._start)
                self._started = True

    @property
    def parts(self) -> np.ndarray:
        """(k, E) as learnt so far."""
        return self._model.components_ if self._started else self._start


def rows_for_sample(rows: int, columns: int, channels: int) -> tuple[np.ndarray, int]:
    """Rows (all over the scan) and the step along them that give at most `SAMPLE` spectra."""
    most = max(1, min(SAMPLE, BLOCK_BYTES // (4 * channels)))
    count = min(rows, max(1, min(64, most // columns)))
    chosen = np.unique(np.linspace(0, rows - 1, count).round().astype(int))
    return chosen, -(-len(chosen) * columns // most)


def stacked(blocks: Iterable[np.ndarray], channels: int) -> np.ndarray:
    """Blocks (n, E) one under the other; (0, E) where there are none."""
    found = list(blocks)
    return np.concatenate(found) if found else np.zeros((0, channels), np.float32)
