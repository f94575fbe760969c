"""The server extension, in a real server."""

import json
from pathlib import Path

import pytest

from eelscape.versions import versions

ROOT = Path(__file__).resolve().parent.parent
pytest_plugins = ("pytest_jupyter.jupyter_server",)


@pytest.fixture
def jp_server_config():
    # The file that the wheel installs.
    path = ROOT / "jupyter-config/server-config/eelscape.json"
    return json.loads(path.read_text(encoding="utf-8"))


async def test_the_server_answers_its_versions(jp_fetch):
    reply = await jp_fetch("eelscape", "versions")
    assert reply.code == 200
    assert json.loads(reply.body) == versions()
