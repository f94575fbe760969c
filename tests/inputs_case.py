"""One spectrum image as an object of every library, and as files in their layouts."""

import io
import json
import zipfile

import numpy as np

NY, NX, CHANNELS = 18, 20, 30
Y = {"name": "y", "units": "nm", "scale": 0.5, "offset": 1.0}
X = {"name": "x", "units": "nm", "scale": 0.25, "offset": -2.0}
ENERGY = {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2}
AXES = [Y, X, ENERGY]
TITLE = "an edge"
UNITS = "counts"


def values(dtype, seed=2):
    """(NY, NX, CHANNELS) numbers that the dtype holds but, as float64, float32 does not."""
    random = np.random.default_rng(seed).random((NY, NX, CHANNELS))
    return (random * (1 if np.dtype(dtype).kind == "f" else 200)).astype(dtype)


def picture(seed=3):
    return np.random.default_rng(seed).random((NY, NX), np.float32)


def array_of(axis, size):
    return axis["offset"] + axis["scale"] * np.arange(size)


def hyperspy_signal(data, lazy=False, chunks=None):
    import hyperspy.api as hs

    axes = [{**axis, "size": n} for axis, n in zip(AXES, data.shape, strict=True)]
    signal = hs.signals.Signal1D(data, axes=axes)
    signal.metadata.General.title = TITLE
    signal.metadata.Signal.quantity = f"Intensity ({UNITS})"
    return signal.as_lazy() if lazy else signal


def xarray_array(data):
    import xarray

    coords = {
        axis["name"]: (axis["name"], array_of(axis, n), {"units": axis["units"]})
        for axis, n in zip(AXES, data.shape, strict=True)
    }
    attrs = {"units": UNITS, "long_name": TITLE}
    return xarray.DataArray(data, coords, [axis["name"] for axis in AXES], attrs=attrs)


def sidpy_dataset(data):
    import sidpy

    dataset = sidpy.Dataset.from_array(data, title=TITLE)
    dataset.units, dataset.quantity = UNITS, "intensity"
    kinds = ("spatial", "spatial", "spectral")
    for i, (axis, n, kind) in enumerate(zip(AXES, data.shape, kinds, strict=True)):
        quantity = "energy" if kind == "spectral" else "distance"
        dataset.set_dimension(
            i,
            sidpy.Dimension(
                array_of(axis, n),
                name=axis["name"],
                units=axis["units"],
                quantity=quantity,
                dimension_type=kind,
            ),
        )
    return dataset


def nion_xdata(data):
    from nion.data import Calibration, DataAndMetadata

    return DataAndMetadata.new_data_and_metadata(
        data,
        intensity_calibration=Calibration.Calibration(units=UNITS),
        dimensional_calibrations=[
            Calibration.Calibration(a["offset"], a["scale"], a["units"]) for a in AXES
        ],
        data_descriptor=DataAndMetadata.DataDescriptor(False, 2, 1),
        metadata={"title": TITLE},
    )


def nion_properties(data, axes=AXES, title=TITLE):
    """Properties of a data item as Swift stores them beside the data."""
    return {
        "type": "data-item",
        "version": 13,
        "uuid": "5d9fe9fc-4a59-47a5-8d64-5a3f8a4f5b07",
        "data_shape": list(data.shape),
        "data_dtype": data.dtype.name,
        "is_sequence": False,
        "collection_dimension_count": 2 if data.ndim == 3 else 0,
        "datum_dimension_count": 1 if data.ndim == 3 else 2,
        "dimensional_calibrations": [
            {"offset": a["offset"], "scale": a["scale"], "units": a["units"]} for a in axes
        ],
        "intensity_calibration": {"offset": 0.0, "scale": 1.0, "units": UNITS},
        "title": title,
        "metadata": {"hardware_source": {"name": "EELS"}},
    }


def npy_bytes(data):
    stream = io.BytesIO()
    np.save(stream, data, allow_pickle=True)
    return stream.getvalue()


def write_ndata(path, data, properties=None, compression=zipfile.ZIP_STORED):
    """A container as NDataHandler writes it: data.npy, then metadata.json, uncompressed."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("data.npy", npy_bytes(data))
        text = json.dumps(nion_properties(data) if properties is None else properties)
        archive.writestr("metadata.json", text)
    return path


def write_nion_h5(path, data, properties=None):
    """An HDF5 file as HDF5Handler writes it: a dataset "data" whose properties are JSON."""
    import h5py

    with h5py.File(path, "w") as file:
        dataset = file.require_dataset("data", shape=data.shape, dtype=data.dtype)
        dataset[:] = data
        dataset.attrs["properties"] = json.dumps(properties or nion_properties(data))
    return path


def write_nhdf(path, items):
    """An export as HDFImportExportDriver writes it: a group "data" of numbered datasets."""
    import h5py

    with h5py.File(path, "w") as file:
        file.create_group("index").attrs["1"] = "{}"
        group = file.create_group("data")
        for i, (data, properties) in enumerate(items):
            dataset = group.create_dataset(str(i), data=data, chunks=True)
            dataset.attrs["properties"] = json.dumps(properties)
    return path
