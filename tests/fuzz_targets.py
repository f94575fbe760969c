"""What is fuzzed: for each kind of input a strategy that makes it and a reader that judges it."""

from __future__ import annotations

import json
import random
from types import SimpleNamespace

import dask.array  # noqa: F401  (its import takes more memory than any input may)
from comm import get_comm_manager
from front_end import STATE
from fuzz import JSON, broken_json
from fuzz_files import (
    IMAGE,
    SPECTRA,
    array_file,
    checkpoint_bytes,
    header_bytes,
    model_bytes,
    read_a_checkpoint,
    read_a_header,
    read_arrays,
    read_model,
    read_workspace,
    workspace_bytes,
)
from hypothesis import strategies as st

import eelscape
from eelscape import lines
from eelscape.adapters import to_spectrum_image
from eelscape.axes import Axis
from eelscape.blocks import BlockSink
from eelscape.panel_state import PanelState
from eelscape.places import pins_of, regions_in, selection_of
from eelscape.preprocessing.recipe import run_steps
from eelscape.protocol import PROTOCOL_VERSION, ProtocolError
from eelscape.recipe import read_recipe
from eelscape.session import Session
from eelscape.state_check import is_panel_state

SEEDS = st.integers(0, 2**63 - 1)
_AXES = [
    {"name": "y", "units": "nm", "scale": 0.5},
    {"name": "x", "units": "nm", "scale": 0.5},
    {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2},
]


def _source():
    return to_spectrum_image(SPECTRA, IMAGE, axes=_AXES, title="fuzzed")


# ---- messages of the panel -----------------------------------------------------------------


class _Comm:
    """A data comm that keeps what the kernel sends; a reply must be JSON that can be sent."""

    def __init__(self) -> None:
        self.sent: list[dict] = []

    def send(self, data, buffers=()):
        text = json.dumps(data, allow_nan=False, ensure_ascii=False)
        assert len(text) < 10 * 1024**2 and all(len(b) <= 4 * 1024**2 for b in buffers)
        self.sent.append(json.loads(text.encode("utf-8")))

    comm_id = "fuzzed"

    def on_close(self, callback):
        self.handle_close = callback


def _messages() -> list[dict]:
    array = {
        "name": "file",
        "dtype": "uint8",
        "shape": [64],
        "bytes": 64,
        "blockBytes": 32,
        "blocks": 2,
    }
    block = {"array": "file", "block": 0, "of": 2, "bytes": 32, "crc32": 420107693}
    losses = {"train": [0.5, None], "test": [0.1, 0.2]}
    region = {"name": "R1", "kind": "polygon", "points": [[0, 0], [5, 1], [3, 9.5]]}
    pin = {"letter": "A", "name": "a", "row": 3, "column": 4}
    state = {**STATE, "regions": [region], "pins": [pin], "selection": [3, 2, 8, 1], "region": "R1"}
    hello = {
        "type": "hello",
        "protocol": PROTOCOL_VERSION,
        "version": "0.1.0",
        "client": "c",
        "tab": "t",
        "subshell": True,
    }
    return [
        hello,
        {"type": "pull", "source": "pair:1", "array": "spectra", "block": 0},
        {"type": "accepted", "request": 1},
        {"type": "pong"},
        {"type": "state", "state": state},
        {
            "type": "progress",
            "run": "r",
            "epoch": 1,
            "epochs": 2,
            "history": losses,
            "secondsPerEpoch": 0.5,
            "backend": "cpu",
        },
        {"type": "failure", "run": "r", "message": "no"},
        {
            "type": "model",
            "transfer": "t",
            "run": "r",
            "title": "m",
            "backend": "cpu",
            "notice": "",
            "arrays": [array],
        },
        {"type": "block", "transfer": "t", **block},
        {"type": "finish", "transfer": "t"},
        {"type": "cancel", "transfer": "t"},
        {"type": "task", "task": "k", "kind": "factorisation", "params": {"a": [1, {"b": 2}]}},
        {"type": "task-poll", "task": "k"},
        {"type": "task-release", "task": "k"},
    ]


_MESSAGES = _messages()


def message_sequence(value) -> list:
    """A conversation: messages as they should be, broken ones, and JSON that is no message."""
    seed, found = value
    rng = random.Random(seed)
    out = [_MESSAGES[0]] if rng.random() < 0.9 else []
    for _ in range(rng.randrange(1, 6)):
        message = rng.choice(_MESSAGES)
        roll = rng.random()
        if roll < 0.65:
            message = broken_json(message, rng, ("pair:1", "t", 64, 2**31, [2**31]))
        elif roll < 0.75:
            message = {**message, rng.choice(list(message)): found}
        elif roll < 0.8:
            message = found
        out.append((message, rng.choice(([], [b""], [bytes(32)], [bytes(32), b"x"]))))
    return out


def converse(conversation: list) -> str:
    """Serve a conversation; what the kernel answers can be sent, and nothing else comes of it."""
    line = lines.Line("fuzzed", Session(_source()))
    comm = _Comm()
    get_comm_manager().register_comm(comm)
    line.attach(comm, _MESSAGES[0])
    refused = 0
    try:
        for entry in conversation:
            message, buffers = entry if isinstance(entry, tuple) else (entry, [])
            before = len(comm.sent)
            comm.handle_msg({"content": {"data": message}, "buffers": buffers})
            refused += any(reply["type"] == "error" for reply in comm.sent[before:])
            line.panel_state.to_message()
        json.dumps(line.panel_state.to_message(), allow_nan=False, ensure_ascii=False).encode()
    finally:
        line.close()
    return "refused" if refused else "accepted"


