"""`explore`: from a pair of arrays in Python to a panel in the browser, and back."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .adapters import to_spectrum_image
from .changes import Sources
from .connection import Line
from .front_end_errors import FrontEndError
from .inverse import Inverse, inverse_of
from .lines import close_line, open_line
from .notebook import line_id, variable_name
from .open_data import OpenData
from .picture import summary_html, summary_rows
from .places import Pin, Selection
from .progress_line import ProgressLine, shown_progress
from .runs import Run
from .session import NotNow, Session
from .setup import checked_setup
from .size_study import StudyRow, study_of
from .transfer import Transfer, transfer_of

if TYPE_CHECKING:
    from .dataset import Dataset
    from .model import Model
    from .repetition import Repeated

__all__ = ["Explorer", "FrontEndError", "NotNow", "Pin", "Run", "Selection", "explore"]


class Explorer(OpenData):
    """A data set that is open in a panel; what `explore` returns.

    Attributes
    ----------
    id : str
        Names the data set on both sides.
    dataset : Dataset or None
        The checked snapshot that the panel shows; another one after each preprocessing step,
        None while a question is open.
    repeated : list of Repeated
        Of an explorer that `eelscape.replay` made: how each model compares with the recipe's.
    """

    def __init__(self, session: Session, line: Line) -> None:
        super().__init__(session, line)
        self._models = line.models
        self.repeated: list[Repeated] = []
        # By the data without holding them: they may be large.
        self._html: weakref.WeakKeyDictionary[Dataset, str] = weakref.WeakKeyDictionary()

    def __repr__(self) -> str:
        session = self._session
        if session.question is not None:
            return f"eelscape explorer of {session.title}\n{session.question!r}"
        rows = "\n".join(f"  {name}: {value}" for name, value in summary_rows(session))
        simulated = " (simulated data)" if session.need_dataset().simulated else ""
        return f"eelscape explorer of {session.title}{simulated}\n{rows}"

    def _repr_html_(self) -> str:
        if self._session.question is not None:
            return self._session.question._repr_html_()
        data = self._session.need_dataset()
        if data not in self._html:
            self._html[data] = summary_html(self._session)
        return self._html[data]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    @property
    def connected(self) -> bool:
        """Whether a panel shows these data."""
        return self._current and self._line.presence.connected

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

    def study(self, metric: str = "relative") -> list[StudyRow]:
        """Errors against the number of latents, as the panel's latent-size study shows them.

        Of the models that differ from the newest one in nothing but kind, number of latents and
        backend and were trained to the end on the present data, the newest of each size.

        Parameters
        ----------
        metric : "relative", "rmse", "mse" or "mse_raw"
            Measure of the errors, as for `Model.error_map`.

        Returns
        -------
        list of StudyRow
            Named tuples (kind, latent_dims, train, test, train_sd, test_sd, r, mse, model), by
            kind and number of latents: mean errors of the parts with their spread over windows,
            and Pearson correlation and MSE between error map and image. Empty without models.

        Raises
        ------
        ValueError
            If there is no such measure.
        """
        data = self.dataset
        return [] if data is None else study_of(self.models, data, metric)

    def transfer(
        self, model: Model | None = None, scale: str | None = None, metric: str = "relative"
    ) -> Transfer | None:
        """A model of other data applied to these, computed in the kernel.

        Spectra are interpolated linearly to the energies of the model; im2spec is compared over
        those that the data reach.

        Parameters
        ----------
        model : Model, optional
            By default the one that the panel's Transfer view shows.
        scale : {"network", "data"}, optional
            Whose [0, 1] scale images and spectra are brought to: that of the model's training, or
            that of these data. By default what the panel shows, "network" for a model given here.
        metric : "relative", "rmse", "mse" or "mse_raw"
            Measure of the errors, as for `Model.error_map`.

        Returns
        -------
        Transfer or None
            Error map, predictions, encodings and their distances from the training encodings;
            None where no model is given and the panel shows none.

        Raises
        ------
        ValueError
            With the reason where the energies cannot be brought together or no window fits.
        """
        data, state = self._shown
        if model is None:
            shown = state.analysis.get("transfer")
            if data is None or shown is None:
                return None
            model = self._line.models_by_weights().get(shown["weights"])
            if model is None:
                return None
            scale = scale or shown["scale"]
        return transfer_of(model, self._session.need_dataset(), scale or "network", metric)

    def inverse(self, metric: str = "relative") -> Inverse | None:
        """The structures that the panel's Inverse design found last for a wanted spectrum.

        Parameters
        ----------
        metric : "relative", "rmse", "mse" or "mse_raw"
            Measure of the errors, as for `Model.error_map`.

        Returns
        -------
        Inverse or None
            Target, latents, decoded spectra, errors, nearest windows and, with a spec2im model,
            the image for the target; None before the first search.

        Raises
        ------
        ValueError
            If there is no such measure.
        """
        data, state = self._shown
        found = state.analysis.get("inverse")
        if data is None or found is None:
            return None
        return inverse_of(found, self._line.models_by_weights(), data, metric)

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
        scaling: str = "range",
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
        scaling : {"range", "robust"}
            The [0, 1] scale: from the least to the greatest value of the data, or from the 0.1 to
            the 99.9 percentile, values beyond kept, where outliers rule.
        wait : bool
            Whether to return only when the training has ended.

        Returns
        -------
        Model or Run
            The trained model; with ``wait=False`` at once a `Run` with ``.wait()``, ``.stop()``
            and ``.progress``. Runs that are started so train at the same time, as many as the
            machine has cores, on a graphics card one after another.

        Raises
        ------
        ValueError, TypeError
            If an argument is not possible; the message names what is.
        FrontEndError
            If no panel is connected, the run fails, or the kernel cannot serve the panel while
            a cell waits.
        NotNow
            While a question is open, with its text, or while the data change.
        KeyboardInterrupt
            If the cell is interrupted: the training is stopped, and what it reached is kept in
            `models`.
        """
        self._check_current()
        self._check_idle()
        data = self._session.need_dataset()
        setup = checked_setup(
            data.shape,
            data.mask,
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
            scaling=scaling,
        )
        self._line.presence.need(waits=wait)
        run = self._line.new_run(setup)
        if not wait:
            self._line.begin(run)
            return run
        line = ProgressLine(run.label)
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
        self._session.need_dataset()
        self._line.presence.need()
        self._line.add_applied(model)
        self._line.show(to_bytes())

    def close(self) -> None:
        """Close the line to the panel and let the kernel forget the data."""
        if self._current:
            close_line(self._line)


