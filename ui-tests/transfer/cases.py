"""Random spectrum images of every dtype, byte order, memory layout, axis order and mask.

What must arrive is computed here from the values alone, without eelscape: `values` is in the order
(y, x, energy) with energies ascending, and everything that is done to it afterwards (layout, axis
order, direction, container) must be undone on the way to the browser.
"""

import hashlib
import json
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import eelscape

FOLDER = Path(tempfile.mkdtemp(prefix="eelscape-cases-"))
DTYPES = (
    "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64 longdouble"
).split()
LAYOUTS = ("C", "F", "reversed", "strided", "offset", "read-only", "0-stride", "memmap")
ORDERS = ("yxE", "Eyx", "xyE", "Exy")
CONTAINERS = ("numpy", "numpy", "numpy", "masked", "dask")


@dataclass
class Case:
    """One call of `explore` and what has to arrive."""

    what: str
    spectra: object
    image: object
    options: dict
    expected: dict = field(default_factory=dict)


def _numbers(rng: np.random.Generator, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """Values over the whole range of a dtype, as far as float32 reaches."""
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, shape, dtype=dtype.newbyteorder("="), endpoint=True)
    largest = 4.5 if dtype.itemsize == 2 else 38.0
    size = 10.0 ** rng.uniform(-largest, largest, shape)
    return (np.where(rng.random(shape) < 0.5, -1, 1) * size).astype(dtype.newbyteorder("="))


def _laid_out(values: np.ndarray, layout: str, number: int) -> np.ndarray:
    """The same values in another place in memory."""
    if layout == "F":
        return np.asfortranarray(values)
    if layout == "reversed":
        flipped = np.ascontiguousarray(values[::-1, ::-1, ::-1])
        return flipped[::-1, ::-1, ::-1]
    if layout == "strided":
        wide = np.zeros((2 * values.shape[0], values.shape[1], 3 * values.shape[2]), values.dtype)
        wide[::2, :, 1::3] = values
        return wide[::2, :, 1::3]
    if layout == "offset":
        block = np.zeros(values.size + 7, values.dtype)
        block[7:] = values.ravel()
        return block[7:].reshape(values.shape)
    if layout == "read-only":
        values = values.copy()
        values.flags.writeable = False
    if layout == "0-stride":
        return np.broadcast_to(values[:, :1], values.shape)
    if layout == "memmap":
        path = FOLDER / f"case-{number}.dat"
        mapped = np.memmap(path, values.dtype, "w+", shape=values.shape)
        mapped[:] = values
        mapped.flush()
        return np.memmap(path, values.dtype, "r", shape=values.shape)
    return values


@st.composite
def _case(draw: st.DrawFn, number: list[int]) -> Case | None:
    number[0] += 1
    name = draw(st.sampled_from(DTYPES))
    dtype = np.dtype(name)
    if draw(st.booleans()) and name != "longdouble":
        dtype = dtype.newbyteorder(">")
    layout, order = draw(st.sampled_from(LAYOUTS)), draw(st.sampled_from(ORDERS))
    container = draw(st.sampled_from(CONTAINERS))
    descending, holes = draw(st.booleans()), draw(st.booleans())
    ny, nx, channels = draw(st.tuples(st.integers(16, 19), st.integers(16, 19), st.integers(2, 15)))
    chosen = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(chosen)
    values = _numbers(rng, dtype, (ny, nx, channels)).astype(dtype)
    turn = ["yxE".index(letter) for letter in order]
    if holes and dtype.kind == "f":
        where = rng.random(values.shape) < 0.001
        values[where] = rng.choice([np.nan, np.inf, -np.inf], values.shape)[where]
    if layout == "0-stride":
        # The same along what will be the second axis of the array that is passed.
        first = np.take(values, [0], axis=turn[1])
        values = np.ascontiguousarray(np.broadcast_to(first, values.shape))
    image = _numbers(rng, np.dtype("uint16"), (ny, nx))
    given_mask = rng.random((ny, nx)) < 0.05 if draw(st.booleans()) else None
    hidden = rng.random(values.shape) < 0.001 if container == "masked" else None

    excluded = np.zeros((ny, nx), bool) if given_mask is None else given_mask.copy()
    if dtype.kind == "f":
        excluded |= ~np.isfinite(values).all(2)
    if hidden is not None:
        excluded |= hidden.any(2)
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = values.astype(np.float32)
    kept = wanted[~excluded]
    if kept.size == 0 or kept.min() == kept.max():
        return None
    wanted[np.isinf(wanted)] = np.nan

    axes = {
        "y": {"name": "y", "units": "nm", "scale": 0.5, "offset": 1.0, "size": ny},
        "x": {"name": "x", "units": "nm", "scale": 0.25, "offset": -2.0, "size": nx},
        "E": {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2, "size": channels},
    }
    ends = [0.2, 0.2 + 0.01 * (channels - 1)]
    source, cover = values, hidden
    if descending:
        axes["E"] |= {"scale": -0.01, "offset": ends[1]}
        source = source[:, :, ::-1]
        cover = None if cover is None else cover[:, :, ::-1]
    source = _laid_out(source.transpose(turn), "C" if container == "masked" else layout, number[0])
    if container == "masked":
        source = np.ma.MaskedArray(source, cover.transpose(turn))
    elif container == "dask":
        import dask.array

        source = dask.array.from_array(np.asarray(source), chunks=7)
    options = {"axes": [axes[letter] for letter in order]}
    if given_mask is not None:
        options["mask"] = given_mask
    what = (
        f"{dtype.str} {layout} {order} {container} {(ny, nx, channels)}"
        f"{' descending' if descending else ''}{' holes' if holes else ''}"
        f"{' mask' if given_mask is not None else ''} seed {chosen}"
    )
    expected = {
        "shape": [ny, nx, channels],
        "spectra": _sha256(wanted),
        "image": _sha256(image.astype(np.float32)),
        "mask": _sha256(excluded.astype(np.uint8)) if excluded.any() else "",
        "energy": ends,
    }
    return Case(what, source, image, options, expected)


def _sha256(values: np.ndarray) -> str:
    # One NaN: its payload may change on the way, its place may not.
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.float32(np.nan), values)
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def make_cases(count: int, chosen: int = 0) -> list[Case]:
    """`count` different cases that hypothesis draws."""
    cases: dict[str, Case] = {}
    number = [0]

    @seed(chosen)
    @settings(
        max_examples=2 * count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_case(number))
    def collect(case: Case | None) -> None:
        if case is not None and len(cases) < count:
            cases.setdefault(case.what, case)

    collect()
    return list(cases.values())


def open_case(case: Case) -> eelscape.Explorer:
    """Open a case; what eelscape warns of is what the case is made of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eelscape.explore(case.spectra, case.image, name=case.what, **case.options)


def expected_json(cases: list[Case]) -> str:
    """What has to arrive of each case, with its description."""
    return json.dumps([{"what": case.what, **case.expected} for case in cases])
