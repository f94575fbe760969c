"""Checkpoints in the kernel and in files beside the notebook."""

from __future__ import annotations

import os
import random
import time
import uuid

import numpy as np
import pytest
from checkpoint_case import SHA256, checkpoint_bytes
from fake_comm import until, wire  # noqa: F401
from fuzz import broken_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from eelscape import checkpoints as module
from eelscape.checkpoint_file import CheckpointError, read_checkpoint, seal
from eelscape.checkpoints import FOLDER, Checkpoints
from eelscape.explorer import explore
from eelscape.limits import MAX_CHECKPOINT_BYTES
from eelscape.protocol import ArrayDescription


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where checkpoints are written in a working directory of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / FOLDER


def body_of(data: bytes) -> bytes:
    return data[8 + int.from_bytes(data[:8], "little") :]


# ---- memory and file ---------------------------------------------------------------------------


def test_a_checkpoint_is_in_memory_and_in_a_file_that_another_kernel_finds(folder):
    """[B1] What the browser sent comes back, every bit of it, from a kernel that never saw it."""
    first = Checkpoints()
    first.keep("run-1", checkpoint_bytes(epoch=2, saved_at=1000))
    newest = checkpoint_bytes(epoch=3, saved_at=2000)
    first.keep("run-1", newest)
    assert first.settle()
    assert first.bytes_of(SHA256, "run-1") == newest
    (path,) = folder.iterdir()
    found, problems = Checkpoints().found(SHA256)
    assert problems == []
    assert [(c.run, c.epoch, c.saved_at) for c in found] == [("run-1", 3, 2000)]
    # The file holds the checksums beside it; the values are the same.
    assert body_of(Checkpoints().bytes_of(SHA256, "run-1")) == body_of(newest)
    assert path.read_bytes() == seal(newest)
    assert Checkpoints().found("c" * 64) == ([], [])


def test_a_run_that_ended_leaves_nothing_and_late_checkpoints_do_not_revive_it(folder):
    """[B1] When its model is there the file goes, and with the last of them the folder."""
    kept = Checkpoints()
    for run in ("run-1", "run-2"):
        kept.keep(run, checkpoint_bytes(run=run))
    # Also where its file is just being written.
    kept.end("run-1")
    assert kept.settle()
    assert [c.run for c in Checkpoints().found(SHA256)[0]] == ["run-2"]
    kept.keep("run-1", checkpoint_bytes(epoch=4))
    assert kept.settle()
    with pytest.raises(CheckpointError, match="no checkpoint of this run any more"):
        kept.bytes_of(SHA256, "run-1")
    kept.end("run-2")
    assert not folder.exists()


def test_a_file_is_whole_or_not_there(folder, monkeypatch):
    """[F7] Where writing breaks off the file before it stays; nothing half written is found."""
    kept = Checkpoints()
    old = checkpoint_bytes(epoch=1, saved_at=1)
    kept.keep("run-1", old)
    assert kept.settle()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    new = checkpoint_bytes(epoch=2, saved_at=2)
    kept.keep("run-1", new)
    assert kept.settle()
    (path,) = folder.iterdir()
    assert path.read_bytes() == seal(old)
    # The kernel itself has the newer one.
    assert kept.bytes_of(SHA256, "run-1") == new
    assert [c.epoch for c in kept.found(SHA256)[0]] == [2]


def test_a_folder_that_cannot_be_written_is_said_once_and_memory_serves(folder, caplog):
    """[F7] "cannot be written to ...: They are kept in the kernel's memory"."""
    folder.write_text("a file where the folder belongs")
    kept = Checkpoints()
    for epoch in (1, 2):
        kept.keep("run-1", checkpoint_bytes(epoch=epoch, saved_at=epoch))
        assert kept.settle()
    assert [c.epoch for c in kept.found(SHA256)[0]] == [2]
    assert len(caplog.messages) == 1
    assert "They are kept in the kernel's memory" in caplog.messages[0]
    kept.end("run-1")
    assert folder.is_file()


