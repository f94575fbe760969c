"""Inputs that are broken in every way, and what reading one may do."""

from __future__ import annotations

import copy
import json
import logging
import random
import resource
import signal
import tracemalloc
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

#: Seconds after which an input hangs.
_PATIENCE = 60
#: Bytes that reading may take beyond ten times the input.
_MEMORY = 48 * 1024**2
#: Bytes by which reading may make the process larger; threads of libraries reserve some.
_GROWTH = 512 * 1024**2
#: One input of so many has its memory counted.
_TRACED = 10
_STATM = Path("/proc/self/statm")

_LEAVES = (
    None, True, False, 0, 1, -1, 2, 3, 16, 1.5, -0.0, 1e308, 5e-324, 2**31, 2**53, 2**63, 10**18,
    10**400, "", "x", "NaN", "1", "__proto__", "constructor", "data.x", "F32", "im2spec", "\0",
    "\ud800", "a" * 300, [], {}, [[]], [0], [1, 2], [-1, 5], {"a": 1}, {"__proto__": {"size": 1}},
    {"toString": 1, "valueOf": 1},
)  # fmt: skip

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from([leaf for leaf in _LEAVES if not isinstance(leaf, (list, dict))]),
    lambda children: (
        st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=12), children, max_size=5)
    ),
    max_leaves=5,
)


def deep(levels: int) -> list:
    """Lists in lists."""
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


def broken_bytes(data: bytes, rng: random.Random, focus: int | None = None) -> bytes:
    """The bytes with bits flipped, pieces cut out, copied, swapped for others, or the end cut off.

    `focus`: most changes fall into so many bytes at the beginning.
    """
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        if not out:
            break
        end = min(focus, len(out)) if focus and rng.random() < 0.7 else len(out)
        at = rng.randrange(end) if end else 0
        length = min(rng.choice((1, 1, 2, 4, 8, 16, 100, 1000)), len(out) - at)
        kind = rng.randrange(7)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at : at + length] = rng.randbytes(length)
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            del out[at : at + length]
        elif kind == 4:
            source = rng.randrange(len(out))
            out[at:at] = out[source : source + length]
        elif kind == 5:
            out[at : at + length] = rng.choice((b"\0", b"\xff", b"9", b"[", b'"')) * length
        else:
            size = rng.choice((1, 2, 4, 8))
            value = rng.choice((0, 1, 2**7, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63))
            out[at : at + size] = (value % 2 ** (8 * size)).to_bytes(size, "little")
    return bytes(out)


def broken_json(value, rng: random.Random, given_leaves=()):
    """The JSON with entries replaced, removed, doubled, renamed or nested."""
    out = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        parent, key = None, None
        node = out
        while isinstance(node, (dict, list)) and node and (parent is None or rng.random() < 0.75):
            parent = node
            key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
            node = node[key]
        if parent is None:
            return copy.deepcopy(rng.choice(_LEAVES))
        kind = rng.randrange(8)
        if kind <= 2:
            parent[key] = copy.deepcopy(rng.choice((*_LEAVES, *given_leaves)))
        elif kind == 3:
            del parent[key]
        elif kind == 4 and isinstance(parent, list):
            parent[key:key] = [copy.deepcopy(node)] * rng.choice((1, 2, 300))
        elif kind == 4:
            parent[rng.choice(("__proto__", "constructor", "extra", key + "x"))] = node
        elif kind == 5:
            parent[key] = [node]
        elif kind == 6:
            parent[key] = deep(rng.choice((5, 30, 60)))
        elif isinstance(node, (int, float)):
            parent[key] = node * rng.choice((-1, 0, 2, 10**6, 10**12))
        elif isinstance(node, str):
            parent[key] = rng.choice((node[::-1], node * 50, node[:-1], node + "\ud800"))
    return out


def dumped(value, rng: random.Random) -> bytes:
    """JSON as bytes, now and then broken as a text, too."""
    text = json.dumps(value).encode()
    return broken_bytes(text, rng) if rng.random() < 0.2 else text


@contextmanager
def within_bounds(size: int, traced: bool):
    """Reading takes no more memory than the input deserves, and comes to an end.

    Every input may make the process larger by `_GROWTH`, where the system keeps such limits: what
    asks for more ends with a MemoryError. `traced` counts what is allocated, which is slow.
    """

    def hangs(*_):
        raise AssertionError(f"an input was not read within {_PATIENCE} s")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    if _STATM.exists():
        now = int(_STATM.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + _GROWTH, limits[1]))
    if traced:
        tracemalloc.start()
    try:
        yield
        if traced:
            taken = tracemalloc.get_traced_memory()[1]
            assert taken <= _MEMORY + 10 * size, f"{taken} bytes for an input of {size}"
    finally:
        tracemalloc.stop()
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fuzz(target, inputs, count: int) -> Counter:
    """Give `count` inputs to a target; what came of them, by the word that it returns.

    Parameters
    ----------
    target : callable
        Reads an input, lets no exception out but those of a bug, and returns "accepted" or
        "refused".
    inputs : hypothesis strategy
    count : int
    """
    outcomes: Counter = Counter()

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs)
    def run(value):
        size = len(value) if isinstance(value, bytes) else 10_000
        with within_bounds(size, outcomes.total() % _TRACED == 0):
            outcomes[target(value)] += 1

    # What is refused is logged, ten thousand times.
    logging.disable()
    try:
        run()
    finally:
        logging.disable(logging.NOTSET)
    return outcomes
