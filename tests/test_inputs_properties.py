"""Values in, values out, for random arrays of every dtype, byte order, layout and axis order."""

import warnings

import dask.array as da
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eelscape.adapters import to_dataset, to_spectrum_image

DTYPES = ["b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "?"]
ORDERS = {"yxE": (0, 1, 2), "xyE": (1, 0, 2), "Eyx": (2, 0, 1), "Exy": (2, 1, 0)}
AXES = [
    {"name": "y", "units": "nm", "scale": 0.5},
    {"name": "x", "units": "um", "scale": 0.001},
    {"name": "energy loss", "units": "meV", "scale": 25.0, "offset": -100.0},
]


def random_values(rng, shape, dtype):
    """Values over the whole range of an integer type, and of many sizes for the others."""
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        full = rng.integers(info.min, info.max, shape, dtype.newbyteorder("="), endpoint=True)
        return full >> int(rng.integers(0, 8 * dtype.itemsize - 2))
    exponents = rng.integers(-4, 4 if dtype.itemsize == 2 else 30, shape).astype(float)
    return (rng.standard_normal(shape) * 10.0**exponents).astype(dtype)


def laid_out(array, layout):
    """The same values in another order, direction or spacing in memory."""
    if layout == "Fortran":
        return np.asfortranarray(array)
    if layout == "negative":
        return np.ascontiguousarray(array[::-1, ::-1, ::-1])[::-1, ::-1, ::-1]
    if layout == "strided":
        return np.repeat(np.repeat(array, 2, axis=1), 3, axis=2)[:, ::2, ::3]
    if layout == "inner":
        return np.pad(array, 1)[1:-1, 1:-1, 1:-1]
    if layout == "zero":
        return np.broadcast_to(array[:1, :1], array.shape)
    return np.ascontiguousarray(array)


@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning:numpy.ma")
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(16, 19), st.integers(16, 19), st.integers(2, 9)),
    dtype=st.sampled_from(DTYPES),
    byte_order=st.sampled_from("<>"),
    layout=st.sampled_from(["C", "Fortran", "negative", "strided", "inner", "zero"]),
    order=st.sampled_from(sorted(ORDERS)),
    descending=st.booleans(),
    hidden=st.sampled_from(["none", "NaN", "masked", "argument"]),
    lazy=st.booleans(),
    read_only=st.booleans(),
)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_d9_values_and_masks_arrive_from_any_array(
    seed, shape, dtype, byte_order, layout, order, descending, hidden, lazy, read_only
):
    """[D9] Equal to source.astype(float32), in memory and lazy, and the source is left alone."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype).newbyteorder(byte_order)
    source = laid_out(random_values(rng, shape, kind).astype(kind), layout)
    bad = rng.random(shape) < 0.002
    bad[0, 0, 0] = False
    if hidden == "NaN" and kind.kind == "f":
        source = laid_out(np.where(bad, np.nan, source).astype(kind), layout)
    values = source.astype(np.float32)
    image = rng.random(shape[:2])

    given_array = source.transpose(ORDERS[order])
    mask = None
    if hidden == "masked":
        given_array = np.ma.array(given_array, mask=bad.transpose(ORDERS[order]))
    if hidden == "argument":
        mask = bad.any(axis=2)
    if read_only and hidden != "masked":
        given_array = given_array.view()
        given_array.flags.writeable = False
    axes = [AXES[i] for i in ORDERS[order]]
    if descending:
        axes = [{**a, "scale": -a["scale"]} if "energy" in a["name"] else a for a in axes]
    before = np.asarray(given_array).tobytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        passed = da.from_array(given_array, chunks=7) if lazy else given_array
        try:
            data = to_spectrum_image(passed, image, axes=axes, mask=mask)
            found = data.to_dataset()
        except ValueError as error:
            assert "constant" in str(error)
            assert np.nanmin(values) == np.nanmax(values)
            return
    assert data.lazy is lazy
    wanted = values[..., ::-1] if descending else values
    assert np.array_equal(found.spectra, wanted, equal_nan=True)
    assert np.array_equal(found.restore(found.spectra), values, equal_nan=True)
    assert found.image.tobytes() == image.astype(np.float32).tobytes()
    excluded = np.isnan(values).any(axis=2)
    if hidden in ("masked", "argument"):
        excluded |= bad.any(axis=2)
    assert np.array_equal(found.mask if found.mask is not None else False, excluded) or (
        found.mask is None and not excluded.any()
    )
    assert (found.y.units, found.x.units, found.energy.units) == ("nm", "um", "meV")
    assert found.sha256 == found.compute_sha256()
    assert np.asarray(given_array).tobytes() == before


@given(
    shape=st.tuples(st.integers(16, 20), st.integers(16, 20), st.integers(2, 20)),
    energy_first=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_d6_without_axes_the_order_is_right_or_asked_or_refused(shape, energy_first):
    """[D6] Energy first is never read as (y, x, energy) in silence."""
    rng = np.random.default_rng(0)
    si, image = rng.random(shape, np.float32), rng.random(shape[:2], np.float32)
    passed = np.moveaxis(si, 2, 0) if energy_first else si
    ambiguous = shape[0] == shape[1] == shape[2]
    try:
        found = to_dataset(passed, image)
    except ValueError as error:
        assert ambiguous
        assert "order='yxE' or 'Eyx'" in str(error)
        return
    assert not ambiguous
    assert np.array_equal(found.spectra, si)
