"""Saving and loading models, their signals and their summary."""

import os

import numpy as np
import pytest
import reference_network as reference
from model_case import NX, NY, Case, dataset_for

import eelscape.model
from eelscape.axes import Axis
from eelscape.model import Model, load


@pytest.fixture(params=["im2spec", "spec2im"])
def case(request):
    return Case(request.param)


def test_save_and_load(case, tmp_path):
    path = case.model.save(tmp_path / "small.safetensors")
    assert path == tmp_path / "small.safetensors"
    assert [p.name for p in tmp_path.iterdir()] == ["small.safetensors"]
    again = load(path)
    np.testing.assert_array_equal(again.predict(case.features), case.model.predict(case.features))
    names = "kind latent_dims window filters channels history scaling epoch backend title"
    for name in [*names.split(), "energy", "x", "y", "data_sha256"]:
        assert getattr(again, name) == getattr(case.model, name)
    np.testing.assert_array_equal(again.split, case.model.split)
    assert again.dataset is None
    for call in (again.latents, again.predictions, again.error_map, again.latent_grid):
        with pytest.raises(RuntimeError, match=r"eelscape\.load\(path, si, haadf\)"):
            call()
    with pytest.raises(RuntimeError, match="back_project needs the data"):
        again.back_project(np.zeros(case.spec.latent_dims))
    with_data = load(path, dataset=case.data)
    np.testing.assert_array_equal(with_data.error_map(), case.model.error_map())


def test_load_takes_what_explore_takes(case, tmp_path, recwarn):
    path = case.model.save(tmp_path / "small.safetensors")
    # A NumPy array has no axes of its own and gets the model's.
    model = load(path, case.data.spectra, case.data.image)
    assert not recwarn.list
    np.testing.assert_array_equal(model.error_map(), case.model.error_map())
    with pytest.raises(ValueError, match="both"):
        load(path, case.data.spectra)
    shifted = [Axis("y", "nm", NY), Axis("x", "nm", NX), Axis("energy", "eV", case.spec.channels)]
    with pytest.raises(ValueError, match=r"energy axis of the data, 0 to .* the model's, 0.2 to"):
        load(path, case.data.spectra, case.data.image, axes=shifted)
    with pytest.raises(ValueError, match=r"have shape .* was trained on"):
        load(path, case.data.spectra[1:], case.data.image[1:])
    with pytest.warns(UserWarning, match="not those that the model was trained on"):
        load(path, case.data.spectra + 1, case.data.image)


def test_the_browsers_maps_are_dropped_with_other_data(case):
    other = dataset_for(case.spec, seed=9)
    with pytest.warns(UserWarning, match="not those"):
        model = Model(case.file, other, case.evaluation())
    assert model.source == "kernel"
    features = other.image if case.spec.kind == "im2spec" else other.spectra
    np.testing.assert_array_equal(model.latents(), model.over(features).latents)


def test_f7_a_failed_save_leaves_the_old_file(case, tmp_path, monkeypatch):
    """[F7] A full disk and a folder that is gone: the reason, the old file whole, no leftovers."""
    path = tmp_path / "small.safetensors"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"Could not save: No space left.*still in memory") as caught:
        case.model.save(path)
    assert caught.value.errno == 28
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1
    monkeypatch.undo()
    with pytest.raises(OSError, match="Could not save: "):
        case.model.save(tmp_path / "none" / "small.safetensors")
    with pytest.raises(OSError, match="Could not save: "):
        case.model.to_onnx(tmp_path / "none" / "small.onnx")
    case.model.save(path)
    assert load(path).kind == case.spec.kind


def test_hyperspy_signals_carry_the_axes(case):
    hs = pytest.importorskip("hyperspy.api", reason="HyperSpy is optional")
    error = case.model.error_map(as_signal=True)
    assert isinstance(error, hs.signals.BaseSignal)
    np.testing.assert_array_equal(error.data, case.model.error_map())
    assert {a.name: (a.scale, a.units) for a in error.axes_manager._axes} == {
        "y": (1.5, "nm"),
        "x": (1.5, "nm"),
    }
    latents = case.model.latents(as_signal=True)
    assert latents.axes_manager.signal_shape == (case.spec.latent_dims,)
    predictions = case.model.predictions(as_signal=True)
    np.testing.assert_array_equal(predictions.data, case.model.predictions())
    assert predictions.axes_manager.navigation_shape == (NX, NY)
    if case.spec.kind == "im2spec":
        energy = predictions.axes_manager.signal_axes[0]
        assert (energy.scale, energy.offset, energy.units) == (0.01, 0.2, "eV")
    # A signal is taken back as it is.
    signal = case.data.as_signal(case.data.spectra, "spectra")
    if case.spec.kind == "spec2im":
        np.testing.assert_array_equal(case.model.over(signal).latents, case.model.latents())


def test_summary_escapes_what_a_file_says():
    spec = reference.SMALL["im2spec"]
    texts = {"title": "<script>alert(1)</script>", "notice": "<b>"}
    file = reference.random_file(spec, **texts, simulated=True)
    file.metadata["split"] = {"kind": "<i>random", "leaking": True}
    model = Model(file)
    html = model._repr_html_()
    assert "<script" not in html and "<b>" not in html and "<i>" not in html
    assert "&lt;script&gt;" in html and "(simulated data)" in html
    assert "test windows share pixels" in html and "train 0.25, test 0.5" in html
    assert "none attached" in html
    assert "im2spec, 3 latents, window 6 pixels, 21 channels, 2 epochs" in repr(model)
    case = Case("im2spec")
    html = Model(case.file, case.data, case.evaluation())._repr_html_()
    assert "Mean relative error" in html and "%" in html


def test_public_names():
    assert set(eelscape.model.__all__) == {"Evaluation", "Model", "load"}
    assert eelscape.load is load
