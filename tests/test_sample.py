"""The sample data: their form, their physics, the file and the cache."""

import hashlib
import json
import sys

import numpy as np
import pytest
from scipy.signal import find_peaks, savgol_filter

import eelscape.simulation
from eelscape.axes import Axis
from eelscape.preprocessing import remove_zero_loss, truncate
from eelscape.samples import DATA, sample, sample_model
from eelscape.signal import Signal
from eelscape.simulation import (
    SCENES,
    SEEDS,
    DamagedRecording,
    Scene,
    read_recording,
    write_recording,
)

# Of the raw counts and HAADF, and of the processed spectra and HAADF on which the shipped model
# was trained: a new file needs a new model.
RAW_SHA256 = "b466eb2c775833915a2169c5be034b76bec73383f7c25f38c361bfee34d5535f"
PROCESSED_SHA256 = "f3f482b137cccf4a6442e010faa675016b4901b48b2ab574b9fbacc151320c24"

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


def test_processed_bytes(ftio):
    si, haadf = ftio
    digest = hashlib.sha256(si.data.astype("<f4").tobytes())
    digest.update(haadf.data.astype("<f4").tobytes())
    assert digest.hexdigest() == PROCESSED_SHA256


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


def test_model_is_read_with_the_data_it_was_trained_on(monkeypatch, tmp_path):
    (tmp_path / "ftio-test.safetensors").write_bytes(b"")
    (tmp_path / "ftio.npz").write_bytes((DATA / "ftio.npz").read_bytes())
    monkeypatch.setattr(module, "DATA", tmp_path)
    monkeypatch.setattr("eelscape.model.Model.from_file", lambda source, dataset: (source, dataset))
    path, dataset = sample_model("ftio-test")
    assert path == tmp_path / "ftio-test.safetensors"
    assert dataset.sha256 == PROCESSED_SHA256
    assert dataset.energy.units == "eV" and dataset.simulated
