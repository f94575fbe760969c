"""What a user passes as a pair, read and checked before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from ..dataset import Dataset
from ..spectrum_image import SpectrumImage
from .lists import is_list_of_signals, paired_from_list
from .pairing import Options, paired
from .question import Question
from .sources import read_source


def to_spectrum_image(
    si: Any,
    haadf: Any = None,
    axes: Sequence[Any] | None = None,
    name: str | None = None,
    title: str | None = None,
    mask: Any = None,
    resample: bool = False,
    order: str | None = None,
) -> SpectrumImage | Question:
    """Read a spectrum image and the HAADF image of the same scan, in full; lazy data stay lazy.

    Parameters
    ----------
    si : array-like or signal, or a list of them
        Spectrum image (y, x, E): HyperSpy signal, eelscape Signal, xarray DataArray, sidpy
        Dataset, Nion xdata, or an array (NumPy, Dask, h5py, zarr, memory map). A list, such as
        `hyperspy.api.load` returns, is searched for a pair. A `SpectrumImage` or a `Dataset`
        is a pair already.
    haadf : array-like or signal, optional
        HAADF image (y, x) of the same scan; left out where `si` is a list.
    axes : list of dict or Axis, optional
        Axes of `si` in array order: {name, units, scale, offset, size} or
        {name, units, values}; take the place of the signal's own.
    name, title : str, optional
        What messages call the data; what they are.
    mask : array-like of bool, optional
        (y, x), True where a pixel is excluded.
    resample : bool
        Whether an image of another shape is brought onto the scan.
    order : {"yxE", "xyE", "Eyx", "Exy"}, optional
        Order of the axes of `si`, where its axes do not tell.

    Returns
    -------
    SpectrumImage or Question
        A question where it cannot be known which signals belong together, or which order the
        axes have.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the two do not belong together or there is nothing to learn from them.
    """
    if isinstance(si, Dataset):
        si = as_spectrum_image(si)
    if isinstance(si, SpectrumImage):
        if haadf is not None:
            raise ValueError("This is a pair already: it comes with its HAADF image.")
        return si.changed(name=name or si.name, title=si.title if title is None else title)
    refuse_windows(si)
    options = Options(axes, name, title, mask, resample, order)
    if is_list_of_signals(si):
        return paired_from_list(si, haadf, options)
    if haadf is None:
        raise ValueError(
            "The HAADF image of the same scan is missing: pass it as the second argument, or pass "
            "the list of signals that the file holds."
        )
    return paired(read_source(si, "spectrum image"), read_source(haadf, "HAADF image"), options)


def to_dataset(
    si: Any,
    haadf: Any = None,
    axes: Sequence[Any] | None = None,
    name: str | None = None,
    title: str | None = None,
    mask: Any = None,
    resample: bool = False,
    order: str | None = None,
) -> Dataset:
    """`to_spectrum_image`, and a float32 snapshot of the whole pair.

    Returns
    -------
    Dataset

    Raises
    ------
    TypeError, ValueError
        As `to_spectrum_image`; ValueError too where there is a question left, and where a
        browser cannot take the whole.
    """
    data = to_spectrum_image(si, haadf, axes, name, title, mask, resample, order)
    if isinstance(data, Question):
        asked = [group.key for group in data.groups]
        hint = "order=" if asked == ["order"] else "the spectrum image and the image that are meant"
        raise ValueError(f"{data!r}".replace(f"Answer with {data.example}", f"Pass {hint}."))
    return data.to_dataset()


def as_spectrum_image(data: Dataset) -> SpectrumImage:
    """A data set as what preprocessing works on; nothing is copied."""
    names = [each.name for each in fields(SpectrumImage)]
    return SpectrumImage(**{name: getattr(data, name) for name in names})


def refuse_windows(data: Any) -> None:
    """Refuse pairs of windows and spectra, which have no places on a scan.

    Raises
    ------
    ValueError
    """
    from ..files.window_pairs import WindowPairs

    if isinstance(data, WindowPairs):
        raise ValueError(
            f"These are {len(data.images)} windows with their spectra but without positions: there "
            "is no scan to draw a map on, and no neighbour to keep out of the test part. Open the "
            "spectrum image and the HAADF image that they were cut from. Without them, "
            "model.predict and model.encode work on pairs.images or pairs.spectra."
        )
