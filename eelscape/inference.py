"""The networks in the kernel: ONNX Runtime on the CPU, over NumPy and Dask arrays."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from .architecture import NetworkSpec

#: Most samples that a run of the network takes at once.
CHUNK = 256
#: Most values of one inner layer. Wide networks on long spectra take fewer samples at a time,
#: which is faster (the layers stay in the processor's cache) and needs a quarter of the memory.
LAYER_VALUES = 1_000_000
_lock = threading.Lock()


class Network:
    """A network ready to run; picklable, so that Dask can send it to its workers.

    Parameters
    ----------
    spec : NetworkSpec
    parameters : mapping of str to float32 array
    scaling : mapping
        {"image": (min, max), "spectrum": (min, max)}, in data units.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Mapping[str, np.ndarray],
        scaling: Mapping[str, tuple[float, float]],
    ) -> None:
        self.spec = spec
        self._parameters = dict(parameters)
        self._scaling = dict(scaling)
        self._sessions: dict[str, Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_sessions": {}}

    def shapes(self, graph: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Shapes of one input and one output of "predict", "encode" or "decode"."""
        latent = (self.spec.latent_dims,)
        return {
            "predict": (self.spec.feature_shape, self.spec.target_shape),
            "encode": (self.spec.feature_shape, latent),
            "decode": (latent, self.spec.target_shape),
        }[graph]

    def run(self, graph: str, values: np.ndarray) -> np.ndarray:
        """Run a graph over samples, at most 256 at a time.

        Parameters
        ----------
        graph : "predict", "encode" or "decode"
        values : (n, ...) array of real numbers
            Cast to float32. Features in data units, or latents.

        Returns
        -------
        (n, ...) array of float32
            Latents, or targets in data units; NaN for a sample that holds a value that is not
            finite.
        """
        _, outputs = self.shapes(graph)
        out = np.empty((len(values), *outputs), dtype=np.float32)
        widest = self.spec.filters * max(self.spec.channels, self.spec.window**2)
        step = min(CHUNK, max(1, LAYER_VALUES // widest))
        for start in range(0, len(values), step):
            part = slice(start, start + step)
            with np.errstate(over="ignore"):
                batch = np.ascontiguousarray(values[part], dtype=np.float32)
            finite = np.isfinite(batch.reshape(len(batch), -1)).all(axis=1)
            result = np.full((len(batch), *outputs), np.nan, dtype=np.float32)
            if finite.any():
                # The operators treat NaN each in their own way, so none is let in.
                session = self._session(graph)
                name = session.get_inputs()[0].name
                result[finite] = session.run(None, {name: batch[finite]})[0]
            out[part] = result
        return out

    def _session(self, graph: str) -> Any:
        with _lock:
            if graph not in self._sessions:
                import onnxruntime

                from .onnx_graph import build_graph

                model = build_graph(graph, self.spec, self._parameters, self._scaling)
                options = onnxruntime.SessionOptions()
                # Warnings about processor affinity in containers are no concern of the user.
                options.log_severity_level = 3
                self._sessions[graph] = onnxruntime.InferenceSession(
                    model.SerializeToString(), options, providers=["CPUExecutionProvider"]
                )
            return self._sessions[graph]

    def apply(self, graph: str, values: Any, expected: str) -> Any:
        """Check an argument and run a graph over it.

        Parameters
        ----------
        graph : "predict", "encode" or "decode"
        values : NumPy or Dask array, or anything that NumPy takes
        expected : str
            What the samples are, for messages: "windows" or "spectra".

        Returns
        -------
        NumPy array, or a lazy Dask array for one

        Raises
        ------
        TypeError
            Where the values are not real numbers.
        ValueError
            Where the shape is not (n, ...); the message holds the one that is.
        """
        values = as_array(values)
        inputs, outputs = self.shapes(graph)
        check_real(values, graph)
        if values.ndim != 1 + len(inputs) or tuple(values.shape[1:]) != inputs:
            sizes = ", ".join(map(str, inputs))
            hint = ""
            if tuple(values.shape) == inputs:
                hint = " For a single one pass x[np.newaxis]."
            elif graph != "decode":
                hint = " For a whole image or cube use model.over(...)."
            raise ValueError(
                f"{graph} takes {expected} of shape (n, {sizes}); got {tuple(values.shape)}.{hint}"
            )
        if not is_dask(values):
            return self.run(graph, values)
        lazy = values.rechunk({axis: -1 for axis in range(1, values.ndim)})
        return map_samples(lazy, GraphRunner(self, graph), 1, outputs)


class GraphRunner:
    """A graph as a picklable function of a block (..., features)."""

    def __init__(self, network: Network, graph: str) -> None:
        self._network = network
        self._graph = graph

    def __call__(self, block: np.ndarray) -> np.ndarray:
        inputs, outputs = self._network.shapes(self._graph)
        leading = block.shape[: block.ndim - len(inputs)]
        flat = np.asarray(block).reshape(-1, *inputs)
        return self._network.run(self._graph, flat).reshape(*leading, *outputs)


def map_samples(lazy: Any, function: Any, leading: int, outputs: tuple[int, ...]) -> Any:
    """Map a function of the trailing axes over a Dask array, block by block.

    Parameters
    ----------
    lazy : dask array (..., features), one block along each axis of the features
    function : callable
        Takes a block and returns (..., *outputs).
    leading : int
        How many axes are kept.
    outputs : tuple of int
        Shape of what replaces the others.
    """
    return lazy.map_blocks(
        function,
        dtype=np.float32,
        meta=np.empty((0,) * (leading + len(outputs)), dtype=np.float32),
        chunks=(*lazy.chunks[:leading], *((size,) for size in outputs)),
        drop_axis=list(range(leading, lazy.ndim)),
        new_axis=list(range(leading, leading + len(outputs))),
    )


def is_dask(values: Any) -> bool:
    """Whether an array is Dask's, told without importing Dask."""
    return type(values).__module__.partition(".")[0] == "dask" and hasattr(values, "map_blocks")


def as_array(values: Any) -> Any:
    """The array within a signal, a masked array (NaN where masked) or a nested list."""
    if hasattr(values, "axes_manager"):
        values = values.data
    if is_dask(values):
        return values
    if isinstance(values, np.ma.MaskedArray):
        check_real(values, "a network")
        return values.astype(np.float32).filled(np.nan)
    return np.asarray(values)


def check_real(values: Any, what: str) -> None:
    """Raise a TypeError unless the values are real numbers."""
    if values.dtype.kind not in "fiub":
        raise TypeError(f"{what} takes real numbers; got an array of dtype {values.dtype}.")
