"""Zero-loss removal on spectra whose tail is known."""

import json

import numpy as np
import pytest
from zero_loss_case import ENERGIES, as_signal, known_spectra

import eelscape
from eelscape.axes import Axis
from eelscape.signal import Signal
from eelscape.spectrum_image import SpectrumImage
from eelscape.zero_loss import ZeroLossModel, remove_zero_loss

ABOVE = ENERGIES >= 0.2


def measured(spectra, energies=ENERGIES, **choices):
    return ZeroLossModel.measure(energies, spectra.reshape(-1, 640).mean(0), **choices)


def test_removes_a_known_tail_to_one_percent_of_the_plasmon():
    spectra, tail, plasmon = known_spectra()
    result = remove_zero_loss(as_signal(spectra))
    error = result.data[..., ABOVE] - plasmon[..., ABOVE]
    assert np.abs(error.mean((0, 1))).max() < 0.01 * plasmon.max()
    assert np.abs(error).max() < 0.02 * plasmon.max()
    assert tail[..., ABOVE].max() > 0.5 * plasmon.max()  # there was something to remove


def test_keeps_the_axes_and_says_what_it_is():
    source = as_signal(known_spectra()[0])
    before = source.data.copy()
    result = eelscape.remove_zero_loss(source)
    assert result.data.dtype == np.float32
    assert result.axes == source.axes
    assert (result.title, result.units, result.simulated) == ("test", "counts", True)
    start = measured(source.data).tail[0]
    assert (result.data[..., ENERGIES < start - 1e-6] == 0).all()
    np.testing.assert_array_equal(source.data, before)


def test_each_pixel_has_its_own_amplitude():
    """A pixel with half the counts loses half the tail."""
    spectra = known_spectra()[0]
    spectra[1, 2] = spectra[1, 1] / 2
    result = remove_zero_loss(as_signal(spectra)).data
    np.testing.assert_allclose(result[1, 2], result[1, 1] / 2, atol=0.5)


@pytest.mark.parametrize(("units", "factor"), [("meV", 1e3), ("keV", 1e-3)])
def test_energies_in_other_units_give_the_same(units, factor):
    spectra = known_spectra()[0]
    in_ev = remove_zero_loss(as_signal(spectra))
    other = remove_zero_loss(as_signal(spectra, units, factor))
    np.testing.assert_allclose(other.data, in_ev.data, atol=0.05)
    assert other.axes[-1].units == units


def test_single_spectrum_of_integers():
    spectrum = known_spectra((1,), noise=True)[0][0]
    result = remove_zero_loss(as_signal(spectrum.astype(np.uint32)))
    assert result.shape == (640,)
    assert result.data[ABOVE].min() > -0.15 * result.data.max()


@pytest.mark.parametrize("offset", [-0.328, -0.0725])
def test_a_peak_off_zero_sets_the_axis_right_by_whole_channels(offset):
    """The peak at -0.128 eV and at +0.1275 eV: same values as with the peak at 0."""
    spectra = known_spectra()[0]
    centred = remove_zero_loss(as_signal(spectra))
    moved = remove_zero_loss(as_signal(spectra, offset=offset))
    axis = moved.axes[-1]
    assert axis.scale == 0.0025 and abs(axis.offset + 0.2) <= 0.00125
    assert round((axis.offset - offset) / 0.0025, 6) % 1 == 0
    # Half a channel is left: the windows lie that much differently.
    np.testing.assert_allclose(moved.data[..., 170:], centred.data[..., 170:], atol=3)


def test_finds_the_shift_of_each_spectrum():
    """Shifts of parts of a channel and of several channels; all peaks lie alike afterwards."""
    shifts = np.array([0.0, 0.3, -0.45, 2.7, -6.2, 11.0])
    spectra = np.concatenate([known_spectra((1,), shift=0.0025 * s)[0] for s in shifts])
    centred = known_spectra((1,))[0][0]
    model = ZeroLossModel.measure(ENERGIES, centred)
    found = model.subtract(spectra)
    np.testing.assert_allclose(found.shifts, shifts, atol=0.01)
    aligned = found.spectra + found.background
    near = np.abs(ENERGIES) < 0.05
    np.testing.assert_allclose(aligned[:, near], np.tile(centred[near], (6, 1)), rtol=5e-3)
    left = ZeroLossModel.measure(ENERGIES, centred, align=False).subtract(spectra)
    assert (left.shifts == 0).all()
    np.testing.assert_allclose(left.spectra + left.background, spectra, rtol=1e-6, atol=1e-2)


