"""The wheel gives the working extension in a fresh environment, without Node."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.long


def run(command, **kwargs):
    done = subprocess.run(command, capture_output=True, text=True, timeout=1500, **kwargs)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def test_wheel_in_a_fresh_environment(tmp_path):
    # From a clean checkout, as a release would be: nothing built before can get in.
    clone = tmp_path / "clone"
    run(["git", "clone", "--quiet", str(ROOT), str(clone)])
    options = [
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path / "dist"),
    ]
    run([sys.executable, "-m", "pip", "wheel", *options, str(clone)])
    (wheel,) = (tmp_path / "dist").glob("*.whl")

    fresh = tmp_path / "fresh"
    run([sys.executable, "-m", "venv", str(fresh)])
    python = fresh / "bin" / "python"
    run([str(python), "-m", "pip", "install", "--quiet", str(wheel), "jupyterlab>=4.6,<5"])

    # Only the environment's own folder on the path: no Node can help.
    bare = dict(os.environ, PATH=str(fresh / "bin"), JUPYTER_NO_CONFIG="1")
    bare.pop("JUPYTER_PATH", None)
    listed = run([str(fresh / "bin" / "jupyter"), "labextension", "list"], env=bare)
    line = next(text for text in listed.splitlines() if "eelscape" in text)
    assert "enabled" in line and "OK" in line, listed
    servers = run([str(fresh / "bin" / "jupyter"), "server", "extension", "list"], env=bare)
    assert "eelscape" in servers and "enabled" in servers

    out = run(
        [
            str(python),
            "-c",
            "import eelscape, numpy as np;"
            "si, haadf = eelscape.sample('ftio');"
            "model = eelscape.sample_model();"
            "e = model.error_map();"
            "print('SEEN', si.shape, int(np.isfinite(e).sum()))",
        ],
        env=bare,
        cwd=tmp_path,
    )
    assert "SEEN (62, 75, 400) 2820" in out

    folder = fresh / "share" / "jupyter" / "labextensions" / "eelscape"
    assert list(folder.glob("static/remoteEntry.*.js")) and list(folder.glob("static/*.wasm"))
    assert wheel.stat().st_size < 15e6
    shutil.rmtree(fresh)
