"""Redraw docs/images/performance.png and the tables of docs/performance.md from benchmarks/results.

    python tools/draw_performance.py

A table stands between `<!-- begin: name -->` and `<!-- end: name -->`; what has not been measured
yet says so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
from results_file import read_machines  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "performance.png"

#: Names of engines in tables, their colours (Okabe and Ito) and marks in the picture.
ENGINES = {
    "webgpu": ("WebGPU", "#0072b2", "o"),
    "webgpu-tfjs": ("WebGPU, TF.js", "#56b4e9", "o"),
    "webgl": ("WebGL", "#009e73", "s"),
    "wasm-threads": ("WebAssembly, all cores", "#d55e00", "P"),
    "wasm": ("WebAssembly, 1 thread", "#cc79a7", "D"),
    "wasm-tfjs": ("WebAssembly, TF.js", "#e69f00", "D"),
    "cpu": ("JavaScript", "#f0e442", "v"),
    "torch-eager": ("PyTorch eager", "0.25", "^"),
    "torch-graph": ("PyTorch CUDA graph", "0.45", "^"),
    "torch-graph-tf32": ("PyTorch CUDA graph, TF32", "0.6", "^"),
    "torch-cpu": ("PyTorch CPU", "0.25", "X"),
    "atomai": ("AtomAI", "0.6", "X"),
}
#: What the product takes on a device, and what it is compared with.
OWN = {"webgpu": ("torch-eager", "torch-graph"), "wasm-threads": ("torch-cpu", "atomai")}
MISSING = "*Not measured yet.*"


def number(value: float) -> str:
    """A figure with three digits, no exponent."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Markdown, the first column left and the others right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def heading(machine: dict) -> str:
    """A line that says which machine, and with what."""
    parts = [
        machine.get("device", ""),
        f"driver {machine['driver']}" if machine.get("driver") else "",
        f"{machine.get('cpu') or machine.get('machine', '')}, {machine.get('cores')} cores",
        machine.get("browser", ""),
        f"PyTorch {machine['torch']}" if machine.get("torch") else "",
        f"NumPy {machine['numpy']}" if machine.get("numpy") else "",
        f"load {machine['load']}" if machine.get("load") is not None else "",
        machine.get("date", ""),
    ]
    kept = dict.fromkeys(part for part in parts if part)
    return f"**{'; '.join(kept)}**"


def each_machine(name: str, describe: Callable[[list[dict]], str]) -> str:
    """A heading and a table a machine of a file of results."""
    parts = []
    for entry in read_machines(RESULTS / f"{name}.json"):
        text = describe(entry["results"])
        if text:
            parts += [heading(entry["machine"]), text]
    return "\n\n".join(parts) or MISSING


def case_of(row: dict) -> tuple:
    return tuple(row[name] for name in ("kind", "channels", "latents", "batch"))


def timed(rows: list[dict]) -> dict[tuple, dict[str, dict]]:
    """Rows by case and engine: those of the most usual number of windows, no software renderers."""
    counts = [row["windows"] for row in rows if not row.get("software")]
    usual = max(set(counts), key=counts.count, default=0)
    cases: dict[tuple, dict[str, dict]] = {}
    for row in sorted(rows, key=case_of):
        if row["windows"] == usual and not row.get("software"):
            cases.setdefault(case_of(row), {})[row["engine"]] = row
    return cases


def training(rows: list[dict]) -> str:
    """Milliseconds a step by case and engine, and ratios."""
    cases = timed(rows)
    engines = [name for name in ENGINES if any(name in found for found in cases.values())]
    ratios = [
        (own, peer)
        for own, peers in OWN.items()
        for peer in peers
        if any(own in found and peer in found for found in cases.values())
    ]
    if not engines:
        return ""
    head = ["network, L, z, batch", *(ENGINES[name][0] for name in engines)]
    head += [f"{ENGINES[own][0]} / {ENGINES[peer][0]}" for own, peer in ratios]
    lines = []
    for (kind, channels, latents, batch), found in cases.items():
        cells = [number(found[name]["ms"]) if name in found else "" for name in engines]
        cells += [
            number(found[own]["ms"] / found[peer]["ms"]) if {own, peer} <= set(found) else ""
            for own, peer in ratios
        ]
        lines.append([f"{kind}, {channels}, {latents}, {batch}", *cells])
    return table(head, lines)


