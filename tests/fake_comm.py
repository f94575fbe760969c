"""Comms in memory, so that explorers and front ends meet without a kernel."""

from __future__ import annotations

import json
import queue
import threading
import time
from types import SimpleNamespace

import comm
import pytest
from front_end import FrontEnd

from eelscape import lines
from eelscape.protocol import CONTROL_PREFIX, PROTOCOL_VERSION


class FakeComm:
    """What `comm.create_comm` gives, as far as eelscape uses it."""

    def __init__(self, wire: Wire, comm_id: str) -> None:
        self.wire, self.comm_id = wire, comm_id
        wire.comms[comm_id] = self

    def send(self, data, buffers=()):
        # What travels is JSON without NaN, and bytes.
        text = json.dumps(data, allow_nan=False)
        raw = [bytes(b) for b in buffers]
        assert all(len(b) <= 4 * 1024 * 1024 for b in raw)
        self.wire.inbox.put(("kernel", self.comm_id, text, raw))

    def on_close(self, callback):
        self._on_close = callback

    def _on_close(self, message):
        """Nobody asked to be told."""


class Wire:
    """Carries messages on a thread of its own, as a subshell does."""

    def __init__(self) -> None:
        self.inbox: queue.Queue = queue.Queue()
        self.targets: dict = {}
        self.data: dict[str, tuple[FakeComm, FrontEnd]] = {}
        self._opened = 0
        self.controls: list[str] = []
        self.sent_on_control: list[dict] = []
        #: Comms that the kernel's side has not ended, by id.
        self.comms: dict[str, FakeComm] = {}
        #: False while control messages get lost.
        self.controls_arrive = True
        self.threaded = True
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    # ---- the kernel's side ----

    def create_comm(self, target_name, comm_id, data):
        assert target_name == "eelscape"
        json.dumps(data, allow_nan=False)
        self.controls.append(comm_id.removeprefix(CONTROL_PREFIX))
        return FakeComm(self, comm_id)

    def comm_close(self, stream, ident, message):
        """The kernel's manager is told that a comm is closed, by the front end or by eelscape."""
        content = message["content"]
        if (closed := self.comms.pop(content["comm_id"], None)) is not None:
            closed._on_close(message)

    # ---- the browser's side ----

    def panel(self, line_id: str, protocol: int = PROTOCOL_VERSION, **options) -> FrontEnd:
        """Open a panel for an explorer, as the extension does when it sees one."""
        self._opened += 1
        comm_id = f"data-{self._opened}"
        front = FrontEnd(lambda d, b: self.inbox.put(("front", comm_id, d, b)), **options)
        front.comm_id = comm_id
        data_comm = FakeComm(self, comm_id)
        self.data[comm_id] = (data_comm, front)
        data = {"role": "data", "id": line_id, "hello": front.hello(protocol)}
        self.inbox.put(("open", comm_id, data, []))
        return front

    def close(self, front: FrontEnd, data: dict | None = None) -> None:
        """The panel closes its comm; `{"page": True}` is what a page says that goes."""
        self.inbox.put(("close", front.comm_id, data or {}, []))

    def vanish(self, front: FrontEnd) -> None:
        """The page goes without a word."""
        del self.data[front.comm_id]

    def _work(self) -> None:
        while True:
            item = self.inbox.get()
            if item is None:
                return
            if self.threaded:
                self.deliver(*item)
            else:
                self.inbox.put(item)
                time.sleep(0.01)

    def deliver(self, kind, comm_id, data, buffers) -> None:
        if kind == "kernel" and comm_id in self.data:
            self.data[comm_id][1].on_data(json.loads(data), buffers)
        elif kind == "kernel" and comm_id.startswith(CONTROL_PREFIX):
            message = json.loads(data)
            self.sent_on_control.append(message)
            if self.controls_arrive:
                for _, front in list(self.data.values()):
                    front.on_control(message)
        elif kind == "open":
            content = {"data": data, "comm_id": comm_id, "target_name": "eelscape"}
            self.targets["eelscape"](self.data[comm_id][0], {"content": content})
        elif kind == "front" and comm_id in self.data:
            views = [memoryview(b) for b in buffers]
            self.data[comm_id][0].handle_msg({"content": {"data": data}, "buffers": views})
        elif kind == "close":
            self.data.pop(comm_id)
            self.comm_close(None, "", {"content": {"comm_id": comm_id, "data": data}})

    def stop(self) -> None:
        self.inbox.put(None)
        self._thread.join()


@pytest.fixture
def wire(monkeypatch):
    """A wire in the place of the kernel's comms."""
    wire = Wire()
    manager = SimpleNamespace(
        targets=wire.targets,
        register_target=wire.targets.__setitem__,
        comm_close=wire.comm_close,
    )
    monkeypatch.setattr(comm, "create_comm", wire.create_comm)
    monkeypatch.setattr(comm, "get_comm_manager", lambda: manager)
    yield wire
    for line in list(lines._lines.values()):
        lines.close_line(line)
    wire.stop()


def until(condition, seconds: float = 20) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)
