"""The sample data: their form, their physics, the file and the cache."""

import hashlib
import json
import sys

import numpy as np
import pytest
from safetensors import safe_open
from scipy.signal import find_peaks, savgol_filter

import eelscape.simulation
from eelscape.axes import Axis
from eelscape.model_file import read_model_file
from eelscape.preprocessing import remove_zero_loss, truncate
from eelscape.samples import DATA, sample, sample_model
from eelscape.signal import Signal
from eelscape.simulation import (
    SCENES,
    SEEDS,
    DamagedRecording,
    Scene,
    film_and_scan,
    read_recording,
    write_recording,
)

# Of the raw counts and HAADF; the shipped model belongs to them.
RAW_SHA256 = "b466eb2c775833915a2169c5be034b76bec73383f7c25f38c361bfee34d5535f"

module = sys.modules["eelscape.samples"]

TINY = Scene(shape=(6, 8), margin=6.0, degree_even=2, degree_odd=1)


@pytest.fixture(scope="module")
def ftio():
    return sample("ftio")


def test_form(ftio):
    si, haadf = ftio
    assert isinstance(si, Signal) and isinstance(haadf, Signal)
    assert si.shape == (62, 75, 400) and haadf.shape == (62, 75)
    assert si.data.dtype == haadf.data.dtype == np.float32
    assert si.axes == [
        Axis("y", "nm", 62, 2.0),
        Axis("x", "nm", 75, 2.0),
        Axis("Energy loss", "eV", 400, 0.0025, 0.2),
    ]
    assert haadf.axes == si.axes[:2]
    assert si.title == "FT:IO monolayer (simulated)"
    assert "simulated" in haadf.title
    assert si.simulated and haadf.simulated
    assert si.units == haadf.units == "counts"
    assert np.isfinite(si.data).all() and np.isfinite(haadf.data).all()


def test_raw_form(ftio):
    si, haadf = sample("ftio", raw=True)
    assert si.shape == (62, 75, 640) and si.data.dtype == np.uint32
    energies = si.axes[-1].array
    assert energies[0] == pytest.approx(-0.2) and energies[-1] == pytest.approx(1.3975)
    assert energies[np.argmax(si.data.sum((0, 1)))] == pytest.approx(0, abs=0.0051)
    assert si.simulated and si.title == "FT:IO monolayer (simulated)"
    np.testing.assert_array_equal(haadf.data, ftio[1].data)
    processed = truncate(remove_zero_loss(si), 0.2, 1.2)
    np.testing.assert_array_equal(processed.data, ftio[0].data)


def sha256_of(ftio):
    digest = hashlib.sha256(ftio[0].data.astype("<f4").tobytes())
    digest.update(ftio[1].data.astype("<f4").tobytes())
    return digest.hexdigest()


def test_shipped_model_was_trained_on_these_bytes(ftio):
    """Where the processing of the sample changes, tools/train_shipped_model.py has to run again."""
    with safe_open(DATA / "ftio-im2spec-2L.safetensors", "np") as file:
        metadata = json.loads(file.metadata()["eelscape"])
    assert metadata["data_sha256"] == sha256_of(ftio)


def test_shipped_model_holds_its_encodings_and_errors():
    """A transfer measures distances from the encodings; tools/complete_model.py writes both."""
    model = sample_model()
    file = read_model_file(DATA / "ftio-im2spec-2L.safetensors")
    np.testing.assert_allclose(file.latents, model.latents(), rtol=1e-5, atol=1e-5)
    assert np.isfinite(file.latents[..., 0]).sum() == 2820
    for measure in ("relative", "rmse"):
        found = model.errors(measure)
        for part in ("train", "test"):
            assert file.metadata["errors"][measure][part] == pytest.approx(found[part], rel=1e-5)


def test_file():
    path = DATA / "ftio.npz"
    assert path.stat().st_size <= 5_000_000
    recording = read_recording(path)
    assert recording.sha256 == RAW_SHA256
    assert recording.seed == SEEDS["ftio"]
    assert recording.parameters == SCENES["ftio"].to_json()
    assert json.loads(recording.parameters)["pixel_size"] == recording.pixel_size


def test_unknown_name():
    with pytest.raises(ValueError, match=r"'ftoi'.*ftio, ftio-transfer, ftio-low-resolution"):
        sample("ftoi")


def curvature_peaks(spectrum, energies):
    """Energies of the bumps of a spectrum: peaks of its negative second derivative."""
    bend = -savgol_filter(spectrum, 61, 3, deriv=2)
    return energies[find_peaks(bend, prominence=0.02 * bend.max())[0]]


