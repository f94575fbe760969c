"""Two models at the same time in WebAssembly, one worker each, and one after the other in PyTorch.

    node benchmarks/browser/build.mjs
    python benchmarks/two_models.py

The 2-latent and the 10-latent im2spec, the same batches and as many steps, in turn with PyTorch on
all cores, over several rounds. Prints the ratio of the two times and merges it into
benchmarks/results/two_models.json.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from pathlib import Path

from browser_jobs import Browser, find_chromium
from results_file import cores, cpu_name, merge_results
from training import Torch, find_torch

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "two_models.json"
KEY = ("channels", "batch", "latents", "filters")
#: Largest ratio to PyTorch that is accepted.
PASS = 3.0


def arguments() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--channels", type=int, default=512)
    add("--batches", type=int, nargs="+", default=[64, 32])
    add("--latents", type=int, nargs="+", default=[2, 10])
    add("--filters", type=int, default=64)
    add("--steps", type=int, default=20, help="timed steps of each model a round")
    add("--rounds", type=int, default=4)
    add("--limit", type=float, default=300, help="seconds that a round may take in the browser")
    add("--chromium", help="default: $CHROMIUM or /usr/bin/chromium")
    add("--chromium-flags", default="", help="further flags in one string")
    add("--page", type=Path, default=HERE.parent / "build" / "bench" / "two-models.js")
    add("--torch", help="Python with PyTorch; default: $TORCH_PYTHON, this one, python3")
    add("--output", type=Path, default=RESULTS)
    return parser.parse_args()


def measure(browser: Browser, torch: Torch, options: argparse.Namespace, batch: int) -> dict:
    """One row: milliseconds a pair of steps of both, round by round, and their ratio."""
    specs = [
        {
            "kind": "im2spec",
            "latentDims": latents,
            "filters": options.filters,
            "window": 16,
            "channels": options.channels,
        }
        for latents in options.latents
    ]
    job = {"specs": specs, "batchSize": batch, "steps": options.steps}
    wasm, peer, row = [], [], {}
    for _ in range(options.rounds):
        row, _ = browser.run(job, options.limit)
        wasm.append(1e3 * row["seconds"] / options.steps)
        pair = 0.0
        for spec in specs:
            found = torch.ask(
                {
                    "do": "time",
                    "spec": spec,
                    "mode": "cpu",
                    "windows": batch * options.steps,
                    "batchSize": batch,
                    "tests": 0,
                    "seconds": 0.5 * row["seconds"],
                    "repeats": 2,
                }
            )
            if "error" in found:
                raise SystemExit(found["error"])
            pair += statistics.mean(found["milliseconds"])
        peer.append(pair)
    ratio = statistics.median(a / b for a, b in zip(wasm, peer, strict=True))
    return {
        "channels": options.channels,
        "batch": batch,
        "latents": options.latents,
        "filters": options.filters,
        "steps": options.steps,
        "wasm_milliseconds": wasm,
        "torch_milliseconds": peer,
        "ratio": ratio,
        "passed": ratio <= PASS,
        "trainers": row["trainers"],
        "notices": row["notices"],
        "rss_bytes": row["rss_bytes"],
    }


def main() -> None:
    options = arguments()
    python = find_torch(options.torch)
    if not python:
        raise SystemExit("No Python with torch found: name one with --torch PATH.")
    torch = Torch(python)
    flags = options.chromium_flags.split()
    browser = Browser(find_chromium(options.chromium), flags, options.page, False, print)
    try:
        machine = browser.start()
        rows = []
        for batch in options.batches:
            row = measure(browser, torch, options, batch)
            rows.append(row)
            wasm, peer = (
                statistics.median(row[name]) for name in ("wasm_milliseconds", "torch_milliseconds")
            )
            print(
                f"im2spec L {options.channels} B {batch}, latents {options.latents}: "
                f"wasm {wasm:.0f} ms for a step of each at once ({', '.join(row['trainers'])}), "
                f"PyTorch {peer:.0f} ms one after the other: {row['ratio']:.2f} x "
                f"({'pass' if row['passed'] else 'FAIL'}, at most {PASS:.0f} x)"
            )
    finally:
        browser.close()
        torch.close()
    described = {
        "date": time.strftime("%Y-%m-%d"),
        "device": "",
        "cpu": cpu_name(),
        "cores": cores(),
        "system": platform.platform(),
        "browser": machine["browser"],
        "relaxed_simd": machine["relaxedSimd"],
        "torch": torch.machine.get("torch", ""),
        "threads": torch.machine.get("threads", 0),
    }
    merge_results(options.output, described, rows, KEY)


if __name__ == "__main__":
    main()
