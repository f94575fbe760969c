"""Crop, bin and normalise: values, axes, masks and dtypes, and their reports."""

import numpy as np
import pytest
from preprocessing_case import computed, counts, lazily, sharp_peak, spectrum_image

from eelscape.axes import Axis
from eelscape.limits import MAX_STEPS
from eelscape.preprocessing import STEPS, run_steps, step_from_dict
from eelscape.preprocessing.blockwise import mean_spectrum


def done(data, **params):
    """The data after a step and its sentence, and the same for lazy data."""
    before = (data.spectra.copy(), data.image.copy(), list(data.report))
    step = step_from_dict(params)
    after = step.apply(data)
    lazy = step.apply(lazily(data))
    assert lazy.lazy and not after.lazy
    assert lazy.spectra.dtype == after.spectra.dtype
    np.testing.assert_allclose(computed(lazy), after.spectra, rtol=1e-6)
    assert lazy.shape == after.shape
    assert (lazy.y, lazy.x, lazy.energy) == (after.y, after.x, after.energy)
    np.testing.assert_array_equal(data.spectra, before[0])
    np.testing.assert_array_equal(data.image, before[1])
    assert data.report == before[2]
    text = step.describe(data, after)
    assert after.report == [*before[2], text]
    assert step.describe(data, lazy) == text
    return after, text


def test_crop_energy():
    data = spectrum_image(counts((4, 5, 640)), scale=0.0025, offset=-0.2)
    after, text = done(data, step="crop_energy", start=0.2, stop=1.2)
    np.testing.assert_array_equal(after.spectra, data.spectra[..., 160:560])
    assert after.spectra.dtype == np.uint32
    assert after.energy.offset == pytest.approx(0.2)
    assert text == "Energies cropped to 0.200 to 1.198 eV: 400 of 640 channels kept."
    assert after.image is data.image


@pytest.mark.parametrize(("units", "size"), [("meV", 1e-3), ("keV", 1e3), ("eV", 1.0)])
def test_crop_energy_is_in_ev_whatever_the_axis_counts(units, size):
    data = spectrum_image(
        counts((3, 3, 100)), scale=0.01 / size, offset=0.5 / size, energy_units=units
    )
    after, text = done(data, step="crop_energy", start=0.7, stop=1.0)
    assert after.shape[2] == 30
    assert after.energy.array[0] * size == pytest.approx(0.7)
    assert after.energy.units == units
    assert "0.70 to 0.99 eV: 30 of 100" in text


def test_crop_energy_on_uneven_energies():
    values = np.sort(np.random.default_rng(0).uniform(0, 5, 40))
    axis = Axis("Energy loss", "eV", 40, values=tuple(values))
    data = spectrum_image(counts((3, 3, 40)), energy=axis)
    after, _ = done(data, step="crop_energy", start=1.0, stop=4.0)
    assert after.energy.values == tuple(values[(values >= 1) & (values < 4)])
    assert after.shape[2] == after.energy.size


def test_crop_along_another_quantity_is_in_its_units():
    data = spectrum_image(counts((3, 3, 50)), energy=Axis("voltage", "V", 50, 0.1, -2.0))
    after, text = done(data, step="crop_energy", start=-1.0, stop=1.0)
    assert after.shape[2] == 20
    assert text == "voltage cropped to -1.0 to 0.9 V: 20 of 50 channels kept."


@pytest.mark.parametrize("start", [None, -5.0])
def test_an_open_end_keeps_all(start):
    data = spectrum_image(counts((3, 3, 50)))
    after, text = done(data, step="crop_energy", start=start)
    assert after.spectra is data.spectra
    assert "50 of 50" in text


def test_crop_energy_refuses_what_makes_no_sense():
    data = spectrum_image(counts((3, 3, 50)))
    with pytest.raises(ValueError, match=r"No channel lies from 2 eV: .* 0\.00 to 0\.49 eV"):
        done(data, step="crop_energy", start=2.0)
    loop = Axis("voltage", "V", 50, values=tuple(np.sin(np.arange(50) / 5)))
    with pytest.raises(ValueError, match="do not increase at channel 9"):
        done(spectrum_image(counts((3, 3, 50)), energy=loop), step="crop_energy", start=0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.int16, ">u2"])
def test_bin_energy_sums_integers_exactly(dtype):
    values = np.full((3, 4, 17), np.iinfo(dtype).max, dtype)
    after, text = done(spectrum_image(values), step="bin_energy", factor=4)
    assert after.spectra.dtype.kind == np.dtype(dtype).kind
    assert (after.spectra == 4 * int(np.iinfo(dtype).max)).all()
    assert after.energy.array == pytest.approx([0.015, 0.055, 0.095, 0.135])
    assert text == (
        "Energies binned by 4 (sum): 17 channels -> 4 of 0.04 eV; the last 1 channel dropped."
    )


