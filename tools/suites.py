"""Runs the suites named, all of them whatever fails, and closes with `N passed, N failed`.

Suites that are joined by a plus sign run at the same time: each of them keeps one core busy.

The counts come from each runner's own report in `build/results`; a suite that leaves no report
counts as one failure, so that a crash before the first test cannot pass unseen.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "results"
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


def _run(suites: list[str]) -> list[tuple[str, tuple[int, int, int]]]:
    """Runs the steps of one suite, or of several at the same time; their names and counts."""
    steps = [(suite, *step) for suite in suites for step in _commands(suite)]
    for suite in suites:
        for old in RESULTS.glob(f"{suite}.*"):
            old.unlink()
    if len(suites) == 1:
        codes = []
        for suite, name, command, _ in steps:
            print(f"\n=== {name}: {' '.join(command[:6])}", flush=True)
            codes.append(subprocess.run(command, cwd=ROOT, env=_environment(suite)).returncode)
    else:
        codes = _side_by_side(steps)
    return [
        (name, _count(kind, suite, code))
        for (suite, name, _, kind), code in zip(steps, codes, strict=True)
    ]


def _side_by_side(steps: list[tuple[str, str, list[str], str]]) -> list[int]:
    """Starts all steps at once; what each printed follows when it has ended, in their order."""
    print(f"\n=== at the same time: {', '.join(name for _, name, _, _ in steps)}", flush=True)
    running = []
    for suite, _, command, _ in steps:
        log = (RESULTS / f"{suite}.log").open("w+b")
        running.append(
            (
                log,
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=_environment(suite),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                ),
            )
        )
    codes = []
    for (_, name, command, _), (log, process) in zip(steps, running, strict=True):
        codes.append(process.wait())
        print(f"\n=== {name}: {' '.join(command[:6])}", flush=True)
        log.seek(0)
        sys.stdout.buffer.write(log.read())
        sys.stdout.flush()
        log.close()
    return codes


def main(suites: list[str]) -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    rows = [row for group in suites for row in _run(group.split("+"))]
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