def test_memory_is_kept_for_a_few_runs_and_old_files_go(folder):
    kept = Checkpoints()
    runs = [f"run-{i}" for i in range(7)]
    for i, run in enumerate(runs):
        kept.keep(run, checkpoint_bytes(run=run, saved_at=i + 1))
    assert kept.settle()
    assert len(kept._kept) == 4
    # The others are still in their files.
    assert {c.run for c in kept.found(SHA256)[0]} == set(runs)
    ancient = time.time() - 15 * 86_400
    foreign = folder / "notes.safetensors"
    foreign.write_bytes(b"of the user")
    for path in folder.iterdir():
        os.utime(path, (ancient, ancient))
    assert Checkpoints().found(SHA256) == ([], [])
    assert list(folder.iterdir()) == [foreign]


# ---- hostile files -----------------------------------------------------------------------------


def write(folder, data: bytes) -> Checkpoints:
    """A kernel that finds these bytes where a checkpoint of `run-1` belongs."""
    kept = Checkpoints()
    folder.mkdir()
    kept._path(SHA256, "run-1").write_bytes(data)
    return kept


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Not a checkpoint: it has 0 bytes"),
        (b"\x80\x04\x95cposix\nsystem\n(S'true'\ntR.", "Not a checkpoint, or damaged"),
        (seal(checkpoint_bytes())[:-100], "Checkpoint damaged: .* holds \\d+ of \\d+ values"),
        (flipped(seal(checkpoint_bytes())), "do not match their checksum"),
        (checkpoint_bytes(), "lack the checksums"),
        (checkpoint_bytes(format=2), "has format 2; this version of eelscape reads up to"),
        (checkpoint_bytes(epoch=3, channels=2**23), "Checkpoint damaged"),
        (checkpoint_bytes(epoch=3, channels="24"), "no valid 'channels'"),
        (checkpoint_bytes(content="model"), "Not a checkpoint"),
        (checkpoint_bytes(setup={"kind": "__import__('os')"}), "kind is"),
        (checkpoint_bytes(begun=False, adam_steps=-1), "no valid 'adam_steps'"),
    ],
)
def test_a_damaged_or_hostile_file_is_refused_with_words(folder, data, words):
    """[F1] It is named with what is wrong, offered to nobody, and left where it is."""
    kept = write(folder, data)
    found, (problem,) = kept.found(SHA256)
    assert found == []
    path = kept._path(SHA256, "run-1")
    assert problem.startswith(f"{path.name}: ")
    with pytest.raises(CheckpointError, match=words):
        kept.bytes_of(SHA256, "run-1")
    assert path.read_bytes() == data


def test_sizes_are_looked_at_before_anything_is_read(folder):
    """[F3] A file beyond the limit is not read."""
    kept = write(folder, b"")
    with open(kept._path(SHA256, "run-1"), "r+b") as file:
        file.truncate(MAX_CHECKPOINT_BYTES + 1)
    found, (problem,) = kept.found(SHA256)
    assert found == []
    assert f"at most {MAX_CHECKPOINT_BYTES} are read" in problem


def test_names_of_runs_never_become_paths(folder, tmp_path):
    """[F6] A run called ../../x is a run like any other."""
    kept = Checkpoints()
    name = "../../../outside"
    kept.keep(name, checkpoint_bytes(run=name, sha256="../x"))
    assert kept.settle()
    assert [path.name for path in tmp_path.iterdir()] == [FOLDER]
    (path,) = folder.iterdir()
    assert module._OURS.fullmatch(path.name)
    kept.end(name)
    assert list(tmp_path.iterdir()) == []


_GOOD = seal(checkpoint_bytes())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**63 - 1))
def test_broken_checkpoints_are_read_or_refused(seed):
    """[F1] Whatever the bytes are: a checkpoint, or a sentence."""
    try:
        read_checkpoint(broken_bytes(_GOOD, random.Random(seed), focus=4000), sealed=True)
    except CheckpointError as error:
        assert len(str(error)) < 1000


# ---- over the line -----------------------------------------------------------------------------


