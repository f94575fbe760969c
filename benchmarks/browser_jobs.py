"""A Chromium that works through jobs, one worker a job, and says what it found over HTTP."""

from __future__ import annotations

import json
import mimetypes
import os
import queue
import shlex
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

#: Flags by kind of machine. 'hardware' is what a Linux machine with an NVIDIA card takes when no
#: display is attached; 'software' draws on the CPU, to see that all works, not how fast.
PRESETS = {
    "none": [],
    "hardware": [
        "--enable-unsafe-webgpu",
        "--enable-features=Vulkan",
        "--use-gl=angle",
        "--use-angle=vulkan",
        "--disable-vulkan-surface",
        "--ignore-gpu-blocklist",
    ],
    "software": ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
}
ALWAYS = [
    "--headless",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    # Compiling on a loaded machine takes longer than the watchdog grants.
    "--disable-gpu-watchdog",
]
PAGE = b"<!doctype html><title>Training benchmark</title><script src='/training.js'></script>"


class BrowserFailure(RuntimeError):
    """A job that the browser did not finish; `alive` where it says so itself."""

    def __init__(self, message: str, alive: bool = False) -> None:
        super().__init__(message)
        self.alive = alive


class Browser:
    """Chromium and the server that it talks to.

    Parameters
    ----------
    executable : str
        Path of Chromium.
    flags : list of str
        Beside those that it always gets.
    script : Path
        The page's bundle; wasm binaries lie in the same folder.
    isolated : bool
        Whether the page is cross-origin isolated, which WebAssembly's threads need.
    say : callable
        Takes a line of progress.
    """

    def __init__(
        self,
        executable: str,
        flags: list[str],
        script: Path,
        isolated: bool,
        say: Callable[[str], None],
    ) -> None:
        self._command = [executable, *ALWAYS, *flags]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            self._command.append("--no-sandbox")
        self._script, self._isolated, self._say = script, isolated, say
        self._jobs: queue.Queue[dict] = queue.Queue()
        self._reports: queue.Queue[dict] = queue.Queue()
        self._checks: dict[int, bytes] = {}
        self._process: subprocess.Popen | None = None
        self._profile = ""
        self._count = 0
        self.machine: dict = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def start(self) -> dict:
        """Launch Chromium; what its page says about the machine."""
        # Anew, since a request of a browser that is gone may still wait for the old one's next.
        self._jobs = queue.Queue()
        self._profile = tempfile.mkdtemp(prefix="training-benchmark-")
        address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._log = Path(self._profile) / "chromium.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*self._command, f"--user-data-dir={self._profile}", address],
                stdout=log,
                stderr=log,
            )
        self.machine = self._wait("machine", None, 120)["machine"]
        return self.machine

    def run(self, job: dict, limit: float) -> tuple[dict, bytes | None]:
        """Row of a job, and its check file; `BrowserFailure` where there is none.

        `limit` is in seconds. After it, or a crash, the browser is started anew for the next job.
        """
        self._count += 1
        job = dict(job, id=self._count)
        if self._process is None:
            self.start()
        memory = MemoryWatch(self._process.pid)
        self._jobs.put(job)
        try:
            row = self._wait("row", self._count, limit)["row"]
        except BrowserFailure as failure:
            if not failure.alive:
                self.stop()
            raise
        finally:
            peak = memory.stop()
        row["rss_bytes"] = peak
        return row, self._checks.pop(self._count, None)

    def stop(self) -> None:
        """End Chromium."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
            shutil.rmtree(self._profile, ignore_errors=True)

    def close(self) -> None:
        """End Chromium and the server."""
        self.stop()
        self._server.shutdown()

    def _wait(self, kind: str, job: int | None, limit: float) -> dict:
        end = time.monotonic() + limit
        while True:
            if self._process.poll() is not None:
                raise BrowserFailure(f"Chromium ended ({self._tail()})")
            if time.monotonic() > end:
                raise BrowserFailure(f"nothing came in {limit:.0f} s ({self._tail()})")
            try:
                report = self._reports.get(timeout=0.5)
            except queue.Empty:
                continue
            if report["type"] == "machine" and kind != "machine":
                continue
            if job is not None and report.get("id") != job:
                continue
            if report["type"] == "progress":
                self._say(report["text"])
            elif report["type"] == "failed":
                raise BrowserFailure(report["text"], alive=True)
            elif report["type"] == kind:
                return report

    def _tail(self) -> str:
        try:
            lines = self._log.read_text(errors="replace").strip().splitlines()
        except OSError:
            return "no log"
        return " | ".join(lines[-3:])[-600:] or "it said nothing"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        browser = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = urlsplit(self.path).path.lstrip("/")
                if name == "":
                    return self._answer(200, PAGE, "text/html")
                path = browser._script if name == "training.js" else browser._script.parent / name
                if "/" in name or not path.is_file():
                    return self._answer(404)
                kind = (
                    "application/wasm"
                    if name.endswith(".wasm")
                    else mimetypes.guess_type(name)[0] or "application/octet-stream"
                )
                self._answer(200, path.read_bytes(), kind)

            def do_POST(self) -> None:
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if url.path == "/job":
                    try:
                        job = browser._jobs.get(timeout=20)
                    except queue.Empty:
                        return self._answer(204)
                    return self._answer(200, json.dumps(job).encode(), "application/json")
                if url.path == "/check":
                    browser._checks[int(parse_qs(url.query)["id"][0])] = body
                elif url.path == "/report":
                    browser._reports.put(json.loads(body))
                self._answer(204)

            def _answer(self, status: int, body: bytes = b"", kind: str = "") -> None:
                self.send_response(status)
                if kind:
                    self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                if browser._isolated:
                    self.send_header("Cross-Origin-Opener-Policy", "same-origin")
                    self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class MemoryWatch:
    """Largest resident memory of a process and its children, looked at twice a second (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._ended = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Bytes at the peak; 0 where the system does not say."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while True:
            self._peak = max(self._peak, resident(self._pid))
            if self._ended.wait(0.5):
                return


def resident(root: int) -> int:
    """Resident bytes of a process and all below it; 0 where /proc is missing."""
    parents, sizes = {}, {}
    page = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            shared, pages = (int(v) for v in (folder / "statm").read_text().split()[2:0:-1])
        except (OSError, ValueError):
            continue
        parents[int(folder.name)] = int(fields[1])
        # Shared pages, the program itself above all, would be counted with every process.
        sizes[int(folder.name)] = max(0, pages - shared) * page
    total = 0
    for pid in sizes:
        above = pid
        while above not in (0, root) and above in parents:
            above = parents[above]
        total += sizes[pid] if above == root else 0
    return total


def find_chromium(given: str | None) -> str:
    """Path of Chromium; SystemExit with what to do where there is none."""
    for name in (
        given,
        os.environ.get("CHROMIUM"),
        "/usr/bin/chromium",
        "chromium",
        "google-chrome",
    ):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise SystemExit("No Chromium found: name one with --chromium PATH or $CHROMIUM.")


def flags_of(preset: str, extra: str, gpu: str) -> list[str]:
    """Chromium's flags; 'auto' takes the NVIDIA recipe on Linux where such a card is there."""
    if preset == "auto":
        preset = "hardware" if gpu and os.name == "posix" else "none"
    return [*PRESETS[preset], *shlex.split(extra)]
