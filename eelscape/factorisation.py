"""Abundance maps and endmember spectra: non-negative matrix factorisation of a spectrum image."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from .axes import Axis
from .negative_values import grouped
from .nmf_solver import ITERATIONS, Watch
from .nmf_task import FactorisationTask, Outcome
from .signal import Signal, hyperspy_signal
from .spectra_source import spectra_of
from .spectrum_image import IsCancelled, Progress, SpectrumImage

NEGATIVE = ("clip", "refuse")
SCALINGS = (None, "poisson")


@dataclass(eq=False)
class Factorisation:
    """Spectra as sums of a few endmembers: spectrum(y, x) = sum_k abundance_k(y, x) endmember_k.

    Each component is scaled so that its greatest abundance is 1: an endmember is what the
    component adds to the spectrum of the pixel that has most of it, in the data's units.
    Components are ordered by their share of the signal, the greatest first.

    Attributes
    ----------
    abundances : Signal
        (ny, nx, k) float32, 0 to 1, axes y, x and "component"; NaN where a pixel was left out.
    endmembers : Signal
        (k, E) float32 in the data's units, axes "component" and energy, energies ascending.
    explained : float
        1 - sum of squared residuals / sum of squared data, over the pixels used, negative values
        taken as 0. Of noisy data a part cannot be explained by any number of components.
    shares : tuple of float
        (k) part of the factorisation's summed signal that each component makes up; sum 1.
    report : list of str
        What was clipped, left out and reached, a sentence each.
    components, seed : int
    negative : {"clip", "refuse"}
    scaling : None or "poisson"
    iterations : int
        Of the coordinate descent; of that on the sample where data were read block by block.
    """

    abundances: Signal
    endmembers: Signal
    explained: float
    shares: tuple[float, ...]
    report: list[str] = field(default_factory=list)
    components: int = 4
    seed: int = 0
    negative: str = "clip"
    scaling: str | None = None
    iterations: int = 0

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments of `nmf` that give it again, as JSON."""
        return {
            "components": self.components,
            "seed": self.seed,
            "negative": self.negative,
            "scaling": self.scaling,
        }

    def component(self, number: int) -> tuple[Signal, Signal]:
        """Abundance map (ny, nx) and endmember (E) of one component; the first is 0."""
        if not 0 <= number < self.components:
            raise ValueError(
                f"There is no component {number}: they run from 0 to {self.components - 1}."
            )
        maps, spectra = self.abundances, self.endmembers
        which = f"component {number + 1} of {self.components}"
        return (
            Signal(
                maps.data[..., number],
                list(maps.axes[:2]),
                f"{maps.title}, {which}",
                maps.units,
                maps.simulated,
            ),
            Signal(
                spectra.data[number],
                [spectra.axes[-1]],
                f"{spectra.title}, {which}",
                spectra.units,
                spectra.simulated,
            ),
        )

    def to_hyperspy(self) -> tuple[Any, Any]:
        """Both as HyperSpy lists them after a decomposition, the component to navigate by.

        Returns
        -------
        abundances : hyperspy.signals.Signal2D
            (component | x, y)
        endmembers : hyperspy.signals.Signal1D
            (component | energy)

        Raises
        ------
        ImportError
            If HyperSpy is not installed.
        """
        maps, spectra = self.abundances, self.endmembers
        y, x, component = maps.axes
        return (
            hyperspy_signal(
                np.moveaxis(maps.data, -1, 0),
                [component, y, x],
                2,
                maps.title,
                maps.units,
                maps.simulated,
            ),
            hyperspy_signal(
                spectra.data, list(spectra.axes), 1, spectra.title, spectra.units, spectra.simulated
            ),
        )

    def __repr__(self) -> str:
        ny, nx, _ = self.abundances.shape
        return (
            f"<Factorisation: {self.components} components of {ny} x {nx} spectra, "
            f"{100 * self.explained:.1f} % of the sum of squares explained>"
        )

    def _repr_html_(self) -> str:
        from .result_pictures import MOST_COMPONENTS, as_img, factorisation_png

        simulated = " <em>Simulated data</em>" if self.abundances.simulated else ""
        text = f"Abundance maps and endmembers of {self.components} components"
        notes = list(self.report)
        if self.components > MOST_COMPONENTS:
            notes.append(f"The picture shows the first {MOST_COMPONENTS} components.")
        lines = "".join(f"<li>{escape(line)}</li>" for line in notes)
        return (
            f"<div><strong>{escape(self.endmembers.title)}</strong>{simulated}<br/>"
            f"{as_img(factorisation_png(self), text)}<ul>{lines}</ul></div>"
        )


