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
from dataclasses import dataclass, field
from typing import Any

import comm
import comm.base_comm
import numpy as np

from .blocks import BlockSource
from .dataset import Dataset
from .protocol import (
    CONTROL_PREFIX,
    PROTOCOL_VERSION,
    TARGET,
    ProtocolError,
    read_message,
    setup_message,
)
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
#: Seconds between two sendings of a request that was not accepted, and how many there are.
RESEND_SECONDS = 3.0
RESENDS = 10

_NO_FRONT_END = (
    "No front end is connected: {reason}. Open the notebook in JupyterLab or Notebook 7 with "
    "eelscape enabled (`jupyter labextension list` shows it), reload the page, run the cell with "
    "`explore` again, then this one. Where JupyterLab's kernel setting `commsOverSubshells` is "
    "`disabled`, a panel answers between cells only: use `wait=False`."
)
_USE_NO_WAIT = (
    "Use `run = ex.train(..., wait=False)`; the model is in `ex.models` and `run.wait()` returns "
    "it in a later cell, when `run.done` is true."
)


class FrontEndError(RuntimeError):
    """The browser did not do what was asked; the text says what to do next."""


@dataclass
class Client:
    """A panel in a browser tab."""

    line: comm.base_comm.BaseComm
    id: str
    tab: str
    version: str
    thread: int
    seen: float = field(default_factory=time.monotonic)
    pinged: float = 0.0