def test_noise_moves_no_spectrum_of_few_counts():
    model = measured(known_spectra()[0])
    faint = np.random.default_rng(3).poisson(np.full((20, 640), 0.01)).astype(float)
    found = model.subtract(faint)
    assert (found.shifts == 0).all() and np.isfinite(found.spectra).all()


def test_a_spike_is_not_taken_for_the_peak():
    spectra = known_spectra((3,))[0]
    spectra[1, 600] = 5e6
    assert np.abs(measured(known_spectra()[0]).subtract(spectra).shifts).max() < 0.01


def test_windows_scale_with_the_width_and_end_before_the_plasmon():
    spectra = known_spectra()[0]
    narrow, wide = measured(spectra), measured(spectra, 5 * ENERGIES)
    assert narrow.width == pytest.approx(0.0405, abs=0.001)
    assert wide.width == pytest.approx(5 * narrow.width)
    np.testing.assert_allclose(wide.tail, 5 * np.array(narrow.tail), rtol=1e-3)
    np.testing.assert_allclose(wide.rise, 5 * np.array(narrow.rise), rtol=1e-3)
    start, stop = narrow.tail
    assert 2 * narrow.width < start < 3 * narrow.width
    mean = spectra.reshape(-1, 640).mean(0)
    first_maximum = ENERGIES[300 + np.argmax(mean[300:])]
    assert start < stop == narrow.rise[0] < first_maximum - 0.1


def test_windows_of_the_user_are_taken():
    spectra = known_spectra()[0]
    model = measured(spectra, tail=(0.09, 0.2), rise=(0.22, 0.9))
    assert (model.tail, model.rise) == ((0.09, 0.2), (0.22, 0.9))
    difference = model.subtract(spectra.reshape(-1, 640)).difference
    used = np.isfinite(difference).all(0)
    inside = (ENERGIES > 0.0899) & (ENERGIES < 0.2001) | (ENERGIES > 0.2199) & (ENERGIES < 0.9001)
    np.testing.assert_array_equal(used, inside)
    rise_only = measured(spectra, rise=(0.25, 1.0))
    assert rise_only.rise == (0.25, 1.0) and rise_only.tail[1] == 0.25
    again = measured(spectra, tail=measured(spectra).tail, rise=measured(spectra).rise)
    assert again.fit == measured(spectra).fit


def test_a_window_that_begins_in_the_tail_takes_no_tail_for_plasmon():
    spectra, _, plasmon = known_spectra()
    flat = spectra.reshape(-1, 640)
    for tail, rise in (((0.09, 0.2), (0.2, 1.2)), ((0.09, 0.2), (0.2, 0.6))):
        left = measured(spectra, tail=tail, rise=rise).subtract(flat).spectra.mean(0)
        error = (left - plasmon.reshape(-1, 640).mean(0))[ABOVE]
        assert np.abs(error).max() < 0.03 * plasmon.max()


def test_without_a_plasmon_the_tail_alone_is_fitted():
    spectra, tail, _ = known_spectra(plasmon=0.0)
    model = measured(spectra)
    assert model.rise is None and model.fit.positions == ()
    np.testing.assert_allclose(model.fit.shape, (0.055, 2.4), rtol=0.02)
    left = model.subtract(spectra.reshape(-1, 640)).spectra[:, ABOVE]
    assert np.abs(left).max() < 0.01 * tail[..., ABOVE].max()


@pytest.mark.parametrize(
    ("model", "curve"),
    [
        ("exponential", lambda e: 2e4 * np.exp(-e / 0.03) + 900 * np.exp(-e / 0.15)),
        ("power", lambda e: 300 * (e / 0.1) ** -4.0 + 60 * (e / 0.1) ** -1.5),
    ],
)
def test_other_readings_of_the_tail(model, curve):
    positive = np.maximum(ENERGIES, 0.02)
    spectrum = 5e5 * np.exp(-0.5 * (ENERGIES / 0.017) ** 2) + curve(positive)
    found = ZeroLossModel.measure(ENERGIES, spectrum, tail=(0.1, 1.2), model=model)
    left = found.subtract(spectrum[None]).spectra[0]
    assert np.abs(left[ABOVE]).max() < 0.01 * curve(0.2)


