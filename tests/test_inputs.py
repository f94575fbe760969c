"""Every input on an object of its library: what arrives, as the table in docs/inputs.md says."""

import os
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from inputs_case import (
    AXES,
    ENERGY,
    TITLE,
    UNITS,
    array_of,
    hyperspy_signal,
    nion_xdata,
    picture,
    sidpy_dataset,
    values,
    write_ndata,
    write_nhdf,
    write_nion_h5,
    xarray_array,
)

import eelscape
from eelscape.adapters import to_spectrum_image
from eelscape.adapters.labelled import axis_of_values
from eelscape.adapters.lazy import LAZY_BYTES
from eelscape.axes import Axis
from eelscape.signal import Signal

PAGE = Path(__file__).resolve().parent.parent / "docs" / "inputs.md"
BEGIN = "<!-- table: written by tests/test_inputs.py -->"
END = "<!-- end of the table -->"
#: Set it to write the table anew.
REGENERATE = "EELSCAPE_WRITE_DOCS"

COLUMNS = ("input", "values", "axes", "units", "mask", "lazy")
HIDDEN = (3, 4, 5)
NON_UNIFORM = np.geomspace(0.2, 3.0, 30)


def masked(data):
    mask = np.zeros(data.shape, bool)
    mask[HIDDEN] = True
    return mask


def zarr_array(data, folder, version):
    import zarr

    stored = zarr.create_array(
        store=str(folder / "si.zarr"),
        shape=data.shape,
        dtype=data.dtype,
        chunks=(9, 10, 30),
        zarr_format=version,
    )
    stored[:] = data
    return stored


def h5py_dataset(data, folder):
    import h5py

    file = h5py.File(folder / "si.h5", "w")
    return file.create_dataset("si", data=data, chunks=(9, 10, 30))


def memory_map(data, folder):
    np.save(folder / "si.npy", data)
    return np.load(folder / "si.npy", mmap_mode="r")


def saved(name):
    """A file that HyperSpy wrote, opened by `eelscape.open`."""

    def make(data, folder):
        hyperspy_signal(data).save(folder / name)
        return eelscape.open(folder / name, lazy="lazy" in name)

    return make


def npz(data, folder):
    np.savez_compressed(folder / "pair.npz", si=data, haadf=picture())
    return next(s for s in eelscape.open(folder / "pair.npz") if s.ndim == 3)


def npy(data, folder):
    np.save(folder / "si.npy", data)
    return eelscape.open(folder / "si.npy", lazy=True)


def nhdf(data, folder):
    from inputs_case import nion_properties

    items = [(data, nion_properties(data)), (picture(), nion_properties(picture(), AXES[:2], "i"))]
    write_nhdf(folder / "pair.nhdf", items)
    return next(s for s in eelscape.open(folder / "pair.nhdf") if s.ndim == 3)


def xarray_netcdf_like(data, folder):
    array = xarray_array(data)
    return array.assign_coords(energy=("energy", NON_UNIFORM, {"units": "eV"}))