def test_bin_energy_averages_what_is_not_counted():
    values = counts().astype(np.float64) / 7
    after, text = done(spectrum_image(values, units="barn / eV"), step="bin_energy", factor=3)
    assert after.spectra.dtype == np.float32
    expected = values[..., :198].reshape(12, 15, 66, 3).mean(-1)
    np.testing.assert_allclose(after.spectra, expected, rtol=1e-6)
    assert "(mean)" in text and "the last 2 channels dropped" in text


def test_bin_energy_mode_wins_over_the_units():
    data = spectrum_image(counts())
    mean, _ = done(data, step="bin_energy", factor=2, mode="mean")
    total, _ = done(data, step="bin_energy", factor=2, mode="sum")
    np.testing.assert_allclose(2 * mean.spectra, total.spectra)


def test_bin_energy_of_uneven_energies_and_of_nan():
    values = counts((3, 3, 40)).astype(np.float32)
    values[1, 2, 7] = np.nan
    axis = Axis("E", "eV", 40, values=tuple(np.linspace(0, 2, 40) ** 2))
    after, text = done(spectrum_image(values, energy=axis), step="bin_energy", factor=4)
    assert after.energy.array[0] == pytest.approx(axis.array[:4].mean())
    assert np.argwhere(np.isnan(after.spectra)).tolist() == [[1, 2, 1]]
    assert "at the mean of their values" in text


def test_bin_energy_refuses_more_channels_than_there_are():
    with pytest.raises(ValueError, match="201 channels cannot be joined: the spectra have 200"):
        done(spectrum_image(counts()), step="bin_energy", factor=201)


def test_crop_scan_takes_image_mask_and_axes_along():
    mask = np.zeros((12, 15), bool)
    mask[3, 4] = True
    data = spectrum_image(counts(), mask=mask)
    after, text = done(data, step="crop_scan", rows=[2, 9], columns=[4, 15])
    np.testing.assert_array_equal(after.spectra, data.spectra[2:9, 4:15])
    np.testing.assert_array_equal(after.image, data.image[2:9, 4:15])
    assert np.argwhere(after.mask).tolist() == [[1, 0]]
    assert (after.y.offset, after.x.offset) == (4.0, 18.0)
    assert text == (
        "Scan cropped to rows 2 to 8 and columns 4 to 14: 7 x 11 of 12 x 15 pixels kept."
    )
    rows, _ = done(data, step="crop_scan", rows=[4, 12])
    assert rows.shape == (8, 15, 200)
    assert rows.mask is None


def test_crop_scan_refuses_what_is_beyond_the_scan():
    with pytest.raises(ValueError, match="rows runs from 2 to 13, but the scan has 12 rows"):
        done(spectrum_image(counts()), step="crop_scan", rows=[2, 13])


def test_bin_scan_sums_counts_and_averages_the_image():
    data = spectrum_image(counts())
    after, text = done(data, step="bin_scan", factor=2)
    parts = data.spectra[:, :14].reshape(6, 2, 7, 2, 200)
    np.testing.assert_array_equal(after.spectra, parts.sum((1, 3)))
    assert after.spectra.dtype.kind == "u"
    image = data.image[:, :14].reshape(6, 2, 7, 2).mean((1, 3))
    np.testing.assert_allclose(after.image, image, rtol=1e-6)
    assert after.image.dtype == np.float32
    assert (after.y.scale, after.y.offset, after.x.offset) == (4.0, 1.0, 11.0)
    assert text == "Scan binned by 2 (sum): 12 x 15 pixels -> 6 x 7; the last 1 column dropped."


def test_bin_scan_leaves_masked_pixels_out():
    mask = np.zeros((12, 15), bool)
    mask[0, 0] = True  # 1 of 4: the other three stand for the bin
    mask[2:4, 2:4] = True  # all of it
    mask[4, 0] = mask[4, 1] = mask[5, 1] = True  # 3 of 4
    values = counts()
    values[0, 0] = 10**6
    data = spectrum_image(values, mask=mask)
    after, _ = done(data, step="bin_scan", factor=2)
    assert np.argwhere(after.mask).tolist() == [[1, 1], [2, 0]]
    three = data.spectra[:2, :2].reshape(4, 200)[1:].astype(float)
    np.testing.assert_allclose(after.spectra[0, 0], 4 * three.mean(0), rtol=1e-6)
    np.testing.assert_allclose(after.image[0, 0], data.image[:2, :2].ravel()[1:].mean(), rtol=1e-6)


