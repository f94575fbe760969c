"""`explore`: from a pair of arrays in Python to a panel in the browser, and back."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .adapters import to_dataset
from .connection import Line
from .dataset import Dataset
from .front_end_errors import FrontEndError
from .lines import close_line, open_line
from .picture import summary_html, summary_rows
from .runs import ProgressLine, Run
from .setup import checked_setup
from .signal import Signal

if TYPE_CHECKING:
    from .model import Model

__all__ = ["Explorer", "FrontEndError", "Run", "Selection", "explore"]


@dataclass(frozen=True)
class Selection:
    """What the user points at in the panel.

    Attributes
    ----------
    pointer : (int, int)
        Row and column of the pointer.
    energy_range : (float, float)
        Selected range in the units of the energy axis.
    spectrum : Signal
        (E) measured spectrum at the pointer, with its energy axis.
    """

    pointer: tuple[int, int]
    energy_range: tuple[float, float]
    spectrum: Signal


class Explorer:
    """A data set that is open in a panel; what `explore` returns.

    Attributes
    ----------
    id : str
        Names the data set on both sides.
    dataset : Dataset
        The checked snapshot that the panel shows.
    """

    def __init__(self, dataset: Dataset, line: Line) -> None:
        self.id = line.id
        self.dataset = dataset
        self._line = line
        self._models = line.models
        self._html = ""

    def __repr__(self) -> str:
        rows = "\n".join(f"  {name}: {value}" for name, value in summary_rows(self.dataset))
        simulated = " (simulated data)" if self.dataset.simulated else ""
        return f"eelscape explorer of {self.dataset.title or self.dataset.name}{simulated}\n{rows}"

    def _repr_html_(self) -> str:
        if not self._html:
            self._html = summary_html(self.dataset)
        return self._html

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    @property
    def connected(self) -> bool:
        """Whether a panel shows these data."""
        return self._current and self._line.connected

    @property
    def models(self) -> list[Model]:
        """The models trained so far, oldest first, those of the panel's Train button included."""
        with self._line.changed:
            return list(self._models)

    @property
    def history(self) -> dict[str, list[float]]:
        """Losses of the newest model (MSE on the [0, 1] scale); empty lists before the first."""
        models = self.models
        return models[-1].history if models else {"train": [], "test": []}

    @property
    def selection(self) -> Selection | None:
        """What the user points at in the panel; None before the panel has said so."""
        with self._line.changed:
            state = dict(self._line.panel_state) if self._current else {}
        if not state:
            return None
        data = self.dataset
        ny, nx, _ = data.shape
        row, column = (min(i, n - 1) for i, n in zip(state["pointer"], (ny, nx), strict=True))
        spectrum = Signal(
            np.array(data.spectra[row, column]),
            [data.energy],
            title=f"{data.title or data.name} at row {row}, column {column}",
            units=data.spectra_units,
            simulated=data.simulated,
        )
        low, high = state["energyRange"]
        return Selection((row, column), (float(low), float(high)), spectrum)

    def train(
        self,
        kind: str,
        latent_dims: int = 2,
        epochs: int = 120,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        filters: int = 64,
        window: int = 16,
        stride: int = 1,
        windows: str = "all",
        split: str = "left-right",
        guard: int | None = None,
        train_fraction: float = 0.67,
        seed: int = 0,
        backend: str = "auto",
        wait: bool = True,
    ) -> Model | Run:
        """Train a network in the browser.

        Parameters
        ----------
        kind : {"im2spec", "spec2im"}
            From image windows to spectra, or back.
        latent_dims : int
            Number of latents.
        epochs, batch_size : int
            Passes over the training windows, windows a batch.
        learning_rate : float
            Of Adam.
        filters : int
            Inner channels of the network.
        window : int
            Side of a window in pixels: even and >= 4, for spec2im a multiple of 4.
        stride : int
            Step between training windows in pixels.
        windows : {"all", "paper"}
            "paper" leaves out the last row and column of positions.
        split : {"left-right", "top-bottom", "blocks", "random"}
            How test windows are set apart; "random" leaks.
        guard : int, optional
            Pixels between training and test positions; the window's side by default.
        train_fraction : float
            Share of the training part.
        seed : int
            Decides initialisation, shuffling and the split.
        backend : {"auto", "webgpu", "webgl", "wasm", "cpu"}
            What computes in the browser.
        wait : bool
            Whether to return only when the training has ended.

        Returns
        -------
        Model or Run
            The trained model; with ``wait=False`` at once a `Run` with ``.wait()``, ``.stop()``
            and ``.progress``.

        Raises
        ------
        ValueError, TypeError
            If an argument is not possible; the message names what is.
        FrontEndError
            If no panel is connected, the run fails, or the kernel cannot serve the panel while
            a cell waits.
        KeyboardInterrupt
            If the cell is interrupted: the training is stopped, and what it reached is kept in
            `models`.
        """
        setup = checked_setup(
            self.dataset.shape,
            kind=kind,
            latent_dims=latent_dims,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            filters=filters,
            window=window,
            stride=stride,
            windows=windows,
            split=split,
            guard=guard,
            train_fraction=train_fraction,
            seed=seed,
            backend=backend,
        )
        self._check_current()
        self._line.check_front_end()
        if not wait:
            if not self._line.serves_only_between_cells:
                self._line.wait_for_front_end()
            run = self._line.new_run(setup)
            self._line.begin(run)
            return run
        self._line.check_served()
        self._line.wait_for_front_end()
        self._line.check_served()
        run = self._line.new_run(setup)
        line = ProgressLine(kind)
        try:
            self._line.begin(run)
            model = run._wait(None, lambda: line.show(run.describe()))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                run.stop()
                line.show("interrupted; the model so far comes into `ex.models`", last=True)
            raise
        line.show(run.describe(), last=True)
        return model

    def show(self, model: Model) -> None:
        """Show a model in the panel, one loaded from a file for example.

        Raises
        ------
        FrontEndError
            If no panel is connected.
        """
        to_bytes = getattr(model, "to_bytes", None)
        if to_bytes is None:
            raise TypeError(f"show() takes a Model, not {type(model).__name__}.")
        self._check_current()
        self._line.check_front_end()
        if not self._line.serves_only_between_cells:
            self._line.wait_for_front_end()
        self._line.show(to_bytes())

    def close(self) -> None:
        """Close the line to the panel and let the kernel forget the data."""
        if self._current:
            close_line(self._line)

    @property
    def _current(self) -> bool:
        return self._line.dataset is self.dataset

    def _check_current(self) -> None:
        if not self._current:
            raise FrontEndError(
                "This explorer was replaced when its cell ran again: use the newest one, the "
                "return value of that `explore`."
            )


