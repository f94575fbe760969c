"""The lint rule that keeps the rooms apart refuses what it should."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FORBIDDEN = [
    ("src/signal/new.ts", "import * as tf from '@tensorflow/tfjs-core';"),
    ("src/signal/new.ts", "import { ILink } from '../kernel/types';"),
    ("src/kernel/new.ts", "import { NetworkClient } from '../network/client';"),
    ("src/kernel/new.ts", "import { Dialog } from '@jupyterlab/apputils';"),
    ("src/network/new.ts", "import { select } from 'd3-selection';"),
    ("src/network/new.ts", "import { ILink } from '../kernel/types';"),
    ("src/analysis/new.ts", "import { Signal } from '@lumino/signaling';"),
    ("src/model/new.ts", "import { createPanel } from '../views/panel';"),
    ("src/model/new.ts", "import * as tf from '@tensorflow/tfjs-core';"),
    ("src/model/new.ts", "import { Trainer } from '../network/trainer';"),
    ("src/views/new.ts", "import { NetworkClient } from '../network/client';"),
    ("src/views/marks/new.ts", "import { IWorkspace } from '../../model/types';"),
    ("src/views/marks/new.ts", "import * as React from 'react';"),
]

ALLOWED = [
    ("src/network/new.ts", "import { permutation } from '../signal/random';"),
    ("src/model/new.ts", "import { NetworkClient } from '../network/client';"),
    ("src/kernel/new.ts", "import { Kernel } from '@jupyterlab/services';"),
    ("src/views/new.ts", "import { IWorkspace } from '../model/types';"),
    ("src/views/marks/new.ts", "import { select } from 'd3-selection';"),
]

pytestmark = pytest.mark.skipif(
    shutil.which("npx") is None or not (ROOT / "node_modules").exists(),
    reason="needs the front end's packages (make setup)",
)


def lint(cases):
    """Rule names that eslint reports for each (path, source), in one run."""
    script = (
        "import { ESLint } from 'eslint';"
        "const linter = new ESLint(); const out = [];"
        f"for (const [filePath, text] of {json.dumps(cases)}) {{"
        "const [r] = await linter.lintText(text, { filePath });"
        "out.push(r.messages.map(m => m.ruleId)); }"
        "console.log(JSON.stringify(out));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_higher_rooms_are_refused_and_lower_ones_allowed():
    reported = lint(FORBIDDEN + ALLOWED)
    for case, rules in zip(FORBIDDEN, reported, strict=False):
        assert "no-restricted-imports" in rules, case
    for case, rules in zip(ALLOWED, reported[len(FORBIDDEN) :], strict=True):
        assert "no-restricted-imports" not in rules, case


def test_no_source_file_outgrows_a_sitting():
    files = [*ROOT.glob("src/**/*.ts*"), *ROOT.glob("eelscape/**/*.py")]
    files = [f for f in files if not {"labextension", "__tests__"} & set(f.parts)]
    assert len(files) > 40
    long = {
        str(f.relative_to(ROOT)): n for f in files if (n := len(f.read_text().split("\n"))) > 401
    }
    assert not long, long
