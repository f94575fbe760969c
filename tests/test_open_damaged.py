"""Files that are damaged or meant to harm: refused with the reason, nothing executed."""

import json
import pickle
import struct
import zipfile

import numpy as np
import pytest
from inputs_case import npy_bytes, values, write_ndata, write_nion_h5

import eelscape
from eelscape.files import array_files


class Harmful:
    """Would write a file when unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def objects(path):
    return np.array([[Harmful(path), 1.0], [2.0, 3.0]], dtype=object)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.ndata"])
@pytest.mark.parametrize("lazy", [False, True])
def test_f5_pickled_arrays_are_never_unpickled(name, lazy, tmp_path):
    """[F5] Refused by their dtype; what they would run does not run."""
    harm, path = tmp_path / "harm", tmp_path / name
    if name == "a.npy":
        path.write_bytes(npy_bytes(objects(harm)))
    elif name == "a.npz":
        np.savez(path, a=objects(harm))
    else:
        write_ndata(path, objects(harm), {})
    with pytest.raises((TypeError, ValueError), match="Python objects"):
        eelscape.open(path, lazy=lazy)
    assert not harm.exists()


@pytest.mark.parametrize("name", ["a.pkl", "a.pickle", "a.pt"])
def test_f5_pickle_files_are_refused_by_name(name, tmp_path):
    """[F5] Without a look inside."""
    harm = tmp_path / "harm"
    (tmp_path / name).write_bytes(pickle.dumps(Harmful(harm)))
    with pytest.raises(ValueError, match="is not opened: pickled files run code"):
        eelscape.open(tmp_path / name)
    assert not harm.exists()


def test_f5_a_pickle_under_another_name_is_no_array(tmp_path):
    """[F5] numpy.load would unpickle it where allowed."""
    harm = tmp_path / "harm"
    for name in ("a.npy", "a.npz"):
        (tmp_path / name).write_bytes(pickle.dumps(Harmful(harm)))
        with pytest.raises(ValueError, match="is damaged"):
            eelscape.open(tmp_path / name)
    assert not harm.exists()


def test_f5_files_whose_reader_runs_their_text_are_refused(tmp_path):
    """[F5] RosettaSciIO's reader of netCDF evaluates attributes."""
    (tmp_path / "a.nc").write_bytes(b"CDF\x01")
    with pytest.raises(ValueError, match="its reader runs text that stands in the file"):
        eelscape.open(tmp_path / "a.nc")


def huge_npy(shape, held=b"\0" * 64):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (64 - (len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + held


@pytest.mark.parametrize("shape", [(2**20, 2**20, 2**10), (100, 100, 100), (2**62, 4)])
@pytest.mark.parametrize("lazy", [False, True])
def test_f5_declared_sizes_are_checked_before_anything_is_allocated(shape, lazy, tmp_path):
    """[F5] A header that declares more than the file holds."""
    (tmp_path / "a.npy").write_bytes(huge_npy(shape))
    with pytest.raises(ValueError, match=r"a\.npy is damaged: it declares shape .* but holds 64"):
        eelscape.open(tmp_path / "a.npy", lazy=lazy)
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / "a.ndata", "w", compression) as archive:
            archive.writestr("data.npy", huge_npy(shape))
        with pytest.raises(ValueError, match=r"data\.npy in a\.ndata is damaged: it declares"):
            eelscape.open(tmp_path / "a.ndata", lazy=lazy)


def test_f5_zip_bombs_are_refused_by_their_compression(tmp_path, monkeypatch):
    """[F5] A valid array of zeros that is hundreds of times larger than the file."""
    monkeypatch.setattr(array_files, "UNSUSPECTED_BYTES", 2**20)
    zeros = np.zeros((2**18, 8))
    np.savez_compressed(tmp_path / "bomb.npz", si=zeros)
    write_ndata(tmp_path / "bomb.ndata", zeros, {}, zipfile.ZIP_DEFLATED)
    for name in ("bomb.npz", "bomb.ndata"):
        with pytest.raises(ValueError, match=r"would take 16 MiB, more than 200 times its 0\.0"):
            eelscape.open(tmp_path / name)
    # The same size without compression is what it says.
    np.savez(tmp_path / "plain.npz", si=zeros)
    assert eelscape.open(tmp_path / "plain.npz").shape == zeros.shape


def test_f5_long_and_deep_metadata_are_refused(tmp_path, monkeypatch):
    """[F5] Before they are read, and without a crash."""
    with zipfile.ZipFile(tmp_path / "deep.ndata", "w") as archive:
        archive.writestr("data.npy", npy_bytes(values("f4")))
        archive.writestr("metadata.json", "[" * 100_000)
    with pytest.raises(
        ValueError, match=r"properties of metadata\.json in deep\.ndata are damaged"
    ):
        eelscape.open(tmp_path / "deep.ndata")
    monkeypatch.setattr("eelscape.files.nion_files.MOST_JSON", 100)
    write_ndata(tmp_path / "long.ndata", values("f4"))
    with pytest.raises(ValueError, match="at most 100 are read"):
        eelscape.open(tmp_path / "long.ndata")


@pytest.mark.parametrize(
    "properties",
    [[1, 2], "text", {"dimensional_calibrations": [3]},
     {"dimensional_calibrations": [{"scale": [1]}]},
     {"dimensional_calibrations": [{"scale": "wide"}], "intensity_calibration": None}],
)  # fmt: skip
def test_properties_of_another_kind_are_refused(properties, tmp_path):
    path = write_ndata(tmp_path / "a.ndata", values("f4"), properties)
    with pytest.raises(ValueError, match=r"(properties|calibrations) of .*(are a|cannot be read)"):
        eelscape.open(path)
    if isinstance(properties, dict):
        path = write_nion_h5(tmp_path / "a.h5", values("f4"), properties)
        with pytest.raises(ValueError, match="cannot be read"):
            eelscape.open(path)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.ndata", "a.h5"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_truncated_files_are_refused(name, share, tmp_path):
    path = tmp_path / name
    data = values("f4")
    if name == "a.npy":
        np.save(path, data)
    elif name == "a.npz":
        np.savez(path, si=data)
    elif name == "a.ndata":
        write_ndata(path, data)
    else:
        write_nion_h5(path, data)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ValueError, match="damaged"):
        eelscape.open(path)


def test_flipped_bytes_in_a_container_are_found(tmp_path):
    path = write_ndata(tmp_path / "a.ndata", values("f4"))
    whole = bytearray(path.read_bytes())
    whole[5000] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(ValueError, match=r"data\.npy in a\.ndata is damaged: Bad CRC-32"):
        eelscape.open(path)


def test_containers_without_data_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ndata", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(ValueError, match=r"holds readme\.txt and no data\.npy"):
        eelscape.open(tmp_path / "a.ndata")
    np.savez(tmp_path / "a.npz", text=np.array(["a"]))
    with pytest.raises(ValueError, match="holds no arrays of real numbers: text"):
        eelscape.open(tmp_path / "a.npz")


def test_constants_that_are_no_json_are_no_calibration(tmp_path):
    properties = {"dimensional_calibrations": [{"scale": float("nan")}] * 3}
    assert "NaN" in json.dumps(properties)
    with pytest.raises(ValueError, match="both must be finite"):
        eelscape.open(write_ndata(tmp_path / "a.ndata", values("f4"), properties))
