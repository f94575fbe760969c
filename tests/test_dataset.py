import hashlib

import numpy as np
import pytest

from eelscape.axes import Axis
from eelscape.dataset import Dataset

Y, X, E = Axis("y", "nm", 17, 0.5, 2.0), Axis("x", "nm", 18, 0.25), Axis("energy", "eV", 4, 0.1, 1)


def dataset(**options):
    rng = np.random.default_rng(1)
    spectra, image = rng.random((17, 18, 4)), rng.random((17, 18))
    return Dataset(spectra, image, Y, X, E, title="t", spectra_units="counts", **options)


def test_the_hash_is_of_the_spectra_then_the_image():
    data = dataset()
    assert data.spectra.dtype == np.float32
    expected = hashlib.sha256(data.spectra.tobytes() + data.image.tobytes()).hexdigest()
    assert data.sha256 == expected


def test_arrays_that_do_not_match_the_axes_are_refused():
    with pytest.raises(ValueError, match="do not match axes"):
        Dataset(np.zeros((18, 17, 4)), np.zeros((18, 17)), Y, X, E)
    with pytest.raises(ValueError, match="mask of shape"):
        dataset(mask=np.zeros((3, 3)))


def test_signals_have_the_data_sets_axes():
    pytest.importorskip("hyperspy", reason="HyperSpy is optional: pip install hyperspy")
    data = dataset()
    error = data.as_signal(np.zeros((17, 18)), "map", "error")
    assert error.metadata.General.title == "error"
    x, y = error.axes_manager.signal_axes
    assert [(a.name, a.scale, a.offset) for a in (y, x)] == [("y", 0.5, 2.0), ("x", 0.25, 0.0)]
    spectra = data.as_signal(data.spectra, "spectra")
    assert spectra.axes_manager.signal_axes[0].offset == 1.0
    assert spectra.metadata.Signal.quantity == "(counts)"
    latents = data.as_signal(np.zeros((17, 18, 2)), "latents")
    assert latents.axes_manager.signal_axes[0].name == "latent"
    windows = data.as_signal(np.zeros((17, 18, 16, 16)), "windows")
    x, _ = windows.axes_manager.signal_axes
    assert (x.scale, x.offset) == (0.25, -2.0)
    with pytest.raises(ValueError, match="Unknown kind 'cube'"):
        data.as_signal(data.spectra, "cube")


def test_descending_energies_come_back_descending():
    pytest.importorskip("hyperspy", reason="HyperSpy is optional: pip install hyperspy")
    data = dataset(energy_flipped=True)
    signal = data.as_signal(data.spectra, "spectra")
    assert np.allclose(signal.axes_manager.signal_axes[0].axis, [1.3, 1.2, 1.1, 1.0])
    assert (signal.data == data.spectra[..., ::-1]).all()
    assert (data.restore(data.spectra) == data.spectra[..., ::-1]).all()