def epochs(rows: list[dict]) -> str:
    """Seconds an epoch, memory, start and agreement of what the product takes."""
    lines = []
    for (kind, channels, latents, batch), found in timed(rows).items():
        for name in OWN:
            row = found.get(name)
            if not row:
                continue
            check = row.get("check", {}).get("relative")
            lines.append(
                [
                    f"{kind}, {channels}, {latents}, {batch}",
                    ENGINES[name][0],
                    number(row["epoch_s"]),
                    f"{row['first_step_ms'] / 1000:.1f}",
                    f"{row.get('memory_mb', 0)}" if row.get("memory_mb") else "",
                    f"{check:.0e}" if check is not None else "",
                ]
            )
    head = ["network, L, z, batch", "on", "s an epoch", "s to the first step", "MB of memory"]
    return table([*head, "loss against PyTorch's"], lines) if lines else ""


def growth(rows: list[dict]) -> str:
    """Seconds an epoch over windows and channels, engine by engine."""
    parts = []
    for engine in OWN:
        found = {
            (row["windows"], row["channels"]): row["epoch_s"]
            for row in rows
            if row["engine"] == engine and row["kind"] == "im2spec" and not row.get("software")
            if row["batch"] == 64 and row["latents"] == 2
        }
        windows = sorted({n for n, _ in found})
        channels = sorted({n for _, n in found})
        if len(windows) < 2:
            continue
        head = [f"im2spec, batch 64, {ENGINES[engine][0]}: windows", *(f"L {n}" for n in channels)]
        parts.append(
            table(
                head,
                [
                    [
                        str(n),
                        *(number(found[n, c]) if (n, c) in found else "" for c in channels),
                    ]
                    for n in windows
                ],
            )
        )
    return "\n\n".join(parts)


def commands(rows: list[dict]) -> str:
    """What a step asks of the GPU: counted, so that a software adapter says it as well."""
    lines = [
        [
            f"{row['kind']}, {row['channels']}, {row['latents']}, {row['batch']}",
            ENGINES[row["engine"]][0],
            number(row["dispatches"]).removesuffix(".0"),
            f"{row['submissions']:.2f}",
            str(row.get("gpu_mb", "")),
        ]
        for row in sorted(rows, key=case_of)
        if row.get("dispatches")
    ]
    head = ["network, L, z, batch", "kernels", "dispatches", "submissions", "MB of buffers"]
    return table(head, lines) if lines else ""


def preprocessing(rows: list[dict]) -> str:
    """Milliseconds by step, and the marks."""
    return table(
        ["step", "ms", "mark, ms"],
        [
            [row["case"], number(row["ms"]), number(row["mark_ms"]) if row["mark_ms"] else ""]
            for row in rows
        ],
    )


def page(rows: list[dict]) -> str:
    """Figures of the page by size of the data and backend."""

    def column_of(row: dict) -> str:
        return " ".join(part for part in (row["size"], row.get("backend")) if part)

    columns = list(dict.fromkeys(map(column_of, rows)))
    lines = []
    for figure in dict.fromkeys(row["figure"] for row in rows):
        found = {column_of(row): row for row in rows if row["figure"] == figure}
        unit = next(iter(found.values()))["unit"]
        values = [found[name]["value"] if name in found else None for name in columns]
        lines.append([f"{figure} ({unit})", *("" if v is None else number(v) for v in values)])
    return table(["", *columns], lines)