def test_blocks_are_independent():
    """Parts of a block give what the whole gives: nothing is kept from one to the next."""
    spectra = known_spectra((30,), noise=True)[0]
    model = measured(spectra)
    whole = model.subtract(spectra)
    parts = [model.subtract(part) for part in np.array_split(spectra, 7)]
    for name in ("spectra", "background", "residual"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_allclose(joined, getattr(whole, name), rtol=1e-5, atol=1e-3)
    assert model.subtract(spectra[:0]).spectra.shape == (0, 640)


def test_the_model_goes_through_json():
    spectra = known_spectra((6,), noise=True)[0]
    model = measured(spectra)
    again = ZeroLossModel.from_dict(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
    np.testing.assert_array_equal(again.subtract(spectra).spectra, model.subtract(spectra).spectra)
    with pytest.raises(ValueError, match="zero-loss model"):
        ZeroLossModel.from_dict({"energies": [0, 1]})


def test_residual_is_in_units_of_the_counting_noise():
    spectra = known_spectra((10, 10), noise=True)[0].reshape(-1, 640)
    spectra[7] += 400 * np.exp(-0.5 * ((ENERGIES - 0.25) / 0.004) ** 2)
    found = measured(spectra).subtract(spectra)
    assert np.median(found.residual) == pytest.approx(1, abs=0.1)
    assert found.residual[7] > 2 and int(np.argmax(found.residual)) == 7
    mean = np.nanmean(found.difference[:, ABOVE & (ENERGIES < 1.3)], axis=0)
    assert np.abs(mean).max() < 6 * np.sqrt(spectra[:, ABOVE].max() / 100)


def test_d3_masked_pixels_stay_masked():
    """[D3] A spectrum with NaN is NaN afterwards and changes no other."""
    spectra = known_spectra()[0]
    clean = remove_zero_loss(as_signal(spectra)).data
    spectra[0, 0, 100] = np.nan
    result = remove_zero_loss(as_signal(spectra)).data
    assert np.isnan(result[0, 0]).all()
    assert np.isfinite(result[0, 1:]).all() and np.isfinite(result[1:]).all()
    np.testing.assert_allclose(result[1:], clean[1:], atol=1)


def test_hyperspy_signals_and_arrays_with_axes():
    spectra = known_spectra()[0]
    source = as_signal(spectra)
    expected = remove_zero_loss(source).data
    hyperspy = pytest.importorskip("hyperspy.api", reason="HyperSpy is not installed")
    del hyperspy
    result = remove_zero_loss(source.to_hyperspy())
    assert isinstance(result, Signal) and result.axes[-1].units == "eV"
    np.testing.assert_array_equal(result.data, expected)


def test_lazy_spectrum_images_stay_lazy():
    dask = pytest.importorskip("dask.array")
    spectra = known_spectra((6, 5))[0].astype(np.float32)
    axes = as_signal(spectra).axes
    lazy = SpectrumImage(
        dask.from_array(spectra, chunks=(2, 5, 640)), np.zeros((6, 5), np.float32), *axes
    )
    result = remove_zero_loss(lazy)
    assert isinstance(result, SpectrumImage) and result.lazy
    expected = remove_zero_loss(as_signal(spectra)).data
    np.testing.assert_allclose(result.spectra.compute(), expected, atol=0.5)


def test_refuses_what_has_no_peak():
    spectra = known_spectra()[0]
    with pytest.raises(ValueError, match=r"0\.1 to 1\.3975 eV.*cut"):
        remove_zero_loss(as_signal(spectra[..., 120:], offset=0.1))
    with pytest.raises(ValueError, match=r"end at 0\.1.*0\.2"):
        remove_zero_loss(as_signal(spectra[..., :121]))
    image = Signal(np.ones((3, 4)), [Axis("y", "nm", 3), Axis("x", "nm", 4)])
    with pytest.raises(ValueError, match="nm"):
        remove_zero_loss(image)
    with pytest.raises(ValueError, match="finite"):
        remove_zero_loss(as_signal(np.full((2, 640), np.nan)))
    with pytest.raises(ValueError, match="no counts"):
        remove_zero_loss(as_signal(np.zeros((2, 640))))


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"tail": (0.10, 0.105)}, "0.1 to 0.105 eV holds 3 channels"),
        ({"tail": (-0.1, 0.1)}, "above 0 eV"),
        ({"tail": (2.0, 3.0)}, "2 to 3 eV holds 0 channels"),
        ({"model": "linear"}, "exponential-power, exponential, power"),
    ],
)
def test_refuses_windows_and_models_that_cannot_be(choices, message):
    with pytest.raises(ValueError, match=message):
        remove_zero_loss(as_signal(known_spectra()[0]), **choices)
