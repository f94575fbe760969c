"""Lazy inputs: how they are read, and that they are read no more than is needed."""

from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from inputs_case import picture, values, xarray_array

from eelscape.adapters import to_dataset, to_spectrum_image
from eelscape.adapters.lazy import to_dask

SHARED = Path(__file__).resolve().parent.parent / ".." / "shared" / "data"


class Storage:
    """Stands for an h5py dataset of a given layout; counts the values that are read."""

    def __init__(self, data, chunks=None):
        self.data, self.chunks = data, chunks
        self.shape, self.dtype, self.ndim = data.shape, data.dtype, data.ndim
        self.read = 0

    def __getitem__(self, index):
        part = self.data[index]
        self.read += part.size
        return part


Storage.__module__ = "h5py._hl.dataset"


@pytest.mark.parametrize("energy_first", [False, True])
@pytest.mark.parametrize("chunks", [None, (4, 5, 30)])
def test_stored_arrays_are_read_once_whatever_their_order(energy_first, chunks, monkeypatch):
    monkeypatch.setattr("eelscape.spectrum_image.BLOCK_BYTES", 4 * 20 * 30 * 4)
    monkeypatch.setattr("eelscape.adapters.lazy.BLOCK_BYTES", 4 * 20 * 30 * 4)
    source = values("f4")
    given = np.moveaxis(source, 2, 0) if energy_first else source
    storage = Storage(given, chunks and (chunks[::-1] if energy_first else chunks))
    data = to_spectrum_image(storage, picture())
    storage.read = 0
    assert np.array_equal(data.to_dataset().spectra, source)
    assert storage.read == source.size


def test_chunks_of_stored_arrays_hold_whole_rows():
    storage = Storage(np.zeros((64, 1024, 2048), np.float32))
    assert to_dask(storage).chunks == ((8,) * 8, (1024,), (2048,))
    assert to_dask(storage, rows=1).chunks[1] == (128,) * 8


@pytest.mark.filterwarnings("ignore:Consolidated metadata")
def test_what_xarray_has_not_read_stays_in_its_file(tmp_path, monkeypatch):
    xarray = pytest.importorskip("xarray", reason="xarray is optional: pip install xarray")
    xarray_array(values("f4")).to_dataset(name="si").to_zarr(tmp_path / "si.zarr")
    stored = xarray.open_zarr(tmp_path / "si.zarr", chunks=None)["si"]
    monkeypatch.setattr("eelscape.adapters.labelled.LAZY_BYTES", 1000)
    data = to_spectrum_image(stored, picture())
    assert data.lazy
    assert np.array_equal(data.to_dataset().spectra, values("f4"))


def test_lazy_images_and_lazy_masks_are_computed():
    source = values("f4")
    mask = np.zeros((18, 20), bool)
    mask[3, 3] = True
    data = to_dataset(da.from_array(source), da.from_array(picture()), mask=da.from_array(mask))
    assert np.array_equal(data.image, picture())
    assert np.argwhere(data.mask).tolist() == [[3, 3]]


def test_a_data_set_and_a_spectrum_image_are_pairs_already():
    data = to_dataset(values("f8"), picture(), name="first")
    again = to_spectrum_image(data, name="second")
    assert again.spectra is data.spectra
    assert (again.name, again.report) == ("second", data.report)
    assert to_dataset(to_spectrum_image(again)).sha256 == data.sha256
    with pytest.raises(ValueError, match="a pair already"):
        to_spectrum_image(again, picture())


# Measured data are not in the repository; the simulated cases beside it always run.
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the measured data in ../shared/data")
def test_a_measured_set_of_hysteresis_loops_is_taken():
    import h5py

    with h5py.File(SHARED / "dtmicroscope_BEPS_PTO_50x50.h5") as file:
        group = file["Channel_000/generic"]
        stored = group["generic"]
        names = ("X", "Y", "Voltage")
        axes = [{"name": n, "units": "", "values": group[n][()]} for n in names]
        data = to_spectrum_image(stored, stored[:, :, 0].T, axes=axes)
        assert data.lazy
        assert any("not monotonic" in line for line in data.report)
        found = data.to_dataset()
        assert np.array_equal(found.spectra, stored[()].transpose(1, 0, 2).astype(np.float32))
        assert found.energy.array.tolist() == group["Voltage"][()].tolist()
