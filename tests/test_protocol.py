"""Messages, blocks and what the server part answers."""

import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from front_end import STATE
from hypothesis import given
from hypothesis import strategies as st

from eelscape import limits, protocol, state_check
from eelscape.blocks import BlockSink, BlockSource
from eelscape.protocol import ArrayDescription, ProtocolError, read_message
from eelscape.state_check import MAX_PINS, MAX_POINTS, MAX_REGIONS
from eelscape.versions import versions

ROOT = Path(__file__).resolve().parent.parent


def test_only_known_fields_pass():
    message = {"type": "pull", "source": "pair:1", "array": "spectra", "block": 3, "more": 1}
    assert read_message(message) == {k: v for k, v in message.items() if k != "more"}


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "pull",
        {},
        {"type": ["pull"]},
        {"type": "welcome"},
        {"type": "pull", "source": "pair:1", "array": "spectra"},
        {"type": "pull", "source": "pair:1", "array": "spectra", "block": True},
        {"type": "pull", "source": "pair:1", "array": "s" * 201, "block": 0},
        {"type": "accepted", "request": 1.0},
        {
            "type": "progress",
            "run": "r",
            "epoch": 1,
            "epochs": 2,
            "secondsPerEpoch": None,
            "backend": "cpu",
            "history": {"train": ["nan"], "test": []},
        },
        {
            "type": "block",
            "transfer": "t",
            "array": "a",
            "block": 0,
            "of": 1,
            "crc32": 0,
            "bytes": 4 * 1024 * 1024 + 1,
        },
    ],
)
def test_what_follows_no_rule_is_refused(message):
    with pytest.raises(ProtocolError):
        read_message(message)


TASK = {"type": "task", "task": "t", "kind": "nmf", "params": {"components": 4}}


def nested(levels):
    value = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "changes",
    [
        {"task": 1},
        {"task": "t" * 201},
        {"kind": "k" * 41},
        {"params": None},
        {"params": [1]},
        {"params": {"a": float("nan")}},
        {"params": {"a": nested(protocol.MAX_DEPTH)}},
        {"params": {"a": [0] * protocol.MAX_VALUES}},
        {"params": {"a": "x" * (protocol.MAX_TEXT + 1)}},
        {"params": {"a" * 201: 1}},
    ],
)
def test_tasks_that_are_too_large_or_no_json_are_refused(changes):
    assert read_message(TASK) == TASK
    with pytest.raises(ProtocolError, match="no valid"):
        read_message({**TASK, **changes})


def test_params_may_be_as_deep_as_the_limit():
    params = {"a": nested(protocol.MAX_DEPTH - 2)}
    assert read_message({**TASK, "params": params})["params"] == params


def read_state(**state):
    return read_message({"type": "state", "state": {**STATE, **state}})["state"]


def region(name="R1", kind="rectangle", points=((0, 0), (3, 4.5))):
    return {"name": name, "kind": kind, "points": [list(p) for p in points]}


@pytest.mark.parametrize(
    "regions",
    [
        {},
        [1],
        [region(name=7)],
        [region(name="R" * 201)],
        [region(kind="circle")],
        [region(points=[(0, 0)])],
        [region(points=[(0, 0)] * 3)],
        [region(kind="polygon")],
        [region(kind="polygon", points=[(0, 0)] * (MAX_POINTS + 1))],
        [region(points=[(0, 0), (0, float("inf"))])],
        [region(points=[(0, 0), (0, 1, 2)])],
        [region(points=[(0, 0), ("1", 1)])],
        [region(), region()],
        [region(f"R{i}") for i in range(MAX_REGIONS + 1)],
    ],
)
def test_regions_that_are_none_or_too_many_are_refused(regions):
    with pytest.raises(ProtocolError, match="no valid 'state'"):
        read_state(regions=regions)


