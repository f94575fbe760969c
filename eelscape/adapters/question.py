"""What the kernel must know before it has a pair: which signals, which order of axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from ..spectrum_image import SpectrumImage


@dataclass(frozen=True)
class Option:
    """One thing to choose from.

    Attributes
    ----------
    title : str
        A signal's title, or an order of axes.
    detail : str
        Shape and units in words.
    preview : ndarray or None
        (h, w) float32 picture of at most 128 x 128 pixels.
    """

    title: str
    detail: str
    preview: np.ndarray | None = None


@dataclass(frozen=True)
class Group:
    """The options of one choice.

    Attributes
    ----------
    key : str
        "spectra", "image" or "order": names the choice in an answer.
    label : str
        What is chosen.
    options : list of Option
    suggested : int
        Index that eelscape would take; -1 where it has no opinion.
    """

    key: str
    label: str
    options: list[Option]
    suggested: int = -1


@dataclass(eq=False)
class Question:
    """What must be answered before the data can be opened.

    Attributes
    ----------
    text : str
        What is asked and why.
    groups : list of Group
    name : str
        What messages call the data.
    """

    text: str
    groups: list[Group]
    name: str = ""
    _resolve: Callable[[dict[str, int]], SpectrumImage] | None = field(default=None, repr=False)

    def answer(self, answers: Mapping[str, int]) -> SpectrumImage:
        """The pair that a choice gives.

        Parameters
        ----------
        answers : dict
            Index of an option by key of its group: ``{"spectra": 0, "image": 2}``. A group with
            a single option may be left out.

        Returns
        -------
        SpectrumImage

        Raises
        ------
        ValueError
            If a choice is missing or unknown, or the combination is not possible; the message
            says why.
        TypeError
            If the chosen values are not real numbers.
        """
        unknown = [key for key in answers if key not in {group.key for group in self.groups}]
        if unknown:
            keys = ", ".join(group.key for group in self.groups)
            raise ValueError(f"There is nothing to choose as {unknown[0]!r}; choose {keys}.")
        chosen = {group.key: self._index(group, answers) for group in self.groups}
        if self._resolve is None:
            raise ValueError("This question cannot be answered any more; run its cell again.")
        return self._resolve(chosen)

    @staticmethod
    def _index(group: Group, answers: Mapping[str, int]) -> int:
        count = len(group.options)
        if group.key not in answers:
            if count == 1:
                return 0
            raise ValueError(f"Choose {group.key} too: a number from 0 to {count - 1}.")
        index = answers[group.key]
        if isinstance(index, bool) or not isinstance(index, (int, np.integer)):
            raise ValueError(f"{group.key}={index!r} is no number from 0 to {count - 1}.")
        if not 0 <= index < count:
            raise ValueError(f"{group.key}={index} is not there: choose 0 to {count - 1}.")
        return int(index)

    @property
    def example(self) -> str:
        """The line that answers in a cell, with what eelscape would take."""
        taken = ", ".join(f"{group.key}={max(0, group.suggested)}" for group in self.groups)
        return f"ex.choose({taken})"

    def __repr__(self) -> str:
        lines = [self.text]
        for group in self.groups:
            lines.append(f"  {group.key}: {group.label}")
            width = max((len(option.title) for option in group.options), default=0)
            for i, option in enumerate(group.options):
                mark = "*" if i == group.suggested else " "
                lines.append(f"   {mark}{i}  {option.title:<{width}}  {option.detail}")
        return "\n".join([*lines, f"Answer with {self.example}"])

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self.text)}</p>"]
        for group in self.groups:
            rows = "".join(
                f"<tr><td>{i}</td><td>{_picture(option)}</td><td>{escape(option.title)}</td>"
                f"<td>{escape(option.detail)}</td>"
                f"<td>{'suggested' if i == group.suggested else ''}</td></tr>"
                for i, option in enumerate(group.options)
            )
            parts.append(
                f"<table><caption>{escape(group.key)}: {escape(group.label)}</caption>"
                f"<tbody>{rows}</tbody></table>"
            )
        return f"<div>{''.join(parts)}<p>Answer with <code>{escape(self.example)}</code></p></div>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}


def _picture(option: Option) -> str:
    if option.preview is None:
        return ""
    from .previews import png_data_url

    text = escape(f"Preview of {option.title}", quote=True)
    return f'<img alt="{text}" src="{png_data_url(option.preview)}"/>'
