"""Jupyter server extension: answers the versions of the server's environment."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .versions import versions


class VersionsHandler(APIHandler):
    """GET eelscape/versions: {eelscape, jupyterlab, jupyter_server, python}."""

    @web.authenticated
    def get(self) -> None:
        """Answer the versions as JSON."""
        self.finish(json.dumps(versions()))


def _load_jupyter_server_extension(server_app: Any) -> None:
    """Add the handler; called by the Jupyter server."""
    url = url_path_join(server_app.web_app.settings["base_url"], "eelscape", "versions")
    server_app.web_app.add_handlers(".*$", [(url, VersionsHandler)])


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "eelscape.server"}]
