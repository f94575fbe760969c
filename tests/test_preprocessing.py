"""Zero-loss removal and truncation on spectra whose tail is known."""

import numpy as np
import pytest

from eelscape.axes import Axis
from eelscape.preprocessing import fit_zero_loss_tail, remove_zero_loss, truncate
from eelscape.signal import Signal

ENERGIES = -0.2 + 0.0025 * np.arange(640)


def known_spectra(shape=(4, 5), plasmon=300.0, noise=0.0):
    """Gaussian peak, two exponentials and a plasmon at 0.55 eV: spectra and their known tail."""
    rng = np.random.default_rng(0)
    size = rng.uniform(0.7, 1.2, (*shape, 1))
    height = plasmon * rng.uniform(0.3, 1.0, (*shape, 1))
    core = 5e5 * np.exp(-0.5 * (ENERGIES / 0.010) ** 2)
    tail = 2e4 * np.exp(-np.abs(ENERGIES) / 0.010) + 4e3 * np.exp(-np.abs(ENERGIES) / 0.065)
    peak = np.clip(ENERGIES, 0, None) ** 3 / ((ENERGIES**2 - 0.55**2) ** 2 + (ENERGIES * 0.2) ** 2)
    peak *= 1 / peak.max()
    spectra = size * (core + tail) + height * peak
    if noise:
        spectra = rng.poisson(spectra).astype(float)
    return spectra, size * tail, height * peak


def signal(spectra, units="eV", factor=1.0):
    axis = Axis("Energy loss", units, 640, 0.0025 * factor, -0.2 * factor)
    axes = [Axis("y", "nm", n) for n in spectra.shape[:-1]] + [axis]
    return Signal(spectra, axes, "test", "counts", simulated=True)


def test_removes_a_known_tail():
    spectra, tail, plasmon = known_spectra()
    result = remove_zero_loss(signal(spectra))
    used = ENERGIES >= 0.2
    error = result.data[..., used] - plasmon[..., used]
    assert np.abs(error).max() < 0.03 * plasmon.max()
    assert tail[..., used].max() > 0.4 * plasmon.max()  # there was something to remove


def test_keeps_the_axes_and_says_what_it_is():
    source = signal(known_spectra()[0])
    result = remove_zero_loss(source)
    assert result.data.dtype == np.float32
    assert result.axes == source.axes
    assert (result.title, result.units, result.simulated) == ("test", "counts", True)
    assert (result.data[..., ENERGIES < 0.052] == 0).all()


def test_each_pixel_has_its_own_amplitude():
    """Doubling the counts of one pixel doubles what is subtracted there."""
    spectra = known_spectra(noise=1)[0]
    spectra[1, 2] = 2 * spectra[1, 1]
    result = remove_zero_loss(signal(spectra)).data
    np.testing.assert_allclose(result[1, 2], 2 * result[1, 1], rtol=1e-3, atol=0.1)


def test_energies_in_mev_give_the_same():
    spectra = known_spectra()[0]
    in_ev = remove_zero_loss(signal(spectra))
    in_mev = remove_zero_loss(signal(spectra, "meV", 1e3))
    np.testing.assert_allclose(in_mev.data, in_ev.data, atol=0.01)
    assert truncate(in_mev).axes[-1].offset == pytest.approx(200)


def test_single_spectrum_and_integers():
    spectrum = known_spectra((1,), noise=1)[0][0]
    result = remove_zero_loss(signal(spectrum.astype(np.uint32)))
    assert result.shape == (640,)
    assert result.data.min() < 0.1 * result.data.max()


def test_without_a_plasmon_the_tail_alone_is_fitted():
    spectra, _, _ = known_spectra(plasmon=0.0)
    shape = fit_zero_loss_tail(ENERGIES, spectra.mean((0, 1)), (0.05, 0.3), None)
    assert shape.rise_power is None
    np.testing.assert_allclose(shape.decay, (0.010, 0.065), rtol=0.02)
    result = remove_zero_loss(signal(spectra), tail=(0.06, 0.3), rise=None)
    assert np.abs(result.data[..., ENERGIES > 0.2]).max() < 1


def test_masked_pixels_stay_masked():
    spectra = known_spectra()[0]
    spectra[0, 0, 100] = np.nan
    result = remove_zero_loss(signal(spectra)).data
    assert np.isnan(result[0, 0]).all()
    assert np.isfinite(result[0, 1:]).all() and np.isfinite(result[1:]).all()


def test_refuses_spectra_without_the_peak():
    cut = truncate(signal(known_spectra()[0]), 0.1)
    with pytest.raises(ValueError, match=r"0\.1 to 1\.3975 eV"):
        remove_zero_loss(cut)
    shifted = signal(known_spectra()[0])
    shifted.axes[-1] = Axis("Energy loss", "eV", 640, 0.0025, -0.45)
    with pytest.raises(ValueError, match=r"-0\.25 eV.*offset"):
        remove_zero_loss(shifted)
    image = Signal(np.ones((3, 4)), [Axis("y", "nm", 3), Axis("x", "nm", 4)])
    with pytest.raises(ValueError, match="'nm'"):
        remove_zero_loss(image)
    with pytest.raises(ValueError, match="finite"):
        remove_zero_loss(signal(np.full((2, 640), np.nan)))
    with pytest.raises(ValueError, match="0 counts"):
        fit_zero_loss_tail(ENERGIES, np.where(np.abs(ENERGIES) < 0.04, 1.0, 0.0))


def test_truncate():
    source = signal(known_spectra()[0])
    result = truncate(source, 0.2, 1.2)
    assert result.shape == (4, 5, 400)
    np.testing.assert_allclose(result.axes[-1].array, 0.2 + 0.0025 * np.arange(400))
    np.testing.assert_array_equal(result.data, source.data[..., 160:560])
    assert truncate(source).shape == (4, 5, 480)
    assert truncate(source, None).shape == source.shape
    result.data[:] = 0
    assert source.data.max() > 0  # a copy
    with pytest.raises(ValueError, match="No channel"):
        truncate(source, 2.0)