def opened(wire):  # noqa: F811
    values = np.random.default_rng(2)
    si = values.random((30, 40, 24), dtype=np.float32)
    explorer = explore(si, values.random((30, 40), dtype=np.float32), name="si")
    front = wire.panel(explorer.id)
    assert front.pair_complete.wait(20)
    return explorer, front


def push(front, run: str, data: bytes, declared: dict | None = None) -> dict:
    """Send a checkpoint as the panel does; the kernel's last answer."""
    transfer = uuid.uuid4().hex
    array = np.frombuffer(data, np.uint8)
    description = ArrayDescription.of("file", array, 4096)
    todo = {("file", i) for i in range(description.blocks)}
    front._transfers[transfer] = {"arrays": {"file": array}, "of": {"file": description}}
    front._transfers[transfer]["todo"] = todo
    arrays = [{**description.to_dict(), **(declared or {})}]
    front.send({"type": "checkpoint", "transfer": transfer, "run": run, "arrays": arrays}, [])

    def answer():
        return [
            m
            for m in front.received
            if m.get("transfer") == transfer and m["type"] in ("stored", "rejected")
        ]

    until(answer)
    return answer()[0]


def test_a_panel_leaves_its_checkpoint_with_the_kernel_and_a_new_one_gets_it(folder, wire):  # noqa: F811
    """[B1] Block by block into the kernel, and back into a page that has nothing of it."""
    explorer, front = opened(wire)
    sha256 = front.welcome["pair"]["sha256"]
    data = checkpoint_bytes(sha256=sha256)
    assert push(front, "run-1", data)["type"] == "stored"
    other = wire.panel(explorer.id)
    assert other.pair_complete.wait(20)
    fields, _ = other.run_task("checkpoints")
    assert fields == {"checkpoints": [{"run": "run-1", "saved_at": 1000}], "problems": []}
    _, arrays = other.run_task("checkpoint", {"run": "run-1"})
    assert body_of(arrays["file"].tobytes()) == body_of(data)
    other.run_task("checkpoint-end", {"run": "run-1"})
    assert other.run_task("checkpoints")[0]["checkpoints"] == []


def test_the_checkpoint_goes_when_the_model_has_arrived(folder, wire):  # noqa: F811
    """[B1] Nothing is offered of a run whose model Python has."""
    explorer, front = opened(wire)
    front.trains = False
    run = explorer.train("im2spec", filters=2, window=8, epochs=9, wait=False)
    until(lambda: any(r["type"] == "train" for r in front.requests))
    data = checkpoint_bytes(run=run.id, sha256=front.welcome["pair"]["sha256"])
    assert push(front, run.id, data)["type"] == "stored"
    assert explorer._line.checkpoints.settle()
    assert len(list(folder.iterdir())) == 1
    (request,) = [r for r in front.requests if r["type"] == "train"]
    front.train(run.id, request["setup"])
    run.wait(20)
    until(lambda: not folder.exists())
    assert front.run_task("checkpoints")[0]["checkpoints"] == []


def test_a_damaged_checkpoint_is_rejected_and_the_one_before_it_stays(folder, wire):  # noqa: F811
    """[F1] The run goes on, and what was there is not lost."""
    _, front = opened(wire)
    sha256 = front.welcome["pair"]["sha256"]
    assert push(front, "run-1", checkpoint_bytes(sha256=sha256))["type"] == "stored"
    answer = push(front, "run-1", checkpoint_bytes(sha256=sha256)[:-4])
    assert answer["type"] == "rejected"
    assert "Checkpoint damaged" in answer["message"]
    assert "of another run" in push(front, "run-2", checkpoint_bytes(sha256=sha256))["message"]
    size = MAX_CHECKPOINT_BYTES + 1
    huge = {"shape": [size], "bytes": size, "blockBytes": 4194304, "blocks": 129}
    answer = push(front, "run-1", b"x", huge)
    assert f"at most {MAX_CHECKPOINT_BYTES} are kept" in answer["message"]
    assert len(front.run_task("checkpoints")[0]["checkpoints"]) == 1
