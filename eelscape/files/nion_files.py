"""Files of Nion Swift: `.ndata` containers and HDF5 files.

Layouts: NDataHandler.py and HDF5Handler.py of nionswift. An `.ndata` file is a zip container with
data.npy and metadata.json. An `.h5` file holds one dataset "data" whose attribute "properties" is
JSON; an exported `.nhdf` file holds a group "data" of such datasets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..adapters.nion import calibration_dict, nion_source
from ..adapters.sources import Source
from ..safe_json import load_json
from .array_files import DamagedFile, open_archive, read_npy_entry, reading

#: Bytes of JSON that are read.
MOST_JSON = 16 * 1024**2


def open_ndata(path: Path, lazy: bool) -> Source:
    """An `.ndata` file.

    Raises
    ------
    ValueError
        If it is damaged or no such file.
    TypeError
        If it holds Python objects.
    """
    with open_archive(path) as archive, reading(path):
        names = set(archive.namelist())
        if "data.npy" not in names:
            there = ", ".join(sorted(names)[:8]) or "nothing"
            raise DamagedFile(
                f"{path.name} holds {there} and no data.npy: it is no data file of Nion Swift."
            )
        properties = {}
        if "metadata.json" in names:
            entry = archive.getinfo("metadata.json")
            if entry.file_size > MOST_JSON:
                raise DamagedFile(
                    f"metadata.json in {path.name} takes {entry.file_size} bytes; at most "
                    f"{MOST_JSON} are read."
                )
            properties = _properties(archive.read(entry), f"metadata.json in {path.name}")
        data = read_npy_entry(archive, path, "data.npy", lazy)
    return _source(data, properties, path.stem)


def nion_datasets(file: Any) -> list[Any]:
    """The datasets of an open HDF5 file that are Nion's; none where it has another layout."""
    data = file.get("data")
    if data is None:
        return []
    found = [data] if hasattr(data, "shape") else [data[key] for key in sorted(data)]
    return [each for each in found if hasattr(each, "shape") and "properties" in each.attrs]


def nion_hdf5(dataset: Any, path: Path, lazy: bool) -> Source:
    """A dataset of Nion's in an HDF5 file.

    Raises
    ------
    ValueError
        If its properties cannot be read.
    """
    properties = _properties(dataset.attrs["properties"], f"{dataset.name} in {path.name}")
    return _source(dataset if lazy else dataset[()], properties, path.stem)


def _properties(text: str | bytes, what: str) -> dict[str, Any]:
    try:
        properties = load_json(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise DamagedFile(f"The properties of {what} are damaged: {error}") from error
    if not isinstance(properties, dict):
        raise DamagedFile(f"The properties of {what} are a {type(properties).__name__}.")
    return properties


def _source(data: Any, properties: dict[str, Any], stem: str) -> Source:
    described = _description(properties)
    calibrations = described.get("dimensional_calibrations")
    if calibrations is None:
        # The name in files that Swift exports.
        calibrations = described.get("spatial_calibrations")
    calibrations = calibrations if isinstance(calibrations, list) else []
    is_sequence = described.get("is_sequence") is True
    dimensions = len(data.shape) - is_sequence
    # Swift's own defaults where a file does not say.
    collection = described.get("collection_dimension_count")
    if not isinstance(collection, int):
        collection = 2 if dimensions in (3, 4) else 0
    datum = described.get("datum_dimension_count")
    if not isinstance(datum, int):
        datum = dimensions - collection
    try:
        scales = [calibration_dict(c) for c in calibrations]
        intensity = calibration_dict(described.get("intensity_calibration"))
    except (AttributeError, TypeError, ValueError) as error:
        raise DamagedFile(f"The calibrations of {stem} cannot be read: {error}") from error
    title = str(properties.get("title") or described.get("title") or stem)
    return nion_source(data, scales, intensity, title, is_sequence, collection, datum, "Nion data")


def _description(properties: dict[str, Any]) -> dict[str, Any]:
    """Where a version of the format keeps calibrations: at the top, or in its data source."""
    sources = properties.get("data_sources")
    places = [properties, properties.get("data_source")]
    places += sources[:1] if isinstance(sources, list) else []
    for place in places:
        if isinstance(place, dict) and (
            "dimensional_calibrations" in place or "spatial_calibrations" in place
        ):
            return place
    return properties
