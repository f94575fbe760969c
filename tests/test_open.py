"""`eelscape.open`: files to signals with axes."""

import json

import numpy as np
import pytest
from inputs_case import (
    AXES,
    TITLE,
    UNITS,
    hyperspy_signal,
    nion_properties,
    picture,
    values,
    write_ndata,
    write_nhdf,
    write_nion_h5,
)

import eelscape
from eelscape.adapters import to_dataset
from eelscape.axes import Axis
from eelscape.files import WindowPairs
from eelscape.files.numpy_files import find_pairs

CALIBRATED = [Axis.from_dict(a, n) for a, n in zip(AXES, (18, 20, 30), strict=True)]


# ---- Nion Swift ----


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(("name", "write"), [("a.ndata", write_ndata), ("a.h5", write_nion_h5)])
def test_nions_files_keep_values_calibrations_and_title(name, write, lazy, tmp_path):
    data = values("u2")
    signal = eelscape.open(write(tmp_path / name, data), lazy=lazy)
    assert hasattr(signal.data, "compute") is lazy
    assert np.array_equal(np.asarray(signal.data), data)
    assert signal.axes == CALIBRATED
    assert (signal.title, signal.units) == (TITLE, UNITS)


def test_the_layouts_of_older_versions_are_found(tmp_path):
    data = values("f4")
    new = nion_properties(data)
    for properties in (
        {"data_source": new, "title": "t"},
        {"data_sources": [new], "title": "t"},
        {**new, "spatial_calibrations": new["dimensional_calibrations"], "title": "t"},
    ):
        if "spatial_calibrations" in properties:
            del properties["dimensional_calibrations"]
        signal = eelscape.open(write_ndata(tmp_path / "a.ndata", data, properties))
        assert signal.axes == CALIBRATED
        assert signal.title == "t"


def test_nion_data_without_properties_are_named_after_the_file(tmp_path):
    signal = eelscape.open(write_ndata(tmp_path / "scan 7.ndata", values("f4"), {}))
    assert signal.title == "scan 7"
    assert [axis.units for axis in signal.axes] == ["", "", ""]


def test_an_export_of_several_items_is_a_list_that_holds_the_pair(tmp_path):
    si, haadf = values("f4"), picture()
    items = [(haadf, nion_properties(haadf, AXES[:2], "HAADF")), (si, nion_properties(si))]
    signals = eelscape.open(write_nhdf(tmp_path / "pair.nhdf", items))
    assert [signal.title for signal in signals] == ["HAADF", TITLE]
    data = to_dataset(signals)
    assert np.array_equal(data.spectra, si)
    assert np.array_equal(data.image, haadf)


def test_an_intensity_calibration_is_not_applied_but_said(tmp_path):
    from eelscape.adapters.nion import nion_source

    plain = {"offset": 0.0, "scale": 1.0, "units": "nm"}
    intensity = {"offset": 5.0, "scale": 2.0, "units": "e"}
    source = nion_source(values("f4"), [plain] * 3, intensity, "t", False, 2, 1, "data")
    assert np.array_equal(source.data, values("f4"))
    assert source.report == [
        "Nion's intensity calibration (scale 2, offset 5) is not applied: the values are those "
        "stored."
    ]


def test_what_a_file_says_reaches_the_report_of_the_data(tmp_path):
    import h5py

    si, plain = values("f4"), {"offset": 0.0, "scale": 1.0, "units": "nm"}
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file.create_dataset("data", data=si).attrs["properties"] = json.dumps(
            {
                "dimensional_calibrations": [plain, plain, {**plain, "units": "eV"}],
                "intensity_calibration": {"offset": 5.0, "scale": 2.0, "units": "e"},
                "collection_dimension_count": 2,
                "datum_dimension_count": 1,
            }
        )
    signal = eelscape.open(tmp_path / "scan.h5")
    haadf = np.random.default_rng(0).random(si.shape[:2])
    data = to_dataset(signal, haadf)
    assert np.array_equal(data.spectra, si)
    assert any("intensity calibration (scale 2, offset 5) is not" in s for s in data.report)


