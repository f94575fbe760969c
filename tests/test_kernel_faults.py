"""Faults on the way between kernel and browser, as Python meets them."""

from __future__ import annotations

import json
import math
import random
import threading

import numpy as np
import pytest
from fake_comm import until, wire  # noqa: F401
from front_end import FrontEnd, trained_model
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from eelscape.blocks import BlockSink, BlockSource
from eelscape.explorer import explore
from eelscape.limits import MAX_BLOCK_BYTES
from eelscape.model_file import read_model_file
from eelscape.protocol import BLOCK_BYTES, ArrayDescription, ProtocolError, read_message
from eelscape.tasks import plain

#: What Jupyter's server takes of one message.
SERVER_LIMIT = 10 * 1024 * 1024

#: NaN with two payloads, infinities, -0, the least and the greatest denormal.
SPECIAL = np.array(
    [0x7FC00000, 0x7FC12345, 0x7F800000, 0xFF800000, 0x80000000, 1, 0x807FFFFF], np.uint32
).view(np.float32)

RNG = np.random.default_rng(7)


def opened(wire, si, haadf, **options):  # noqa: F811
    explorer = explore(si, haadf)
    front = wire.panel(explorer.id, **options)
    assert front.pair_complete.wait(20)
    return explorer, front


def bits(array) -> bytes:
    return np.ascontiguousarray(array).tobytes()


# ---- blocks that are lost, doubled, damaged, overtaken -----------------------------------------


class Rough:
    """A panel whose messages are lost, come twice, are damaged and overtake each other."""

    def __init__(self, front: FrontEnd, seed: int) -> None:
        self.random = random.Random(seed)
        self.smooth = front.send
        self.held: list[tuple[dict, list]] = []
        self.lock = threading.Lock()
        front.send = self.send

    def send(self, message: dict, buffers: list) -> None:
        with self.lock:
            fate = self.random.randrange(5) if message["type"] == "block" else 4
            out = [(message, buffers)]
            if fate == 0:
                out = []
            elif fate == 1:
                out *= 2
            elif fate == 2:
                raw = bytearray(buffers[0])
                raw[self.random.randrange(len(raw))] ^= 64
                out = [(message, [bytes(raw)])]
            elif fate == 3:
                out, self.held = self.held, out
            else:
                out, self.held = out + self.held, []
        for one in out:
            self.smooth(*one)


@pytest.mark.parametrize("seed", range(4))
def test_a_model_arrives_whole_over_a_rough_way(wire, seed):  # noqa: F811
    """[K5] What is lost or damaged is asked for again; the model is the one that was sent."""
    explorer, front = opened(
        wire, RNG.random((40, 60, 300), np.float32), RNG.random((40, 60), np.float32)
    )
    setup = {"kind": "im2spec", "latentDims": 2, "window": 16, "filters": 16, "seed": seed}
    arrays = trained_model(front.welcome["pair"], front.arrays["image"], setup)
    Rough(front, seed)
    transfer = front.send_model("run", arrays)
    todo = front._transfers[transfer]["todo"]
    assert len(todo) > 3

    def complete() -> bool:
        # As the panel, which sends again what is not acknowledged.
        for name, block in sorted(todo):
            message, raw = front.block_message(transfer, name, block)
            front.send(message, [raw])
        return bool(explorer.models)

    until(complete)
    (model,) = explorer.models
    predictions = model.predictions()
    inside = ~np.isnan(predictions[..., 0])
    assert bits(predictions[inside]) == bits(arrays["predictions"])
    latents = model.latents()
    assert bits(latents[inside]) == bits(arrays["latents"])
    sent = read_model_file(arrays["file"].tobytes()).parameters
    assert {n: bits(a) for n, a in model.parameters.items()} == {
        n: bits(a) for n, a in sent.items()
    }


# ---- views into larger buffers -----------------------------------------------------------------


