"""Jupyter server extension: the versions of the server's environment, and isolation on request."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web
from traitlets import Bool, Enum
from traitlets.config import Configurable

from .versions import versions


class EelscapeServer(Configurable):
    """What an administrator sets in ``jupyter_server_config.py``; see docs/threads.md."""

    cross_origin_isolation = Bool(
        False,
        help="Isolate the pages of this server from other origins, so that browsers let eelscape "
        "train on several threads of the CPU. What extensions embed from other sites may stop.",
    ).tag(config=True)
    embedder_policy = Enum(
        ("credentialless", "require-corp"),
        "credentialless",
        help="With isolation, what to do with files of other sites that do not permit embedding: "
        "'credentialless' loads images, scripts and styles without cookies (Chromium, Firefox), "
        "'require-corp' blocks them (Safari too).",
    ).tag(config=True)

    def headers(self) -> dict[str, str]:
        """Headers that every answer of the server gets; none without isolation."""
        if not self.cross_origin_isolation:
            return {}
        return {
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": self.embedder_policy,
        }


class VersionsHandler(APIHandler):
    """GET eelscape/versions: {eelscape, jupyterlab, jupyter_server, python}."""

    @web.authenticated
    def get(self) -> None:
        """Answer the versions as JSON."""
        self.finish(json.dumps(versions()))


def _load_jupyter_server_extension(server_app: Any) -> None:
    """Add the handler and, where they are asked for, the headers; called by the Jupyter server."""
    settings = server_app.web_app.settings
    url = url_path_join(settings["base_url"], "eelscape", "versions")
    server_app.web_app.add_handlers(".*$", [(url, VersionsHandler)])
    headers = EelscapeServer(parent=server_app).headers()
    if headers:
        # What the administrator set by hand stays.
        settings["headers"] = {**headers, **settings.get("headers", {})}


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "eelscape.server"}]
