"""Files of results: one entry a machine, whose figures no other machine's run replaces.

    python benchmarks/results_file.py from.json into.json

merges a file that was written elsewhere.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

#: What says what a row measured, in any of the files; those it lacks do not count.
KEY = (
    "case",
    "kind",
    "channels",
    "latents",
    "batch",
    "filters",
    "windows",
    "engine",
    "size",
    "backend",
    "figure",
)
#: What tells machines apart.
IDENTITY = ("device", "cpu", "cores")


def cpu_name() -> str:
    """The processor's name as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def nvidia() -> tuple[str, str]:
    """Name and driver of the first NVIDIA GPU; ('', '') where there is none."""
    try:
        said = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return "", ""
    name, _, driver = said.splitlines()[0].partition(",") if said.strip() else ("", "", "")
    return name.strip(), driver.strip()


def read_machines(path: Path) -> list[dict]:
    """Entries {"machine": {...}, "results": [...]} of a file; none where it is missing."""
    if not path.exists():
        return []
    content = json.loads(path.read_text())
    return content if isinstance(content, list) else [content]


def merge_results(path: Path, machine: dict, rows: list[dict], key: tuple[str, ...] = KEY) -> None:
    """Write rows into the entry of this machine; rows with the same `key` are replaced.

    Parameters
    ----------
    machine : dict
        With the entries of `IDENTITY`, and whatever else describes it.
    key : tuple of str
        Entries of a row that say what was measured.
    """
    entries = read_machines(path)
    identity = [machine[name] for name in IDENTITY]
    entry = next(
        (e for e in entries if [e["machine"].get(name) for name in IDENTITY] == identity), None
    )
    if entry is None:
        entry = {"machine": {}, "results": []}
        entries.append(entry)
    # What this run has not seen (PyTorch was left out, say) is not forgotten.
    seen = {name: value for name, value in machine.items() if value not in ("", 0, None)}
    entry["machine"] = machine | entry["machine"] | seen

    def measured(row: dict) -> list:
        return [row.get(name) for name in key]

    new = [measured(row) for row in rows]
    kept = [row for row in entry["results"] if measured(row) not in new]
    entry["results"] = kept + rows
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(entries, indent=1) + "\n")
    part.replace(path)


def main() -> None:
    source, target = (Path(name) for name in sys.argv[1:])
    for entry in read_machines(source):
        merge_results(target, entry["machine"], entry["results"])


if __name__ == "__main__":
    main()