def test_d3_bin_scan_leaves_nan_spectra_out():
    """[D3] Spectra with NaN do not spread into a bin where half or more of it is good."""
    values = counts().astype(np.float32)
    values[0, 0, 5] = np.nan
    values[2, 2, 5] = values[3, 3, 6] = values[2, 3, 7] = np.nan
    after, _ = done(spectrum_image(values), step="bin_scan", factor=2)
    assert np.isfinite(after.spectra[0, 0]).all()
    assert np.isnan(after.spectra[1, 1]).any()
    assert np.argwhere(np.isnan(after.spectra).any(2)).tolist() == [[1, 1]]


def test_bin_scan_refuses_more_pixels_than_there_are():
    with pytest.raises(ValueError, match="13 x 13 pixels cannot be joined: the scan has 12 x 15"):
        done(spectrum_image(counts()), step="bin_scan", factor=13)


@pytest.mark.parametrize("by", ["total", "maximum"])
def test_normalise(by):
    data = spectrum_image(counts())
    after, text = done(data, step="normalise", by=by)
    measure = {"total": np.sum, "maximum": np.max}[by]
    np.testing.assert_allclose(measure(after.spectra, axis=2), 1.0, rtol=1e-5)
    assert after.spectra_units == "relative"
    assert f"divided by their {by}" in text and "counts" in text


def test_normalise_by_the_zero_loss_intensity():
    """Dose variations vanish; pixels whose peak is shifted are treated alike."""
    values = sharp_peak(width=3)
    dose = np.random.default_rng(5).uniform(0.5, 1.0, values.shape[:2])
    data = spectrum_image(values * dose[..., None], scale=0.01, offset=-0.4)
    after, text = done(data, step="normalise")
    plasmon = after.spectra[..., 110:131].mean(2)
    assert plasmon.std() / plasmon.mean() < 0.02
    assert "zero-loss intensity (within" in text


def test_d5_spectra_without_counts_are_masked_by_normalise():
    """[D5] A spectrum that is all zero has nothing to be divided by: excluded, and said."""
    values = counts()
    values[3, 4] = 0
    after, text = done(spectrum_image(values), step="normalise", by="total")
    assert np.argwhere(after.mask).tolist() == [[3, 4]]
    assert np.isnan(after.spectra[3, 4]).all()
    assert "1 pixel without one excluded" in text
    with pytest.raises(ValueError, match="No spectrum has a total above 0"):
        done(spectrum_image(np.zeros((4, 4, 9))), step="normalise", by="total")


def test_normalise_needs_the_zero_loss_peak():
    with pytest.raises(ValueError, match=r"no zero-loss peak.*before"):
        done(spectrum_image(counts(), offset=0.2), step="normalise")


def test_means_are_accumulated_in_float64():
    """A float32 sum over a million values of 16777217 / 3 would be off by far more."""
    values = np.full((40, 50, 8), 123457.0, np.float32)
    values[::2] += 0.25
    mean = mean_spectrum(spectrum_image(values))
    assert mean.dtype == np.float64
    np.testing.assert_array_equal(mean, 123457.125)


def test_d3_means_leave_out_masked_pixels_and_nan():
    """[D3] NaN and masked pixels are left out of the mean that everything is fitted to."""
    values = counts().astype(np.float32)
    mask = np.zeros((12, 15), bool)
    mask[0] = True
    values[0] = 1e9
    values[1, 1, 3] = np.inf
    good = np.ones((12, 15), bool)
    good[0] = False
    good[1, 1] = False
    for data in (spectrum_image(values, mask=mask), lazily(spectrum_image(values, mask=mask))):
        np.testing.assert_allclose(mean_spectrum(data), values[good].mean(0, dtype=float))
    with pytest.raises(ValueError, match="Every pixel is masked"):
        mean_spectrum(spectrum_image(values, mask=np.ones((12, 15), bool)))


def test_every_step_has_a_docstring_with_its_parameters():
    for kind in STEPS.values():
        for parameter in kind.parameter_names():
            assert parameter in kind.__doc__, (kind.name, parameter)


def test_f3_no_more_steps_than_are_carried_out():
    """[F3] A list of thousands of steps is refused before the first one."""
    source = spectrum_image(counts((16, 16, 100)))
    step = {"step": "crop_energy"}
    begun = []
    for n in (MAX_STEPS + 1, 5000):
        with pytest.raises(ValueError, match=f"{n} preprocessing steps are too many: at most 100"):
            run_steps(source, [step] * n, progress=lambda *a: begun.append(a))
    assert begun == []
    assert len(run_steps(source, [step] * MAX_STEPS).steps) == MAX_STEPS
