"""No text becomes code: neither side has what would run one."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What runs text, or hands it to the kernel to be run.
_IN_SCRIPTS = re.compile(
    r"\beval\(|new Function\(|\bFunction\(|requestExecute|requestInspect|requestComplete|"
    r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|"
    r"createContextualFragment|setTimeout\(\s*['\"`]|srcdoc"
)
_IN_PYTHON = {"eval", "exec", "compile", "__import__", "execfile"}
_UNPICKLING = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}


def test_f6_no_text_is_run_in_the_kernel():
    """[F6] No call of eval and the like, nothing that unpickles, no name in a shell's code."""
    found = []
    for path in ROOT.glob("eelscape/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in _IN_PYTHON:
                    found.append(f"{path.name}:{node.lineno} {node.func.id}")
            if isinstance(node, ast.Attribute) and node.attr in (
                "run_cell",
                "ex",
                "ev",
                "run_code",
            ):
                found.append(f"{path.name}:{node.lineno} {node.attr}")
            if isinstance(node, ast.Import):
                found += [a.name for a in node.names if a.name.split(".")[0] in _UNPICKLING]
            if isinstance(node, ast.ImportFrom) and (node.module or "") in _UNPICKLING:
                found.append(f"{path.name}:{node.lineno} {node.module}")
    assert not found


def test_f6_no_text_is_run_in_the_browser_or_sent_to_be_run():
    """[F6] What the front end puts into a cell is a constant; nothing is formatted into code."""
    found, sources = [], []
    for path in [*ROOT.glob("src/**/*.ts"), *ROOT.glob("src/**/*.tsx")]:
        if "__tests__" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        # The search for data in a kernel: a hash and sizes; its test shows what it lets by.
        looked_at = text.replace("requestExecute", "", path.name == "workspace-find.ts")
        found += [f"{path.name}: {match.group()}" for match in _IN_SCRIPTS.finditer(looked_at)]
        sources += re.findall(r"sharedModel\.setSource\(([^)]*)\)", text)
    assert not found
    assert set(sources) == {"SAMPLE_LINES"}
    commands = (ROOT / "src" / "commands.ts").read_text(encoding="utf-8")
    lines = re.search(r"export const SAMPLE_LINES = \[(.*?)\]", commands, re.DOTALL).group(1)
    assert "${" not in lines and "`" not in lines
