"""Nion Swift's data with calibrations (`xdata`), recognised by their attributes."""

from __future__ import annotations

from typing import Any

from ..axes import Axis
from .sources import Source, read_array
from .units import is_energy


def is_nion(obj: Any) -> bool:
    """Whether an object is Nion's DataAndMetadata, or holds one as `.xdata`."""
    return hasattr(_unwrapped(obj), "dimensional_calibrations")


def from_nion(obj: Any, what: str) -> Source:
    """A DataAndMetadata: calibrations become axes.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    """
    xdata = _unwrapped(obj)
    title = str((xdata.metadata or {}).get("title") or getattr(obj, "title", "") or "")
    return nion_source(
        xdata.data,
        [calibration_dict(c) for c in xdata.dimensional_calibrations],
        calibration_dict(xdata.intensity_calibration),
        title,
        bool(xdata.is_sequence),
        int(xdata.collection_dimension_count),
        int(xdata.datum_dimension_count),
        what,
    )


def calibration_dict(calibration: Any) -> dict[str, Any]:
    """{offset, scale, units} of a Calibration, a dict or nothing."""
    if calibration is None:
        return {"offset": 0.0, "scale": 1.0, "units": ""}
    get = calibration.get if isinstance(calibration, dict) else None
    return {
        "offset": float((get("offset") if get else calibration.offset) or 0.0),
        "scale": float((get("scale") if get else calibration.scale) or 1.0),
        "units": str((get("units") if get else calibration.units) or ""),
    }


def nion_source(
    data: Any,
    calibrations: list[dict[str, Any]],
    intensity: dict[str, Any],
    title: str,
    is_sequence: bool,
    collection: int,
    datum: int,
    what: str,
) -> Source:
    """An array with Nion's calibrations and description of its dimensions.

    Parameters
    ----------
    data : array
    calibrations : list of dict
        {offset, scale, units}, one a dimension.
    intensity : dict
        Calibration of the values. Only its units are used: the values stay as stored, and a
        scale or an offset is reported.
    title : str
    is_sequence : bool
        Whether the first dimension counts frames.
    collection, datum : int
        Number of dimensions over which data were collected, and of each datum.
    what : str
        What messages call it.
    """
    source = read_array(data, what)
    ndim = source.data.ndim
    axes = [
        Axis("", c["units"], size, c["scale"], c["offset"])
        for c, size in zip(calibrations, source.data.shape, strict=False)
    ]
    if len(axes) == ndim:
        names = _names(axes, is_sequence, collection, datum)
        source.axes = [
            Axis(name, axis.units, axis.size, axis.scale, axis.offset)
            for name, axis in zip(names, axes, strict=True)
        ]
    if ndim == 3 and datum == 1:
        source.spectral = 2
    elif ndim == 3 and datum == 2:
        source.spectral = 0
    if (intensity["scale"], intensity["offset"]) != (1.0, 0.0):
        source.report.append(
            f"Nion's intensity calibration (scale {intensity['scale']:g}, offset "
            f"{intensity['offset']:g}) is not applied: the values are those stored."
        )
    source.title, source.units, source.origin = title, intensity["units"], "nion"
    return source


def _names(axes: list[Axis], is_sequence: bool, collection: int, datum: int) -> list[str]:
    names = ["frame"] if is_sequence else []
    names += {1: ["x"], 2: ["y", "x"]}.get(collection, [f"c{i}" for i in range(collection)])
    if datum == 1:
        names.append("energy" if is_energy(axes[-1]) else "channel")
    elif datum == 2:
        # One datum of two dimensions beside a collection is a diffraction pattern.
        names += ["ky", "kx"] if collection else ["y", "x"]
    return names if len(names) == len(axes) else [""] * len(axes)


def _unwrapped(obj: Any) -> Any:
    if hasattr(obj, "dimensional_calibrations") and hasattr(obj, "intensity_calibration"):
        return obj if hasattr(obj, "data") else None
    # A data item of Swift holds its data as `xdata`.
    inner = getattr(obj, "xdata", None)
    return inner if hasattr(inner, "dimensional_calibrations") else None
