"""Previews: what a step would do, at one pixel and on average, without doing it."""

import json

import dask.array as da
import numpy as np
import pytest
from preprocessing_case import computed, counts, lazily, sharp_peak, spectrum_image

from eelscape.preprocessing import STEPS, step_from_dict
from eelscape.preprocessing import look as look_module
from eelscape.preprocessing.look import look_at
from eelscape.preprocessing.sampling import PIXELS, scattered_points

ALL = [
    {"step": "mask_dead_pixels", "pixels": [[3, 4], [5, 6]]},
    {"step": "mend_spikes"},
    {"step": "mend_spikes", "mode": "mask"},
    {"step": "crop_scan", "rows": [2, 9], "columns": [1, 15]},
    {"step": "bin_scan", "factor": 2},
    {"step": "normalise"},
    {"step": "remove_zero_loss", "tail": [0.08, 0.4]},
    {"step": "crop_energy", "start": 0.1},
    {"step": "bin_energy", "factor": 3},
]


def case():
    values = sharp_peak(width=3)
    values[5, 6, 100] += 50000
    mask = np.zeros(values.shape[:2], bool)
    mask[0, 0] = True
    return spectrum_image(values, mask=mask, scale=0.01, offset=-0.4)


@pytest.mark.parametrize("params", ALL, ids=str)
@pytest.mark.parametrize("lazy", [False, True])
def test_a_preview_is_what_applying_gives(params, lazy):
    data = lazily(case()) if lazy else case()
    step = step_from_dict(params)
    preview = step.preview(data, (4, 6))
    after = step.apply(data)
    spectra = computed(after)
    assert preview.shape_after == after.shape
    assert preview.energy_after == after.energy
    assert preview.energy_before.size == data.shape[2] == len(preview.before)
    np.testing.assert_array_equal(preview.before, computed(data)[4, 6].astype(np.float32))
    place = {"crop_scan": (2, 5), "bin_scan": (2, 3)}.get(step.name, (4, 6))
    np.testing.assert_allclose(preview.after, spectra[place], rtol=1e-5, atol=1e-3)
    good = np.isfinite(spectra).all(2)
    if after.mask is not None:
        good &= ~after.mask
    expected = spectra[good].mean(0, dtype=float)
    # Bins with a masked pixel weigh less among pixels than among bins.
    near = 2e-2 if step.name == "bin_scan" else 1e-4
    np.testing.assert_allclose(preview.mean_after, expected, rtol=near, atol=1e-3)
    assert len(preview.mean_before) == data.shape[2]
    completed = json.loads(json.dumps(preview.params, allow_nan=False))
    assert step_from_dict(completed).apply(data).report == after.report
    assert all(
        array.dtype == np.float32
        for array in (preview.before, preview.after, preview.mean_before, preview.mean_after)
    )
    assert preview.text == after.report[-1]
    assert preview.warnings == []


def test_flags_mark_what_would_be_excluded_or_mended():
    data = case()
    flagged = {}
    for params in ALL:
        flags = step_from_dict(params).preview(data, (1, 1)).flags
        if flags is not None:
            assert flags.dtype == np.uint8 and flags.shape == (12, 15)
            flagged[params["step"]] = np.argwhere(flags).tolist()
    assert flagged["mask_dead_pixels"] == [[3, 4], [5, 6]]
    assert flagged["mend_spikes"] == [[5, 6]]
    assert len(flagged["crop_scan"]) == 12 * 15 - 7 * 14
    assert flagged["bin_scan"] == [[row, 14] for row in range(12)]


def test_a_pixel_that_is_dropped_has_no_spectrum_after():
    data = case()
    for params, pixel in ((ALL[3], (0, 3)), (ALL[4], (3, 14)), (ALL[0], (3, 4))):
        preview = step_from_dict(params).preview(data, pixel)
        assert np.isnan(preview.after).all()
        assert np.isfinite(preview.before).all()


