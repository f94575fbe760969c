"""docs/reliability.md and the fault-injection tests say the same."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| (!? ?)([KBDF]\d+) \|.*\| (tests|not yet) \|$", re.MULTILINE)
TITLE = re.compile(r"\[([KBDF]\d+)\]")


def _tested() -> set[str]:
    files = [
        *ROOT.glob("src/**/__tests__/*.spec.ts"),
        *ROOT.glob("ui-tests/tests/*.spec.ts"),
        *(path for path in ROOT.glob("tests/test_*.py") if path != Path(__file__)),
    ]
    return {code for path in files for code in TITLE.findall(path.read_text())}


def test_rows_that_count_have_a_test_and_the_others_none():
    page = (ROOT / "docs" / "reliability.md").read_text()
    rows = {code: state for _, code, state in ROW.findall(page)}
    assert len(rows) == len(re.findall(r"^\| (?:! )?[KBDF]\d+ ", page, re.MULTILINE)) == 39
    assert {code for code, state in rows.items() if state == "tests"} == _tested()
