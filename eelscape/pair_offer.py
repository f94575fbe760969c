"""What the front end pulls first: a data set, or a question about the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .blocks import BlockSource
from .dataset import Dataset

if TYPE_CHECKING:
    from .adapters.question import Question
    from .session import Session


class PairOffer:
    """The arrays of a data set and their description.

    Parameters
    ----------
    dataset : Dataset
        What is offered.
    revision : int
        Counts what one id has offered, so that blocks of two never mix.
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


class QuestionOffer:
    """A question with the previews of its options.

    Parameters
    ----------
    question : Question
    name, title : str
        What messages call the data and what they are.
    revision : int
        As for `PairOffer`.
    """

    def __init__(self, question: Question, name: str, title: str, revision: int) -> None:
        self.revision = revision
        self.name = f"question:{revision}"
        self._names = {"name": name, "title": title}
        previews: dict[str, np.ndarray] = {}
        groups = []
        for group in question.groups:
            options = []
            for i, option in enumerate(group.options):
                preview = None
                if option.preview is not None:
                    preview = f"{group.key} {i}"
                    previews[preview] = np.ascontiguousarray(option.preview, dtype=np.float32)
                options.append({"title": option.title, "detail": option.detail, "preview": preview})
            groups.append(
                {
                    "key": group.key,
                    "label": group.label,
                    "suggested": int(group.suggested),
                    "options": options,
                }
            )
        self.source = BlockSource(previews)
        self._question = {"source": self.name, "text": question.text, "groups": groups}

    def describe(self) -> dict[str, Any]:
        """What the front end needs to ask, as JSON."""
        return {**self._names, "question": self._question, "arrays": self.source.describe()}


def offer_of(session: Session, revision: int) -> PairOffer | QuestionOffer:
    """What a session has to show."""
    if session.question is not None:
        return QuestionOffer(session.question, session.name, session.title, revision)
    return PairOffer(session.need_dataset(), revision)