def test_the_zero_loss_preview_has_what_can_be_dragged_and_seen():
    data = case()
    preview = step_from_dict({"step": "remove_zero_loss"}).preview(data, (4, 6))
    tail = preview.params["tail"]
    assert 0 < tail[0] < tail[1]
    assert "rise" in preview.params
    assert preview.background.shape == preview.mean_background.shape == (200,)
    energies = preview.energy_before.array
    seen = (energies >= tail[0]) & (energies <= tail[1])
    assert np.isfinite(preview.residual[seen]).all()
    assert np.isnan(preview.residual[energies < 0]).all()
    assert preview.residual_map.shape == (12, 15)
    assert np.argwhere(np.isnan(preview.residual_map)).tolist() == [[0, 0]]
    # Counting noise is all that is left of the tail.
    assert 0.5 < np.nanmedian(preview.residual_map) < 2
    dragged = step_from_dict(preview.params | {"tail": [0.1, 0.35], "rise": None})
    assert dragged.preview(data, (4, 6)).params["tail"] == [0.1, 0.35]


@pytest.mark.parametrize("pixel", [(12, 0), (0, 15), (-1, 2)])
@pytest.mark.parametrize("name", ["crop_energy", "mask_dead_pixels", "bin_scan", "crop_scan"])
def test_a_pixel_beyond_the_scan_is_refused(pixel, name):
    with pytest.raises(ValueError, match=r"no pixel .* in a scan of 12 x 15"):
        step_from_dict({"step": name}).preview(case(), pixel)


def counted_reads(shape, chunks, dtype=np.uint16):
    """Lazy counts of which the reads are counted: (data, list of bytes read)."""
    read = []

    def block(block_info=None):
        location = block_info[None]["array-location"]
        sizes = [stop - start for start, stop in location]
        read.append(4 * int(np.prod(sizes)))
        seed = [start for start, _ in location]
        return np.random.default_rng(seed).integers(10, 30, sizes, dtype)

    chunked = da.core.normalize_chunks(chunks, shape)
    spectra = da.map_blocks(block, chunks=chunked, dtype=dtype, meta=np.empty((0, 0, 0), dtype))
    image = np.random.default_rng(0).uniform(900, 1100, shape[:2]).astype(np.float32)
    return spectrum_image(spectra, image=image), read


# The zero-loss peak that remove_zero_loss needs is not in these counts; it reads what others read.
@pytest.mark.parametrize("name", [name for name in STEPS if name != "remove_zero_loss"])
def test_d2_a_preview_of_lazy_data_reads_little_and_says_so(name):
    """[D2] 1.1 GB as float32: at most nine chunks are read, once, and the sample is announced."""
    data, read = counted_reads((256, 512, 2048), (32, 64, 1024))
    step = step_from_dict({"step": name, **({"by": "total"} if name == "normalise" else {})})
    preview = step.preview(data, (100, 100))
    # Eight samples and the pixel, two chunks along the energies each.
    assert len(read) <= 18
    assert len(preview.warnings) == 1
    assert "pixels" in preview.warnings[0] or "image" in preview.warnings[0]
    before = len(read)
    step.preview(data, (101, 100))
    assert len(read) - before <= (4 if name == "bin_scan" else 2)


def test_a_sample_is_even_and_leaves_masked_pixels_out(monkeypatch):
    monkeypatch.setattr(look_module, "WHOLE_VALUES", 1000)
    values = counts((60, 80, 20))
    mask = np.zeros((60, 80), bool)
    mask[:, :40] = True
    look = look_at(spectrum_image(values, mask=mask))
    rows, columns = np.divmod(look.positions, 80)
    assert columns.min() >= 40
    assert 200 < len(rows) <= PIXELS
    halves = [(rows < 30).mean(), (columns < 60).mean()]
    assert all(0.45 < half < 0.55 for half in halves)
    np.testing.assert_array_equal(look.data.spectra[0], values[rows, columns])
    assert f"{len(rows)} of 4800 pixels" in look.warnings[0]


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (64, 64), (37, 911)])
def test_scattered_points_cover_a_scan(shape):
    points = scattered_points(512, shape)
    assert (points >= 0).all() and (points < shape).all()
    quarters = (points * 2 // np.array(shape)).clip(0, 1)
    if min(shape) > 1:
        assert np.bincount(2 * quarters[:, 0] + quarters[:, 1]).min() > 110


def test_what_a_preview_keeps_goes_with_the_data():
    data = case()
    step_from_dict({"step": "mend_spikes"}).preview(data, (0, 0))
    assert data in look_module._kept
    before = len(look_module._kept)
    del data
    import gc

    gc.collect()
    assert len(look_module._kept) < before