#: Name in the table, dtype of the source, and its maker from (values, folder).
INPUTS = [
    ("NumPy array", "f8", lambda data, folder: data),
    ("NumPy array with `axes=`", "f4", lambda data, folder: data),
    ("NumPy masked array", "f4", lambda data, folder: np.ma.array(data, mask=masked(data))),
    ("memory map below 64 MiB", ">i2", memory_map),
    ("eelscape `Signal`", "u4", lambda data, folder: Signal(data, AXES, TITLE, UNITS)),
    ("HyperSpy signal", "f4", lambda data, folder: hyperspy_signal(data)),
    ("HyperSpy lazy signal", "u2", lambda data, folder: hyperspy_signal(data, lazy=True)),
    ("Dask array", "f8", lambda data, folder: da.from_array(data, chunks=(5, 20, 30))),
    (
        "Dask masked array",
        "f4",
        lambda data, folder: da.from_array(np.ma.array(data, mask=masked(data)), chunks=(5, 7, 9)),
    ),
    ("h5py dataset", "u1", h5py_dataset),
    ("zarr array, format 2", "i4", lambda data, folder: zarr_array(data, folder, 2)),
    ("zarr array, format 3", "f4", lambda data, folder: zarr_array(data, folder, 3)),
    ("xarray DataArray", "f8", lambda data, folder: xarray_array(data)),
    (
        "xarray DataArray of Dask",
        "f4",
        lambda data, folder: xarray_array(da.from_array(data, chunks=(6, 20, 30))),
    ),
    ("xarray DataArray, uneven energies", "f4", xarray_netcdf_like),
    ("sidpy Dataset", "f4", lambda data, folder: sidpy_dataset(data)),
    ("Nion xdata", "u2", lambda data, folder: nion_xdata(data)),
    (
        "`.ndata` file",
        "f4",
        lambda data, folder: eelscape.open(write_ndata(folder / "si.ndata", data)),
    ),
    (
        "`.ndata` file, `lazy=True`",
        "f4",
        lambda data, folder: eelscape.open(write_ndata(folder / "si.ndata", data), lazy=True),
    ),
    (
        "Nion `.h5` file",
        "f8",
        lambda data, folder: eelscape.open(write_nion_h5(folder / "si.h5", data)),
    ),
    (
        "Nion `.h5` file, `lazy=True`",
        "u2",
        lambda data, folder: eelscape.open(write_nion_h5(folder / "si.h5", data), lazy=True),
    ),
    ("Nion `.nhdf` export", "f4", nhdf),
    ("`.npy` file, `lazy=True`", "i8", npy),
    ("`.npz` file", "f4", npz),
    ("`.hspy` file", "f4", saved("si.hspy")),
    ("`.hspy` file, `lazy=True`", "i2", saved("lazy.hspy")),
]
NAMES = [name for name, *_ in INPUTS]
#: Inputs that know nothing about their axes, and those that carry a mask.
BARE = ("NumPy array", "NumPy masked", "memory map", "Dask", "h5py", "zarr", "`.np")
MASKED = ("NumPy masked array", "Dask masked array")


def expected_axes(name):
    if name.startswith(BARE) and "axes=" not in name:
        return [Axis(n, "", s) for n, s in zip(("y", "x", "channel"), (18, 20, 30), strict=True)]
    axes = [Axis.from_dict(axis, n) for axis, n in zip(AXES, (18, 20, 30), strict=True)]
    if "uneven" in name:
        axes[2] = Axis("energy", "eV", 30, values=tuple(NON_UNIFORM))
    return axes


def row(name, source, data, dataset):
    """A line of the table, from what arrived."""
    equal = np.array_equal(dataset.spectra, np.asarray(source).astype(np.float32))
    conversion = [line for line in dataset.report if line.startswith("spectra: ")]
    told = conversion[0].removeprefix("spectra: ") if conversion else f"{source.dtype}, exact"
    axes = (data.y, data.x, data.energy)
    if not any(axis.units for axis in axes):
        seen = "indices; give `axes=`"
    else:
        seen = "names, units, scale, offset"
        seen += "" if data.energy.uniform else "; energies by their values"
    excluded = 0 if dataset.mask is None else int(dataset.mask.sum())
    return (
        name,
        f"{'equal' if equal else 'NOT EQUAL'} ({told.replace('->', 'to')})",
        seen,
        data.spectra_units or "unknown",
        f"{excluded} pixel excluded" if excluded else "none in the source",
        "stays lazy" if data.lazy else "in memory",
    )


@pytest.fixture(scope="module")
def table():
    return {}


