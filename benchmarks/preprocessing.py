"""Times of preprocessing on two threads: zero-loss removal of 62 x 75 x 640 channels.

    python benchmarks/preprocessing.py

Prints milliseconds beside the mark to be met and writes benchmarks/results/preprocessing.json.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from results_file import cores, cpu_name, merge_results
from threadpoolctl import threadpool_limits

from eelscape import sample
from eelscape.preprocessing import remove_zero_loss
from eelscape.zero_loss import ZeroLossModel

THREADS = 2
REPEATS = 5
RESULTS = Path(__file__).parent / "results" / "preprocessing.json"


def milliseconds(work: Callable[[], object]) -> float:
    """Median time of a few runs after one that warms up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def main() -> None:
    si, _ = sample("ftio", raw=True)
    energies, spectra = si.axes[-1].array, si.data.reshape(-1, si.shape[-1])
    mean = spectra.mean(0)
    model = ZeroLossModel.measure(energies, mean)
    pixels = " x ".join(map(str, si.shape))
    cases = [
        (f"remove_zero_loss, {pixels}", lambda: remove_zero_loss(si), 5000.0),
        ("of which: fit of the mean", lambda: ZeroLossModel.measure(energies, mean), None),
        ("of which: 1024 spectra", lambda: model.subtract(spectra[:1024]), None),
    ]
    rows = []
    with threadpool_limits(THREADS):
        for name, work, mark in cases:
            found = milliseconds(work)
            passed = None if mark is None else found <= mark
            rows.append({"case": name, "ms": round(found, 1), "mark_ms": mark, "passed": passed})
            beside = (
                "" if mark is None else f"   mark {mark:.0f} ms: {'pass' if passed else 'FAIL'}"
            )
            print(f"{name:44s} {found:8.0f} ms{beside}")
    machine = {
        "date": time.strftime("%Y-%m-%d"),
        "device": "",
        "cpu": cpu_name(),
        "cores": cores(),
        "threads": THREADS,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    merge_results(RESULTS, machine, rows)


if __name__ == "__main__":
    main()