# ---- state, arrays, axes, steps, recipes ---------------------------------------------------

_DATA = _source().to_dataset()


def state_record(value):
    seed, found = value
    rng = random.Random(seed)
    state = _MESSAGES[4]["state"]
    return found if rng.random() < 0.1 else broken_json(state, rng, (found,))


def read_state(value) -> str:
    if not is_panel_state(value):
        return "refused"
    state = PanelState.of(value)
    assert is_panel_state(json.loads(json.dumps(state.to_message())))
    selection_of(state, _DATA)
    pins_of(state, _DATA)
    regions_in(state, _DATA)
    state.to_recipe(_DATA.shape[:2])
    return "accepted"


def arrays_record(value):
    seed, found = value
    rng = random.Random(seed)
    array = _MESSAGES[7]["arrays"][0]
    second = {
        **array,
        "name": "positions",
        "dtype": "int32",
        "shape": [4, 4],
        "blockBytes": rng.choice((1, 64)),
    }
    second["blocks"] = 64 // second["blockBytes"]
    if rng.random() < 0.2:
        size = rng.choice((2**31, 2**31 - 8, 2**40))
        second.update(shape=[size // 4], bytes=size, blockBytes=1, blocks=size)
    return broken_json([array, second], rng, (found,))


def read_arrays_record(value) -> str:
    if not isinstance(value, list):
        return "refused"
    try:
        sink = BlockSink(value)
    except ProtocolError as error:
        assert len(str(error)) < 1000
        return "refused"
    assert sum(d.blocks for d in sink.descriptions.values()) <= 65_536
    return "accepted"


def axis_record(value):
    seed, found = value
    rng = random.Random(seed)
    axis = {"name": "e", "units": "eV", "size": 3, "scale": 0.5, "offset": 0.0}
    if rng.random() < 0.4:
        axis = {"name": "e", "units": "eV", "values": [0.1, 0.2, 0.4]}
    return broken_json(axis, rng, (found,))


def read_axis(value) -> str:
    try:
        axis = Axis.from_dict(value, 3)
    except (TypeError, ValueError) as error:
        assert str(error)
        return "refused"
    assert axis.size >= 1
    axis.label.encode("utf-8")
    return "accepted"


_STEPS = [
    {"step": "mask_dead_pixels"},
    {"step": "mend_spikes"},
    {"step": "crop_scan", "rows": [0, 18], "columns": [1, 20]},
    {"step": "bin_scan", "factor": 1},
    {"step": "normalise"},
    {"step": "crop_energy", "start": 0.22, "stop": 0.4},
    {"step": "bin_energy", "factor": 2, "mode": "mean"},
]


def step_list(value):
    seed, found = value
    rng = random.Random(seed)
    steps = rng.sample(_STEPS, rng.randrange(1, 4))
    return broken_json(steps, rng, (found,)) if rng.random() < 0.9 else steps


def read_steps(value) -> str:
    if not isinstance(value, list):
        return "refused"
    try:
        run_steps(_source(), value).data.to_dataset()
    except (TypeError, ValueError) as error:
        assert str(error)
        return "refused"
    return "accepted"


def _recipe() -> dict:
    explorer = eelscape.explore(SPECTRA, IMAGE, axes=_AXES, title="fuzzed", name="si")
    explorer.preprocess({"step": "crop_energy", "start": 0.22, "stop": 0.42})
    recipe = json.loads(json.dumps(explorer.recipe()))
    explorer.close()
    setup = {"kind": "im2spec", "latent_dims": 2, "epochs": 3}
    record = {
        "kind": "im2spec",
        "title": "m",
        "setup": setup,
        "data_sha256": recipe["data"]["sha256"],
        "preprocessing": recipe["preprocessing"],
        "backend": "cpu",
        "epoch": 3,
        "losses": {"train": 0.1, "test": None},
        "weights_sha256": "0" * 64,
    }
    return {**recipe, "models": [record]}


_kept: dict[str, dict] = {}


def recipe_record(value):
    seed, found = value
    if not _kept:
        _kept["recipe"] = _recipe()
    rng = random.Random(seed)
    recipe = broken_json(_kept["recipe"], rng, (found,)) if rng.random() < 0.95 else found
    return recipe


def read_a_recipe(value) -> str:
    try:
        read = read_recipe(value)
    except (TypeError, ValueError) as error:
        assert len(str(error)) < 1000
        return "refused"
    str(read.versions).encode("utf-8")
    # Replayed without its trainings, which need a panel.
    SimpleNamespace(**vars(read))
    try:
        explorer = eelscape.replay({**value, "models": []}, SPECTRA, IMAGE)
    except (TypeError, ValueError) as error:
        assert str(error)
        return "refused"
    explorer.close()
    return "accepted"


BOTH = st.tuples(SEEDS, JSON)
#: Name to (inputs, reader).
TARGETS = {
    "model file": (SEEDS.map(model_bytes), read_model),
    "safetensors header": (BOTH.map(header_bytes), read_a_header),
    "checkpoint": (SEEDS.map(checkpoint_bytes), read_a_checkpoint),
    "workspace file": (SEEDS.map(workspace_bytes), read_workspace),
    "npy, npz and ndata": (SEEDS.map(array_file), read_arrays),
    "messages of the panel": (BOTH.map(message_sequence), converse),
    "panel state": (BOTH.map(state_record), read_state),
    "array descriptions": (BOTH.map(arrays_record), read_arrays_record),
    "axis": (BOTH.map(axis_record), read_axis),
    "preprocessing steps": (BOTH.map(step_list), read_steps),
    "recipe": (BOTH.map(recipe_record), read_a_recipe),
}
