"""A front end without a browser: it speaks the protocol of src/kernel as the panel does."""

from __future__ import annotations

import threading
import uuid
import zlib

import numpy as np

from eelscape.architecture import NetworkSpec, parameter_shapes
from eelscape.axes import Axis
from eelscape.model_file import ModelFile, model_file_bytes
from eelscape.protocol import PROTOCOL_VERSION, ArrayDescription
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
        metadata={"data_sha256": pair["sha256"], "epoch": 2, "title": pair["title"]},
    )
    target = (channels,) if setup["kind"] == "im2spec" else (setup["window"],) * 2
    n = len(positions)
    return {
        "file": np.frombuffer(model_file_bytes(file), np.uint8),
        "positions": positions,
        "latents": rng.random((n, setup["latentDims"]), dtype=np.float32),
        "predictions": rng.random((n, *target), dtype=np.float32),
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
        self._parts: dict[tuple[str, int], bytes] = {}
        self._wanted: list[tuple[str, int]] = []
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
        getattr(self, f"_{data['type']}", lambda *_: None)(data, buffers)

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
            self.send(self.hello(), [])
        elif self.pair_complete.is_set():
            self._work()

    def _work(self) -> None:
        for request in self.requests:
            if request["type"] == "train" and self.trains and request["run"] not in self.trained:
                self.trained.append(request["run"])
                self.train(request["run"], request["setup"])

    # ---- what it does ----

    def _welcome(self, data: dict, _) -> None:
        self.welcome = data
        self._parts.clear()
        self.pair_complete.clear()
        self._wanted = [(a["name"], i) for a in data["pair"]["arrays"] for i in range(a["blocks"])]
        self._pull_next()

    def _pull_next(self) -> None:
        missing = [key for key in self._wanted if key not in self._parts]
        if missing:
            name, block = missing[0]
            self.pulls += 1
            source = self.welcome["pair"]["source"]
            self.send({"type": "pull", "source": source, "array": name, "block": block}, [])
            return
        for d in self.welcome["pair"]["arrays"]:
            data = b"".join(self._parts[d["name"], i] for i in range(d["blocks"]))
            assert len(data) == d["bytes"]
            self.arrays[d["name"]] = np.frombuffer(data, d["dtype"]).reshape(d["shape"])
        self.pair_complete.set()
        self._work()

    def _block(self, data: dict, buffers: list) -> None:
        raw = bytes(buffers[0]) if buffers else b""
        if len(raw) == data["bytes"] and zlib.crc32(raw) == data["crc32"]:
            self._parts[data["array"], data["block"]] = raw
        self._pull_next()

    def train(self, run: str, setup: dict) -> None:
        assert self.pair_complete.wait(20)
        self.progress(run, 1, setup["epochs"])
        arrays = trained_model(self.welcome["pair"], self.arrays["image"], setup)
        self.send_model(run, arrays)

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
