"""Spikes, dead, hot and saturated pixels: found where they were put, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from preprocessing_case import computed, counts, lazily, sharp_peak, spectrum_image

from eelscape import sample
from eelscape.preprocessing import mask_dead_pixels, mend_spikes, step_from_dict
from eelscape.preprocessing.noise import measure_noise, median_of_five
from eelscape.preprocessing.spike_search import SpikeSearch, mended
from eelscape.spectrum_image import SpectrumImage

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def raw_sample():
    si, haadf = sample("ftio", raw=True)
    return SpectrumImage(si.data, haadf.data, *si.axes, spectra_units=si.units)


def with_spikes(spectra, number, seed=0, height=20.0):
    """A copy with spikes of one or two channels, and where they are.

    Each exceeds the local level by `height` counting standard deviations and by as many times
    the level again as keeps it above what a sharp peak may do.
    """
    rng = np.random.default_rng(seed)
    ny, nx, channels = spectra.shape
    result = spectra.astype(np.float64)
    where = np.zeros(spectra.shape, bool)
    for row, column in rng.permutation(ny * nx)[:number, None] // [[nx, 1]] % [[ny, nx]]:
        channel = int(rng.integers(3, channels - 4))
        width = int(rng.integers(1, 3))
        level = result[row, column, channel - 2 : channel + 4].max()
        part = (row, column, slice(channel, channel + width))
        result[part] += 1.5 * level + height * np.sqrt(level + 1)
        where[part] = True
    return np.rint(result).astype(spectra.dtype), where


def test_median_of_five():
    values = np.random.default_rng(0).integers(0, 9, (300, 31)).astype(float)
    padded = np.pad(values, [(0, 0), (2, 2)], mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1)
    np.testing.assert_array_equal(median_of_five(values), np.median(windows, -1))


@pytest.mark.parametrize(("gain", "read"), [(1.0, 0.0), (7.5, 0.0), (1.0, 400.0), (0.0, 9.0)])
def test_noise_is_measured_in_the_units_of_the_data(gain, read):
    rng = np.random.default_rng(0)
    level = 20 + 3000 * np.exp(-np.arange(300) / 60)
    values = rng.poisson(np.tile(level, (200, 1))) * gain if gain else np.tile(level, (200, 1))
    values = values + rng.normal(0, np.sqrt(read), values.shape)
    law = measure_noise(values)
    level = level * (gain or 1)
    expected = gain * level + read + (1e-3 * level) ** 2
    np.testing.assert_allclose(law.variance(level), expected, rtol=0.25)


def test_spikes_are_found_in_the_sample_and_nothing_else():
    """The raw sample has a sharp zero-loss peak in all 4650 spectra and no spikes of its own."""
    data = raw_sample()
    step = step_from_dict({"step": "mend_spikes"})
    clean = step.apply(data)
    assert clean.spectra is data.spectra
    assert step.describe(data, clean) == "No spike above 6 sigma found."

    spiked, where = with_spikes(data.spectra, 200)
    after = step.apply(data.changed(spectra=spiked))
    changed = after.spectra != spiked
    assert after.spectra.dtype == np.uint32
    assert not (changed & ~where).any()
    assert (changed & where).sum() >= 0.99 * where.sum()
    # What was mended is what was there, within the noise of its neighbours.
    off = after.spectra[where].astype(float) - data.spectra[where]
    assert np.median(np.abs(off) / np.sqrt(data.spectra[where] + 1.0)) < 3


@pytest.mark.parametrize("width", [0.6, 0.85, 1.3, 1.7, 4.0])
def test_a_sharp_zero_loss_peak_is_no_spike(width):
    """Down to a full width of 1.4 channels (sigma 0.6), wherever it drifts to."""
    data = spectrum_image(sharp_peak((16, 20, 200), width=width))
    step = step_from_dict({"step": "mend_spikes"})
    assert step.apply(data).spectra is data.spectra
    spiked, where = with_spikes(data.spectra, 60, height=30)
    where[..., 30:51] = False  # on the peak itself a spike cannot be told from it
    changed = step.apply(data.changed(spectra=spiked)).spectra != spiked
    assert (changed & where).sum() >= 0.97 * where.sum()
    assert (changed[..., 51:] & ~where[..., 51:]).sum() == 0


# Measured data are not in the repository; the simulated cases beside it always run.
@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data, which is absent")
@pytest.mark.parametrize("dose", [0.01, 1.0])
def test_core_loss_edges_are_no_spikes(dose):
    """SrTiO3: Ti L and O K edges with sharp white lines, measured; counting noise is drawn."""
    spectrum = np.load(SHARED / "STO_coreloss_2048.npy", allow_pickle=False)
    rng = np.random.default_rng(3)
    values = rng.poisson(np.tile(dose * spectrum, (12, 14, 1))).astype(np.uint32)
    data = spectrum_image(values, scale=0.3, offset=300)
    step = step_from_dict({"step": "mend_spikes"})
    assert step.apply(data).spectra is data.spectra
    spiked, where = with_spikes(values, 80)
    changed = step.apply(data.changed(spectra=spiked)).spectra != spiked
    np.testing.assert_array_equal(changed, where)


# Measured data are not in the repository; the simulated cases beside it always run.
@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data, which is absent")
@pytest.mark.parametrize("name", ["STO_coreloss_2048", "Al_lowloss_2048_20meV"])
def test_measured_spectra_stay_as_they_are(name):
    """One spectrum alone, so that nothing tells what is common: no edge or peak is mended."""
    spectrum = np.load(SHARED / f"{name}.npy", allow_pickle=False)
    np.testing.assert_array_equal(mend_spikes(spectrum).data, spectrum)
    spiked = spectrum.copy()
    spiked[1500] *= 5
    spiked[1800:1802] *= 8
    after = mend_spikes(spiked).data
    assert np.flatnonzero(after != spiked).tolist() == [1500, 1800, 1801]
    np.testing.assert_allclose(after, spectrum, rtol=0.2)


def test_sparse_counts_are_no_spikes():
    """Most channels empty: the noise is far from normal."""
    for level in (0.02, 0.1, 0.5, 2.0):
        values = np.random.default_rng(1).poisson(level, (30, 30, 300)).astype(np.uint16)
        data = spectrum_image(values)
        assert step_from_dict({"step": "mend_spikes"}).apply(data).spectra is data.spectra
        values = values.copy()
        values[3, 4, 100] = 60
        after = step_from_dict({"step": "mend_spikes"}).apply(spectrum_image(values))
        assert np.argwhere(after.spectra != values).tolist() == [[3, 4, 100]]


def test_spikes_in_mode_mask_exclude_their_pixels():
    values = counts()
    values[2, 3, 50] = 5000
    values[7, 8, 60:62] = 5000
    data = spectrum_image(values)
    step = step_from_dict({"step": "mend_spikes", "mode": "mask"})
    after = step.apply(data)
    assert after.spectra is data.spectra
    assert np.argwhere(after.mask).tolist() == [[2, 3], [7, 8]]
    assert step.describe(data, after) == ("Spikes: 3 values above 6 sigma in 2 pixels: excluded.")


def test_d3_masked_pixels_and_nan_are_left_alone():
    """[D3] Spikes are not searched in masked pixels, nor in spectra with NaN."""
    values = counts().astype(np.float32)
    values[:2, :3, 50] = 1e5
    values[0, 0, 90] = np.nan
    mask = np.zeros((12, 15), bool)
    mask[0, 1] = True
    data = spectrum_image(values, mask=mask)
    after = step_from_dict({"step": "mend_spikes"}).apply(data)
    changed = (after.spectra != values) & ~np.isnan(values)
    assert np.argwhere(changed).tolist() == [[0, 2, 50], [1, 0, 50], [1, 1, 50], [1, 2, 50]]


def test_lazy_spectra_are_mended_alike():
    spiked, _ = with_spikes(counts((23, 17, 150)), 40)
    data = spectrum_image(spiked)
    step = step_from_dict({"step": "mend_spikes"})
    eager, lazy = step.apply(data), step.apply(lazily(data))
    assert lazy.lazy and lazy.spectra.dtype == spiked.dtype
    np.testing.assert_array_equal(computed(lazy), eager.spectra)
    assert lazy.report == eager.report


def test_spikes_need_five_channels():
    with pytest.raises(ValueError, match="median of 5 channels; the spectra have 4"):
        mend_spikes(np.ones((3, 3, 4)))


def test_mended_spectra_follow_the_line_between_the_neighbours():
    spectra = np.array([[10, 12, 900, 800, 18, 20, 99]])
    flags = np.array([[False, False, True, True, False, False, True]])
    assert mended(spectra, flags).tolist() == [[10, 12, 14, 16, 18, 20, 20]]


def test_a_search_keeps_no_array_of_the_size_of_the_data():
    search = SpikeSearch.measure(counts().reshape(-1, 200), 6.0)
    assert search.excess.shape == (200,)


def faulty():
    data = raw_sample()
    spectra, image = data.spectra.copy(), data.image.copy()
    spectra[5, 6] = 0  # dead
    spectra[20, 30] *= 4  # hot
    image[40, 50] = 60000  # hot in the image
    spectra[30, 10, 60:100] = 9000000  # saturated
    return data.changed(spectra=spectra, image=image)


def test_d3_dead_hot_and_saturated_pixels_are_masked():
    """[D3] Dead, saturated and hot pixels are counted and excluded; particles of a pixel stay."""
    step = step_from_dict({"step": "mask_dead_pixels"})
    for data in (faulty(), lazily(faulty(), (16, 20, 640))):
        after = step.apply(data)
        expected = [[5, 6], [20, 30], [30, 10], [40, 50]]
        assert np.argwhere(after.mask).tolist() == expected
        text = step.describe(data, after)
        assert text == (
            "4 of 4650 pixels masked: 1 dead, 1 saturated, 2 beyond their neighbours by 10 sigma."
        )


@pytest.mark.parametrize("name", ["ftio", "ftio-low-resolution"])
def test_sound_pixels_stay(name):
    si, haadf = sample(name, raw=True)
    assert not mask_dead_pixels(si, haadf).any()


# Measured data are not in the repository; the simulated cases beside it always run.
@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data, which is absent")
def test_pixels_of_a_measured_image_stay():
    """The measured array has edges, a hole and particles of a few pixels."""
    haadf = np.load(SHARED / "ftio_haadf_62x75_uint8.npy", allow_pickle=False)
    total = np.load(SHARED / "ftio_eels_sum_62x75_uint8.npy", allow_pickle=False)
    assert not mask_dead_pixels(total[..., None].astype(float) + 100, haadf).any()
    broken = haadf.astype(float)
    broken[30, 30] = 600
    found = mask_dead_pixels(total[..., None].astype(float) + 100, broken)
    assert np.argwhere(found).tolist() == [[30, 30]]


def test_counts_at_the_end_of_their_type_are_saturated():
    values = counts().astype(np.uint16)
    values[4, 5, 100] = 65535
    found = mask_dead_pixels(values)
    assert np.argwhere(found).tolist() == [[4, 5]]
    assert not mask_dead_pixels(values.astype(np.uint32) // 2, threshold=1e9).any()


def test_a_faulty_pair_is_found():
    data = raw_sample()
    spectra = data.spectra.copy()
    spectra[20, 30:32] *= 4
    after = step_from_dict({"step": "mask_dead_pixels"}).apply(data.changed(spectra=spectra))
    assert np.argwhere(after.mask).tolist() == [[20, 30], [20, 31]]


def test_listed_pixels_are_masked_beside_those_that_are():
    mask = np.zeros((12, 15), bool)
    mask[0, 0] = True
    data = spectrum_image(counts(), mask=mask)
    step = step_from_dict({"step": "mask_dead_pixels", "pixels": [[3, 4], [11, 14]]})
    after = step.apply(data)
    assert np.argwhere(after.mask).tolist() == [[0, 0], [3, 4], [11, 14]]
    assert step.describe(data, after) == "2 of 180 pixels masked as listed."
    assert np.argwhere(mask).tolist() == [[0, 0]]
    with pytest.raises(ValueError, match=r"no pixel \(12, 0\) in a scan of 12 x 15"):
        step_from_dict({"step": "mask_dead_pixels", "pixels": [[12, 0]]}).apply(data)
