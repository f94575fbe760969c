"""Model files that are damaged, of another network, too new or made to harm; and full disks."""

import builtins
import errno
import json
import os

import numpy as np
import pytest
import reference_network as reference
from fuzz import within_bounds

import eelscape
from eelscape import safe_json
from eelscape.architecture import NetworkSpec
from eelscape.atomic_write import write_atomically
from eelscape.model import Model
from eelscape.model_file import ModelFileError, model_file_bytes
from eelscape.protocol import ProtocolError, read_message

#: dec_fc.weight has 32 * 512 rows of 4 latents: 65536 values.
WIDE = NetworkSpec("im2spec", latent_dims=4, filters=32, window=4, channels=512)


@pytest.fixture(scope="module")
def wide():
    return model_file_bytes(reference.random_file(WIDE))


def parts(data):
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(header, body):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def with_metadata(data, **entries):
    header, body = parts(data)
    metadata = json.loads(header["__metadata__"]["eelscape"]) | entries
    header["__metadata__"]["eelscape"] = json.dumps(metadata)
    return joined(header, body)


def spoilt(data, how):
    header, body = parts(data)
    begin, _ = header["dec_fc.weight"]["data_offsets"]
    start = len(data) - len(body) + begin
    if how == "cut off":
        return joined(header, body[: begin + 4 * 1024])
    if how == "bit flipped":
        return data[: start + 9] + bytes([data[start + 9] ^ 1]) + data[start + 10 :]
    if how == "NaN":
        return data[:start] + np.float32(np.nan).tobytes() + data[start + 4 :]
    if how == "another architecture":
        return with_metadata(data, kind="spec2im")
    return joined({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, bytes(4))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("cut off", r"^Model file damaged: dec_fc\.weight holds 1024 of 65536 values\."),
        ("bit flipped", r"^Model file damaged: the values of dec_fc\.weight do not match"),
        ("NaN", r"^Model file damaged: dec_fc\.weight holds 1 values that are not finite of 65536"),
        ("another architecture", r"^Model file damaged: \S+ is missing|does not belong"),
        ("another program", r"^Not an eelscape model: .* no metadata key 'eelscape'"),
    ],
)
def test_f1_a_damaged_file_names_the_tensor_and_the_numbers(wide, how, message, tmp_path):
    """[F1] One class of errors; a model that is open stays as it is."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(wide)
    model = eelscape.load(path)
    before = {name: values.copy() for name, values in model.parameters.items()}
    path.write_bytes(spoilt(wide, how))
    with pytest.raises(ModelFileError, match=message):
        eelscape.load(path)
    for name, values in model.parameters.items():
        np.testing.assert_array_equal(values, before[name])


def test_f2_a_newer_file_names_both_versions(wide):
    """[F2] And what to install."""
    with pytest.raises(
        ModelFileError,
        match=r"^The model file has format 7; this version of eelscape reads up to format 1\. "
        r"Install a newer one: pip install --upgrade eelscape$",
    ):
        Model.from_file(with_metadata(wide, format=7))


@pytest.mark.parametrize(
    ("text", "depth"),
    [('"' + '\\"' * 400_000, 0), ('["' * 400_000, 200_000), ("{" * 10**6, 10**6)],
)
def test_f3_the_depth_of_json_is_found_in_one_pass(text, depth):
    """[F3] A text without its last quote was looked at from each of its quotes: hours for 1 MiB."""
    with within_bounds(len(text), traced=True):
        assert safe_json.depth_of(text) == depth


def test_f3_types_that_are_no_text_are_refused(wide):
    """[F3] A list where a type belongs, numbers that no float holds, a file beyond all sizes."""
    header, body = parts(wide)
    extra = {"dtype": [], "shape": [0], "data_offsets": [len(body)] * 2}
    with pytest.raises(ModelFileError, match="impossible type"):
        Model.from_file(joined({**header, "data.later": extra}, body))
    for entries in (
        {"filters": 10**400},
        {"epoch": -1},
        {"epoch": True},
        {"history": {"train": "12"}},
    ):
        with pytest.raises(ModelFileError, match="Model file damaged"):
            Model.from_file(with_metadata(wide, **entries))
    with pytest.raises(ModelFileError, match="is no file"):
        Model.from_file(os.devnull)


def test_f3_a_file_is_measured_before_it_is_read(tmp_path):
    """[F3] A sparse file of 3 GiB is refused by its length."""
    path = tmp_path / "huge.safetensors"
    with open(path, "wb") as file:
        file.truncate(3 * 2**30)
    with pytest.raises(ModelFileError, match="3221225472 bytes, and at most 2147483648 are read"):
        eelscape.load(path)


def test_f3_numbers_that_no_float_holds_are_no_numbers():
    """[F3] JSON of 400 digits in a message of the panel is refused, not an exception."""
    message = {"type": "progress", "run": "r", "epoch": 1, "epochs": 2, "backend": "cpu"}
    message["history"] = {"train": [10**400], "test": []}
    with pytest.raises(ProtocolError, match="history"):
        read_message({**message, "secondsPerEpoch": None})


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_f7_wherever_saving_fails_the_old_file_stays_whole(call, code, tmp_path, monkeypatch):
    """[F7] "Could not save" with the reason; nothing half written, nothing left over."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")

    def fails(*_, **__):
        raise OSError(code, os.strerror(code))

    class Full:
        def __init__(self, file):
            self._file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

        def write(self, content):
            self._file.write(content[: len(content) // 2])
            fails()

    real = builtins.open
    if call == "open":
        monkeypatch.setattr(builtins, "open", fails)
    elif call == "write":
        monkeypatch.setattr(builtins, "open", lambda *a, **k: Full(real(*a, **k)))
    else:
        monkeypatch.setattr(os, call, fails)
    with pytest.raises(OSError) as caught:
        write_atomically(path, b"new and longer")
    monkeypatch.undo()
    assert caught.value.errno == code
    assert f"Could not save: {os.strerror(code)}" in str(caught.value)
    assert "still in memory; save it to another place" in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.safetensors"]
    assert write_atomically(path, b"new").read_bytes() == b"new"