@dataclass
class Request:
    """A request to the leading panel, sent again until it is accepted."""

    number: int
    message: dict[str, Any]
    accepted: bool = False
    sent: int = 0


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
        self.revision = 1
        self.models: list[Any] = []
        self.panel_state: dict[str, Any] = {}
        self.opened = time.monotonic()
        self.refusal = ""
        self._pair = _pair_source(dataset)
        self._offers: dict[str, BlockSource] = {}
        self._clients: dict[str, Client] = {}
        self._leader: Client | None = None
        self._runs: dict[str, Run] = {}
        self._requests: dict[int, Request] = {}
        self._number = 0
        self._transfers = ModelTransfers(self)
        self._sending = threading.Lock()
        self._closed = False
        self._control = comm.create_comm(
            target_name=TARGET,
            comm_id=CONTROL_PREFIX + line_id,
            data={
                "type": "open",
                "protocol": PROTOCOL_VERSION,
                "version": __version__,
                "id": line_id,
                "title": dataset.title,
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
        return _subshells() is False

    def replace(self, dataset: Dataset) -> None:
        """Offer another data set under the same id; panels pull it again."""
        with self.changed:
            self.dataset = dataset
            self.revision += 1
            self._pair = _pair_source(dataset)
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

    def start_run(self, setup: dict[str, Any]) -> Run:
        """Ask the leading panel to train; `setup` holds the arguments of `Explorer.train`."""
        run = Run(self, uuid.uuid4().hex, setup)
        with self.changed:
            self._runs[run.id] = run
        self.request("train", run=run.id, setup=setup_message(setup))
        return run

    def show(self, file: bytes) -> str:
        """Offer a model file to the panel; returns the name under which it is offered."""
        name = uuid.uuid4().hex
        source = BlockSource({"file": np.frombuffer(file, np.uint8)})
        with self.changed:
            self._offers[f"model:{name}"] = source
        self.request("show", model=name, arrays=source.describe())
        return name

    def request(self, kind: str, **fields: Any) -> Request:
        """Send a request on the control comm, again and again until a panel accepts it."""
        with self.changed:
            self._number += 1
            request = Request(self._number, {"type": kind, "request": self._number, **fields})
            self._requests[request.number] = request
        self._send_request(request)
        return request

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
                    raise FrontEndError(_NO_FRONT_END.format(reason=reason))
                self.changed.wait(min(left, 0.25))

    def check_front_end(self) -> None:
        """Raise at once where no front end can ever answer, or the one that did is refused."""
        if not _has_kernel():
            reason = "this Python does not run in a Jupyter kernel"
            raise FrontEndError(_NO_FRONT_END.format(reason=reason))
        if self.refusal:
            raise FrontEndError(self.refusal)

    def check_served(self) -> None:
        """Raise at once where the panel's messages queue behind the calling cell."""
        with self.changed:
            leader = self._leader
        in_cell = threading.current_thread() is threading.main_thread()
        behind = leader is not None and leader.thread == threading.get_ident()
        if behind or (in_cell and _subshells() is False):
            raise FrontEndError(
                "This kernel serves the browser's messages only between cells, so a cell cannot "
                f"wait for training. {_USE_NO_WAIT} Or install ipykernel >= 7.1 in the kernel's "
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
        for line in [c.line for c in clients] + [self._control]:
            line.close()
        with _lines_lock:
            if _lines.get(self.id) is self:
                del _lines[self.id]

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
                request = self._requests.pop(message["request"], None)
                if request is not None:
                    request.accepted = True
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
                "pair": self._describe_pair(),
            }
            pending = list(self._requests.values()) if role == "leader" else []
            self.changed.notify_all()
        line.send(welcome)
        if ping:
            self._control_send({"type": "ping"})
        for request in pending:
            self._control_send(request.message)

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
            if wanted == f"pair:{self.revision}":
                source = self._pair
        if source is None:
            line.send({"type": "unavailable", "source": wanted})
            return
        fields, data = source.block(message["array"], message["block"])
        line.send({"type": "block", "source": wanted, **fields}, buffers=[data])

    def _describe_pair(self) -> dict[str, Any]:
        data = self.dataset
        return {
            "source": f"pair:{self.revision}",
            "id": self.id,
            "name": data.name,
            "title": data.title,
            "simulated": data.simulated,
            "y": data.y.to_dict(),
            "x": data.x.to_dict(),
            "energy": data.energy.to_dict(),
            "spectraUnits": data.spectra_units,
            "imageUnits": data.image_units,
            "report": list(data.report),
            "sha256": data.sha256,
            "arrays": self._pair.describe(),
        }

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
        waiting = {r.message.get("run") for r in self._requests.values()}
        for run_id in [r for r in self._runs if r not in waiting]:
            self._runs.pop(run_id)._end(None, why)

    # ---- the control comm ------------------------------------------------------------------

    def _send_request(self, request: Request) -> None:
        with self.changed:
            if request.accepted or self._closed or request.number not in self._requests:
                return
            request.sent += 1
            # Without a panel there is nobody to accept; the next hello gets it.
            expired = request.sent > RESENDS and self._leader is not None
            if expired:
                del self._requests[request.number]
        if expired:
            run = request.message.get("run", "")
            if request.message["type"] == "train":
                self.fail_run(run, "The panel did not accept the run. Reload the page, try again.")
            return
        self._control_send(request.message)
        if request.sent <= RESENDS:
            timer = threading.Timer(RESEND_SECONDS, self._send_request, [request])
            timer.daemon = True
            timer.start()

    def _control_send(self, message: dict[str, Any]) -> None:
        with self.changed:
            client = self._leader.id if self._leader else ""
        with self._sending:
            if not self._closed:
                self._control.send({**message, "client": client})


def _pair_source(dataset: Dataset) -> BlockSource:
    arrays = {"spectra": dataset.spectra, "image": dataset.image}
    if dataset.mask is not None:
        arrays["mask"] = dataset.mask.astype(np.uint8)
    return BlockSource(arrays)


_lines: dict[str, Line] = {}
_lines_lock = threading.Lock()


def open_line(line_id: str, dataset: Dataset) -> Line:
    """The line with this id, made or given the new data set."""
    manager = comm.get_comm_manager()
    if manager.targets.get(TARGET) is not _opened_by_front_end:
        manager.register_target(TARGET, _opened_by_front_end)
    with _lines_lock:
        line = _lines.get(line_id)
    if line is not None:
        line.replace(dataset)
        return line
    line = Line(line_id, dataset)
    with _lines_lock:
        _lines[line_id] = line
    return line


def _opened_by_front_end(line: comm.base_comm.BaseComm, message: dict[str, Any]) -> None:
    data = message["content"].get("data") or {}
    with _lines_lock:
        found = _lines.get(str(data.get("id", "")))
    if found is None or data.get("role") != "data":
        # A page that was open before the kernel was restarted.
        line.send({"type": "refused", "message": "These data are no longer in the kernel."})
        line.close()
        return
    found.attach(line, data.get("hello"))


def _has_kernel() -> bool:
    # In plain Python `comm` hands out comms that lead nowhere.
    return comm.create_comm is not getattr(comm, "_create_comm", None)


def _subshells() -> bool | None:
    """Whether the kernel serves comms while a cell runs; None outside a kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return None
    return bool(getattr(kernel, "_supports_kernel_subshells", False))
