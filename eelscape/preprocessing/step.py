"""One step of preprocessing: its parameters, what it does, and what it would do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Self

import numpy as np

from ..axes import Axis
from ..spectrum_image import IsCancelled, Progress, SpectrumImage
from .look import Look, look_at, remembered
from .preview import Preview


@dataclass(frozen=True)
class Step(ABC):
    """A step: parameters only, so that it can be kept, sent and repeated.

    A subclass lists its parameters as fields and checks them in `__post_init__`. `measure` looks
    at all of the data, `carry_out` changes them by what was measured.

    Attributes
    ----------
    reason : str
        Why the step is there, where not the user put it there; no part of the JSON.
    """

    name: ClassVar[str] = ""
    #: Share of the work that `measure` does.
    measuring: ClassVar[float] = 0.5

    reason: str = field(default="", kw_only=True, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON: {"step": name, parameter: value, ...}."""
        return {"step": self.name} | {
            key: _plain(getattr(self, key)) for key in self.parameter_names()
        }

    @classmethod
    def parameter_names(cls) -> list[str]:
        """Names of the parameters, in order."""
        return [entry.name for entry in fields(cls) if entry.name != "reason"]

    def because(self, reason: str) -> Self:
        """The same step with the reason for which it is there."""
        return replace(self, reason=reason)

    def describe(self, before: SpectrumImage, after: SpectrumImage) -> str:
        """What `apply` did to `before` to make it `after`, in a sentence with units.

        It is what `apply` added to the report, where the numbers are known that cannot be had
        again without reading all data.
        """
        return " ".join(after.report[len(before.report) :])

    def measure(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Any:
        """What must be known of all data before one pixel can be changed; None where nothing.

        Holds no array of the size of the data, and no position.
        """
        return None

    def completed(self, measured: Any) -> Self:
        """The step with the values filled in that were chosen from the data."""
        return self

    @abstractmethod
    def carry_out(
        self,
        data: SpectrumImage,
        measured: Any,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, str]:
        """The changed data and what was done, in a sentence; `data` stays as it is."""

    def apply(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> SpectrumImage:
        """The data after the step; arrays that do not change are shared.

        Parameters
        ----------
        data : SpectrumImage
            Stays as it is. Lazy data give lazy data; what must be known of all of them is
            measured block by block.
        progress, cancelled : callable, optional

        Raises
        ------
        ValueError
            If the step makes no sense for these data; the message says why.
        Cancelled
            When `cancelled` says so.
        """
        return self.run(data, progress, cancelled)[0]

    def run(
        self,
        data: SpectrumImage,
        progress: Progress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> tuple[SpectrumImage, Self]:
        """As `apply`, with the completed step beside the data."""
        # A preview of small data has measured all of them.
        measured = remembered(data, (self, "measured"))
        if measured is None:
            measured = self.measure(data, share_of(progress, 0.0, self.measuring), cancelled)
        rest = share_of(progress, self.measuring, 1.0)
        after, text = self.carry_out(data, measured, rest, cancelled)
        if progress is not None:
            progress(1.0, text)
        if self.reason:
            text = f"{text.removesuffix('.')} ({self.reason})"
        return after.changed(report=[*data.report, text]), self.completed(measured)

    def preview(self, data: SpectrumImage, pixel: tuple[int, int]) -> Preview:
        """What the step would do at one pixel and to the mean, without doing it.

        Parameters
        ----------
        data : SpectrumImage
            Small data are looked at as a whole, large ones at up to `sampling.PIXELS`
            pixels, which the warnings say.
        pixel : (row, column)

        Raises
        ------
        ValueError
            As `apply`, and if there is no such pixel.
        """
        look = look_at(data)
        measured = look.remember((self, "measured"), lambda: self.measure(look.data))

        mean_after, text, energy = look.remember(
            (self, "outcome"), lambda: self.mean_outcome(look, measured)
        )
        one = look.pixel(pixel)
        after, _ = self.carry_out(one, measured)
        return Preview(
            params=self.completed(measured).to_dict(),
            text=text,
            warnings=list(look.warnings),
            shape_after=(*data.shape[:2], energy.size),
            energy_before=data.energy,
            energy_after=energy,
            before=_spectrum(one),
            after=_spectrum(after),
            mean_before=look.remember("mean", lambda: look.mean(look.data)),
            mean_after=mean_after,
            **self.details(look, measured, one),
        )

    def mean_outcome(self, look: Look, measured: Any) -> tuple[np.ndarray, str, Axis]:
        """Mean after the step over the pixels looked at, what was done, and the energy axis."""
        after, text = self.carry_out(look.data, measured)
        return look.mean(after), text, after.energy

    def details(self, look: Look, measured: Any, one: SpectrumImage) -> dict[str, Any]:
        """Further fields of the preview: background, residual, flags."""
        return {}


def _spectrum(one: SpectrumImage) -> np.ndarray:
    return np.ascontiguousarray(one.spectra[0, 0], dtype=np.float32)


def share_of(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """Progress of a part of the work, 0 to 1, as progress of the whole from `start` to `stop`."""
    if progress is None:
        return None
    return lambda fraction, text: progress(start + fraction * (stop - start), text)


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