def two_models(rows: list[dict]) -> str:
    """Two models at once against one after the other in PyTorch."""

    def median(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    return table(
        ["im2spec, L, latents, batch", "at once, ms", "PyTorch in turn, ms", "ratio"],
        [
            [
                f"{row['channels']}, {' and '.join(map(str, row['latents']))}, {row['batch']}",
                number(median(row["wasm_milliseconds"])),
                number(median(row["torch_milliseconds"])),
                number(row["ratio"]),
            ]
            for row in rows
        ],
    )


#: Tables of the page: the file and what is made of it.
TABLES: dict[str, tuple[str, Callable[[list[dict]], str]]] = {
    "training": ("training", training),
    "epochs": ("training", epochs),
    "growth": ("training", growth),
    "commands": ("training", commands),
    "two_models": ("two_models", two_models),
    "page": ("page", page),
    "preprocessing": ("preprocessing", preprocessing),
}


def draw(entries: list[dict]) -> bool:
    """Times a step against the network's size, a panel a machine and kind; False without any."""
    panels = [
        (entry["machine"], kind, found)
        for entry in entries
        for kind in ("im2spec", "spec2im")
        if (found := {k: v for k, v in timed(entry["results"]).items() if k[0] == kind})
    ]
    if not panels:
        return False
    rows = (len(panels) + 1) // 2
    figure = Figure(figsize=(12, 3.9 * rows), dpi=120, layout="constrained", facecolor="white")
    grid = figure.subplots(rows, 2, squeeze=False, sharey="row")
    for axes, (machine, kind, cases) in zip(grid.flat, panels, strict=False):
        batches = sorted({batch for _, _, _, batch in cases})
        latents = min(z for _, _, z, _ in cases)
        for engine, (label, colour, mark) in ENGINES.items():
            for batch in batches:
                points = sorted(
                    (channels, found[engine])
                    for (_, channels, z, b), found in cases.items()
                    if b == batch and z == latents and engine in found
                )
                if not points:
                    continue
                lengths, found = zip(*points, strict=True)
                times = [row["ms"] for row in found]
                spread = (
                    [row["ms"] - row["ms_min"] for row in found],
                    [row["ms_max"] - row["ms"] for row in found],
                )
                axes.errorbar(
                    lengths,
                    times,
                    yerr=spread,
                    color=colour,
                    marker=mark,
                    markersize=5,
                    linewidth=1.5,
                    elinewidth=0.8,
                    linestyle="-" if batch == batches[-1] else "--",
                    label=f"{label}, batch {batch}",
                )
        axes.set(xscale="log", yscale="log", xlabel="Channels of a spectrum")
        axes.set_xticks(sorted({channels for _, channels, _, _ in cases}))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f}"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(alpha=0.25, which="both", linewidth=0.5)
        place = machine["device"] or machine["cpu"]
        axes.set_title(f"{kind}: {place}, {machine['cores']} cores", fontsize=9, loc="left")
    for axes in grid[:, 0]:
        axes.set_ylabel("ms a training step")
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    for row in grid:
        handles, labels = row[0].get_legend_handles_labels()
        # Beside the curves, with handles long enough to tell dashes from a line.
        row[-1].legend(
            handles,
            labels,
            frameon=False,
            fontsize=7,
            handlelength=4,
            loc="upper left",
            bbox_to_anchor=(1.02, 1),
        )
    FigureCanvasAgg(figure).print_png(str(PICTURE))
    return True


def main() -> None:
    text = PAGE.read_text()
    for name, (file, describe) in TABLES.items():
        pattern = re.compile(rf"(<!-- begin: {name} -->\n).*?(<!-- end: {name} -->)", re.DOTALL)
        content = each_machine(file, describe)
        text, found = pattern.subn(lambda m, c=content: f"{m[1]}\n{c}\n\n{m[2]}", text)
        if not found:
            raise SystemExit(f"{PAGE} has no place for the table '{name}'.")
    PAGE.write_text(text)
    if draw(read_machines(RESULTS / "training.json")):
        print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")
    print(f"{PAGE}: {len(TABLES)} tables")


if __name__ == "__main__":
    main()
