"""A data set as the front end pulls it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .blocks import BlockSource
from .dataset import Dataset


class PairOffer:
    """The arrays of a data set and their description.

    Parameters
    ----------
    dataset : Dataset
        What is offered.
    revision : int
        Counts the data sets that one id has had, so that blocks of two never mix.
    """

    def __init__(self, dataset: Dataset, revision: int) -> None:
        self.revision = revision
        self.name = f"pair:{revision}"
        arrays = {"spectra": dataset.spectra, "image": dataset.image}
        if dataset.mask is not None:
            arrays["mask"] = dataset.mask.astype(np.uint8)
        self.source = BlockSource(arrays)
        self._dataset = dataset

    def describe(self) -> dict[str, Any]:
        """What the front end needs to pull the arrays and to label them, as JSON."""
        data = self._dataset
        return {
            "source": self.name,
            "name": data.name,
            "title": data.title,
            "simulated": data.simulated,
            "y": data.y.to_dict(),
            "x": data.x.to_dict(),
            "energy": data.energy.to_dict(),
            "spectraUnits": data.spectra_units,
            "imageUnits": data.image_units,
            "report": list(data.report),
            "sha256": data.sha256,
            "arrays": self.source.describe(),
        }
