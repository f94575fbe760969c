"""The steps as functions of signals, arrays and HyperSpy signals."""

import dask.array as da
import numpy as np
import pytest
from preprocessing_case import counts, sharp_peak, spectrum_image

import eelscape.preprocessing as pre
from eelscape import sample
from eelscape.axes import Axis
from eelscape.signal import Signal
from eelscape.spectrum_image import SpectrumImage


def signal(spectra=None, energy=None):
    spectra = counts((6, 8, 100)) if spectra is None else spectra
    energy = energy or Axis("Energy loss", "eV", spectra.shape[-1], 0.01, -0.1)
    leading = [Axis("yx"[i % 2], "nm", n, 2.0) for i, n in enumerate(spectra.shape[:-1])]
    return Signal(spectra, [*leading, energy], "case", "counts", simulated=True)


def test_truncate():
    source = signal()
    result = pre.truncate(source, 0.2, 0.6)
    assert result.shape == (6, 8, 40)
    np.testing.assert_allclose(result.axes[-1].array, 0.2 + 0.01 * np.arange(40))
    np.testing.assert_array_equal(result.data, source.data[..., 30:70])
    assert (result.title, result.units, result.simulated) == ("case", "counts", True)
    assert result.axes[:2] == source.axes[:2]
    assert pre.truncate(source).shape == (6, 8, 70)
    assert pre.truncate(source, None).shape == source.shape
    result.data[:] = 0
    pre.truncate(source, None).data[:] = 0
    assert source.data.max() > 0  # copies
    with pytest.raises(ValueError, match=r"No channel lies from 2 eV: .* -0\.10 to 0\.89 eV"):
        pre.truncate(source, 2.0)


@pytest.mark.parametrize("shape", [(100,), (7, 100), (6, 8, 100), (2, 3, 4, 100)])
def test_any_dimensions_before_the_energies(shape):
    source = signal(counts((int(np.prod(shape[:-1])), 1, 100)).reshape(shape))
    assert pre.truncate(source, 0.2).shape == (*shape[:-1], 70)
    assert pre.bin(source, energy=2).shape == (*shape[:-1], 50)
    assert pre.normalise(source, by="total").shape == shape
    assert pre.mend_spikes(source).shape == shape


def test_descending_energies_come_back_descending():
    rising = signal()
    falling = signal(rising.data[..., ::-1], rising.axes[-1].reversed())
    expected, result = pre.truncate(rising, 0.2), pre.truncate(falling, 0.2)
    np.testing.assert_array_equal(result.data, expected.data[..., ::-1])
    np.testing.assert_allclose(result.axes[-1].array, expected.axes[-1].array[::-1])


def test_crop_spectrum_images_and_images():
    si = signal()
    haadf = Signal(np.arange(48.0).reshape(6, 8), si.axes[:2], "HAADF", "counts")
    for source in (si, haadf):
        result = pre.crop(source, rows=(1, 5), columns=(2, 8))
        np.testing.assert_array_equal(result.data, source.data[1:5, 2:8])
        assert (result.axes[0].offset, result.axes[1].offset) == (2.0, 4.0)
        result.data[:] = -1 if source is haadf else 0
    assert haadf.data.min() == 0 and si.data.max() > 0  # copies
    assert pre.crop(haadf).shape == (6, 8)
    with pytest.raises(ValueError, match="columns runs from 0 to 9, but the scan has 8 columns"):
        pre.crop(haadf, columns=(0, 9))
    with pytest.raises(ValueError, match=r"1 dimensions, shape \(5,\); an image"):
        pre.crop(np.ones(5))


def test_bin_spectrum_images_and_images():
    si = signal()
    result = pre.bin(si, energy=5, space=2)
    expected = si.data.astype(int).reshape(3, 2, 4, 2, 20, 5).sum((1, 3, 5))
    np.testing.assert_array_equal(result.data, expected)
    assert result.axes[0].scale == 4.0 and result.axes[2].scale == pytest.approx(0.05)
    mean = pre.bin(si, energy=5, space=2, mode="mean")
    np.testing.assert_allclose(mean.data, expected / 20, rtol=1e-5)
    haadf = np.arange(48.0).reshape(6, 8)
    np.testing.assert_allclose(pre.bin(haadf, space=2).data, haadf.reshape(3, 2, 4, 2).mean((1, 3)))
    with pytest.raises(ValueError, match="7 x 7 pixels cannot be joined: the image has 6 x 8"):
        pre.bin(haadf, space=7)
    with pytest.raises(ValueError, match="factor is 0"):
        pre.bin(si, energy=0)