def test_as_many_regions_as_allowed_pass():
    polygon = region("P", "polygon", [(0, 0)] * MAX_POINTS)
    regions = [polygon, *(region(f"R{i}") for i in range(MAX_REGIONS - 1))]
    assert read_state(regions=regions)["regions"] == regions


PIN = {"letter": "a", "name": "void", "row": 3, "column": 4}
ANALYSIS = {"gridSize": 8, "axes": [0, 1], "k": 3, "clusters": None}
CLUSTERS = {"k": 8, "covariance": "full", "seed": 0}


@pytest.mark.parametrize(
    "state",
    [
        {"pointer": [-1, 0]},
        {"pointer": [0.5, 0]},
        {"secondPointer": [1]},
        {"energyRange": [0.2, float("inf")]},
        {"region": "R" * 201},
        {"pins": {}},
        {"pins": [{**PIN, "row": -1}]},
        {"pins": [{**PIN, "name": 3}]},
        {"pins": [PIN, {**PIN, "row": 9}]},
        {"pins": [{**PIN, "letter": str(i)} for i in range(MAX_PINS + 1)]},
        {"selection": [1]},
        {"selection": [1, 0]},
        {"selection": [1, 2, 3, 1]},
        {"selection": [5, 1, 2, 1]},
        {"selection": [1, 2.0]},
        {"metric": "worst"},
        {"metric": ["mse"]},
        {"analysis": None},
        {"analysis": {**ANALYSIS, "gridSize": 0}},
        {"analysis": {**ANALYSIS, "axes": [0]}},
        {"analysis": {**ANALYSIS, "clusters": {**CLUSTERS, "seed": None}}},
        {"analysis": {**ANALYSIS, "clusters": {**CLUSTERS, "covariance": 1}}},
    ],
)
def test_a_state_that_cannot_be_is_refused(state):
    with pytest.raises(ProtocolError, match="no valid 'state'"):
        read_state(**state)


def test_every_part_of_a_state_passes():
    state = {
        "secondPointer": [3, 4],
        "region": "R1",
        "regions": [region()],
        "pins": [PIN, {**PIN, "letter": "b"}],
        "selection": [0, 2, 3, 1],
        "metric": "mse_raw",
        "analysis": {**ANALYSIS, "clusters": CLUSTERS},
    }
    assert read_state(**state) == {**STATE, **state}
    nothing = {"pointer": None, "energyRange": None}
    assert read_state(**nothing) == {**STATE, **nothing}


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "run", "block"]), x, max_size=3)
        ),
    )
)
def test_anything_is_read_or_refused_and_nothing_else(data):
    try:
        message = read_message(data)
    except ProtocolError:
        return
    assert message["type"] in protocol.DATA_FIELDS


def test_blocks_put_together_are_the_array():
    rng = np.random.default_rng(0)
    arrays = {"a": rng.random((7, 11), np.float32), "b": rng.integers(0, 9, 5, np.int32)}
    source = BlockSource(arrays)
    source.descriptions = {n: ArrayDescription.of(n, a, 100) for n, a in arrays.items()}
    sink = BlockSink(source.describe())
    order = [(n, i) for n, d in source.descriptions.items() for i in range(d.blocks)]
    assert [len(source.block(*key)[1]) for key in order] == [100, 100, 100, 8, 20]
    for name, number in reversed(order):
        assert not sink.complete
        fields, data = source.block(name, number)
        assert fields["crc32"] == zlib.crc32(data)
        assert sink.accept(fields, data) == ""
    assert sink.complete
    for name, array in arrays.items():
        assert (sink.array(name) == array).all()
        assert sink.array(name).dtype == array.dtype


def test_a_block_is_a_copy():
    array = np.zeros(4, np.float32)
    source = BlockSource({"a": array})
    _, data = source.block("a", 0)
    array[:] = 1
    assert data == bytes(16)