def explore(
    si: Any,
    haadf: Any = None,
    axes: Sequence[Any] | None = None,
    name: str | None = None,
    title: str | None = None,
    mask: Any = None,
    resample: bool = False,
    order: str | None = None,
    memory_budget: int | None = None,
) -> Explorer:
    """Open a spectrum image with the HAADF image of the same scan in a panel.

    Parameters
    ----------
    si : array-like or signal, or a list of signals
        Spectrum image, (y, x, E), lazy or in memory. A list, as `hyperspy.api.load` returns it,
        is searched for the pair.
    haadf : array-like or signal, optional
        HAADF image, (y, x); left out where `si` is a list that holds it.
    axes : list of dict or Axis, optional
        Axes of `si` in array order: {name, units, scale, offset, size} or {name, units, values}.
    name : str, optional
        What messages call the data; by default the variable that holds `si`, else the title.
    title : str, optional
        What the data are; by default the signal's title.
    mask : array-like of bool, optional
        (y, x), True where a pixel is excluded.
    resample : bool
        Whether an image of another shape is brought onto the scan.
    order : {"yxE", "xyE", "Eyx", "Exy"}, optional
        Order of the axes of `si` as the array has them, where neither axes nor shapes tell.
    memory_budget : int, optional
        Most bytes of spectra, as float32, that the browser gets; 512 MiB by default, at most
        2 GiB. Larger data are cropped or binned to it, which the cell says first.

    Returns
    -------
    Explorer
        At once for data in memory; lazy data are read first, with a line that says how far it is.
        The panel pulls the data when it opens. Where it cannot be known which signals belong
        together, the explorer and the panel ask; see `Explorer.choose`.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the two do not belong together or there is nothing to learn from them.
    """
    found_name = name or variable_name(si)
    read = partial(
        to_spectrum_image,
        axes=axes,
        name=found_name,
        title=title,
        mask=mask,
        resample=resample,
        order=order,
    )
    # Before they are read: what changes meanwhile is a change.
    sources = Sources({"si": si, "haadf": haadf}, read, found_name or title or "data")
    found = read(si, haadf)
    with shown_progress("explore") as progress:
        session = Session(found, found_name or "", title or "", memory_budget, progress, sources)
    return Explorer(session, open_line(line_id(session.name), session))
