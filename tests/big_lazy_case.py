"""A spectrum image of 4 GB, and the process that preprocesses it and says how it went, as JSON.

Usage: python big_lazy_case.py FILE CANCEL_AT
"""

import json
import os
import resource
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import dask
import h5py
import numpy as np

from eelscape.adapters import to_spectrum_image
from eelscape.preprocessing import apply_steps
from eelscape.spectrum_image import Cancelled

STEPS = [
    {"step": "remove_zero_loss", "tail": [0.08, 0.6]},
    {"step": "crop_energy", "start": 0.4},
    {"step": "bin_energy", "factor": 4, "mode": "mean"},
    {"step": "bin_scan", "factor": 2, "mode": "mean"},
]

AXES = [
    {"name": "y", "units": "nm", "scale": 1.0},
    {"name": "x", "units": "nm", "scale": 1.0},
    {"name": "Energy loss", "units": "eV", "scale": 0.01, "offset": -0.4},
]


def spectrum(row, column, channels):
    """Counts expected at a pixel: zero-loss peak, tail and a plasmon at 4 eV."""
    e = -0.4 + 0.01 * np.arange(channels)
    dose = 0.7 + 0.3 * np.sin(row / 30) * np.cos(column / 20)
    peak = 2e4 * np.exp(-0.5 * (e / 0.017) ** 2) + 200 * np.exp(-np.abs(e) / 0.1)
    return dose * (peak + plasmon(row, column, e))


def plasmon(row, column, energies):
    """What is left of the spectrum's shape without the zero-loss peak."""
    return 60 * np.exp(-0.5 * ((energies - 4) / 0.8) ** 2) * (1 + 0.5 * np.sin(column / 15))


def write_big(path, shape, rows=8):
    """A spectrum image in HDF5, uint16, written row by row: the whole is never in memory."""
    rng = np.random.default_rng(0)
    ny, nx, channels = shape
    noise = rng.poisson(100, (rows, nx, channels)) / 100
    with h5py.File(path, "w") as file:
        spectra = file.create_dataset("si", shape, "u2", chunks=(rows, 16, channels))
        for first in range(0, ny, rows):
            expected = np.stack([spectrum(first, column, channels) for column in range(nx)])
            spectra[first : first + rows] = np.rint(expected * noise)
        file["haadf"] = rng.uniform(900, 1100, (ny, nx)).astype(np.float32)


def traces():
    """Open files, number of threads, and temporary files."""
    links = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")]
    files = sorted(os.readlink(link) for link in links if os.path.exists(link))
    return files, threading.active_count(), sorted(os.listdir(tempfile.gettempdir()))


def preprocess(path, cancel_at):
    """Numbers about a run that is cancelled where its share of the work reaches `cancel_at`.

    The share goes from 0 to 1 while the steps measure and from 1 to 2 while the result is read.
    """
    share, begun = [0.0], [0.0]

    def progress(fraction, text):
        share[0] = begun[0] + fraction

    def cancelled():
        return share[0] >= cancel_at

    # Dask keeps its default pool of threads for good: one of our own shows what else stays.
    pool = ThreadPoolExecutor(2)
    with h5py.File(path, "r") as file, dask.config.set(pool=pool):
        source = to_spectrum_image(file["si"], file["haadf"][()], AXES)
        before = traces()
        answer = {"lazy": source.lazy, "bytes": source.nbytes}
        try:
            data, texts = apply_steps(source, STEPS, progress, cancelled)
            begun[0] = share[0] = 1.0
            answer.update(still_lazy=data.lazy, texts=texts)
            dataset = data.to_dataset(progress, cancelled)
            answer.update(
                shape=dataset.shape,
                pixel=dataset.spectra[10, 20].tolist(),
                energies=dataset.energy.array.tolist(),
                finite=bool(np.isfinite(dataset.spectra).all()),
            )
        except Cancelled:
            answer["cancelled"] = share[0]
        pool.shutdown()
        for _ in range(50):
            after = traces()
            if after == before:
                break
            time.sleep(0.1)
        answer["left_behind"] = [
            sorted(set(after[0]) - set(before[0])),
            after[1] - before[1],
            sorted(set(after[2]) - set(before[2])),
        ]
    answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return answer


if __name__ == "__main__":
    print(json.dumps(preprocess(sys.argv[1], float(sys.argv[2]))))
