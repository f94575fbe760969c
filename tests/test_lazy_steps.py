"""Steps on lazy data: block by block, never the whole cube, cancelled without a trace."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from big_lazy_case import plasmon, write_big
from preprocessing_case import computed, lazily, sharp_peak, spectrum_image

from eelscape.preprocessing import STEPS, apply_steps, step_from_dict
from eelscape.preprocessing.blockwise import CHUNK_BYTES, map_spectra, whole_spectra
from eelscape.spectrum_image import Cancelled

SCRIPT = Path(__file__).parent / "big_lazy_case.py"


def case(chunks=(5, 4, 70)):
    data = spectrum_image(sharp_peak(width=3), scale=0.01, offset=-0.4)
    return data, lazily(data, chunks)


@pytest.mark.parametrize("chunks", [(12, 15, 200), (1, 15, 200), (12, 15, 1), (5, 4, 70)])
@pytest.mark.parametrize("name", list(STEPS))
def test_lazy_data_give_what_data_in_memory_give(name, chunks):
    eager, lazy = case(chunks)
    params = {"step": name} | ({"tail": [0.08, 0.4]} if name == "remove_zero_loss" else {})
    step = step_from_dict(params)
    expected, after = step.apply(eager), step.apply(lazy)
    assert after.lazy
    assert after.spectra.dtype == expected.spectra.dtype
    assert after.shape == expected.shape
    np.testing.assert_allclose(computed(after), expected.spectra, rtol=1e-5, atol=1e-3)
    # Chunks are declared as they come.
    for index in np.ndindex(*after.spectra.numblocks):
        block = after.spectra.blocks[index]
        assert block.compute().shape == block.shape
    assert after.report == expected.report


@pytest.mark.parametrize(
    ("shape", "chunks"),
    [
        ((40, 60, 1000), (40, 60, 1000)),
        ((400, 600, 2048), (400, 600, 2048)),
        ((100, 100, 2048), (1, 100, 2048)),
        ((256, 256, 1024), (256, 256, 8)),
        ((3, 5000, 4096), (3, 5000, 4096)),
    ],
)
def test_chunks_hold_whole_spectra_and_little_memory(shape, chunks):
    spectra = whole_spectra(da.zeros(shape, chunks=chunks, dtype=np.uint16))
    assert spectra.chunks[2] == (shape[2],)
    largest = max(spectra.chunks[0]) * max(spectra.chunks[1]) * shape[2] * 4
    assert largest <= CHUNK_BYTES or largest == 4 * shape[2]


def test_chunks_of_joined_pixels_begin_where_bins_do():
    spectra = whole_spectra(da.zeros((50, 70, 100), chunks=(7, 11, 100)), 4)
    for sizes in spectra.chunks[:2]:
        assert all(size % 4 == 0 for size in sizes[:-1])


def test_applying_reads_nothing_that_need_not_be_known():
    """Crop and bin are only noted down: nothing is read before the result is asked for."""
    read = []

    def block(block_info=None):
        read.append(block_info)
        return np.ones([stop - start for start, stop in block_info[None]["array-location"]])

    meta = np.empty((0, 0, 0))
    spectra = da.map_blocks(block, chunks=((8, 8), (16,), (32,)), dtype=float, meta=meta)
    after, _ = apply_steps(
        spectrum_image(spectra),
        [
            {"step": "crop_energy", "start": 0.1},
            {"step": "bin_energy", "factor": 2},
            {"step": "crop_scan", "rows": [0, 8]},
            {"step": "bin_scan", "factor": 2},
        ],
    )
    assert read == []
    assert after.spectra[:1].compute().shape == (1, 8, 11)
    assert len(read) == 1


def test_blocks_are_told_where_they_lie():
    data, lazy = case()
    where = np.arange(180).reshape(12, 15)

    def change(block, rows, columns):
        assert block.shape == (rows.stop - rows.start, columns.stop - columns.start, 200)
        return np.repeat(where[rows, columns, None], 3, axis=2)

    for spectra in (
        map_spectra(data, change, 3, np.float32, "x"),
        map_spectra(lazy, change, 3, np.float32, "x").compute(),
    ):
        np.testing.assert_array_equal(spectra[..., 1], where)


@pytest.mark.parametrize("name", list(STEPS))
def test_progress_only_grows_and_ends_at_one(name, monkeypatch):
    from eelscape import spectrum_image as module
    from eelscape.preprocessing import blockwise

    monkeypatch.setattr(module, "BLOCK_BYTES", 4 * 15 * 200)
    monkeypatch.setattr(blockwise, "VALUES_AT_ONCE", 200)
    values = sharp_peak(width=3)
    values[3, 4, 150] += 50000
    eager = spectrum_image(values, scale=0.01, offset=-0.4)
    params = {"step": name} | ({"tail": [0.08, 0.4]} if name == "remove_zero_loss" else {})
    for data in (eager, lazily(eager, (1, 15, 200))):
        told = []
        step_from_dict(params).apply(data, lambda share, text, told=told: told.append(share))
        assert told == sorted(told)
        assert told[-1] == 1.0


class After:
    """Says that work is cancelled from the nth time on that it is asked."""

    def __init__(self, times):
        self.left = times

    def __call__(self):
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("name", ["mend_spikes", "mask_dead_pixels", "normalise"])
def test_measuring_ends_between_blocks_when_cancelled(name, monkeypatch):
    from eelscape import spectrum_image as module

    monkeypatch.setattr(module, "BLOCK_BYTES", 4 * 15 * 200)
    monkeypatch.setattr(module, "CHUNK_BYTES", 4 * 15 * 200, raising=False)
    threads = threading.active_count()
    for data in case((1, 15, 200)):
        told = []
        cancelled = After(4)
        with pytest.raises(Cancelled):
            step_from_dict({"step": name}).apply(
                data, lambda share, text, told=told: told.append(share), cancelled
            )
        assert 0 < len(told) <= 4
        assert told == sorted(told)
        assert max(told) < 1
    assert threading.active_count() <= threads + (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    path = tmp_path_factory.mktemp("big") / "si.h5"
    shape = (1024, 1024, 1024)
    write_big(path, shape)
    yield path, shape
    path.unlink()


def preprocess(path, cancel_at, folder):
    """What a process of its own answers, with its temporary files in `folder`."""
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(path), str(cancel_at)],
        capture_output=True,
        text=True,
        env={**os.environ, **threads, "TMPDIR": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.long
def test_d2_four_gigabytes_are_preprocessed_within_two(big, tmp_path):
    """[D2] Zero-loss removal, crop and binning of 4.3 GB to a data set, below 2 GB resident."""
    path, _ = big
    answer = preprocess(path, 9, tmp_path)
    assert answer["lazy"] and answer["still_lazy"]
    assert answer["bytes"] >= 4 * 1000**3
    assert answer["shape"] == [512, 512, 236]
    assert answer["finite"]
    assert answer["peak"] < 2 * 1000**3, f"{answer['peak'] / 1e9:.2f} GB"
    assert len(answer["texts"]) == 4
    assert answer["left_behind"] == [[], 0, []]
    energies = np.array(answer["energies"])
    assert energies[0] == pytest.approx(0.415)
    seen = np.abs(energies - 4) < 1
    dose = [0.7 + 0.3 * np.sin(16 / 30) * np.cos(column / 20) for column in (40, 41)]
    expected = [d * plasmon(20, c, energies[seen]) for d, c in zip(dose, (40, 41), strict=True)]
    # One pixel of the result: 4 pixels x 4 channels a value, with 3 % of noise.
    found = np.array(answer["pixel"])[seen].mean()
    assert found == pytest.approx(np.mean(expected), rel=0.05)


@pytest.mark.long
@pytest.mark.parametrize("cancel_at", [0.1, 1.3])
def test_d2_four_gigabytes_are_cancelled_without_a_trace(big, cancel_at, tmp_path):
    """[D2] Cancelled while the mean is measured, and while the result is read: nothing is left."""
    path, _ = big
    answer = preprocess(path, cancel_at, tmp_path)
    assert cancel_at <= answer["cancelled"] < cancel_at + 0.1
    assert answer["left_behind"] == [[], 0, []]
    assert "shape" not in answer
    assert answer["peak"] < 2 * 1000**3
    assert [file.name for file in path.parent.iterdir()] == ["si.h5"]