def test_plasmons(ftio):
    """Main peak near 0.5 eV, a second near 0.75 eV in the gaps, bulk near 0.9 eV on particles."""
    si, haadf = ftio
    energies = si.axes[-1].array
    low, high = np.quantile(haadf.data, (0.05, 0.95))
    level = (haadf.data - low) / (high - low)
    particles, gaps = level > 0.9, level < 0.15
    assert particles.sum() > 1000 and gaps.sum() > 1000

    on = curvature_peaks(si.data[particles].mean(0), energies)
    off = curvature_peaks(si.data[gaps].mean(0), energies)
    for peaks in (on, off):
        assert np.abs(peaks - 0.5).min() < 0.05
    assert np.abs(off - 0.75).min() < 0.04
    assert np.abs(on - 0.9).min() < 0.04
    assert np.abs(off - 0.9).min() > 0.06

    bulk = si.data[..., np.abs(energies - 0.92) < 0.02].mean(-1)
    main = si.data[..., np.abs(energies - 0.5) < 0.05].mean(-1)
    assert (bulk / main)[particles].mean() > 2 * (bulk / main)[gaps].mean()


def test_both_sides_of_a_left_right_split_show_film_hole_and_edge(ftio):
    """Training windows see columns 0 to 44, test windows 45 to 74 (window 16, guard 16)."""
    haadf = ftio[1].data
    dark = haadf < 0.4 * haadf.max()
    for columns in (slice(0, 45), slice(45, 75)):
        part = dark[:, columns]
        assert 0.3 < (~part).mean() < 0.8  # particles
        assert part[56:].mean() > 0.9  # beyond the edge
        # a hole within the film: a dark square wider than any gap
        blocks = np.lib.stride_tricks.sliding_window_view(part[:42], (9, 9))
        assert blocks.all(axis=(2, 3)).any()


def test_low_resolution_sample_has_fewer_pixels_a_particle():
    """The like particles at twice the pixel size: a quarter of the pixels on each."""
    pixels = {}
    for name, scene in SCENES.items():
        particles, positions = film_and_scan(scene, SEEDS[name])
        on_particles = np.count_nonzero(particles.thickness(positions)[0])
        in_field = ((particles.centres > 0) & (particles.centres < scene.field)).all(1)
        pixels[name] = on_particles / in_field.sum()
    assert 30 < pixels["ftio"] < 50
    assert pixels["ftio-transfer"] == pytest.approx(pixels["ftio"], rel=0.1)
    assert pixels["ftio-low-resolution"] == pytest.approx(pixels["ftio"] / 4, rel=0.1)


def test_transfer_sample_is_another_film_with_the_same_physics():
    """Lattice angle, edge, hole and crack differ, and the seed; all else is the same."""
    one, other = SCENES["ftio"], SCENES["ftio-transfer"]
    differ = {name for name in vars(one) if getattr(one, name) != getattr(other, name)}
    assert differ == {"lattice_angle", "edges", "holes", "cracks"}
    assert len(set(SEEDS.values())) == 3
    centres = [film_and_scan(SCENES[name], SEEDS[name])[0].centres for name in SCENES]
    for a in range(3):
        for b in range(a):
            nearest = np.linalg.norm(centres[a][:, None] - centres[b], axis=2).min(1)
            assert np.median(nearest) > 2  # nm: no particle of one film stands in the other


def test_low_resolution_sample_has_the_same_physics():
    """Scan, film and number of modes differ; material, environment and instrument do not."""
    one, other = SCENES["ftio"], SCENES["ftio-low-resolution"]
    differ = {name for name in vars(one) if getattr(one, name) != getattr(other, name)}
    film = {"lattice_angle", "edges", "holes", "cracks"}
    assert differ == film | {"shape", "pixel_size", "margin", "degree_even", "degree_odd"}


def test_recording_survives_the_file(tmp_path):
    recording = eelscape.simulation.simulate(TINY, 1).recording()
    path = tmp_path / "folder" / "tiny.npz"
    write_recording(path, recording)
    again = read_recording(path)
    np.testing.assert_array_equal(again.counts, recording.counts)
    assert again.sha256 == recording.sha256
    assert again.parameters == TINY.to_json()
    assert [file.name for file in path.parent.iterdir()] == ["tiny.npz"]