def explore(
    si: Any,
    haadf: Any,
    axes: Sequence[Any] | None = None,
    name: str | None = None,
    title: str | None = None,
    mask: Any = None,
) -> Explorer:
    """Open a spectrum image with the HAADF image of the same scan in a panel.

    Parameters
    ----------
    si : array-like, Signal or HyperSpy signal
        Spectrum image, (y, x, E).
    haadf : array-like, Signal or HyperSpy signal
        HAADF image, (y, x).
    axes : list of dict or Axis, optional
        Axes of `si` in array order: {name, units, scale, offset, size} or {name, units, values}.
    name : str, optional
        What messages call the data; by default the variable that holds `si`, else the title.
    title : str, optional
        What the data are; by default the signal's title.
    mask : array-like of bool, optional
        (y, x), True where a pixel is excluded.

    Returns
    -------
    Explorer
        At once; the panel pulls the data when it opens.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the two do not belong together or there is nothing to learn from them.
    """
    found = name or _variable_name(si)
    dataset = to_dataset(si, haadf, axes=axes, name=found, title=title, mask=mask)
    return Explorer(dataset, open_line(_line_id(dataset.name), dataset))


def _shell() -> Any:
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _variable_name(obj: Any) -> str | None:
    """The name that the user's namespace gives an object, found by identity."""
    namespace = getattr(_shell(), "user_ns", None) or {}
    for key, value in list(namespace.items()):
        if value is obj and isinstance(key, str) and not key.startswith("_"):
            return key
    return None


# Ids given in the running cell: two `explore` of one cell get two panels.
_given: dict[str, Any] = {"execution": None, "ids": set()}


def _line_id(name: str) -> str:
    """The same id whenever the same cell opens data of the same name, so that its panel stays.

    After a kernel restart too: the panel that lost its data finds them again.
    """
    parent: dict[str, Any] = {}
    kernel = getattr(_shell(), "kernel", None)
    if kernel is not None:
        parent = kernel.get_parent() or {}
    cell = (parent.get("metadata") or {}).get("cellId")
    if not cell:
        return uuid.uuid4().hex
    execution = (parent.get("header") or {}).get("msg_id")
    if _given["execution"] != execution:
        _given.update(execution=execution, ids=set())
    for ordinal in range(1000):
        line_id = hashlib.sha256(f"{cell}\n{name}\n{ordinal}".encode()).hexdigest()[:32]
        if line_id not in _given["ids"]:
            break
    _given["ids"].add(line_id)
    return line_id
