"""What is fuzzed of files (models, checkpoints, workspaces, arrays), and how they are read."""

from __future__ import annotations

import hashlib
import io
import json
import random
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import reference_network as reference
from checkpoint_case import checkpoint_bytes as a_checkpoint
from fuzz import broken_bytes, broken_json, dumped
from inputs_case import npy_bytes

import eelscape
from eelscape.checkpoint_file import CheckpointError, read_checkpoint, seal
from eelscape.limits import MAX_LOSSES
from eelscape.model import Model
from eelscape.model_file import ModelFileError, model_file_bytes, read_model_file
from eelscape.safetensors_header import check_declared, read_header
from eelscape.signal import Signal
from eelscape.workspace_file import WorkspaceFileError

_RNG = np.random.default_rng(7)
SPECTRA = _RNG.random((18, 20, 24), dtype=np.float32)
IMAGE = _RNG.random((18, 20), dtype=np.float32)
_FOLDER = Path(tempfile.mkdtemp(prefix="eelscape-fuzz-"))

# ---- model files ---------------------------------------------------------------------------


def _model_file(kind: str) -> bytes:
    file = reference.random_file(reference.SMALL[kind])
    file.mask = file.split == -1
    file.metadata["recipe"] = {"steps": [{"step": "crop_energy", "start": 0.2}]}
    return model_file_bytes(file)


_FILES = [_model_file("im2spec"), _model_file("spec2im")]


def _parts(data: bytes) -> tuple[dict, bytes]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def _joined(header: bytes, body: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header + body


def model_bytes(seed: int) -> bytes:
    """A broken model file."""
    return _broken_file(seed, _FILES)


def _broken_file(seed: int, files: list[bytes]) -> bytes:
    """A file with bytes, its header or its metadata changed; or with a piece of another one."""
    rng = random.Random(seed)
    data = rng.choice(files)
    length = 8 + int.from_bytes(data[:8], "little")
    kind = rng.randrange(4)
    if kind == 0:
        return broken_bytes(data, rng, length)
    header, body = _parts(data)
    if kind == 1:
        names = [name for name in header if name != "__metadata__"]
        for name in rng.sample(names, rng.choice((1, 1, 3))):
            header[name] = broken_json(header[name], rng, ([len(body), 2**40], [2**30, 2**30]))
        if rng.random() < 0.2:
            header = broken_json(header, rng)
        return _joined(dumped(header, rng), body)
    if kind == 2:
        metadata = broken_json(json.loads(header["__metadata__"]["eelscape"]), rng)
        header["__metadata__"]["eelscape"] = dumped(metadata, rng).decode("utf-8", "replace")
        return _joined(json.dumps(header).encode(), body)
    # A piece of one file within another.
    other = rng.choice(files)
    at, size = rng.randrange(len(data)), rng.randrange(2000)
    source = rng.randrange(len(other))
    return data[:at] + other[source : source + size] + data[at + size :]


def read_model(data: bytes) -> str:
    try:
        file = read_model_file(data)
    except ModelFileError as error:
        assert str(error) and len(str(error)) < 2000
        return "refused"
    model = Model(file)
    model._repr_html_().encode("utf-8")
    assert all(np.isfinite(value).all() for value in file.parameters.values())
    assert read_model_file(model_file_bytes(file)).spec == file.spec
    return "accepted"


def header_bytes(value) -> bytes:
    """A file whose header is any JSON, with a body of zeros."""
    seed, found = value
    rng = random.Random(seed)
    if rng.random() < 0.7:
        entry = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}
        found = {"__metadata__": {"eelscape": found}, "data.a": broken_json(entry, rng, (found,))}
    return _joined(dumped(found, rng), bytes(rng.choice((0, 15, 16, 16, 16))))


def read_a_header(data: bytes) -> str:
    try:
        header, body = read_header(data)
        header.pop("__metadata__", None)
        check_declared(header, {}, body)
    except ModelFileError as error:
        assert str(error) and len(str(error)) < 2000
        return "refused"
    return "accepted"


# ---- checkpoints ---------------------------------------------------------------------------

_CHECKPOINTS = [a_checkpoint(begun=begun, epoch=epoch) for begun, epoch in ((True, 3), (False, 5))]
_CHECKPOINTS += [seal(data) for data in _CHECKPOINTS]


def checkpoint_bytes(seed: int) -> bytes:
    """A broken checkpoint, as it came from a browser or as it was written to a file."""
    return _broken_file(seed, _CHECKPOINTS)


def read_a_checkpoint(data: bytes) -> str:
    for sealed in (True, False):
        try:
            found = read_checkpoint(data, sealed=sealed)
        except CheckpointError as error:
            assert str(error) and len(str(error)) < 2000
            if not sealed:
                return "refused"
            continue
        assert 0 <= found.epoch <= MAX_LOSSES
        # What is taken is written with its checksums, and that is taken again.
        assert read_checkpoint(seal(data), sealed=True) == found
    return "accepted"


