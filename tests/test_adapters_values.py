"""Values in, values out: dtypes, layouts, missing values; lazy data as those in memory."""

import warnings

import dask.array as da
import numpy as np
import pytest

from eelscape.adapters import to_dataset, to_spectrum_image
from eelscape.adapters.numbers import to_float32
from eelscape.spectrum_image import Cancelled


def pair(ny=18, nx=20, channels=30):
    rng = np.random.default_rng(2)
    return rng.random((ny, nx, channels)), rng.random((ny, nx), np.float32)


def both(si, haadf, **options):
    """The data set of an array in memory, and that of the same array as Dask chunks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        lazy = to_spectrum_image(da.from_array(si, chunks=(4, 7, 11)), haadf, **options)
        assert lazy.lazy
        return to_dataset(si, haadf, **options), lazy.to_dataset()


def assert_same(eager, lazy):
    assert np.array_equal(eager.spectra, lazy.spectra, equal_nan=True)
    assert np.array_equal(eager.image, lazy.image, equal_nan=True)
    assert eager.report == lazy.report
    assert (eager.mask is None) == (lazy.mask is None)
    assert eager.mask is None or np.array_equal(eager.mask, lazy.mask)
    assert eager.sha256 == lazy.sha256 == eager.compute_sha256()


# ---- lazy as eager ----


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">u4", "i8", "u8", "f2", ">f4", "f8", "?"])
def test_lazy_data_give_the_same_snapshot_and_report(dtype):
    si, haadf = pair()
    assert_same(*both(np.floor(si * 200).astype(dtype) if dtype != "?" else si > 0.5, haadf))


def test_lazy_data_name_the_same_losses():
    si, haadf = pair()
    large = (si * 2**40).astype(np.int64)
    eager, lazy = both(large, haadf)
    assert_same(eager, lazy)
    assert any("rounded by at most" in line for line in eager.report)
    assert_same(*both(si, haadf))


def test_d3_lazy_data_exclude_the_same_pixels_for_the_same_reasons():
    """[D3] NaN, infinite, saturated and dead pixels, whether in memory or not."""
    si, haadf = pair()
    si[2, 3, 4] = np.nan
    si[5, 6] = np.inf
    si[7, 8] = 0
    haadf[9, 9] = np.nan
    mask = np.zeros((18, 20), bool)
    mask[0, 0] = True
    eager, lazy = both(si, haadf, mask=mask)
    assert_same(eager, lazy)
    assert np.argwhere(eager.mask).tolist() == [[0, 0], [2, 3], [5, 6], [9, 9]]
    assert "2 of 360 spectra hold NaN or infinite values: excluded" in eager.report
    assert "1 of 360 HAADF pixels hold NaN: excluded" in eager.report
    assert "1 of 360 pixels are masked: excluded" in eager.report
    assert any(line.startswith("1 of 360 spectra are zero in every") for line in eager.report)


def test_lazy_masks_are_those_in_memory():
    si, haadf = pair()
    hidden = np.zeros(si.shape, bool)
    hidden[1, 1, 29] = hidden[4, 4] = True
    assert_same(*both(np.ma.array(si, mask=hidden), haadf))


def test_progress_is_told_and_reading_can_be_cancelled(monkeypatch):
    monkeypatch.setattr("eelscape.spectrum_image.LAZY_BLOCK_BYTES", 4 * 20 * 30 * 4)
    si, haadf = pair()
    lazy = to_spectrum_image(da.from_array(si, chunks=(4, 20, 30)), haadf)
    told = []
    lazy.to_dataset(lambda share, text: told.append((share, text)))
    assert [share for share, _ in told] == [4 / 18, 8 / 18, 12 / 18, 16 / 18, 1]
    assert told[0][1] == "Reading the spectra"
    with pytest.raises(Cancelled):
        lazy.to_dataset(lambda share, text: told.append(None), lambda: len(told) > 6)
    assert len(told) == 7


def test_lazy_data_are_read_once(monkeypatch):
    monkeypatch.setattr("eelscape.spectrum_image.LAZY_BLOCK_BYTES", 4 * 20 * 30 * 2)
    si, haadf = pair()
    read = []

    def count(block):
        read.append(block.shape)
        return block

    blocks = da.from_array(si, chunks=(5, 20, 30)).map_blocks(count, meta=np.empty((0, 0, 0)))
    to_spectrum_image(blocks, haadf).to_dataset()
    assert sorted(read) == [(3, 20, 30), (5, 20, 30), (5, 20, 30), (5, 20, 30)]


def test_chunks_that_do_not_fit_are_read_in_parts(monkeypatch):
    monkeypatch.setattr("eelscape.spectrum_image.BLOCK_BYTES", 4 * 20 * 30 * 2)
    monkeypatch.setattr("eelscape.spectrum_image.LAZY_BLOCK_BYTES", 4 * 20 * 30 * 2)
    monkeypatch.setattr("eelscape.spectrum_image.CHUNK_BYTES", 4 * 20 * 30 * 4)
    si, haadf = pair()
    data = to_spectrum_image(da.from_array(si, chunks=(9, 20, 30)), haadf)
    sizes = [block.shape[0] for _, block in data.row_blocks()]
    assert sizes == [2, 2, 2, 2, 1, 2, 2, 2, 2, 1]


# ---- missing values ----


def test_d3_saturated_pixels_are_counted_and_kept():
    """[D3] The largest value that an integer type holds."""
    si, haadf = pair()
    counts = (si * 1000).astype(np.uint16)
    counts[3, 4, 5] = counts[6, 7, 8] = 65535
    data = to_dataset(counts, haadf)
    line = next(line for line in data.report if "reach" in line)
    assert line.startswith("2 of 360 spectra reach 65535, the largest value of uint16: saturated?")
    assert data.mask is None
    picture = (haadf * 200).astype(np.uint8)
    picture[0, 0] = 255
    data = to_dataset(si, picture)
    assert any(line.startswith("1 of 360 HAADF pixels are 255") for line in data.report)


def test_d3_masked_images_are_counted():
    """[D3] Masked pixels of the image, apart from NaN."""
    si, haadf = pair()
    hidden = np.zeros(haadf.shape, bool)
    hidden[2, 2] = True
    with pytest.warns(UserWarning, match="1 of 360 HAADF pixels hold masked values: excluded"):
        data = to_dataset(si, np.ma.array(haadf, mask=hidden))
    assert np.argwhere(data.mask).tolist() == [[2, 2]]


def test_d5_constant_images_and_zero_spectra_are_refused_before_anything_is_read():
    """[D5] The image is looked at first: lazy spectra are not read for nothing."""
    si, haadf = pair()

    def refuse(block):
        raise AssertionError("the spectra were read")

    lazy = da.from_array(si, chunks=5).map_blocks(refuse, meta=np.empty((0, 0, 0)))
    with pytest.raises(ValueError, match=r"The HAADF image is constant: nothing to learn"):
        to_spectrum_image(lazy, np.full_like(haadf, 3))
    zero = to_spectrum_image(da.zeros((18, 20, 30)), haadf)
    with pytest.raises(ValueError, match=r"spectra are constant: nothing to learn .*value is 0\)"):
        zero.to_dataset()


def test_d5_spectra_that_vary_only_where_they_are_excluded_are_constant():
    """[D5] Excluded pixels teach nothing."""
    _, haadf = pair()
    si = np.ones((18, 20, 30))
    si[0, 0] = 5
    mask = np.zeros((18, 20))
    mask[0, 0] = 1
    with pytest.raises(ValueError, match="spectra are constant"):
        to_dataset(si, haadf, mask=mask)


# ---- numbers ----


@pytest.mark.parametrize("dtype", ["u1", "i2", ">u2", "<i4", ">u4", "i8", ">u8", "f2", ">f4", "g"])
@pytest.mark.parametrize(
    "layout",
    [
        np.ascontiguousarray,
        np.asfortranarray,
        lambda a: np.ascontiguousarray(a[::-1, :, ::-1])[::-1, :, ::-1],
        lambda a: np.repeat(a, 3, axis=1)[:, ::3],
        lambda a: np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 2, 0)), 0, 2),
    ],
    ids=["C", "Fortran", "negative strides", "strided", "moved axis"],
)
def test_d9_every_dtype_in_every_layout_keeps_its_values(dtype, layout):
    """[D9] Identical values, read-only too."""
    si, haadf = pair()
    given = layout(np.floor(si * 100).astype(dtype))
    given.flags.writeable = False
    data = to_dataset(given, haadf)
    assert np.array_equal(data.spectra, np.floor(si * 100).astype(np.float32))
    assert not np.shares_memory(data.spectra, given)


def test_d9_zero_strides_and_memory_maps_keep_their_values(tmp_path):
    """[D9] Broadcast arrays and files."""
    si, haadf = pair()
    broadcast = np.broadcast_to(np.arange(30, dtype=">i4"), (18, 20, 30))
    assert np.array_equal(to_dataset(broadcast, haadf).spectra, broadcast.astype(np.float32))
    np.save(tmp_path / "si.npy", np.asfortranarray(si))
    mapped = np.load(tmp_path / "si.npy", mmap_mode="r")
    assert np.array_equal(to_dataset(mapped, haadf).spectra, si.astype(np.float32))


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.uint64])
def test_d9_rounded_integers_are_counted_as_python_counts_them(dtype):
    """[D9] The loss above 2^24 is named, up to the largest integer."""
    rng = np.random.default_rng(3)
    top = np.iinfo(dtype).max
    values = rng.integers(0, top, 2000, dtype=dtype, endpoint=True)
    values[:4] = [top, top - 1, 2**24, 2**24 + 1]
    if np.iinfo(dtype).min < 0:
        values[4:6] = [np.iinfo(dtype).min, -(2**25) - 1]
    copy, (line,) = to_float32(values, "spectra")
    differences = [abs(int(a) - int(b)) for a, b in zip(values, copy, strict=True)]
    rounded = sum(d > 0 for d in differences)
    largest = max(abs(int(v)) for v in values)
    assert line == (
        f"spectra: {np.dtype(dtype).name} -> float32, {rounded} values above 2^24 (the largest "
        f"{largest}) rounded by at most {max(differences)}"
    )


@pytest.mark.parametrize(
    ("array", "name"),
    [
        (np.zeros((18, 20, 5), complex), "complex128"),
        (np.full((18, 20, 5), None), "object"),
        (np.zeros((18, 20, 5), "M8[s]"), r"datetime64\[s\]"),
        (np.zeros((18, 20, 5), "m8[s]"), r"timedelta64\[s\]"),
        (np.zeros((18, 20, 5), [("r", "u1"), ("g", "u1")]), r"\('g', 'u1'\)"),
        (np.full((18, 20, 5), b"a"), r"\|S1"),
    ],
)
@pytest.mark.parametrize("lazy", [False, True])
def test_d9_what_is_no_real_number_is_refused_naming_the_dtype(array, name, lazy):
    """[D9] Lazy data before anything is read."""
    given = da.from_array(array, chunks=9) if lazy else array
    with pytest.raises(TypeError, match=rf"spectrum image has dtype .*{name}"):
        to_spectrum_image(given, np.zeros((18, 20)))


# ---- shapes ----


@pytest.mark.parametrize(
    ("si", "haadf", "message"),
    [
        ((), (18, 20), r"0 dimensions, shape \(\); 3 are needed, \(y, x, energy\)"),
        ((9,), (18, 20), "1 dimensions.*Pass the whole array"),
        ((18, 20), (18, 20), "2 dimensions.*a single image has no windows"),
        ((2, 18, 20, 9), (18, 20), r"4 dimensions.*for example si\[0\]"),
        ((2, 2, 18, 20, 9), (18, 20), r"5 dimensions.*for example si\[0, 0\]"),
        ((18, 20, 9), (1, 18, 20), r"3 dimensions.*for example haadf\[0\]"),
        ((15, 20, 9), (15, 20), "15x20 pixels, smaller than the window of 16x16"),
        ((18, 20, 1), (18, 20), "1 channel; at least 2 are needed"),
        ((18, 20, 0), (18, 20), "is empty"),
    ],
)
@pytest.mark.parametrize("lazy", [False, True])
def test_d10_shapes_that_cannot_be_used_say_what_is_expected(si, haadf, message, lazy):
    """[D10] And how to slice."""
    spectra = da.ones(si) if lazy else np.ones(si)
    with pytest.raises(ValueError, match=message):
        to_spectrum_image(spectra, np.random.default_rng(0).random(haadf))


def test_d10_the_smallest_scan_and_8192_channels_work():
    """[D10] One window, many channels."""
    rng = np.random.default_rng(0)
    si, haadf = rng.random((16, 16, 8192), np.float32), rng.random((16, 16), np.float32)
    assert np.array_equal(to_dataset(si, haadf).spectra, si)
    assert to_dataset(si[..., :2], haadf).shape == (16, 16, 2)