# ---- NumPy ----


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("dtype", [">f8", "<i2", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_array_files_keep_their_values(dtype, order, lazy, tmp_path):
    data = np.asarray(values("f4") * 3, dtype=dtype, order=order)
    np.save(tmp_path / "si.npy", data)
    signal = eelscape.open(tmp_path / "si.npy", lazy=lazy)
    assert signal.title == "si"
    assert hasattr(signal.data, "compute") is lazy
    assert signal.data.dtype == data.dtype
    assert np.array_equal(np.asarray(signal.data), data)


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_several_arrays_are_a_list_that_holds_the_pair(save, lazy, tmp_path):
    si, haadf = values("f4"), picture()
    save(tmp_path / "pair.npz", haadf=haadf, si=si, note=np.array("text"), one=np.float32(3))
    signals = eelscape.open(str(tmp_path / "pair.npz"), lazy=lazy)
    assert [signal.title for signal in signals] == ["haadf", "si"]
    # What is stored without compression can stay in the file.
    assert hasattr(signals[1].data, "compute") is (lazy and save is np.savez)
    assert np.array_equal(to_dataset(signals).spectra, si)


@pytest.mark.parametrize(
    "keys",
    [("imgs", "spectra"), ("images", "specs"), ("imstack", "spectra"), ("windows", "spectra"),
     ("X", "y"), ("patches", "targets"), ("imgs_all", "spectra_all"), ("images_data", "spec")],
)  # fmt: skip
def test_windows_and_their_spectra_are_pairs(keys, tmp_path):
    images, spectra = np.random.rand(40, 16, 16), np.random.rand(40, 50)
    np.savez(tmp_path / "im2spec.npz", **dict(zip(keys, (images, spectra), strict=True)))
    pairs = eelscape.open(tmp_path / "im2spec.npz")
    assert isinstance(pairs, WindowPairs)
    assert np.array_equal(pairs.images, images)
    assert np.array_equal(pairs.spectra, spectra)
    assert repr(pairs) == (
        "<WindowPairs 'im2spec': 40 windows of 16 x 16, spectra of 50 channels, without positions>"
    )


def test_training_and_test_parts_are_joined_in_order(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {
        "X_test": rng.random((3, 1, 8, 8)),
        "X_train": rng.random((7, 1, 8, 8)),
        "y_train": rng.random((7, 1, 20)),
        "y_test": rng.random((3, 1, 20)),
    }
    np.savez(tmp_path / "parts.npz", **arrays)
    pairs = eelscape.open(tmp_path / "parts.npz")
    assert pairs.images.shape == (10, 8, 8)
    assert np.array_equal(pairs.images[7:], arrays["X_test"][:, 0])
    assert np.array_equal(pairs.spectra[:7], arrays["y_train"][:, 0])


@pytest.mark.parametrize(
    "shapes",
    [
        {"spectra": (18, 20, 30), "image": (18, 20)},
        {"images": (40, 16, 16), "spectra": (39, 50)},
        {"images": (40, 16, 17), "spectra": (40, 50)},
        {"a": (40, 16, 16), "b": (40, 50)},
    ],
)
def test_other_arrays_are_no_pairs(shapes):
    assert find_pairs(shapes) is None


def test_pairs_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="9 windows but 8 spectra"):
        WindowPairs(np.ones((9, 4, 4)), np.ones((8, 5)))
    with pytest.raises(ValueError, match=r"windows \(n, w, w\) and spectra \(n, L\), not arrays"):
        WindowPairs(np.ones((9, 4)), np.ones((9, 5)))


# ---- other formats ----


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("name", ["si.hspy", "si.emd", "si.rpl"])
def test_files_of_other_formats_are_read_with_their_axes(name, lazy, tmp_path):
    hyperspy_signal(values("f4")).save(tmp_path / name)
    signal = eelscape.open(tmp_path / name, lazy=lazy)
    assert hasattr(signal.data, "compute") is lazy
    assert np.array_equal(np.asarray(signal.data), values("f4"))
    if name == "si.hspy":
        assert signal.axes == CALIBRATED
        assert (signal.title, signal.units) == (TITLE, UNITS)
    for ours, wanted in zip(signal.axes, CALIBRATED, strict=True):
        assert ours.units == wanted.units
        assert np.allclose(ours.array, wanted.array)


def test_what_has_no_name_in_a_file_gets_none(tmp_path):
    import hyperspy.api as hs

    hs.signals.Signal2D(picture()).save(tmp_path / "haadf.rpl")
    hs.signals.Signal2D(picture()).save(tmp_path / "haadf.emd")
    for name in ("haadf.rpl", "haadf.emd"):
        signal = eelscape.open(tmp_path / name)
        assert signal.title == "haadf"
        assert [(axis.name, axis.units) for axis in signal.axes] == [("", "")] * 2


def test_uneven_axes_of_hyperspy_come_with_their_values(tmp_path):
    import hyperspy.api as hs

    energies = np.geomspace(0.2, 3, 30)
    axes = [{"size": 18, "name": "y"}, {"size": 20, "name": "x"},
            {"axis": energies, "name": "E", "units": "eV"}]  # fmt: skip
    hs.signals.Signal1D(values("f4"), axes=axes).save(tmp_path / "si.hspy")
    assert np.allclose(eelscape.open(tmp_path / "si.hspy").axes[2].array, energies)


def test_without_a_reader_the_message_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "si.dm4").write_bytes(b"\0" * 64)
    monkeypatch.setitem(__import__("sys").modules, "rsciio", None)
    with pytest.raises(ImportError, match=r"\.dm4 files need RosettaSciIO. Install it with: pip "):
        eelscape.open(tmp_path / "si.dm4")


def test_hdf5_files_of_others_say_so(tmp_path):
    import h5py

    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        file["spectra"] = values("f4")
        file["scan/haadf"] = picture()
        file["energies"] = np.arange(30)
    with pytest.raises(ValueError, match=r"Pass .* h5py\.File\(path\)\['scan/haadf'\]"):
        eelscape.open(tmp_path / "a.hdf5")


@pytest.mark.parametrize("name", ["a.xyz", "a"])
def test_unknown_extensions_are_refused(name, tmp_path):
    (tmp_path / name).write_text("what")
    with pytest.raises(ValueError, match="no reader for"):
        eelscape.open(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*nothing\.npy"):
        eelscape.open(tmp_path / "nothing.npy")


def test_a_path_given_to_explore_points_to_open():
    with pytest.raises(TypeError, match=r"is a str.*eelscape\.open\(path\)"):
        to_dataset("si.npy", np.ones((18, 20)))


def test_titles_of_files_are_text(tmp_path):
    properties = {**nion_properties(values("f4")), "title": {"a": ["<b>"]}}
    path = write_ndata(tmp_path / "a.ndata", values("f4"), properties)
    assert eelscape.open(path).title == str({"a": ["<b>"]})
    assert json.dumps(eelscape.open(path).title)
