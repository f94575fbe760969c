"""From what users have to a checked data set."""

import numpy as np
import pytest

from eelscape.adapters import to_dataset
from eelscape.adapters.numbers import to_float32
from eelscape.axes import Axis
from eelscape.signal import Signal

AXES = [
    {"name": "y", "units": "nm", "scale": 0.5, "offset": 1, "size": 18},
    {"name": "x", "units": "nm", "scale": 0.25},
    {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2},
]


def pair(ny=18, nx=20, channels=30):
    rng = np.random.default_rng(2)
    return rng.random((ny, nx, channels), np.float32), rng.random((ny, nx), np.float32)


# ---- axes and orientation ----


def test_axes_are_taken_in_array_order():
    si, haadf = pair()
    data = to_dataset(si, haadf, axes=AXES)
    assert data.y == Axis("y", "nm", 18, 0.5, 1)
    assert data.x == Axis("x", "nm", 20, 0.25)
    assert data.energy == Axis("energy", "eV", 30, 0.01, 0.2)
    assert data.report == []


def test_without_axes_there_are_indices_and_no_guess_of_units():
    data = to_dataset(*pair())
    assert [a.name for a in (data.y, data.x, data.energy)] == ["y", "x", "channel"]
    assert data.report == [
        "The units of the y axis are unknown.",
        "The units of the x axis are unknown.",
        "The units of the channel axis are unknown.",
    ]


def test_the_images_axes_serve_where_the_spectra_have_none():
    si, haadf = pair()
    image = Signal(haadf, AXES[:2])
    assert to_dataset(si, image).x == Axis("x", "nm", 20, 0.25)


def test_energy_first_and_x_before_y_are_recognised():
    si, haadf = pair()
    axes = [AXES[2], AXES[1], AXES[0]]
    data = to_dataset(si.transpose(2, 1, 0), haadf, axes=axes)
    assert (data.spectra == si).all()
    assert (data.y.name, data.x.name, data.energy.name) == ("y", "x", "energy")
    assert len([line for line in data.report if "moved" in line or "swapped" in line]) == 2


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (AXES[:2], "holds 2 axes for a spectrum image of shape"),
        (AXES[0], "holds 1 axes"),
        ([AXES[0], {**AXES[1], "size": 21}, AXES[2]], r"Axis 1 \('x'\) has size 21.*20"),
    ],
)
def test_axes_that_do_not_fit_are_refused(axes, message):
    with pytest.raises(ValueError, match=message):
        to_dataset(*pair(), axes=axes)


def test_descending_energies_are_flipped_and_said():
    si, haadf = pair()
    data = to_dataset(si, haadf, axes=[*AXES[:2], {**AXES[2], "scale": -0.01}])
    assert data.energy_flipped
    assert (data.spectra == si[..., ::-1]).all()
    assert np.allclose(data.energy.array, 0.2 - 0.01 * np.arange(30)[::-1])
    assert "The energy descends: flipped, and flipped back on return." in data.report


def test_energies_that_turn_back_are_refused_with_the_channel():
    values = np.arange(30.0)
    values[17] = 15.5
    with pytest.raises(ValueError, match="Energy axis not increasing at channel 17: 16 is"):
        to_dataset(*pair(), axes=[*AXES[:2], {"name": "E", "units": "meV", "values": values}])
    values[17] = 16
    with pytest.raises(ValueError, match="not increasing at channel 17"):
        to_dataset(*pair(), axes=[*AXES[:2], {"name": "Energy loss", "values": values}])


def test_another_quantity_that_turns_back_runs_by_channel():
    values = np.concatenate([np.arange(15.0), np.arange(15.0)[::-1]])
    data = to_dataset(*pair(), axes=[*AXES[:2], {"name": "bias", "units": "V", "values": values}])
    assert data.energy.array.tolist() == values.tolist()
    assert any("not monotonic" in line for line in data.report)