def test_slices_arrive_in_the_browser_bit_by_bit(wire):  # noqa: F811
    """[K6] Data that are views: steps, reversed axes, offsets, transposed, other byte orders."""
    large = RNG.random((130, 90, 420), np.float32)
    image = RNG.random((260, 90), np.float32)
    raw = np.frombuffer(bytearray(4) + large.tobytes(), np.float32, offset=4).reshape(large.shape)
    for si, haadf in (
        (large[5:125:3, ::-2, 11:311], image[5:45, 3:48]),
        (raw[40:80, 20:60, 100:200], image[7:47, 50:90]),
        (large.transpose(1, 0, 2)[:40, 60:110, -64:], image.T[:40, 200:250]),
        (large.astype(">f4")[:30, :30, :64], image.astype(">f8")[:30, :30].astype(">f4")),
        (np.asfortranarray(large[:30, :30, :64]), np.asfortranarray(image)[:30, :30]),
    ):
        _, front = opened(wire, si, haadf)
        assert bits(front.arrays["spectra"]) == bits(si.astype("=f4"))
        assert bits(front.arrays["image"]) == bits(haadf.astype("=f4"))


@st.composite
def slices(draw):
    """A view into a larger array: steps of either sign, offsets, swapped axes, byte order."""
    dtype = draw(st.sampled_from(["<f4", ">f4", "<i4", ">i4", "u1"]))
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=2, max_side=12))
    whole = np.frombuffer(
        draw(st.binary(min_size=4 * math.prod(shape), max_size=4 * math.prod(shape))), "u1"
    )[: np.dtype(dtype).itemsize * math.prod(shape)]
    array = whole.view(dtype).reshape(shape)
    view = array[draw(hnp.basic_indices(shape))]
    return np.atleast_1d(view.T if draw(st.booleans()) else view)


@settings(max_examples=300, deadline=None)
@given(slices(), st.integers(1, 64))
def test_any_view_is_cut_and_put_together_bit_by_bit(view, block_bytes):
    """[K6] Both ways: blocks of a view, and blocks that come as views into larger messages."""
    native = view.astype(view.dtype.newbyteorder("="))
    source = BlockSource({"a": view})
    source.descriptions["a"] = ArrayDescription.of("a", native, block_bytes)
    sink = BlockSink([source.descriptions["a"].to_dict()])
    for number in range(source.descriptions["a"].blocks):
        fields, data = source.block("a", number)
        message = memoryview(b"header" + data + b"tail")
        assert sink.accept(fields, message[6 : 6 + len(data)]) == ""
    assert sink.complete
    assert bits(sink.array("a")) == bits(native)


def test_a_block_that_comes_as_a_view_of_other_items_is_taken():
    """[K6] An offset memoryview of floats, and one of another stride refused by its length."""
    values = np.arange(64, dtype=np.float32)
    source = BlockSource({"a": values[8:24]})
    fields, _ = source.block("a", 0)
    sink = BlockSink(source.describe())
    assert sink.accept(fields, memoryview(values)[8:24]) == ""
    assert bits(sink.array("a")) == bits(values[8:24])
    again = BlockSink(source.describe())
    assert again.accept(fields, memoryview(values)[7:23]) == "checksum"
    assert again.accept(fields, memoryview(values)[8:23]) == "60 of 64 bytes"


# ---- sizes -------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12 * 1024 * 1024))
def test_blocks_with_their_fields_are_below_ten_mebibytes(size):
    """[K7] Of any array, with what goes around a block."""
    source = BlockSource({"n" * 200: np.zeros(size, np.uint8)})
    (description,) = source.descriptions.values()
    assert description.block_bytes == BLOCK_BYTES <= MAX_BLOCK_BYTES <= 4 * 1024 * 1024
    for number in {0, description.blocks - 1}:
        fields, data = source.block("n" * 200, number)
        message = {"type": "block", "source": "s" * 200, **fields}
        assert len(data) <= MAX_BLOCK_BYTES
        assert len(json.dumps(message)) + len(data) + 64 * 1024 < SERVER_LIMIT


