"""Headers of cross-origin isolation, in a real server: where they are asked for, and only there."""

import json
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError

ROOT = Path(__file__).resolve().parent.parent
OPENER, EMBEDDER = "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"
pytest_plugins = ("pytest_jupyter.jupyter_server",)


@pytest.fixture
def isolation(request):
    """What the administrator has set."""
    return getattr(request, "param", {})


@pytest.fixture
def jp_server_config(isolation):
    # The file that the wheel installs, with JupyterLab beside it.
    path = ROOT / "jupyter-config/server-config/eelscape.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["ServerApp"]["jpserver_extensions"]["jupyterlab"] = True
    return {**config, **isolation}


async def answers(jp_fetch, root: Path):
    """Responses of a page, a static file, an API, a file of the user's and a missing one."""
    (root / "note.txt").write_text("note", encoding="utf-8")
    paths = ["lab", "static/favicon.ico", "api/status", "files/note.txt", "eelscape/versions"]
    found = {path: await jp_fetch(*path.split("/")) for path in paths}
    with pytest.raises(HTTPClientError) as missing:
        await jp_fetch("lab", "extensions", "eelscape", "static", "missing.js")
    return {**found, "missing": missing.value.response}


@pytest.mark.parametrize(
    ("isolation", "policy"),
    [
        ({"EelscapeServer": {"cross_origin_isolation": True}}, "credentialless"),
        (
            {
                "EelscapeServer": {
                    "cross_origin_isolation": True,
                    "embedder_policy": "require-corp",
                }
            },
            "require-corp",
        ),
    ],
    indirect=["isolation"],
)
async def test_every_answer_is_isolated_where_it_is_asked_for(jp_fetch, jp_root_dir, policy):
    for path, reply in (await answers(jp_fetch, jp_root_dir)).items():
        assert reply.headers.get(OPENER) == "same-origin", path
        assert reply.headers.get(EMBEDDER) == policy, path


async def test_without_the_setting_no_answer_is_isolated(jp_fetch, jp_root_dir):
    for path, reply in (await answers(jp_fetch, jp_root_dir)).items():
        assert OPENER not in reply.headers, path
        assert EMBEDDER not in reply.headers, path


@pytest.mark.parametrize(
    "isolation",
    [
        {
            "EelscapeServer": {"cross_origin_isolation": True},
            "ServerApp": {
                "jpserver_extensions": {"eelscape": True, "jupyterlab": True},
                "tornado_settings": {"headers": {EMBEDDER: "require-corp", "X-Site": "lab 3"}},
            },
        }
    ],
    indirect=True,
)
async def test_headers_set_by_hand_stay(jp_fetch):
    reply = await jp_fetch("api", "status")
    assert reply.headers[OPENER] == "same-origin"
    assert reply.headers[EMBEDDER] == "require-corp"
    assert reply.headers["X-Site"] == "lab 3"
