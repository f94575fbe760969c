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

from .checkpoints import Checkpoints
from .clients import Client, Clients
from .comm_end import end_comm
from .front_end_errors import other_version
from .offers import Offers
from .panel_state import PanelState
from .panel_tasks import find_work
from .presence import Presence
from .protocol import (
    CONTROL_PREFIX,
    PROTOCOL_VERSION,
    TARGET,
    ProtocolError,
    read_message,
    setup_message,
)
from .recipe import weights_sha256
from .requests import Requests
from .runs import Run, Runs
from .session import Session
from .tasks import Tasks
from .transfers import ModelTransfers
from .versions import __version__, versions
from .watchers import Watchers

#: In the place of a run's id: the model was read from a file, to be applied to other data.
APPLIED = "applied"
#: Of such models the newest are kept.
MOST_APPLIED = 8

_log = logging.getLogger("eelscape")

_RELOADED = (
    "The page was reloaded in mid-training. The panel offers to resume from its last checkpoint; "
    "the model then comes into ex.models. Or call train again."
)
_SILENT = (
    "The page that trained no longer answers; another one shows the data now. Call train again, or "
    "open the first page: a model that it ends comes into ex.models."
)
_CLOSED = "The data were closed in Python. Run the cell with `explore` to open them again."


class Line:
    """The line of one data set to its panels.

    Parameters
    ----------
    line_id : str
        What `explore` returned as `Explorer.id`.
    session : Session
        What the panels pull, and what their tasks work on.
    """

    def __init__(self, line_id: str, session: Session) -> None:
        self.id = line_id
        self.changed = threading.Condition(threading.RLock())
        self.session = session
        self.models: list[Any] = []
        self.checkpoints = Checkpoints()
        # Models of other data that the panel applies to these, by the sha256 of their weights.
        self.applied: dict[str, Any] = {}
        self._offers = Offers(session)
        self._clients = Clients()
        self.presence = Presence(self.changed, self._clients, self._control_send, self._drop)
        self._watchers = Watchers(self.changed, lambda: self._clients.watched, self._control_send)
        self._runs = Runs()
        self._requests = Requests(
            self.changed,
            self._control_send,
            lambda: self.presence.connected,
            self._not_accepted,
        )
        self._tasks = Tasks(lambda kind: find_work(self, kind))
        self._transfers = ModelTransfers(self)
        self._sending = threading.Lock()
        self._closed = False
        self._control: comm.base_comm.BaseComm | None = None
        # Data comms that pages opened, those of pages included that went without a word.
        self._data_comms: list[comm.base_comm.BaseComm] = []

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
                "title": self.session.title,
            },
        )

    # ---- for cells -------------------------------------------------------------------------

    @property
    def panel_state(self) -> PanelState:
        """What the leading panel said last of its pointer, regions, pins and settings."""
        with self.changed:
            return self._offers.state

    def place(self, state: PanelState) -> None:
        """Put a state in the panel: its pointer, regions, pins, selection and settings."""
        with self.changed:
            self._offers.state = state
        self.request("place", state=state.to_message())

    def replace(self, session: Session) -> None:
        """Offer other data under the same id; panels pull them."""
        with self.changed:
            self.session = session
            self._requests.clear()
            self.models = []
            self.presence.opened = time.monotonic()
            self._runs.end_all("The data were replaced by another `explore` in the same cell.")
            self._offers.replace(session)
            self.changed.notify_all()
        self._tasks.clear()
        self.request("reload")

    def offer_again(self) -> None:
        """Tell the panels that the session holds other data, or data instead of a question."""
        with self.changed:
            self._offers.renew(self.session)
            self.changed.notify_all()
        self.request("reload")

    def look_for_changes(self) -> None:
        """Tell the panel where the variables that were opened changed since the last look."""
        sources = self.session.sources
        if sources is not None:
            before = sources.names
            if sources.look() != before:
                self.request("changed", what="source")

    def why_fixed(self) -> str:
        """ "" or why the data may not change now."""
        with self.changed:
            training = self._runs.describe()
        if training:
            return f"{training}: wait for it, or stop it, before the data change."
        return ""

    def new_run(self, setup: dict[str, Any]) -> Run:
        """A run that `begin` starts; `setup` holds the arguments of `Explorer.train`."""
        run = Run(self, uuid.uuid4().hex, setup)
        with self.changed:
            self._runs.add(run)
        return run

    def begin(self, run: Run) -> None:
        """Ask the leading panel to train."""
        self.request("train", run=run.id, setup=setup_message(run.setup))

    def show(self, file: bytes) -> str:
        """Offer a model file to the panel; returns the name under which it is offered."""
        with self.changed:
            name, arrays = self._offers.add_file(file)
        self.request("show", model=name, arrays=arrays)
        return name

    def request(self, kind: str, **fields: Any) -> None:
        """Send a request on the control comm, again and again until a panel accepts it."""
        self._requests.add(kind, fields)

    def close(self) -> None:
        """Close both comms and forget the data."""
        with self.changed:
            if self._closed:
                return
            self._closed = True
            self._clients.clear()
            data_comms, self._data_comms = self._data_comms, []
            self._runs.end_all("The explorer was closed.")
            self.changed.notify_all()
            self._requests.clear()
        self._tasks.clear()
        for line in data_comms:
            line.send({"type": "refused", "message": _CLOSED})
            end_comm(line)
        with self._sending:
            if self._control is not None:
                self._control.send({"type": "closed", "client": ""})
                end_comm(self._control)

    # ---- for the front end's messages ------------------------------------------------------

    def attach(self, line: comm.base_comm.BaseComm, hello: Any) -> None:
        """Serve a data comm that the front end opened, and answer the hello that came with it."""

        # BaseComm.handle_msg fires IPython's pre_execute and post_execute around a message;
        # matplotlib's inline backend would take the running cell's figures away with it.
        def handle(message: dict[str, Any]) -> None:
            self._handle(line, message)

        line.handle_msg = handle  # type: ignore[method-assign]
        line.on_close(lambda message: self._left(line, message))
        with self.changed:
            self._data_comms.append(line)
        self._handle(line, {"content": {"data": hello}})

    def _handle(self, line: comm.base_comm.BaseComm, raw: dict[str, Any]) -> None:
        try:
            message = read_message(raw["content"]["data"])
            if message["type"] == "hello":
                self._hello(line, message)
                return
            with self.changed:
                client = self._clients.on(line)
                if client is not None:
                    client.seen = time.monotonic()
                    client.thread = threading.get_ident()
                leads = client is not None and client is self._clients.leader
            if client is None:
                line.send({"type": "who"})
            elif message["type"] == "pull":
                self._pull(line, message)
            elif message["type"] in ("model", "checkpoint", "block", "finish", "cancel"):
                self._transfers.handle(line, message, raw.get("buffers") or [])
            elif message["type"].startswith("task"):
                if reply := self._tasks.answer(message):
                    line.send(reply)
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
            elif kind == "progress":
                self._runs.progress(message)
            elif kind == "failure":
                self._runs.end(message["run"], error=message["message"])
            elif kind == "state":
                self._offers.state = PanelState.of(message["state"])
            self.changed.notify_all()
        if kind == "progress":
            self._watchers.progress(message["run"], message["epoch"], message["epochs"])
        elif kind == "failure":
            self._watchers.ended(message["run"])

    def _hello(self, line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
        if message["protocol"] != PROTOCOL_VERSION:
            self._refuse(line, message)
            return
        client = Client(
            line, message["client"], message["tab"], message["version"], threading.get_ident()
        )
        with self.changed:
            joined = self._clients.join(client)
            if joined.replaced is not None:
                self._watchers.clear()
                same = joined.replaced.tab == client.tab
                self._end_runs(_RELOADED if same else _SILENT)
            role = "leader" if self._clients.leader is client else "watcher"
            self.presence.refusal = ""
            welcome = {
                "type": "welcome",
                "protocol": PROTOCOL_VERSION,
                "versions": versions(),
                "role": role,
                "pair": {"id": self.id, **self._offers.describe()},
                "state": self._offers.state.to_message(),
            }
            pending = self._requests.open if role == "leader" else []
            self.changed.notify_all()
        line.send(welcome)
        if role == "watcher":
            self._watchers.tell()
        if joined.ask:
            self._control_send({"type": "ping"})
        for request in pending:
            self._control_send(request)

    def _refuse(self, line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
        text = other_version(message["version"], message["protocol"])
        with self.changed:
            if self._clients.leader is None:
                self.presence.refusal = text
            self.changed.notify_all()
        line.send({"type": "refused", "message": text})

    def _pull(self, line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
        wanted = message["source"]
        with self.changed:
            source = self._offers.source(wanted)
        source = source or self._tasks.source(wanted)
        if source is None:
            line.send({"type": "unavailable", "source": wanted})
            return
        fields, data = source.block(message["array"], message["block"])
        line.send({"type": "block", "source": wanted, **fields}, buffers=[data])

    def add_model(self, run_id: str, model: Any) -> None:
        """Keep a model that arrived, and end the run that it belongs to."""
        if run_id == APPLIED:
            self.add_applied(model)
            return
        with self.changed:
            self.models.append(model)
            self._runs.end(run_id, model)
            self.changed.notify_all()
        self.checkpoints.end(run_id)
        self._watchers.ended(run_id)

    def add_applied(self, model: Any) -> None:
        """Keep a model that is applied to these data, without being of them."""
        with self.changed:
            self.applied[weights_sha256(model)] = model
            while len(self.applied) > MOST_APPLIED:
                del self.applied[next(iter(self.applied))]
            self.changed.notify_all()

    def models_by_weights(self) -> dict[str, Any]:
        """Every model that the line knows by the sha256 of its weights; those of its runs first."""
        with self.changed:
            known = [*self.applied.values(), *self.models]
        return {weights_sha256(model): model for model in known}

    def fail_run(self, run_id: str, message: str) -> None:
        """End a run without a model."""
        with self.changed:
            self._runs.end(run_id, error=message)
            self.changed.notify_all()

    def _left(self, line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
        data = (message.get("content") or {}).get("data") or {}
        with self.changed:
            if line in self._data_comms:
                self._data_comms.remove(line)
            client = self._clients.on(line)
            if client is not None and data.get("page"):
                # Loaded again or closed: that is not known yet.
                self._clients.leave(client)
                self.changed.notify_all()
                return
        if client is not None:
            self._drop(client, "The panel was closed in mid-training: open it and train again.")

    def _drop(self, client: Client, why: str) -> None:
        with self.changed:
            if not self._clients.drop(client):
                return
            self._watchers.clear()
            self._end_runs(why)
            self.changed.notify_all()
        # A watching panel says hello again and leads.
        self._control_send({"type": "vacant"})

    def _end_runs(self, why: str) -> None:
        # A run that no panel has begun is not lost: its request is still sent.
        self._runs.end_all(why, but=[message.get("run") for message in self._requests.open])

    def _not_accepted(self, message: dict[str, Any]) -> None:
        if message["type"] == "train":
            self.fail_run(
                message["run"], "The panel did not accept the run. Reload the page and try again."
            )

    def _control_send(self, message: dict[str, Any]) -> None:
        with self.changed:
            leader = self._clients.leader
            client = leader.id if leader else ""
            if leader is not None and ("request" in message or message["type"] == "ping"):
                leader.ask(time.monotonic())
        with self._sending:
            if not self._closed and self._control is not None:
                self._control.send({**message, "client": client})
