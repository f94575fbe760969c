"""Times of training: the browser's kernels and PyTorch on the same networks, case by case in turn.

    node benchmarks/browser/build.mjs
    python benchmarks/training.py --quick

Takes Python with NumPy and a Chromium; PyTorch is measured where an interpreter has it (--torch).
Prints a table and merges its figures into benchmarks/results/training.json. Each engine is also
checked to train the same network: its losses after some steps are compared with PyTorch's.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import signal
import sys
import time
from pathlib import Path

from browser_jobs import PRESETS, Browser, BrowserFailure, find_chromium, flags_of
from results_file import cores, cpu_name, merge_results, nvidia
from torch_process import Torch, compare, find_torch
from training_rows import describe, join, line, problem_of, row_of

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "training.json"
#: Engines in the browser; '-tfjs': TF.js's kernels where the product has others; 'wasm' on one
#: thread, 'wasm-threads' on as many as the product takes.
ENGINES = ("webgpu", "webgpu-tfjs", "webgl", "wasm-threads", "wasm", "wasm-tfjs", "cpu")
TESTS = 512


def arguments() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--lengths", type=int, nargs="+", default=[128, 512, 1496], help="channels of a spectrum")
    add("--latents", type=int, nargs="+", default=[2, 10])
    add("--batches", type=int, nargs="+", default=[32, 64])
    add("--kinds", nargs="+", default=["im2spec", "spec2im"], choices=["im2spec", "spec2im"])
    add("--filters", type=int, default=64)
    add("--windows", type=int, nargs="+", default=[2688], help="training windows of an epoch")
    add("--window", type=int, default=16, help="side of a window in pixels")
    add("--backends", nargs="+", default=list(ENGINES[:-1]), choices=ENGINES)
    add("--modes", nargs="*", help="of PyTorch: eager graph graph-tf32 cpu; default by its device")
    add("--seconds", type=float, default=3.0, help="of timed steps a case and engine")
    add("--repeats", type=int, default=5, help="stretches that these seconds are cut into")
    add("--rounds", type=int, default=1, help="turns of all engines a case, on a noisy machine")
    add("--quick", action="store_true", help="L 128 and 512, batch 64, one second each")
    add("--no-check", action="store_true", help="do not compare losses with PyTorch's")
    add("--profile", action="store_true", help="also the time of each kernel of a WGSL step")
    add("--budget", type=float, default=float("inf"), help="seconds after which no case is begun")
    add("--limit", type=float, default=300, help="seconds that a case may take in the browser")
    add("--chromium", help="default: $CHROMIUM or /usr/bin/chromium")
    add("--preset", default="auto", choices=["auto", *PRESETS])
    add("--chromium-flags", default="", help="further flags in one string")
    add("--not-isolated", action="store_true", help="as on a server without isolation headers")
    add("--page", type=Path, default=HERE.parent / "build" / "bench" / "training.js")
    add("--torch", help="Python with PyTorch, or 'none'; default: $TORCH_PYTHON, this one, python3")
    add("--output", type=Path, help="default: benchmarks/results/training.json")
    found = parser.parse_args()
    if found.quick:
        found.lengths = [n for n in found.lengths if n <= 512]
        found.batches, found.latents = [64], found.latents[:1]
        found.seconds = min(found.seconds, 1.0)
    return found


def cases_of(options: argparse.Namespace) -> list[dict]:
    """The cases in order, as specs with batch and windows."""
    return [
        {
            "spec": {
                "kind": kind,
                "latentDims": latents,
                "filters": options.filters,
                "window": options.window,
                "channels": channels,
            },
            "batchSize": batch,
            # Whole batches only, so that all steps are alike.
            "windows": windows - windows % batch,
            "tests": min(TESTS, windows),
            "seconds": options.seconds,
            "repeats": options.repeats,
        }
        for windows, kind, channels, latents, batch in itertools.product(
            options.windows, options.kinds, options.lengths, options.latents, options.batches
        )
    ]


class Benchmark:
    """One run: engines in turn, case after case; results are written after each case."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        gpu, driver = nvidia()
        python = find_torch(options.torch)
        self.torch = Torch(python) if python else None
        if not self.torch:
            print("PyTorch is left out: no Python with torch (--torch PYTHON or $TORCH_PYTHON).")
        self.browser = Browser(
            find_chromium(options.chromium),
            flags_of(options.preset, options.chromium_flags, gpu),
            options.page,
            not options.not_isolated,
            lambda text: print(f"    {text}", file=sys.stderr, flush=True),
        )
        seen = self.browser.start()
        said = self.torch.machine if self.torch else {}
        renderer = "" if "(software)" in seen["webgl"] else seen["webgl"]
        self.machine = {
            "device": gpu or (renderer if "ANGLE" in renderer else ""),
            "driver": driver,
            "cpu": cpu_name(),
            "cores": cores(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "date": time.strftime("%Y-%m-%d"),
            "browser": seen["browser"],
            "webgpu": seen["webgpu"],
            "webgl": seen["webgl"],
            "adapter": seen["adapter"],
            "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
            "torch": said.get("torch", ""),
            "atomai": said.get("atomai", ""),
            "torch_threads": said.get("threads", 0),
        }
        for name, value in self.machine.items():
            print(f"{name:14s} {value}")
        # Software renderers are for seeing that it works; their times mean nothing.
        self.software = options.preset == "software"
        self.output = options.output or (None if self.software else RESULTS)
        self.rows: list[dict] = []

    def engines(self) -> list[str]:
        """Those asked for, less those that only a software renderer would run."""
        kept = []
        for engine in self.options.backends:
            backend = engine.split("-")[0]
            said = self.machine.get(backend, "")
            if not self.software and "(software)" in said:
                print(f"{engine} is left out: {said}")
            elif backend == "webgpu" and not self.machine["adapter"]["vendor"]:
                print(f"{engine} is left out: {said}")
            else:
                kept.append(engine)
        return kept

    def modes(self) -> list[str]:
        """PyTorch's modes."""
        if not self.torch:
            return []
        if self.options.modes is not None:
            return self.options.modes
        cpu = (
            ["cpu"]
            if {"wasm-threads", "wasm", "wasm-tfjs", "cpu"} & set(self.options.backends)
            else []
        )
        cuda = self.torch.machine.get("cuda")
        atomai = ["atomai"] if self.torch.machine.get("atomai") else []
        return (["eager", "graph", "graph-tf32", *cpu] if cuda else ["cpu"]) + atomai

    def run(self) -> bool:
        """All cases; whether every check passed."""
        begun, good = time.monotonic(), True
        engines, modes = self.engines(), self.modes()
        for case in cases_of(self.options):
            if time.monotonic() - begun > self.options.budget:
                print(f"Left out for lack of time: {describe(case)}")
                continue
            print(f"\n{describe(case)}", flush=True)
            found: dict[str, dict] = {}
            if self.torch:  # Anew: its allocator keeps what an earlier case took.
                self.torch.close()
                self.torch = Torch(self.torch.python)
            for turn in range(self.options.rounds):
                for engine, mode in itertools.zip_longest(engines, modes):
                    if engine:
                        good &= self._browse(case, engine, found, turn)
                    if mode:
                        self._time_torch(case, mode, found)
            rows = [row_of(case, engine, answer) for engine, answer in found.items()]
            self._summary(rows)
            self.rows += rows
            if self.output and rows:
                merge_results(self.output, self.machine, rows)
        return good

    def _browse(self, case: dict, engine: str, found: dict[str, dict], turn: int) -> bool:
        """One engine's turn in the browser; whether it makes sense."""
        backend = engine.split("-")[0]
        on_gpu = backend in ("webgpu", "webgl") and not self.software
        batches = 0 if self.options.no_check or turn > 0 else 6 if on_gpu else 4
        job = case | {
            "backend": backend,
            "tfjs": engine.endswith("-tfjs"),
            "threads": 0 if engine.endswith("-threads") else 1,
            "profile": self.options.profile and turn == 0,
            "check": {"batchSize": case["batchSize"] if on_gpu else 8, "batches": batches},
        }
        try:
            answer, content = self.browser.run(job, self.options.limit)
        except BrowserFailure as failure:
            print(f"  {engine:12s} FAILED: {failure}", flush=True)
            return False
        if engine.endswith("-threads") and answer["threads"] < 2:
            print(f"  {engine:16s} ran on one thread and is left out", flush=True)
            return True
        answer["version"] = self.machine["browser"]
        problem = problem_of(answer) if batches else ""
        checked = compare(self.torch, content)
        if checked and "error" in checked:
            problem = problem or f"PyTorch cannot repeat it: {checked['error']}"
        elif checked:
            answer["check"] = checked
            if not checked["agrees"]:
                problem = problem or f"losses differ from PyTorch's: {checked}"
        join(found, engine, answer)
        line(row_of(case, engine, answer), problem)
        for entry in answer["profile"]:
            print(
                f"      {entry['label']:44s} {entry['microseconds']:9.1f} us "
                f"{entry['workgroups']:6d} workgroups of {entry['threads']}"
            )
        return not problem

    def _time_torch(self, case: dict, mode: str, found: dict[str, dict]) -> None:
        request = {"do": "atomai"} if mode == "atomai" else {"do": "time", "mode": mode}
        answer = self.torch.ask(case | request)
        name = mode if mode == "atomai" else f"torch-{mode}"
        if "error" in answer:
            print(f"  {name:16s} FAILED: {answer['error']}", flush=True)
            return
        answer["version"] = answer.get("version", self.machine["torch"])
        join(found, name, answer)
        line(row_of(case, name, answer), "")

    def _summary(self, rows: list[dict]) -> None:
        """Ratios of the browser's times to PyTorch's."""
        times = {row["engine"]: row["ms"] for row in rows}
        for row in rows:
            if row["engine"].startswith(("torch", "atomai")):
                continue
            parts = [
                f"{row['ms'] / times[mode]:.2f} x {mode}"
                for mode in (
                    "torch-eager",
                    "torch-graph",
                    "torch-graph-tf32",
                    "torch-cpu",
                    "atomai",
                )
                if mode in times
            ]
            if parts:
                print(f"  {row['engine']:16s} takes {', '.join(parts)}", flush=True)

    def close(self) -> None:
        """End browser and PyTorch."""
        self.browser.close()
        if self.torch:
            self.torch.close()


def main() -> None:
    options = arguments()
    if not options.page.exists():
        raise SystemExit(f"{options.page} is missing: node benchmarks/browser/build.mjs makes it.")
    # Ended from outside, it takes its browser along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    benchmark = Benchmark(options)
    try:
        good = benchmark.run()
    finally:
        benchmark.close()
    print("\n* estimated from the steps" if benchmark.rows else "\nNothing was measured.")
    if benchmark.output and benchmark.rows:
        print(f"Written: {benchmark.output}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
