"""The model file: round trip, and what is said of damaged ones."""

import json

import numpy as np
import pytest
import reference_network as reference
from safetensors import safe_open

from eelscape.model_file import (
    ModelFileError,
    model_file_bytes,
    read_model_file,
)


@pytest.fixture(params=["im2spec", "spec2im"])
def file(request):
    return reference.random_file(reference.SMALL[request.param])


def parts(data):
    """Header as a dict and body of a safetensors file."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(header, body):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def changed(data, **entries):
    """The same file with other entries in its metadata; None removes one."""
    header, body = parts(data)
    metadata = json.loads(header["__metadata__"]["eelscape"]) | entries
    metadata = {key: value for key, value in metadata.items() if value is not None}
    header["__metadata__"]["eelscape"] = json.dumps(metadata)
    return joined(header, body)


def refused(data, message):
    with pytest.raises(ModelFileError, match=message):
        read_model_file(data)


def test_encodings_and_errors_stay_with_a_model(file):
    assert read_model_file(model_file_bytes(file)).latents is None
    shape = (*file.split.shape, file.spec.latent_dims)
    file.latents = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    file.latents[file.split < 0] = np.nan
    file.metadata["errors"] = {"relative": {"train": 0.1, "test": float("nan")}}
    again = read_model_file(model_file_bytes(file))
    np.testing.assert_array_equal(again.latents, file.latents)
    assert again.metadata["errors"] == {"relative": {"train": 0.1, "test": None}}
    file.latents = file.latents[1:]
    refused(model_file_bytes(file), r"data\.latents")


def test_round_trip(file, tmp_path):
    file.mask = file.split == -1
    file.history["test"][0] = float("nan")
    file.metadata["recipe"] = {"steps": [1, {"__proto__": {"x": 1}}], "scale": np.float32(0.5)}
    path = tmp_path / "model.safetensors"
    path.write_bytes(model_file_bytes(file))
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        again = read_model_file(source)
        assert again.spec == file.spec
        assert list(again.parameters) == list(file.parameters)
        for name, value in file.parameters.items():
            np.testing.assert_array_equal(again.parameters[name], value)
            assert again.parameters[name].dtype == np.float32
        np.testing.assert_array_equal(again.split, file.split)
        np.testing.assert_array_equal(again.mask, file.mask)
        assert (again.energy, again.y, again.x) == (file.energy, file.y, file.x)
        assert again.scaling == file.scaling
        assert np.isnan(again.history["test"][0]) and again.history["train"] == [0.5, 0.25]
        assert again.metadata["recipe"] == {"steps": [1, {"__proto__": {"x": 1}}], "scale": 0.5}
        assert again.metadata["epoch"] == 2 and again.metadata["title"] == "small"
    assert model_file_bytes(again) == path.read_bytes()
    with safe_open(path, "numpy") as opened:
        assert opened.get_slice("enc.0.weight").get_dtype() == "F32"
        assert opened.get_slice("data.split").get_dtype() == "I8"
        metadata = json.loads(opened.metadata()["eelscape"])
    assert metadata["format"] == 1 and metadata["history"]["test"] == [None, 0.5]
    assert set(metadata["tensor_sha256"]) == {*file.parameters, "data.split", "data.mask"}


def test_every_cut_is_refused(file):
    data = model_file_bytes(file)
    for length in {*range(0, len(data), max(1, len(data) // 97)), len(data) - 1}:
        refused(data[:length], "damaged|Not a model file")


def test_message_of_a_cut_file(file):
    data = model_file_bytes(file)
    header, body = parts(data)
    begin, _ = header["dec_fc.weight"]["data_offsets"]
    values = file.parameters["dec_fc.weight"].size
    cut = joined(header, body[: begin + 4 * 10])
    refused(cut, rf"^Model file damaged: dec_fc.weight holds 10 of {values} values\.")


def test_message_of_another_shape(file):
    file_bytes = model_file_bytes(file)
    # As if the metadata belonged to a network of twice the filters.
    refused(changed(file_bytes, filters=6), r"Model file damaged: dec_fc.bias holds \d+ of \d+ v")
    refused(changed(file_bytes, latent_dims=7), r"dec_fc.weight holds \d+ of \d+ values")
    header, body = parts(file_bytes)
    header["dec_fc.weight"]["shape"].reverse()
    refused(joined(header, body), r"dec_fc.weight has the shape \(.*\) instead of \(")


def test_every_flipped_bit_of_the_tensors_is_seen(file):
    data = bytearray(model_file_bytes(file))
    start = 8 + int.from_bytes(data[:8], "little")
    for place in range(start, len(data), 101):
        data[place] ^= 0x10
        refused(bytes(data), "checksum|not finite|negative variance")
        data[place] ^= 0x10
    assert read_model_file(bytes(data)).spec == file.spec


def test_flipped_bits_of_the_header_never_crash(file):
    data = bytearray(model_file_bytes(file))
    for place in range(0, 8 + int.from_bytes(data[:8], "little"), 7):
        data[place] ^= 0x04
        try:
            read_model_file(bytes(data))
        except ModelFileError:
            pass
        data[place] ^= 0x04


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite(file, value):
    data = model_file_bytes(file)
    header, body = parts(data)
    begin, _ = header["tail.0.weight"]["data_offsets"]
    body = body[:begin] + np.float32(value).tobytes() + body[begin + 4 :]
    refused(joined(header, body), "tail.0.weight holds 1 values that are not finite")
    file.parameters["out.bias"][0] = value
    with pytest.raises(ModelFileError, match=r"out\.bias holds values that are not finite"):
        model_file_bytes(file)


def test_newer_format_names_both_versions(file):
    refused(changed(model_file_bytes(file), format=2), r"format 2.*up to format 1.*--upgrade")
    refused(changed(model_file_bytes(file), format="1"), "format version is '1'")
    refused(changed(model_file_bytes(file), format=True), "format version is True")


def test_huge_declarations_allocate_nothing(file):
    data = model_file_bytes(file)
    refused((1 << 40).to_bytes(8, "little") + data[8:], "header of 1099511627776 bytes")
    refused(changed(data, filters=10**6), "holds")
    refused(changed(data, filters=10**9), "filters is 1000000000; .* at most 16777216")
    refused(changed(data, y={"name": "y", "units": "", "size": 10**12}), "axis y has size")
    header, body = parts(data)
    header["enc.0.weight"]["shape"] = [10**15, 1, 3, 3]
    refused(joined(header, body), r"enc.0.weight holds \d+ of \d+ values")
    header, body = parts(data)
    header["enc.0.bias"]["data_offsets"] = [0, 10**15]
    refused(joined(header, body), "enc.0.bias holds")
    header["enc.0.bias"]["data_offsets"] = [-4, 8]
    refused(joined(header, body), "impossible type, shape or place")


def test_overlapping_tensors(file):
    header, body = parts(model_file_bytes(file))
    header["enc.0.bias"]["data_offsets"] = header["enc.2.bias"]["data_offsets"]
    refused(joined(header, body), "Model file damaged")


def test_foreign_names(file):
    header, body = parts(model_file_bytes(file))
    for name in ("__proto__", "constructor", "enc.9.weight"):
        extra = header | {name: {"dtype": "F32", "shape": [0], "data_offsets": [len(body)] * 2}}
        refused(joined(extra, body), f"{name}.*does not belong")
    del header["out.bias"]
    refused(joined(header, body), "out.bias is missing")


def test_foreign_metadata_are_let_by(file):
    data = changed(model_file_bytes(file), __proto__={"kind": "spec2im"}, later=[1, 2])
    assert read_model_file(data).spec == file.spec
    assert not hasattr(read_model_file(data), "later")


def test_json_that_is_none(file):
    data = model_file_bytes(file)
    header, body = parts(data)
    refused(joined(b"[" * 100_000, body), "nested 100000 levels deep")
    refused(joined(b"[1]", body), "not a JSON object")
    refused(joined(b"{\xff}", body), "not valid JSON")
    refused(joined(b'{"a": 1, "a": 2}', body), "a key is repeated")
    refused(joined({"a": 1}, body), "no metadata key 'eelscape'")
    deep = json.dumps({"recipe": json.loads("[" * 50 + "]" * 50)})
    header["__metadata__"]["eelscape"] = deep
    refused(joined(header, body), "nested 51 levels deep")
    # Brackets within strings are no nesting.
    assert read_model_file(changed(data, title='["' * 60)).metadata["title"] == '["' * 60


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"kind": "spec2spec"}, "'im2spec', 'spec2im'"),
        ({"window": 5}, "even and at least 4|multiple of 4"),
        ({"latent_dims": 0}, "at least 1"),
        ({"latent_dims": 2.0}, "whole number"),
        ({"scaling": {"image": [0, 1]}}, "'spectrum'"),
        ({"scaling": {"image": [0, 1], "spectrum": [2, 1]}}, "scaling of the spectrum is 2.0"),
        ({"scaling": {"image": [None, 1], "spectrum": [0, 1]}}, "damaged"),
        ({"energy": None}, "lack 'energy'"),
        ({"energy": {"name": "energy", "units": "eV", "size": 5}}, "energy axis has 5 channels"),
        ({"history": [1]}, "history is not an object"),
        ({"history": {"train": ["x"]}}, "damaged"),
        ({"setup": "x"}, "setup is 'x'"),
        ({"epoch": "x"}, "epoch is 'x'"),
        ({"tensor_sha256": None}, "checksums"),
        ({"tensor_sha256": {}}, "do not match their checksum"),
    ],
)
def test_metadata_are_checked(entries, message):
    data = model_file_bytes(reference.random_file(reference.SMALL["im2spec"]))
    refused(changed(data, **entries), message)


def test_no_file_and_no_model(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_model_file(tmp_path / "none.safetensors")
    refused(b"", "0 bytes")
    refused(b"\x89PNG\r\n\x1a\n" + bytes(100), "Not a model file")


def test_wrong_parameters_are_not_written():
    file = reference.random_file(reference.SMALL["im2spec"])
    file.parameters["out.bias"] = np.zeros(2, dtype="f4")
    with pytest.raises(ModelFileError, match=r"out.bias is of shape \(2,\)"):
        model_file_bytes(file)
    del file.parameters["out.bias"]
    with pytest.raises(ModelFileError, match=r"out\.bias is missing"):
        model_file_bytes(file)
