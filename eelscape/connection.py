"""The kernel's side of the line to the panels.

Threads: messages of the front end are handled on a subshell's thread, or on the main thread
where the kernel has none; cells run on the main thread. All shared state is guarded by
`Line.changed`; nothing is sent while it is held.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Any

import comm
import comm.base_comm
import numpy as np

from .blocks import BlockSource
from .clients import Client
from .dataset import Dataset
from .front_end_errors import (
    NO_FRONT_END,
    USE_NO_WAIT,
    FrontEndError,
    has_kernel,
    subshells,
)
from .pair_offer import PairOffer
from .protocol import (
    CONTROL_PREFIX,
    PROTOCOL_VERSION,
    TARGET,
    ProtocolError,
    read_message,
    setup_message,
)
from .requests import Requests
from .runs import Run
from .transfers import ModelTransfers
from .versions import __version__, versions

_log = logging.getLogger("eelscape")

#: Seconds for the first front end to say hello.
HELLO_SECONDS = 10.0
#: Seconds without a word after which a waiting cell asks the front end whether it is there.
QUIET_SECONDS = 10.0
#: Seconds without a word after which a waiting cell gives it up.
SILENCE_SECONDS = 90.0


class Line:
    """The line of one data set to its panels.

    Parameters
    ----------
    line_id : str
        What `explore` returned as `Explorer.id`.
    dataset : Dataset
        What the panels pull.
    """

    def __init__(self, line_id: str, dataset: Dataset) -> None:
        self.id = line_id
        self.changed = threading.Condition(threading.RLock())
        self.dataset = dataset
        self.models: list[Any] = []
        self.panel_state: dict[str, Any] = {}
        self.opened = time.monotonic()
        self.refusal = ""
        self._pair = PairOffer(dataset, 1)
        self._offers: dict[str, BlockSource] = {}
        self._clients: dict[str, Client] = {}
        self._leader: Client | None = None
        self._runs: dict[str, Run] = {}
        self._requests = Requests(
            self.changed, self._control_send, lambda: self._leader is not None, self._not_accepted
        )
        self._transfers = ModelTransfers(self)
        self._sending = threading.Lock()
        self._closed = False
        self._control: comm.base_comm.BaseComm | None = None

    def open(self) -> None:
        """Open the control comm, which makes the front ends say hello."""
        self._control = comm.create_comm(
            target_name=TARGET,
            comm_id=CONTROL_PREFIX + self.id,
            data={
                "type": "open",
                "protocol": PROTOCOL_VERSION,
                "version": __version__,
                "id": self.id,
                "title": self.dataset.title,
            },
        )

    # ---- for cells -------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether a panel leads."""
        with self.changed:
            return self._leader is not None

    @property
    def serves_only_between_cells(self) -> bool:
        """Whether the kernel lacks subshells."""
        return subshells() is False

    def replace(self, dataset: Dataset) -> None:
        """Offer another data set under the same id; panels pull it again."""
        with self.changed:
            self.dataset = dataset
            self._pair = PairOffer(dataset, self._pair.revision + 1)
            self._offers.clear()
            self._requests.clear()
            self.models = []
            self.panel_state = {}
            self.opened = time.monotonic()
            for run in self._runs.values():
                run._end(None, "The data were replaced by another `explore` in the same cell.")
            self._runs.clear()
            self.changed.notify_all()
        self.request("reload")

    def new_run(self, setup: dict[str, Any]) -> Run:
        """A run that `begin` starts; `setup` holds the arguments of `Explorer.train`."""
        run = Run(self, uuid.uuid4().hex, setup)
        with self.changed:
            self._runs[run.id] = run
        return run

    def begin(self, run: Run) -> None:
        """Ask the leading panel to train."""
        self.request("train", run=run.id, setup=setup_message(run.setup))

    def show(self, file: bytes) -> str:
        """Offer a model file to the panel; returns the name under which it is offered."""
        name = uuid.uuid4().hex
        source = BlockSource({"file": np.frombuffer(file, np.uint8)})
        with self.changed:
            self._offers[f"model:{name}"] = source
        self.request("show", model=name, arrays=source.describe())
        return name

    def request(self, kind: str, **fields: Any) -> None:
        """Send a request on the control comm, again and again until a panel accepts it."""
        self._requests.add(kind, fields)

    def wait_for_front_end(self) -> None:
        """Return when a panel leads.

        Raises
        ------
        FrontEndError
            If none says hello in time.
        """
        deadline = max(self.opened + HELLO_SECONDS, time.monotonic() + 2.0)
        with self.changed:
            while self._leader is None:
                if self.refusal:
                    raise FrontEndError(self.refusal)
                left = deadline - time.monotonic()
                if left <= 0:
                    reason = f"no panel answered within {HELLO_SECONDS:.0f} s"
                    raise FrontEndError(NO_FRONT_END.format(reason=reason))
                self.changed.wait(min(left, 0.25))

    def check_front_end(self) -> None:
        """Raise at once where no front end can ever answer, or the one that did is refused."""
        if not has_kernel():
            reason = "this Python does not run in a Jupyter kernel"
            raise FrontEndError(NO_FRONT_END.format(reason=reason))
        if self.refusal:
            raise FrontEndError(self.refusal)

    def check_served(self) -> None:
        """Raise at once where the panel's messages queue behind the calling cell."""
        with self.changed:
            leader = self._leader
        in_cell = threading.current_thread() is threading.main_thread()
        behind = leader is not None and leader.thread == threading.get_ident()
        if behind or (in_cell and subshells() is False):
            raise FrontEndError(
                "This kernel serves the browser's messages only between cells, so a cell cannot "
                f"wait for training. {USE_NO_WAIT} Or install ipykernel >= 7.1 in the kernel's "
                "environment (`pip install -U ipykernel`), leave `commsOverSubshells` at "
                "`perCommTarget` in JupyterLab's kernel settings, and restart the kernel."
            )

    def check_alive(self, run: Run) -> None:
        """Ask a quiet panel whether it is there; end the run when it stays silent."""
        self.check_front_end()
        with self.changed:
            leader = self._leader
        if leader is None:
            self.wait_for_front_end()
            return
        self.check_served()
        now = time.monotonic()
        quiet = now - leader.seen
        if quiet > SILENCE_SECONDS:
            why = f"The panel has not answered for {quiet:.0f} s. Was it closed? Open it again"
            self._drop(leader, f"{why}, then train again.")
        elif quiet > QUIET_SECONDS and now - leader.pinged > QUIET_SECONDS / 2:
            leader.pinged = now
            self._control_send({"type": "ping"})

    def close(self) -> None:
        """Close both comms and forget the data."""
        with self.changed:
            if self._closed:
                return
            self._closed = True
            clients = list(self._clients.values())
            self._clients.clear()
            self._leader = None
            for run in self._runs.values():
                run._end(None, "The explorer was closed.")
            self.changed.notify_all()
            self._requests.clear()
        for line in [*(client.line for client in clients), self._control]:
            if line is not None:
                line.close()

    # ---- for the front end's messages ------------------------------------------------------

    def attach(self, line: comm.base_comm.BaseComm, hello: Any) -> None:
        """Serve a data comm that the front end opened, and answer the hello that came with it."""

        # BaseComm.handle_msg fires IPython's pre_execute and post_execute around a message;
        # matplotlib's inline backend would take the running cell's figures away with it.
        def handle(message: dict[str, Any]) -> None:
            self._handle(line, message)

        line.handle_msg = handle  # type: ignore[method-assign]
        line.on_close(lambda _: self._left(line))
        self._handle(line, {"content": {"data": hello}})

    def _handle(self, line: comm.base_comm.BaseComm, raw: dict[str, Any]) -> None:
        try:
            message = read_message(raw["content"]["data"])
            if message["type"] == "hello":
                self._hello(line, message)
                return
            with self.changed:
                client = next((c for c in self._clients.values() if c.line is line), None)
                if client is not None:
                    client.seen = time.monotonic()
                    client.thread = threading.get_ident()
                leads = client is not None and client is self._leader
            if client is None:
                line.send({"type": "who"})
            elif message["type"] == "pull":
                self._pull(line, message)
            elif message["type"] in ("model", "block", "finish", "cancel"):
                self._transfers.handle(line, message, raw.get("buffers") or [])
            elif leads:
                self._from_leader(message)
        except ProtocolError as error:
            _log.warning("eelscape: %s", error)
            line.send({"type": "error", "message": str(error)})

    def _from_leader(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        with self.changed:
            if kind == "accepted":
                self._requests.accept(message["request"])
            elif kind == "progress" and message["run"] in self._runs:
                self._runs[message["run"]]._set_progress(message)
            elif kind == "failure" and message["run"] in self._runs:
                self._runs.pop(message["run"])._end(None, message["message"])
            elif kind == "state":
                self.panel_state = message
            self.changed.notify_all()

    def _hello(self, line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
        if message["protocol"] != PROTOCOL_VERSION:
            self._refuse(line, message)
            return
        client = Client(
            line, message["client"], message["tab"], message["version"], threading.get_ident()
        )
        ping = False
        with self.changed:
            known = self._clients.get(client.id)
            client.pinged = known.pinged if known else 0.0
            self._clients[client.id] = client
            leader = self._leader
            if leader is None or leader.id == client.id:
                self._leader = client
            elif leader.tab == client.tab or 0 < leader.seen < leader.pinged < client.seen - 5:
                # The same tab again is a reloaded page: what it trained is gone.
                self._end_runs("The page was reloaded in mid-training: call train again.")
                self._clients.pop(leader.id, None)
                self._leader = client
            elif leader.pinged <= leader.seen:
                leader.pinged, ping = client.seen, True
            role = "leader" if self._leader is client else "watcher"
            self.refusal = ""
            welcome = {
                "type": "welcome",
                "protocol": PROTOCOL_VERSION,
                "versions": versions(),
                "role": role,
                "pair": {"id": self.id, **self._pair.describe()},
            }
            pending = self._requests.open if role == "leader" else []
            self.changed.notify_all()
        line.send(welcome)
        if ping:
            self._control_send({"type": "ping"})
        for request in pending:
            self._control_send(request)

    def _refuse(self, line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
        text = (
            f"The browser runs eelscape {message['version']} (protocol {message['protocol']}), "
            f"this kernel eelscape {__version__} (protocol {PROTOCOL_VERSION}). Run "
            f"`pip install eelscape=={message['version']}` in the kernel's environment, restart "
            "the kernel and reload the page."
        )
        with self.changed:
            if self._leader is None:
                self.refusal = text
            self.changed.notify_all()
        line.send({"type": "refused", "message": text})

    def _pull(self, line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
        wanted = message["source"]
        with self.changed:
            source = self._offers.get(wanted)
            if wanted == self._pair.name:
                source = self._pair.source
        if source is None:
            line.send({"type": "unavailable", "source": wanted})
            return
        fields, data = source.block(message["array"], message["block"])
        line.send({"type": "block", "source": wanted, **fields}, buffers=[data])

    def add_model(self, run_id: str, model: Any) -> None:
        """Keep a model that arrived, and end the run that it belongs to."""
        with self.changed:
            self.models.append(model)
            run = self._runs.pop(run_id, None)
            if run is not None:
                run._end(model)
            self.changed.notify_all()

    def fail_run(self, run_id: str, message: str) -> None:
        """End a run without a model."""
        with self.changed:
            run = self._runs.pop(run_id, None)
            if run is not None:
                run._end(None, message)
            self.changed.notify_all()

    def _left(self, line: comm.base_comm.BaseComm) -> None:
        with self.changed:
            client = next((c for c in self._clients.values() if c.line is line), None)
        if client is not None:
            self._drop(client, "The panel was closed in mid-training: open it and train again.")

    def _drop(self, client: Client, why: str) -> None:
        with self.changed:
            self._clients.pop(client.id, None)
            if self._leader is not client:
                return
            self._leader = None
            self._end_runs(why)
            self.changed.notify_all()
        # A watching panel says hello again and leads.
        self._control_send({"type": "vacant"})

    def _end_runs(self, why: str) -> None:
        # A run that no panel has begun is not lost: its request is still sent.
        waiting = {message.get("run") for message in self._requests.open}
        for run_id in [r for r in self._runs if r not in waiting]:
            self._runs.pop(run_id)._end(None, why)

    def _not_accepted(self, message: dict[str, Any]) -> None:
        if message["type"] == "train":
            self.fail_run(
                message["run"], "The panel did not accept the run. Reload the page and try again."
            )

    def _control_send(self, message: dict[str, Any]) -> None:
        with self.changed:
            client = self._leader.id if self._leader else ""
        with self._sending:
            if not self._closed and self._control is not None:
                self._control.send({**message, "client": client})
