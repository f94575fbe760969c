"""Trained models and checkpoints on their way from the browser into Python."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .blocks import BlockSink
from .checkpoint_file import CheckpointError
from .limits import MAX_CHECKPOINT_BYTES
from .protocol import ProtocolError
from .tasks import plain

if TYPE_CHECKING:
    from .connection import Line
    from .dataset import Dataset
    from .model import Model
    from .model_file import ModelFile

#: Transfers that may be under way at once; the oldest is given up for a new one.
_MOST = 16


class ModelTransfers:
    """Receives models and checkpoints block by block, acknowledges, hands them to the line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        # Two tabs are served on two threads, and the lead may pass from one to the other.
        self._lock = threading.Lock()
        self._open: dict[str, tuple[dict[str, Any], BlockSink]] = {}
        # Answers to finished transfers, for a `finish` that is sent twice.
        self._answers: dict[str, dict[str, Any]] = {}

    def handle(self, comm: Any, message: dict[str, Any], buffers: list[Any]) -> None:
        """Serve one message of a transfer: model, checkpoint, block, finish or cancel."""
        with self._lock:
            self._serve(comm, message, buffers)

    def _serve(self, comm: Any, message: dict[str, Any], buffers: list[Any]) -> None:
        transfer = message["transfer"]
        kind = message["type"]
        if transfer in self._answers:
            if kind in ("model", "checkpoint", "finish"):
                comm.send(self._answers[transfer])
        elif kind == "cancel":
            self._open.pop(transfer, None)
        elif kind in ("model", "checkpoint"):
            self._begin(comm, message)
        elif transfer not in self._open:
            comm.send({"type": "unknown", "transfer": transfer})
        elif kind == "block":
            self._block(comm, message, buffers)
        else:
            self._finish(comm, transfer)

    def _begin(self, comm: Any, message: dict[str, Any]) -> None:
        transfer = message["transfer"]
        if transfer not in self._open:
            try:
                if message["type"] == "checkpoint":
                    self._make_room(message)
                sink = BlockSink(message["arrays"])
            except ProtocolError as error:
                self._answer(comm, transfer, "rejected", str(error))
                if message["type"] == "model":
                    self._line.fail_run(message["run"], str(error))
                return
            while len(self._open) >= _MOST:
                del self._open[next(iter(self._open))]
            self._open[transfer] = (message, sink)
        comm.send({"type": "started", "transfer": transfer})

    def _block(self, comm: Any, message: dict[str, Any], buffers: list[Any]) -> None:
        _, sink = self._open[message["transfer"]]
        why = sink.accept(message, buffers[0] if buffers else None)
        reply = {key: message[key] for key in ("transfer", "array", "block")}
        if why:
            comm.send({"type": "resend", **reply, "reason": why})
        else:
            comm.send({"type": "ack", **reply})

    def _finish(self, comm: Any, transfer: str) -> None:
        message, sink = self._open[transfer]
        if not sink.complete:
            comm.send({"type": "incomplete", "transfer": transfer})
            return
        del self._open[transfer]
        if message["type"] == "checkpoint":
            self._keep(comm, message, sink)
            return
        try:
            model = build_model(sink, message, self._dataset_of, self._recipe_of)
        except Exception as error:  # What the file holds is not ours: nothing may stop the line.
            text = f"The trained model could not be read in Python: {error}"
            self._answer(comm, transfer, "rejected", text)
            self._line.fail_run(message["run"], text)
            return
        self._answer(comm, transfer, "stored", "")
        self._line.add_model(message["run"], model)

    def _make_room(self, message: dict[str, Any]) -> None:
        """Give up an earlier checkpoint of the run, whose page is gone or has a newer one."""
        described = message["arrays"][0]
        size = described.get("bytes") if isinstance(described, dict) else None
        if isinstance(size, int) and size > MAX_CHECKPOINT_BYTES:
            raise ProtocolError(
                f"A checkpoint of {size} bytes; at most {MAX_CHECKPOINT_BYTES} are kept."
            )
        earlier = [
            transfer
            for transfer, (other, _) in self._open.items()
            if other["type"] == "checkpoint" and other["run"] == message["run"]
        ]
        for transfer in earlier:
            del self._open[transfer]

    def _keep(self, comm: Any, message: dict[str, Any], sink: BlockSink) -> None:
        try:
            self._line.checkpoints.keep(message["run"], sink.array("file").tobytes())
        except (CheckpointError, ProtocolError) as error:
            self._answer(comm, message["transfer"], "rejected", str(error))
        else:
            self._answer(comm, message["transfer"], "stored", "")

    def _dataset_of(self, file: ModelFile) -> Dataset | None:
        line = self._line
        with line.changed:
            there = [*line.session.datasets, *(model.dataset for model in line.models)]
        sha256 = file.metadata.get("data_sha256", "")
        if not sha256:
            return line.session.dataset
        same = [data for data in there if data is not None and data.sha256 == sha256]
        # The hash is of the values: a step may have changed the mask or the axes alone.
        return next((data for data in same if _fits(file, data)), same[0] if same else None)

    def _recipe_of(self, dataset: Dataset | None) -> dict[str, Any]:
        """How the data of a model were made; {} where that is not known."""
        session = self._line.session
        steps = session.steps_of(dataset)
        if steps is None or session.source is None:
            return {}
        source = {"shape": session.source.shape, "sha256": session.source_sha256}
        return plain({"preprocessing": steps, "source": source})

    def _answer(self, comm: Any, transfer: str, kind: str, text: str) -> None:
        self._answers[transfer] = {"type": kind, "transfer": transfer, "message": text}
        while len(self._answers) > 100:
            del self._answers[next(iter(self._answers))]
        comm.send(self._answers[transfer])