def test_masked_values_come_out_as_nan():
    values = np.ma.masked_less(counts((4, 5, 60)), 5)
    result = pre.truncate(values, None)
    np.testing.assert_array_equal(np.isnan(result.data), values.mask)
    image = np.ma.masked_equal(np.arange(16).reshape(4, 4), 5)
    binned = pre.bin(image, space=2)
    assert binned.data[0, 0] == pytest.approx((0 + 1 + 4) / 3)


def test_lazy_spectra_stay_lazy():
    source = signal(da.from_array(counts((6, 8, 100)), chunks=(2, 3, 100)))
    eager = signal(counts((6, 8, 100)))
    for function in (
        lambda si: pre.truncate(si, 0.1),
        lambda si: pre.bin(si, energy=3, space=2),
        lambda si: pre.crop(si, rows=(0, 4)),
        lambda si: pre.normalise(si, "total"),
        lambda si: pre.mend_spikes(si),
    ):
        result = function(source)
        assert hasattr(result.data, "dask")
        np.testing.assert_allclose(result.data.compute(), function(eager).data, rtol=1e-6)


def test_hyperspy_signals():
    signals = pytest.importorskip("hyperspy.api").signals
    s = signals.Signal1D(counts((6, 8, 100)).astype(np.float32))
    s.axes_manager[-1].scale, s.axes_manager[-1].units = 10, "meV"
    s.axes_manager[-1].name = "Energy loss"
    result = pre.truncate(s, 0.2)
    assert result.shape == (6, 8, 80)
    assert result.axes[-1].offset == pytest.approx(200)
    assert pre.mask_dead_pixels(s, s.sum(axis=-1).T).shape == (6, 8)


def test_mend_and_mask_functions():
    values = counts((12, 15, 200))
    values[3, 4, 50] = 9000
    np.testing.assert_array_equal(np.argwhere(pre.mend_spikes(values).data != values), [[3, 4, 50]])
    values = counts((12, 15, 200))
    values[5, 6] = 0
    haadf = np.random.default_rng(0).normal(1000, 10, (12, 15))
    haadf[8, 9] = 9000
    found = pre.mask_dead_pixels(values, haadf)
    assert np.argwhere(found).tolist() == [[5, 6], [8, 9]]
    with pytest.raises(ValueError, match="The image is 12 x 14, the scan 12 x 15"):
        pre.mask_dead_pixels(values, haadf[:, :14])


def test_a_spectrum_image_is_returned_as_one():
    data = spectrum_image(sharp_peak(width=3), scale=0.01, offset=-0.4)
    for result in (
        pre.truncate(data, 0.2),
        pre.crop(data, rows=(0, 9)),
        pre.bin(data, energy=2, space=3),
        pre.mend_spikes(data),
        pre.normalise(data),
        pre.remove_zero_loss(data, tail=(0.08, 0.4)),
    ):
        assert isinstance(result, SpectrumImage)
        assert len(result.report) >= 1
        assert result.image.shape == result.shape[:2]
    assert not pre.mask_dead_pixels(data).any()


def test_what_the_sample_becomes():
    """The steps of the processed sample as a list give what the sample's own functions give."""
    si, haadf = sample("ftio", raw=True)
    processed, _ = sample("ftio")
    source = SpectrumImage(si.data, haadf.data, *si.axes, spectra_units=si.units)
    steps = [
        {"step": "remove_zero_loss"},
        {"step": "crop_energy", "start": 0.2, "stop": 1.2},
    ]
    after, texts = pre.apply_steps(source, steps)
    assert after.energy == processed.axes[2]
    np.testing.assert_allclose(after.spectra, processed.data, rtol=1e-4, atol=0.05)
    assert texts[0].startswith("Zero-loss peak (40.1 meV wide) and its tail")
    assert texts[1] == "Energies cropped to 0.200 to 1.198 eV: 400 of 640 channels kept."
