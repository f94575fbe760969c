"""PyTorch in an interpreter of its own, which answers what benchmarks/torch_training.py can do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: Largest relative difference of a loss from PyTorch's after the steps of the check.
AGREE = 1e-3


class Torch:
    """A Python with PyTorch that answers requests; `machine` says what it is."""

    def __init__(self, python: str) -> None:
        self.python = python
        self._process = subprocess.Popen(
            [python, str(Path(__file__).with_name("torch_training.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.machine = self.ask({"do": "machine"})

    def ask(self, request: dict) -> dict:
        """The answer to a request; {"error": ...} where it failed."""
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            return {"error": f"PyTorch's process ended ({error})"}

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait(30)


def find_torch(given: str | None) -> str:
    """A Python that has torch, or ''."""
    for python in (given, os.environ.get("TORCH_PYTHON"), sys.executable, "python3"):
        if not python or python == "none":
            if python == "none":
                return ""
            continue
        try:
            found = subprocess.run(
                [python, "-c", "import torch"], capture_output=True, timeout=300
            ).returncode
        except (OSError, subprocess.SubprocessError):
            continue
        if found == 0:
            return python
        if python == given:
            raise SystemExit(f"{given} has no torch.")
    return ""


def compare(torch: Torch | None, content: bytes | None) -> dict | None:
    """Losses of browser and PyTorch from the same values, and their largest relative difference."""
    if torch is None or content is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.bin"
        path.write_bytes(content)
        found = torch.ask({"do": "check", "path": str(path)})
    if "error" in found:
        return found
    pairs = zip(found["browser"], found["torch"], strict=True)
    found["relative"] = max(abs(a / b - 1) for a, b in pairs)
    found["agrees"] = found["relative"] <= AGREE
    return {name: found[name] for name in ("browser", "torch", "relative", "agrees")}