def build_model(
    sink: BlockSink,
    message: dict[str, Any],
    dataset_of: Callable[[ModelFile], Dataset | None],
    recipe_of: Callable[[Dataset | None], dict[str, Any]],
) -> Model:
    """The `Model` of a complete transfer, with the data it was trained on where they are known.

    Parameters
    ----------
    sink : BlockSink
        The model file and what the browser computed with it.
    message : dict
        What announced the transfer.
    dataset_of : callable
        The data that a model was trained on, None where the kernel no longer holds them.
    recipe_of : callable
        How such data were made, for the model's file.

    Raises
    ------
    ValueError
        If the arrays contradict each other or the data set, or the file is damaged.
    """
    from .model import Evaluation, Model
    from .model_file import read_model_file

    file = read_model_file(sink.array("file").tobytes())
    positions, latents, predictions = (
        sink.array(name) for name in ("positions", "latents", "predictions")
    )
    n = len(positions)
    ny, nx = file.y.size, file.x.size
    if positions.dtype != np.int32 or positions.ndim != 1:
        raise ValueError(f"positions are {positions.dtype} of shape {positions.shape}.")
    if n and not (0 <= positions.min() and positions.max() < ny * nx):
        raise ValueError(f"positions leave the scan of {ny} x {nx} pixels.")
    targets = file.spec.target_shape
    for name, array, size in (
        ("latents", latents, file.spec.latent_dims),
        ("predictions", predictions, math.prod(targets)),
    ):
        if array.dtype != np.float32 or array.size != n * size:
            raise ValueError(
                f"{name} of shape {array.shape} do not match {n} positions of {size} values."
            )
    evaluation = Evaluation(
        positions=positions,
        latents=latents.reshape(n, file.spec.latent_dims),
        # The browser sends the windows of spec2im flat.
        predictions=predictions.reshape(n, *targets),
        backend=message["backend"],
        notice=message["notice"],
    )
    dataset = dataset_of(file)
    file.metadata["recipe"] = file.metadata.get("recipe") or recipe_of(dataset)
    return Model(file, dataset=dataset, evaluation=evaluation)


def _fits(file: ModelFile, data: Dataset) -> bool:
    """Whether data have the mask and the axes that a model was trained with."""
    if (file.y, file.x, file.energy) != (data.y, data.x, data.energy):
        return False
    mask, other = (np.False_ if m is None else m for m in (file.mask, data.mask))
    return bool(np.all(mask == other))
