"""Random numbers that depend on (seed, purpose, index) alone; mirrors src/signal/random.ts.

Philox-4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC 2011. Key = (seed mod 2^32, seed div 2^32); counter = (block, index, fnv1a(purpose), 0); the
stream is the four words of block 0, then those of block 1, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_WORD = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def fnv1a(text: str) -> int:
    """32-bit FNV-1a hash of an ASCII string; a UnicodeEncodeError for other characters."""
    value = 0x811C9DC5
    for byte in text.encode("ascii"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def philox_words(seed: int, purpose: str, index: int, start: int, blocks: int) -> np.ndarray:
    """Words of blocks start to start + blocks - 1 of a stream.

    Returns
    -------
    (4 * blocks) array of uint64
        Each below 2^32.

    Raises
    ------
    ValueError
        For a seed outside 0 to 2^53 - 1 or an index outside 0 to 2^32 - 1.
    """
    if not 0 <= seed < 2**53:
        raise ValueError(f"Seed {seed} is not usable: give an integer from 0 to 2^53 - 1.")
    if not 0 <= index < 2**32:
        raise ValueError(f"Stream index {index} is not usable: give one from 0 to 2^32 - 1.")
    c0 = np.arange(start, start + blocks, dtype=np.uint64)
    c1 = np.full(blocks, index, np.uint64)
    c2 = np.full(blocks, fnv1a(purpose), np.uint64)
    c3 = np.zeros(blocks, np.uint64)
    k0, k1 = seed % 2**32, seed // 2**32
    for _ in range(10):
        # Products of two 32-bit words fit 64 bits.
        first, second = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0 = (second >> _SHIFT) ^ c1 ^ np.uint64(k0)
        c1 = second & _WORD
        c2 = (first >> _SHIFT) ^ c3 ^ np.uint64(k1)
        c3 = first & _WORD
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return np.stack([c0, c1, c2, c3], axis=1).ravel()


def uniforms(seed: int, purpose: str, index: int, n: int) -> np.ndarray:
    """(n) float32 numbers in [0, 1): the upper 24 bits of each word over 2^24."""
    words = philox_words(seed, purpose, index, 0, -(-n // 4))[:n]
    return ((words >> np.uint64(8)).astype(np.float64) / 2**24).astype(np.float32)


def _words(seed: int, purpose: str, index: int) -> Iterator[int]:
    start = 0
    while True:
        yield from philox_words(seed, purpose, index, start, 256).tolist()
        start += 256


def permutation(seed: int, purpose: str, index: int, n: int) -> np.ndarray:
    """(n) int64 random order of 0 to n - 1: Fisher-Yates from the end, unbiased by rejection."""
    words = _words(seed, purpose, index)
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        limit = 2**32 - 2**32 % (i + 1)
        word = next(words)
        while word >= limit:
            word = next(words)
        j = word % (i + 1)
        order[i], order[j] = order[j], order[i]
    return np.array(order, dtype=np.int64)
