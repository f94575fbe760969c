"""A front end without a browser: it speaks the protocol of src/kernel as the panel does."""

from __future__ import annotations

import threading
import time
import uuid
import zlib

import numpy as np

from eelscape.architecture import NetworkSpec, parameter_shapes
from eelscape.axes import Axis
from eelscape.model_file import ModelFile, model_file_bytes
from eelscape.protocol import PROTOCOL_VERSION, SETUP_NAMES, ArrayDescription
from eelscape.windows import positions_of_windows

BLOCK = 1024 * 1024


def trained_model(pair: dict, image: np.ndarray, setup: dict) -> dict[str, np.ndarray]:
    """Arrays of a finished run: random weights in a real model file, one value a window."""
    ny, nx = image.shape
    channels = pair["energy"]["size"]
    spec = NetworkSpec(
        kind=setup["kind"],
        latent_dims=setup["latentDims"],
        window=setup["window"],
        filters=setup["filters"],
        channels=channels,
    )
    rng = np.random.default_rng(setup["seed"])
    parameters = {
        name: rng.random(shape, dtype=np.float32) for name, shape in parameter_shapes(spec).items()
    }
    positions = positions_of_windows(ny, nx, setup["window"])
    file = ModelFile(
        spec=spec,
        parameters=parameters,
        split=np.zeros((ny, nx), np.int8),
        scaling={"image": (0.0, 1.0), "spectrum": (0.0, 100.0)},
        energy=Axis.from_dict(pair["energy"]),
        y=Axis.from_dict(pair["y"]),
        x=Axis.from_dict(pair["x"]),
        history={"train": [0.5, 0.25], "test": [0.6, 0.3]},
        metadata={
            "data_sha256": pair["sha256"],
            "epoch": 2,
            "title": pair["title"],
            "backend": "cpu",
            "setup": {name: setup[sent] for name, sent in SETUP_NAMES.items() if sent in setup},
        },
    )
    target = (channels,) if setup["kind"] == "im2spec" else (setup["window"],) * 2
    n = len(positions)
    return {
        "file": np.frombuffer(model_file_bytes(file), np.uint8),
        "positions": positions,
        "latents": rng.random((n, setup["latentDims"]), dtype=np.float32),
        "predictions": rng.random((n, *target), dtype=np.float32),
    }


#: The state of a panel that nobody has touched; under the names of the messages.
STATE = {
    "pointer": [0, 0],
    "secondPointer": None,
    "energyRange": [0.0, 1.0],
    "regions": [],
    "region": None,
    "pins": [],
    "selection": [],
    "metric": "relative",
    "analysis": {"gridSize": None, "axes": None, "k": 3, "clusters": None},
}