def nmf(
    si: Any,
    components: int = 4,
    seed: int = 0,
    negative: str = "clip",
    scaling: str | None = None,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> Factorisation:
    """Non-negative matrix factorisation of the spectra.

    Up to 256 MiB in memory: scikit-learn's coordinate descent from NNDSVDa, until 20 iterations
    gain less than 1e-5 of the squared residual. Larger and lazy data are read block by block: a
    start from spectra all over the scan, one pass of mini-batch factorisation, a second pass for
    the abundances (non-negative least squares). The same seed gives the same result.

    Parameters
    ----------
    si : Dataset, SpectrumImage, Signal, HyperSpy signal or array-like
        (y, x, E) spectra.
    components : int
        1 to the smaller of pixels and channels.
    seed : int
        Of the singular vectors to start from, and of the order of mini-batches.
    negative : {"clip", "refuse"}
        Negative values: set to 0 and counted in the report, or refused with their pixels.
    scaling : None or "poisson"
        "poisson" evens out counting noise before the factorisation (Keenan and Kotula, Surface
        and Interface Analysis 36, 203 (2004)); the result is in the data's units all the same. It
        holds for counts; where a background was subtracted the noise is larger than it assumes.
    progress, cancelled : callable, optional
        Told the share done and what is being done; asked whether to end.

    Returns
    -------
    Factorisation

    Raises
    ------
    ValueError
        If an argument is out of range, nothing is left to factorise, or negative values are
        refused.
    Cancelled
        When `cancelled` says so.
    """
    source = spectra_of(si)
    ny, nx, channels = source.shape
    if negative not in NEGATIVE:
        raise ValueError(f"negative is {negative!r}; allowed: 'clip', 'refuse'.")
    if scaling not in SCALINGS:
        raise ValueError(f"scaling is {scaling!r}; allowed: None, 'poisson'.")
    most = min(ny * nx, channels)
    whole = isinstance(components, (int, np.integer)) and not isinstance(components, bool)
    if not whole or not 1 <= components <= most:
        raise ValueError(
            f"components is {components!r}; {ny} x {nx} spectra of {channels} channels have 1 to "
            f"{most}."
        )
    watch = Watch(progress, cancelled)
    task = FactorisationTask(source, int(components), int(seed), negative, scaling, watch)
    arguments = {
        "components": int(components),
        "seed": int(seed),
        "negative": negative,
        "scaling": scaling,
    }
    return _result(source, task.run(), arguments)


def _result(source: SpectrumImage, outcome: Outcome, arguments: dict[str, Any]) -> Factorisation:
    """Components scaled, ordered and put on the scan, with their axes."""
    amounts, parts, used = outcome.amounts, outcome.parts, outcome.used
    signal = amounts.sum(axis=0, dtype=np.float64) * parts.sum(axis=1, dtype=np.float64)
    order = np.argsort(-signal, kind="stable")
    greatest = amounts.max(axis=0)
    # A component that no pixel has stays zero.
    greatest = np.where(greatest > 0, greatest, 1)
    maps = np.full((*used.shape, len(parts)), np.nan, np.float32)
    maps[used] = (amounts / greatest)[:, order]
    endmembers = (parts * greatest[:, None])[order].astype(np.float32)
    component = Axis("component", "", len(parts))
    title = source.title or source.name
    of = f" of {title}" if title else ""
    return Factorisation(
        Signal(maps, [source.y, source.x, component], f"Abundances{of}", "", source.simulated),
        Signal(
            endmembers,
            [component, source.energy],
            f"Endmembers{of}",
            source.spectra_units,
            source.simulated,
        ),
        float(outcome.explained),
        tuple(float(v) for v in signal[order] / signal.sum()),
        _report(outcome),
        iterations=outcome.iterations,
        **arguments,
    )


def _report(outcome: Outcome) -> list[str]:
    lines = [outcome.clipped] if outcome.clipped else []
    left_out = int(np.count_nonzero(~outcome.used))
    if left_out:
        lines.append(
            f"{grouped(left_out)} of {grouped(outcome.used.size)} pixels are masked or hold NaN: "
            "left out, NaN in the maps"
        )
    count, iterations = len(outcome.parts), outcome.iterations
    if outcome.by_blocks:
        how = f"mini-batches over all blocks, started by {iterations} iterations on a sample"
    elif iterations < ITERATIONS:
        how = f"converged after {iterations} iterations"
    else:
        how = f"not converged after {iterations} iterations"
    lines.append(
        f"{count} component{' explains' if count == 1 else 's explain'} "
        f"{100 * outcome.explained:.2f} % of the sum of squares ({how})"
    )
    return lines