@pytest.mark.parametrize("over", [1, 2**20, 2**31])
def test_larger_blocks_are_refused_before_anything_is_allocated(over):
    """[K7] Whoever declares them."""
    size = MAX_BLOCK_BYTES + over
    described = {"name": "a", "dtype": "uint8", "shape": [size], "bytes": size}
    with pytest.raises(ProtocolError):
        BlockSink([{**described, "blockBytes": size, "blocks": 1}])
    message = {"type": "block", "transfer": "t", "array": "a", "block": 0, "of": 1, "crc32": 0}
    with pytest.raises(ProtocolError, match="no valid 'bytes'"):
        read_message({**message, "bytes": size})


# ---- numbers without a word in JSON ------------------------------------------------------------


def test_numbers_that_are_not_finite_reach_the_browser_in_buffers(wire):  # noqa: F811
    """[K8] Denormals and -0 stay, spectra with NaN come masked, and no JSON holds them."""
    si = RNG.random((30, 40, 64), np.float32)
    small = SPECIAL[4:]
    si[3, 4, :3] = small
    si[5, 6, 7] = np.nan
    si[8, 9, 10] = -np.inf
    with pytest.warns(UserWarning, match="2 of 1200 spectra"):
        _, front = opened(wire, si, RNG.random((30, 40), np.float32))
    spectra, mask = front.arrays["spectra"], front.arrays["mask"]
    assert bits(spectra[3, 4, :3]) == bits(small)
    assert [tuple(p) for p in np.argwhere(mask)] == [(5, 6), (8, 9)]
    kept = mask == 0
    assert bits(spectra[kept]) == bits(si[kept])
    # `FakeComm.send` takes no NaN in JSON; what came was read back from it.
    json.dumps(front.received, allow_nan=False)


def test_numbers_that_are_not_finite_reach_python_in_buffers(wire):  # noqa: F811
    """[K8] Encodings and predictions keep every bit; losses that are not finite are NaN again."""
    explorer, front = opened(
        wire, RNG.random((30, 40, 64), np.float32), RNG.random((30, 40), np.float32), trains=False
    )
    run = explorer.train("im2spec", filters=2, epochs=2, wait=False)
    until(lambda: front.requests)
    request = front.requests[0]
    json.dumps(request, allow_nan=False)
    front.progress(run.id, 2, 2)
    until(lambda: run.progress["epoch"] == 2)
    assert all(math.isnan(loss) for loss in run.progress["history"]["test"])
    arrays = trained_model(front.welcome["pair"], front.arrays["image"], request["setup"])
    arrays["predictions"].reshape(-1)[: SPECIAL.size] = SPECIAL
    # A window without a finite encoding counts as none.
    arrays["latents"].reshape(-1)[:3] = SPECIAL[4:]
    front.send_model(run.id, arrays)
    model = run.wait(20)
    rows, columns = np.divmod(arrays["positions"], 40)
    assert bits(model.predictions()[rows, columns]) == bits(arrays["predictions"])
    assert bits(model.latents()[rows, columns]) == bits(arrays["latents"])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_json_that_holds_them_is_refused(value):
    """[K8] A front end that sent them would be told, not believed."""
    progress = {
        "type": "progress",
        "run": "r",
        "epoch": 1,
        "epochs": 2,
        "history": {"train": [0.5], "test": [None]},
        "secondsPerEpoch": None,
        "backend": "cpu",
    }
    assert read_message(progress)["epoch"] == 1
    for change in (
        {"secondsPerEpoch": value},
        {"epoch": value},
        {"history": {"train": [value], "test": []}},
    ):
        with pytest.raises(ProtocolError):
            read_message({**progress, **change})
    with pytest.raises(ProtocolError):
        read_message({"type": "task", "task": "t", "kind": "nmf", "params": {"a": [{"b": value}]}})


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.floats() | st.integers() | st.text() | st.booleans() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_what_tasks_answer_is_json_without_them(value):
    """[K8] Whatever a task's fields hold."""
    text = json.dumps(plain({"value": value, "array": np.array([value], object)}), allow_nan=False)
    assert "value" in json.loads(text)