@pytest.mark.parametrize(("name", "dtype", "make"), INPUTS, ids=NAMES)
@pytest.mark.filterwarnings("ignore:1 of 360 spectra hold masked values")
def test_values_axes_units_mask_and_laziness_arrive(name, dtype, make, tmp_path, table):
    source = values(dtype)
    given = make(source, tmp_path)
    axes = AXES if "axes=" in name else None
    data = to_spectrum_image(given, picture(), axes=axes)
    assert data.shape == source.shape
    assert data.lazy is (
        "lazy" in name.lower()
        or name.startswith(("Dask", "h5py", "zarr", "sidpy"))
        or "of Dask" in name
    )
    for ours, wanted in zip((data.y, data.x, data.energy), expected_axes(name), strict=True):
        assert (ours.name, ours.units, ours.size) == (wanted.name, wanted.units, wanted.size)
        assert np.allclose(ours.array, wanted.array, rtol=0, atol=1e-9)
        assert ours.uniform is wanted.uniform
    assert data.spectra_units == ("" if name.startswith(BARE) else UNITS)
    if not name.startswith(BARE):
        assert data.title == TITLE

    dataset = data.to_dataset()
    assert dataset.spectra.dtype == np.float32
    assert np.array_equal(dataset.spectra, source.astype(np.float32))
    assert np.array_equal(dataset.image, picture())
    assert dataset.sha256 == dataset.compute_sha256()
    lossy = np.any(source.astype(np.float32).astype(source.dtype) != source)
    assert any("rounding" in line for line in dataset.report) == lossy
    if name in MASKED:
        assert np.argwhere(dataset.mask).tolist() == [list(HIDDEN[:2])]
        assert "1 of 360 spectra hold masked values: excluded" in dataset.report
    else:
        assert dataset.mask is None
    table[name] = row(name, source, data, dataset)


def test_the_table_in_the_docs_is_what_was_observed(table):
    # Where a part of the file is run (-k), other rows were not observed; a whole run compares all.
    if list(table) != NAMES:
        pytest.skip("compares only what a whole run of this file observed")
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *table.values()]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    new = f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
    if os.environ.get(REGENERATE):
        PAGE.write_text(new, encoding="utf-8")
    assert page == new or os.environ.get(REGENERATE), (
        f"docs/inputs.md is not what was observed; write it anew with {REGENERATE}=1"
    )


def test_a_large_memory_map_stays_on_disk(tmp_path):
    channels = LAZY_BYTES // (64 * 64) + 1
    data = np.lib.format.open_memmap(tmp_path / "big.npy", "w+", np.uint8, (64, 64, channels))
    data[5, 6, 7] = 9
    image = np.random.default_rng(0).random((64, 64))
    found = to_spectrum_image(data, image)
    assert found.lazy
    assert found.origin == "memmap"
    assert int(found.spectra[5, 6, 7].compute()) == 9


def test_subclasses_of_hyperspys_signals_are_recognised():
    import hyperspy.api as hs

    class Spectrum(hs.signals.Signal1D):
        """Stands for the subclasses of exspy and pyxem, which are not installed here."""

    Spectrum.__module__ = "exspy.signals.eels"
    plain = hyperspy_signal(values("f4"))
    signal = Spectrum(plain.data, axes=[a.get_axis_dictionary() for a in plain.axes_manager._axes])
    data = to_spectrum_image(signal, picture())
    assert data.origin == "hyperspy"
    assert data.energy == Axis.from_dict(ENERGY, 30)


def test_values_make_an_axis_with_scale_and_offset_where_they_are_even():
    assert axis_of_values("e", "eV", array_of(ENERGY, 30)).uniform
    assert not axis_of_values("e", "eV", NON_UNIFORM).uniform
    assert axis_of_values("e", "eV", [2.0]).offset == 2.0


def test_sidpy_and_nion_data_in_other_orders_come_out_as_y_x_energy():
    source = values("f4")
    dataset = sidpy_dataset(source)
    energy_first = dataset.transpose(2, 0, 1)
    data = to_spectrum_image(energy_first, picture())
    assert np.array_equal(data.spectra.compute(), source)
    assert data.energy.units == "eV"


def test_groups_and_data_sets_of_several_arrays_say_what_they_hold(tmp_path):
    import h5py
    import xarray

    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["one"] = values("f4")
        with pytest.raises(TypeError, match=r"h5py File, not one of its arrays.*'one'"):
            to_spectrum_image(file, picture())
    with pytest.raises(TypeError, match=r"xarray Dataset that holds 'si'\. Pass one"):
        to_spectrum_image(xarray.Dataset({"si": xarray_array(values("f4"))}), picture())