class FrontEnd:
    """A panel. `send(data, buffers)` sends on its data comm; feed it what the kernel sends.

    It pulls the pair after the welcome, accepts requests, and trains by answering at once
    (`trains=False`: only when told).
    """

    def __init__(self, send, tab: str | None = None, trains: bool = True) -> None:
        self.send = send
        self.client = uuid.uuid4().hex
        self.tab = tab or uuid.uuid4().hex
        self.trains = trains
        self.welcome: dict = {}
        self.arrays: dict[str, np.ndarray] = {}
        self.pair_complete = threading.Event()
        self.received: list[dict] = []
        self.requests: list[dict] = []
        self.trained: list[str] = []
        self.pulls = 0
        self.task_states: dict[str, dict] = {}
        self._parts: dict[tuple[str, str, int], bytes] = {}
        self._pulled = threading.Condition()
        self._transfers: dict[str, dict] = {}

    def hello(self, protocol: int = PROTOCOL_VERSION) -> dict:
        return {
            "type": "hello",
            "protocol": protocol,
            "version": "0.1.0",
            "client": self.client,
            "tab": self.tab,
            "subshell": True,
        }

    # ---- what the kernel sends ----

    def on_data(self, data: dict, buffers: list) -> None:
        self.received.append(data)
        getattr(self, f"_{data['type'].replace('-', '_')}", lambda *_: None)(data, buffers)

    def on_control(self, data: dict) -> None:
        if data["client"] != self.client and data["type"] not in ("reload", "vacant"):
            return
        if data["type"] == "ping":
            self.send({"type": "pong"}, [])
        if data["type"] == "vacant":
            self.send(self.hello(), [])
        if "request" not in data:
            return
        self.send({"type": "accepted", "request": data["request"]}, [])
        if data["request"] in [r["request"] for r in self.requests]:
            return
        self.requests.append(data)
        if data["type"] == "reload":
            # As the panel: a run that is asked for now waits for these data.
            self.pair_complete.clear()
            self.send(self.hello(), [])
        elif self.pair_complete.is_set():
            self._work()

    def _work(self) -> None:
        for request in self.requests:
            if request["type"] == "train" and self.trains and request["run"] not in self.trained:
                self.trained.append(request["run"])
                self.train(request["run"], request["setup"])

    # ---- what it does ----

    @property
    def source(self) -> str:
        """Where the arrays of the welcome are pulled from."""
        pair = self.welcome["pair"]
        return pair["question"]["source"] if "question" in pair else pair["source"]

    def _welcome(self, data: dict, _) -> None:
        self.welcome = data
        self._parts.clear()
        self.arrays = {}
        self.pair_complete.clear()
        self._pull_next()

    def _pull_next(self) -> None:
        described = self.welcome["pair"]["arrays"]
        wanted = [(self.source, a["name"], i) for a in described for i in range(a["blocks"])]
        missing = [key for key in wanted if key not in self._parts]
        if missing:
            self._ask(*missing[0])
            return
        self.arrays = {d["name"]: self._array(self.source, d) for d in described}
        self.pair_complete.set()
        self._work()

    def _ask(self, source: str, name: str, block: int) -> None:
        self.pulls += 1
        self.send({"type": "pull", "source": source, "array": name, "block": block}, [])

    def _array(self, source: str, described: dict) -> np.ndarray:
        blocks = range(described["blocks"])
        data = b"".join(self._parts[source, described["name"], i] for i in blocks)
        assert len(data) == described["bytes"]
        return np.frombuffer(data, described["dtype"]).reshape(described["shape"])

    def _block(self, data: dict, buffers: list) -> None:
        raw = bytes(buffers[0]) if buffers else b""
        with self._pulled:
            if len(raw) == data["bytes"] and zlib.crc32(raw) == data["crc32"]:
                self._parts[data["source"], data["array"], data["block"]] = raw
            self._pulled.notify_all()
        if not data["source"].startswith("task:") and not self.pair_complete.is_set():
            self._pull_next()

    # ---- work for the kernel; called from the test's thread ----

    def begin(self, kind: str, params: dict | None = None) -> str:
        """Start a task; returns its name."""
        task = uuid.uuid4().hex
        self.send({"type": "task", "task": task, "kind": kind, "params": params or {}}, [])
        return task

    def ended(self, task: str, seconds: float = 60) -> dict:
        """Poll a task until it has ended; returns its state."""
        end = time.monotonic() + seconds
        while self.task_states.get(task, {"state": "running"})["state"] == "running":
            assert time.monotonic() < end, self.task_states.get(task)
            self.send({"type": "task-poll", "task": task}, [])
            time.sleep(0.02)
        return self.task_states[task]

    def run_task(self, kind: str, params: dict | None = None) -> tuple[dict, dict]:
        """Fields and arrays of a task that must succeed; its result is released."""
        task = self.begin(kind, params)
        state = self.ended(task)
        assert state["state"] == "done", state["message"]
        source, arrays = f"task:{task}", {}
        for described in state["arrays"]:
            for i in range(described["blocks"]):
                key = (source, described["name"], i)
                self._ask(*key)
                with self._pulled:
                    assert self._pulled.wait_for(lambda key=key: key in self._parts, 20)
            arrays[described["name"]] = self._array(source, described)
        self.send({"type": "task-release", "task": task}, [])
        return state["fields"], arrays

    def _task_state(self, data: dict, _) -> None:
        self.task_states[data["task"]] = data

    def train(self, run: str, setup: dict) -> None:
        assert self.pair_complete.wait(20)
        self.progress(run, 1, setup["epochs"])
        arrays = trained_model(self.welcome["pair"], self.arrays["image"], setup)
        self.send_model(run, arrays)

    def tell(self, **state) -> None:
        """Say what the user did."""
        self.send({"type": "state", "state": {**STATE, **state}}, [])

    def progress(self, run: str, epoch: int, epochs: int) -> None:
        self.send(
            {
                "type": "progress",
                "run": run,
                "epoch": epoch,
                "epochs": epochs,
                "history": {"train": [0.5] * epoch, "test": [None] * epoch},
                "secondsPerEpoch": 0.1,
                "backend": "cpu",
            },
            [],
        )

    def send_model(self, run: str, arrays: dict[str, np.ndarray]) -> str:
        transfer = uuid.uuid4().hex
        descriptions = {n: ArrayDescription.of(n, a, BLOCK) for n, a in arrays.items()}
        begin = {
            "type": "model",
            "transfer": transfer,
            "run": run,
            "title": "a run",
            "backend": "cpu",
            "notice": "",
            "arrays": [d.to_dict() for d in descriptions.values()],
        }
        todo = {(n, i) for n, d in descriptions.items() for i in range(d.blocks)}
        self._transfers[transfer] = {"arrays": arrays, "of": descriptions, "todo": todo}
        self.send(begin, [])
        return transfer

    def block_message(self, transfer: str, name: str, block: int) -> tuple[dict, bytes]:
        state = self._transfers[transfer]
        d = state["of"][name]
        start = block * d.block_bytes
        raw = state["arrays"][name].tobytes()[start : start + d.size_of(block)]
        message = {
            "type": "block",
            "transfer": transfer,
            "array": name,
            "block": block,
            "of": d.blocks,
            "bytes": len(raw),
            "crc32": zlib.crc32(raw),
        }
        return message, raw

    def _started(self, data: dict, _) -> None:
        for name, block in sorted(self._transfers[data["transfer"]]["todo"]):
            message, raw = self.block_message(data["transfer"], name, block)
            self.send(message, [raw])

    def _ack(self, data: dict, _) -> None:
        todo = self._transfers[data["transfer"]]["todo"]
        before = len(todo)
        todo.discard((data["array"], data["block"]))
        if before and not todo:
            self.send({"type": "finish", "transfer": data["transfer"]}, [])

    def _resend(self, data: dict, _) -> None:
        message, raw = self.block_message(data["transfer"], data["array"], data["block"])
        self.send(message, [raw])