def test_non_uniform_energies_keep_their_values():
    values = np.cumsum(np.arange(1.0, 31.0))
    data = to_dataset(*pair(), axes=[*AXES[:2], {"name": "E", "units": "eV", "values": values}])
    assert data.energy.array.tolist() == values.tolist()


# ---- shapes ----


@pytest.mark.parametrize(
    ("si", "haadf", "message"),
    [
        ((61, 74, 9), (512, 512), r"The image is 512x512, the scan 61x74\. Choose the simulta"),
        ((18, 20, 9), (20, 18), "haadf.T has the shape of the scan"),
        ((15, 74, 9), (15, 74), r"15x74 pixels, smaller than the window of 16x16"),
        ((18, 20, 1), (18, 20), "1 channel; at least 2"),
        ((18, 20), (18, 20), r"2 dimensions, shape \(18, 20\); 3 are needed, \(y, x, energy\)"),
        ((3, 18, 20, 9), (18, 20), r"4 dimensions.*for example si\[0\]"),
        ((18, 20, 9), (2, 18, 20), r"3 dimensions.*for example haadf\[0\]"),
        ((18, 20, 9), (18,), "1 dimensions"),
        ((18, 0, 9), (18, 0), "is empty"),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(si, haadf, message):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=message):
        to_dataset(rng.random(si), rng.random(haadf))


def test_what_the_browser_cannot_take_is_refused_by_its_size():
    si = np.broadcast_to(np.float32(1), (1024, 1000, 1049))
    haadf = np.broadcast_to(np.arange(1000, dtype=np.float32), (1024, 1000))
    with pytest.raises(ValueError, match=r"takes 4\.0 GiB as float32"):
        to_dataset(si, haadf)


# ---- numbers ----


@pytest.mark.parametrize(
    "dtype",
    ["u1", "i1", "u2", ">i2", "<u4", ">u4", "i8", "u8", "f2", "<f4", ">f4", "f8", ">f8", "?", "g"],
)
def test_every_numeric_dtype_keeps_its_values(dtype):
    si, haadf = pair()
    counts = np.floor(si * 100).astype(dtype)
    data = to_dataset(counts, haadf)
    assert data.spectra.dtype == np.float32
    assert (data.spectra == np.floor(si * 100).astype(dtype).astype(np.float32)).all()
    lines = [line for line in data.report if "float32" in line]
    assert all(line.endswith("float32, exact") for line in lines)
    assert len(lines) == (0 if "f4" in dtype else 1)


@pytest.mark.parametrize(
    "layout",
    [
        np.asfortranarray,
        lambda a: a[::-1][::-1],
        lambda a: np.repeat(a, 2, axis=2)[..., ::2],
        lambda a: a[:, ::-1].copy()[:, ::-1],
    ],
)
def test_every_layout_keeps_its_values(layout):
    si, haadf = pair()
    given = layout(si)
    data = to_dataset(given, haadf)
    assert (data.spectra == si).all()
    assert data.spectra.flags.c_contiguous
    assert not np.shares_memory(data.spectra, given)


def test_read_only_and_zero_stride_data_are_taken():
    haadf = pair()[1]
    si = np.broadcast_to(np.arange(30, dtype=np.uint16), (18, 20, 30))
    data = to_dataset(si, haadf)
    assert (data.spectra == si).all()


def test_memory_maps_and_lists_are_taken(tmp_path):
    si, haadf = pair()
    np.save(tmp_path / "si.npy", si)
    data = to_dataset(np.load(tmp_path / "si.npy", mmap_mode="r"), haadf.tolist())
    assert (data.spectra == si).all()
    assert np.allclose(data.image, haadf)


def test_dask_arrays_are_taken():
    dask = pytest.importorskip("dask.array", reason="Dask is optional: pip install dask[array]")
    si, haadf = pair()
    data = to_dataset(dask.from_array(si, chunks=5), dask.from_array(haadf))
    assert (data.spectra == si).all()


@pytest.mark.parametrize(
    ("array", "name"),
    [
        (np.zeros((18, 20, 5), complex), "complex128"),
        (np.full((18, 20, 5), None), "object"),
        (np.zeros((18, 20, 5), "M8[s]"), r"datetime64\[s\]"),
        (np.full((18, 20, 5), "a"), "<U1"),
        ([[1, 2], [3]], "could not be read"),
        ("si.npy", "is a str"),
        (None, "is a NoneType"),
    ],
)
def test_what_is_no_number_is_refused_naming_the_dtype(array, name):
    with pytest.raises(TypeError, match=f"spectrum image .*{name}"):
        to_dataset(array, np.zeros((18, 20)))


def test_large_integers_are_counted():
    array = np.array([[2**24, 2**24 + 1, -(2**25) - 1, 7]], np.int64)
    copy, (line,) = to_float32(array, "spectra")
    assert copy.tolist() == [[2.0**24, 2.0**24, -(2.0**25), 7.0]]
    assert line == (
        "spectra: int64 -> float32, 2 values above 2^24 (the largest 33554433) rounded by at most 1"
    )


def test_large_integers_that_float32_holds_are_not_counted():
    _, (line,) = to_float32(np.array([[2**30, 2**63]], np.uint64), "spectra")
    assert "0 values above 2^24" in line


def test_the_rounding_of_doubles_is_named():
    _, (line,) = to_float32(np.array([1.0, 1.0 + 2.0**-25, 0.0]), "spectra")
    assert line == "spectra: float64 -> float32, largest relative rounding 3.0e-08"
    _, (line,) = to_float32(np.array([1.0, np.nan, np.inf]), "spectra")
    assert line == "spectra: float64 -> float32, exact"


def test_values_beyond_float32_are_refused():
    si, haadf = pair()
    si = si.astype(float)
    si[0, 0, :3] = 1e39
    with pytest.raises(ValueError, match="3 values of the spectra exceed"):
        to_dataset(si, haadf)


# ---- what there is to learn from ----


def test_spectra_with_nan_are_excluded_with_a_warning():
    si, haadf = pair()
    si[2, 3, 4] = si[2, 3, 5] = si[7, 8, 0] = np.nan
    with pytest.warns(UserWarning, match="2 of 360 spectra hold NaN: excluded"):
        data = to_dataset(si, haadf)
    assert np.argwhere(data.mask).tolist() == [[2, 3], [7, 8]]
    assert "2 of 360 spectra hold NaN: excluded" in data.report


def test_infinite_values_are_excluded_and_become_nan():
    si, haadf = pair()
    haadf[4, 4] = -np.inf
    with pytest.warns(UserWarning, match="1 of 360 HAADF pixels hold infinite values"):
        data = to_dataset(si, haadf)
    assert np.isnan(data.image[4, 4])
    assert np.argwhere(data.mask).tolist() == [[4, 4]]


def test_masked_arrays_and_the_mask_argument_add_up():
    si, haadf = pair()
    hidden = np.zeros(si.shape, bool)
    hidden[1, 1, 29] = True
    mask = np.zeros((18, 20), int)
    mask[5, 6] = 1
    with pytest.warns(UserWarning, match="1 of 360 spectra hold masked values"):
        data = to_dataset(np.ma.array(si, mask=hidden), haadf, mask=mask)
    assert np.argwhere(data.mask).tolist() == [[1, 1], [5, 6]]
    with pytest.raises(ValueError, match=r"mask has shape \(3, 3\), the scan \(18, 20\)"):
        to_dataset(si, haadf, mask=np.zeros((3, 3)))


def test_where_nothing_is_left_it_is_refused():
    si, haadf = pair()
    with pytest.raises(ValueError, match="All 360 spectra hold NaN"):
        to_dataset(np.full_like(si, np.nan), haadf)
    with pytest.raises(ValueError, match="All 360 pixels are excluded"):
        to_dataset(si, haadf, mask=np.ones((18, 20)))


def test_constant_data_are_refused():
    si, haadf = pair()
    with pytest.raises(ValueError, match=r"The HAADF image is constant: nothing to learn \(every"):
        to_dataset(si, np.full_like(haadf, 3))
    with pytest.raises(ValueError, match=r"spectra are constant: nothing to learn .*value is 0\)"):
        to_dataset(np.zeros_like(si), haadf)


def test_an_image_that_varies_only_where_it_is_masked_is_constant():
    si, haadf = pair()
    flat = np.ones_like(haadf)
    flat[0, 0] = 5
    mask = flat == 5
    with pytest.raises(ValueError, match="constant"):
        to_dataset(si, flat, mask=mask)


# ---- HyperSpy ----


class _Axis:
    """What an axis of HyperSpy has, as far as it is looked at."""

    def __init__(self, name, units, size, scale=1.0, offset=0.0):
        self.name, self.units, self.size = name, units, size
        self.scale, self.offset = scale, offset


class _Undefined:
    def __str__(self):
        return "<undefined>"


def test_hyperspy_is_recognised_by_attributes():
    si, haadf = pair()

    class Manager:
        navigation_axes = (_Axis("x", "nm", 20, 0.25), _Axis("y", "nm", 18, 0.5, 1))
        signal_axes = (_Axis(_Undefined(), _Undefined(), 30),)

    class Lookalike:
        data, axes_manager = si, Manager()

    data = to_dataset(Lookalike(), haadf)
    assert data.origin == "hyperspy"
    assert (data.y, data.x) == (Axis("y", "nm", 18, 0.5, 1), Axis("x", "nm", 20, 0.25))
    assert data.energy == Axis("channel", "", 30)


def test_a_file_of_hyperspy_keeps_its_axes_on_the_way_there_and_back(tmp_path):
    hs = pytest.importorskip("hyperspy.api", reason="HyperSpy is optional: pip install hyperspy")
    si, haadf = pair()
    signal = Signal(si, AXES, "an edge", "counts", simulated=True).to_hyperspy()
    signal.save(tmp_path / "si.hspy")
    Signal(haadf, AXES[:2], "haadf").to_hyperspy().save(tmp_path / "haadf.hspy")
    si_read, haadf_read = (hs.load(tmp_path / name) for name in ("si.hspy", "haadf.hspy"))
    data = to_dataset(si_read, haadf_read)
    assert (data.spectra == si).all()
    assert (data.image == haadf).all()
    assert (data.title, data.spectra_units) == ("an edge", "counts")
    assert [a.to_dict() for a in (data.y, data.x, data.energy)] == [
        Axis.from_dict(a, n).to_dict() for a, n in zip(AXES, si.shape, strict=True)
    ]
    back = data.as_signal(data.spectra, "spectra")
    for ours, theirs in zip(back.axes_manager._axes, si_read.axes_manager._axes, strict=True):
        assert (ours.name, ours.units, ours.scale, ours.offset, ours.size) == (
            theirs.name,
            theirs.units,
            theirs.scale,
            theirs.offset,
            theirs.size,
        )
    assert data.simulated


def test_a_stack_of_hyperspy_images_has_energy_moved_last():
    hs = pytest.importorskip("hyperspy.api", reason="HyperSpy is optional: pip install hyperspy")
    si, haadf = pair()
    stack = hs.signals.Signal2D(np.moveaxis(si, 2, 0))
    energy = stack.axes_manager.navigation_axes[0]
    energy.name, energy.units, energy.scale = "Energy loss", "eV", 0.1
    data = to_dataset(stack, haadf)
    assert (data.spectra == si).all()
    assert data.energy == Axis("Energy loss", "eV", 30, 0.1)