# ---- workspaces ----------------------------------------------------------------------------

_WORKSPACES = [
    path.read_bytes()
    for path in sorted((Path(__file__).parent / "fixtures" / "workspace").glob("*.eelscape"))
]


def workspace_bytes(seed: int) -> bytes:
    """A workspace with bytes, its header or its document changed, the checksum made anew."""
    rng = random.Random(seed)
    data = rng.choice(_WORKSPACES)
    kind = rng.randrange(3)
    header, body = _parts(data)
    if kind == 0:
        return broken_bytes(data, rng, len(data) - len(body))
    if kind == 1:
        return _joined(dumped(broken_json(header, rng), rng), body)
    begin, end = header["workspace"]["data_offsets"]
    document = dumped(broken_json(json.loads(body[begin:end]), rng), rng)
    # Behind all others, so that their places stay.
    header["workspace"]["data_offsets"] = [len(body), len(body) + len(document)]
    header["workspace"]["shape"] = [len(document)]
    hashes = json.loads(header["__metadata__"]["tensor_sha256"])
    hashes["workspace"] = hashlib.sha256(document).hexdigest()
    header["__metadata__"]["tensor_sha256"] = json.dumps(hashes)
    return _joined(json.dumps(header).encode(), body + document)


def read_workspace(data: bytes) -> str:
    path = _FOLDER / "a.eelscape"
    path.write_bytes(data)
    try:
        found = eelscape.open_workspace(path)
    except WorkspaceFileError as error:
        assert str(error) and len(str(error)) < 2000
        return "refused"
    repr(found).encode("utf-8")
    assert found.haadf.shape == (found.y.size, found.x.size)
    return "accepted"


# ---- arrays in files -----------------------------------------------------------------------

_ARRAYS = {
    "a.npy": [npy_bytes(SPECTRA), npy_bytes(IMAGE.astype(">i2")), npy_bytes(np.array(["a"]))],
    "a.npz": [],
    "a.ndata": [],
}


def _fill() -> None:
    for compress in (np.savez, np.savez_compressed):
        out = io.BytesIO()
        compress(out, si=SPECTRA[:4, :4], haadf=IMAGE[:4, :4], name=np.array("x"))
        _ARRAYS["a.npz"].append(out.getvalue())
        out = io.BytesIO()
        windows = _RNG.random((6, 4, 4))
        compress(out, images=windows, spectra=_RNG.random((6, 16)))
        _ARRAYS["a.npz"].append(out.getvalue())
    properties = {"title": "t", "dimensional_calibrations": [{"scale": 1.0, "units": "nm"}] * 3}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("data.npy", npy_bytes(SPECTRA[:4, :4]))
            archive.writestr("metadata.json", json.dumps(properties))
        _ARRAYS["a.ndata"].append(out.getvalue())


_fill()


def array_file(seed: int) -> bytes:
    """The number of a kind of file, and its bytes: changed, or with a header that declares much."""
    rng = random.Random(seed)
    number = rng.randrange(3)
    name = sorted(_ARRAYS)[number]
    lazy = rng.randrange(2)
    kind = rng.randrange(3)
    if kind == 0 or (name == "a.npy" and kind == 1):
        data = broken_bytes(rng.choice(_ARRAYS[name]), rng, 300 if name == "a.npy" else None)
    else:
        shape = tuple(rng.choice((0, 1, 3, 4, 16, 10**4, 2**31, 2**62)) for _ in range(3))
        descr = rng.choice(("<f4", ">f8", "|O", "<U9", "<M8[s]", "<c16", "|V0", "[('a','<f4')]"))
        text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
        if rng.random() < 0.3:
            text = broken_bytes(text.encode(), rng).decode("latin-1")
        header = text.encode("latin-1")
        array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
        array += bytes(rng.choice((0, 64, 5000)))
        data = array
        if name != "a.npy":
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", rng.choice((0, 8))) as archive:
                archive.writestr("data.npy", array)
                archive.writestr(rng.choice(("metadata.json", "../../x.npy")), b"{}")
            data = broken_bytes(out.getvalue(), rng) if rng.random() < 0.3 else out.getvalue()
    return bytes([number, lazy]) + data


def read_arrays(data: bytes) -> str:
    path = _FOLDER / sorted(_ARRAYS)[data[0]]
    path.write_bytes(data[2:])
    try:
        found = eelscape.open(path, lazy=bool(data[1]))
    except (ValueError, TypeError) as error:
        assert str(error)
        return "refused"
    for signal in found if isinstance(found, list) else [found]:
        repr(signal)
        if isinstance(signal, Signal):
            np.asarray(signal.data)
    return "accepted"