def test_damaged_and_foreign_blocks_are_refused():
    source = BlockSource({"a": np.arange(6, dtype=np.int32)})
    sink = BlockSink(source.describe())
    fields, data = source.block("a", 0)
    assert sink.accept(fields, data[:-1]) == "23 of 24 bytes"
    assert sink.accept(fields, data[:-1] + b"\1") == "checksum"
    assert sink.accept(fields, None) == "0 of 24 bytes"
    with pytest.raises(ProtocolError, match="no block 1"):
        sink.accept({**fields, "block": 1}, data)
    with pytest.raises(ProtocolError, match="no block 0 of 'b'"):
        sink.accept({**fields, "array": "b"}, data)
    with pytest.raises(ProtocolError, match="1 of 1 blocks of 'a' are missing"):
        sink.array("a")
    with pytest.raises(ProtocolError, match="no block"):
        source.block("a", 1)


def test_two_arrays_of_one_name_are_refused():
    description = ArrayDescription.of("a", np.zeros(3, np.uint8)).to_dict()
    with pytest.raises(ProtocolError, match="same name"):
        BlockSink([description, description])


def test_blocks_stay_below_what_a_message_may_hold():
    assert protocol.BLOCK_BYTES <= protocol.MAX_BLOCK_BYTES <= 4 * 1024 * 1024


def test_f3_both_sides_have_the_same_limits():
    """[F3] Sizes and depths that are read at most stand in one place a side."""
    text = (ROOT / "src/signal/limits.ts").read_text(encoding="utf-8")
    there = dict(re.findall(r"export const (MAX_\w+) = ([\d_]+);", text))
    here = {name: value for name, value in vars(limits).items() if name.startswith("MAX_")}
    assert {name: int(value) for name, value in there.items()} == here


def test_both_sides_name_the_same_things():
    text = (ROOT / "src/kernel/protocol.ts").read_text(encoding="utf-8")

    def constant(name, source=text):
        return re.search(rf"export const {name} =\s*'?([^';]+)'?;", source).group(1)

    assert int(constant("PROTOCOL_VERSION")) == protocol.PROTOCOL_VERSION
    assert constant("TARGET") == protocol.TARGET
    assert constant("CONTROL_PREFIX") == protocol.CONTROL_PREFIX
    union = text[text.index("export type DataMessage") : text.index("export interface ITaskState")]
    # A member of the union may stand for several types: 'task-poll' | 'task-cancel'.
    types = re.findall(r"readonly type:((?:\s*\|?\s*'[\w-]+')+)", union)
    named = [name for some in types for name in re.findall(r"'([\w-]+)'", some)]
    assert sorted(named) == sorted(protocol.DATA_FIELDS)
    for kind, fields in protocol.DATA_FIELDS.items():
        body = union[union.index(f"'{kind}'") :].split("readonly type:")[0]
        body = body if kind != "block" else body + text[text.index("interface IBlockFields") :]
        for name in fields:
            assert re.search(rf"\b{name}:", body), (kind, name)
    setup = (ROOT / "src/signal/types.ts").read_text(encoding="utf-8")
    setup = setup[setup.index("interface ISetup") : setup.index("DEFAULT_SETUP")]
    assert set(re.findall(r"readonly (\w+):", setup)) == set(protocol.SETUP_NAMES.values())


def test_both_sides_know_the_same_state():
    check = (ROOT / "src/kernel/state-check.ts").read_text(encoding="utf-8")
    types = (ROOT / "src/kernel/types.ts").read_text(encoding="utf-8")
    declared = types[types.index("interface IPanelState") :]
    declared = declared[: declared.index("}")]
    assert set(re.findall(r"readonly (\w+):", declared)) == set(STATE) == set(state_check._FIELDS)
    last = check[check.index("export function isPanelState") :]
    assert set(re.findall(r"^    (\w+):", last, re.MULTILINE)) == set(STATE)


def test_versions_name_what_runs():
    found = versions()
    assert set(found) == {"eelscape", "jupyterlab", "jupyter_server", "python"}
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", found["eelscape"])
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", found["python"])
