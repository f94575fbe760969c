"""Runs the suites named, all of them whatever fails, and closes with `N passed, N failed`.

Suites that are joined by a plus sign run at the same time, those joined by a comma one after the
other: `a,b+c` runs `c` beside `a` and then `b`. Each keeps about one core busy.

The counts come from each runner's own report in `build/results`; a suite that leaves no report
counts as one failure, so that a crash before the first test cannot pass unseen.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "results"
# Held while the output of a step is printed.
_PRINTING = Lock()
_PYTHON = ["eelscape", "tests", "tools", "benchmarks", "ui-tests"]


def _commands(suite: str) -> list[tuple[str, list[str], str]]:
    """(name, command, kind of report) of each step of a suite."""
    python = sys.executable
    report = RESULTS / suite

    def pytest(*arguments: str) -> list[str]:
        return [python, "-m", "pytest", f"--junitxml={report}.xml", *arguments]

    def jest(config: str) -> list[str]:
        return ["npx", "jest", "-c", config, "--json", f"--outputFile={report}.json"]

    def playwright(config: str) -> list[str]:
        return ["npx", "playwright", "test", "-c", config]

    return {
        "lint": [
            ("ruff", ["ruff", "check", *_PYTHON], "exit"),
            (
                "ruff format",
                ["ruff", "format", "--check", *_PYTHON],
                "exit",
            ),
            ("tsc", ["npx", "tsc", "--noEmit", "-p", "."], "exit"),
            ("eslint", ["jlpm", "lint"], "exit"),
            ("prettier", ["jlpm", "prettier:check"], "exit"),
            ("stylelint", ["jlpm", "stylelint"], "exit"),
        ],
        "python": [("pytest", pytest("-m", "not long"), "junit")],
        "python-long": [("pytest, long", pytest("-m", "long"), "junit")],
        "typescript": [("jest", jest("jest.config.js"), "jest")],
        "typescript-long": [("jest, long", jest("jest.long.config.js"), "jest")],
        "browser": [("playwright", playwright("ui-tests/playwright.config.ts"), "playwright")],
        "browser-long": [
            ("playwright, long", playwright("ui-tests/playwright.long.config.ts"), "playwright")
        ],
    }[suite]


def _count(kind: str, suite: str, code: int) -> tuple[int, int, int]:
    """(passed, failed, skipped) of one step."""
    if kind == "exit":
        return (1, 0, 0) if code == 0 else (0, 1, 0)
    path = RESULTS / f"{suite}.{'xml' if kind == 'junit' else 'json'}"
    if not path.exists():
        return 0, 1, 0
    if kind == "junit":
        passed = failed = skipped = 0
        for node in ElementTree.parse(path).getroot().iter("testsuite"):
            wrong = int(node.get("failures", 0)) + int(node.get("errors", 0))
            out = int(node.get("skipped", 0))
            failed, skipped = failed + wrong, skipped + out
            passed += int(node.get("tests", 0)) - wrong - out
    else:
        report = json.loads(path.read_text())
        if kind == "jest":
            passed, failed = report["numPassedTests"], report["numFailedTests"]
            failed += report["numRuntimeErrorTestSuites"]
            skipped = report["numPendingTests"]
        else:
            stats = report["stats"]
            passed, failed, skipped = stats["expected"], stats["unexpected"], stats["skipped"]
            passed += stats["flaky"]
            failed += len(report.get("errors", []))
    # A runner that ends badly without a failed test (a crash at the end) is a failure all the same.
    if code != 0 and failed == 0 and not (kind == "junit" and code == 5):
        failed = 1
    return passed, failed, skipped


def _environment(suite: str) -> dict[str, str]:
    return dict(os.environ, EELSCAPE_RESULT=str(RESULTS / f"{suite}.json"))


def _run(lanes: list[list[str]]) -> list[tuple[str, tuple[int, int, int]]]:
    """Runs lanes of suites, the lanes at the same time; the names and counts of their steps."""
    for suite in chain(*lanes):
        for old in RESULTS.glob(f"{suite}.*"):
            old.unlink()
    if len(lanes) == 1:
        return _lane(lanes[0], to_log=False)
    print(f"\n=== at the same time: {' and '.join(', '.join(lane) for lane in lanes)}", flush=True)
    with ThreadPoolExecutor(len(lanes)) as pool:
        return list(chain(*pool.map(partial(_lane, to_log=True), lanes)))


def _lane(suites: list[str], to_log: bool) -> list[tuple[str, tuple[int, int, int]]]:
    """Runs suites one after the other; through logs where others print, too."""
    rows = []
    for suite in suites:
        for name, command, kind in _commands(suite):
            title = f"\n=== {name}: {' '.join(command[:6])}"
            if to_log:
                code, text = _logged(suite, command)
                with _PRINTING:
                    print(title, flush=True)
                    sys.stdout.buffer.write(text)
                    sys.stdout.flush()
            else:
                print(title, flush=True)
                code = subprocess.run(command, cwd=ROOT, env=_environment(suite)).returncode
            rows.append((name, _count(kind, suite, code)))
    return rows


def _logged(suite: str, command: list[str]) -> tuple[int, bytes]:
    """Exit status of a command and what it printed, which stands in a log while it runs."""
    path = RESULTS / f"{suite}.log"
    with path.open("wb") as log:
        code = subprocess.run(
            command, cwd=ROOT, env=_environment(suite), stdout=log, stderr=subprocess.STDOUT
        ).returncode
    return code, path.read_bytes()


def main(suites: list[str]) -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    groups = [[lane.split(",") for lane in group.split("+")] for group in suites]
    rows = [row for lanes in groups for row in _run(lanes)]
    total = [sum(counts[i] for _, counts in rows) for i in range(3)]
    print()
    for name, (passed, failed, skipped) in rows:
        print(f"{name:20s} {passed:5d} passed {failed:4d} failed {skipped:4d} skipped")
    tally = RESULTS / "tally.json"
    if os.environ.get("EELSCAPE_TALLY"):
        before = json.loads(tally.read_text()) if tally.exists() else [0, 0, 0]
        tally.write_text(json.dumps([a + b for a, b in zip(before, total, strict=True)]))
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