@pytest.mark.parametrize("where", ["empty", "cut", "turned", "other"])
def test_damaged_file(tmp_path, where):
    path = tmp_path / "ftio.npz"
    good = bytearray((DATA / "ftio.npz").read_bytes())
    if where == "empty":
        good = b""
    elif where == "cut":
        good = good[: len(good) // 2]
    elif where == "turned":
        good[len(good) // 3] ^= 0x10
    else:
        np.savez(path, counts=np.zeros(3))
        good = path.read_bytes()
    path.write_bytes(good)
    with pytest.raises(DamagedRecording, match=r"ftio\.npz"):
        read_recording(path)


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A small scene in place of "ftio-transfer"; counts how often it is simulated."""
    calls = []
    real = eelscape.simulation.simulate

    def counted(scene, seed):
        calls.append(seed)
        return real(scene, seed)

    monkeypatch.setenv("EELSCAPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(module.SCENES, "ftio-transfer", TINY)
    monkeypatch.setattr(eelscape.simulation, "simulate", counted)
    return calls, tmp_path / "cache"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "shape"), [("ftio-transfer", (62, 75)), ("ftio-low-resolution", (66, 62))]
)
def test_generated_samples_in_full(name, shape, monkeypatch, tmp_path):
    """Raw and processed forms, simulated once; the HAADF image shows the film that was drawn."""
    monkeypatch.setenv("EELSCAPE_CACHE", str(tmp_path))
    raw, haadf = sample(name, raw=True)
    si, again = sample(name)
    np.testing.assert_array_equal(again.data, haadf.data)
    assert len(list(tmp_path.iterdir())) == 1
    assert raw.shape == (*shape, 640) and raw.data.dtype == np.uint32
    assert si.shape == (*shape, 400) and si.data.dtype == np.float32
    assert raw.simulated and si.simulated and "(simulated)" in si.title
    assert raw.axes[0].scale == SCENES[name].pixel_size
    mean = raw.data.mean((0, 1), dtype=float)
    assert raw.axes[2].array[mean.argmax()] == pytest.approx(0, abs=0.0051)
    particles, positions = film_and_scan(SCENES[name], SEEDS[name])
    thickness = particles.thickness(positions)[0]
    assert np.corrcoef(haadf.data.ravel(), thickness)[0, 1] > 0.9
    energies, spectrum = si.axes[2].array, si.data.mean((0, 1), dtype=float)
    assert 0.45 < energies[spectrum.argmax()] < 0.65
    on = si.data.reshape(-1, 400)[thickness > 12].mean(0)
    assert np.abs(curvature_peaks(on, energies) - 0.915).min() < 0.03


def test_generated_samples_are_cached(tiny):
    calls, folder = tiny
    si, haadf = sample("ftio-transfer", raw=True)
    assert si.shape == (6, 8, 640) and haadf.shape == (6, 8)
    assert si.simulated and "(simulated)" in si.title
    again, _ = sample("ftio-transfer", raw=True)
    np.testing.assert_array_equal(again.data, si.data)
    assert len(calls) == 1
    assert len(list(folder.iterdir())) == 1


def test_damaged_cache_is_generated_anew(tiny):
    calls, folder = tiny
    si, _ = sample("ftio-transfer", raw=True)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    again, _ = sample("ftio-transfer", raw=True)
    np.testing.assert_array_equal(again.data, si.data)
    assert len(calls) == 2
    assert read_recording(path).sha256


def test_other_parameters_are_other_files(tiny, monkeypatch):
    calls, folder = tiny
    sample("ftio-transfer", raw=True)
    monkeypatch.setitem(module.SEEDS, "ftio-transfer", 5)
    sample("ftio-transfer", raw=True)
    assert len(calls) == 2 and len(list(folder.iterdir())) == 2


def test_without_a_cache_folder(tiny):
    _, folder = tiny
    folder.write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="EELSCAPE_CACHE"):
        si, _ = sample("ftio-transfer", raw=True)
    assert si.shape == (6, 8, 640)


def test_missing_model(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "DATA", tmp_path)
    (tmp_path / "other.safetensors").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=r"'ftio-im2spec-2L'.*other"):
        sample_model()


def test_model_is_read_with_the_data_it_was_trained_on(ftio, monkeypatch, tmp_path):
    (tmp_path / "ftio-test.safetensors").write_bytes(b"")
    (tmp_path / "ftio.npz").write_bytes((DATA / "ftio.npz").read_bytes())
    monkeypatch.setattr(module, "DATA", tmp_path)
    monkeypatch.setattr("eelscape.model.Model.from_file", lambda source, dataset: (source, dataset))
    path, dataset = sample_model("ftio-test")
    assert path == tmp_path / "ftio-test.safetensors"
    assert dataset.sha256 == sha256_of(ftio)
    assert dataset.energy.units == "eV" and dataset.simulated
