"""ONNX graphs of a network: predict, encode and decode, in data units.

The scaling to [0, 1] and back is part of the graphs, batch normalisation is in its inference
form, and the batch is dynamic. Standard operators only (opset 17), so that any ONNX runtime
takes them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .architecture import BN_EPSILON, DILATIONS, LEAK, POOL, NetworkSpec
from .atomic_write import write_atomically

OPSET = 17
#: The IR version that belongs to opset 17; newer ones are refused by older runtimes.
IR_VERSION = 8
GRAPHS = ("predict", "encode", "decode")


class OnnxFiles(NamedTuple):
    """Paths of the three graphs that `write_graphs` wrote."""

    predict: Path
    encode: Path
    decode: Path


def write_graphs(
    path: str | os.PathLike,
    spec: NetworkSpec,
    parameters: Mapping[str, np.ndarray],
    scaling: Mapping[str, tuple[float, float]],
    properties: Mapping[str, Any] | None = None,
) -> OnnxFiles:
    """Write predict to `path`, and encode and decode beside it.

    Parameters
    ----------
    path : path
        For "name.onnx" the others are "name.encode.onnx" and "name.decode.onnx".
    spec, parameters, scaling, properties
        As for `build_graph`.

    Returns
    -------
    OnnxFiles

    Raises
    ------
    OSError
        "Could not save: ..."
    """
    path = Path(path).expanduser()
    stem = path.name.removesuffix(".onnx")
    # All are built before one is written.
    contents = {
        graph: build_graph(graph, spec, parameters, scaling, properties).SerializeToString()
        for graph in GRAPHS
    }
    names = {graph: f"{stem}.{graph}.onnx" for graph in GRAPHS} | {"predict": path.name}
    return OnnxFiles(
        **{
            graph: write_atomically(path.with_name(names[graph]), content)
            for graph, content in contents.items()
        }
    )


def build_graph(
    graph: str,
    spec: NetworkSpec,
    parameters: Mapping[str, np.ndarray],
    scaling: Mapping[str, tuple[float, float]],
    properties: Mapping[str, Any] | None = None,
) -> onnx.ModelProto:
    """Build one graph and check it.

    Parameters
    ----------
    graph : "predict", "encode" or "decode"
    spec : NetworkSpec
    parameters : mapping of str to float32 array
        By PyTorch name, in PyTorch layout.
    scaling : mapping
        {"image": (min, max), "spectrum": (min, max)}, in data units.
    properties : mapping, optional
        Written into the model's metadata as JSON strings.

    Returns
    -------
    onnx.ModelProto
        Inputs and outputs, float32 with a dynamic first axis: `window` (batch, w, w) and
        `spectrum` (batch, L) in data units, `latent` (batch, n).
    """
    if graph not in GRAPHS:
        raise ValueError(f"graph is {graph!r}; allowed: 'predict', 'encode', 'decode'")
    builder = _Builder(spec, parameters)
    image = spec.kind == "im2spec"
    feature, target = ("window", "spectrum") if image else ("spectrum", "window")
    feature_scale, target_scale = ("image", "spectrum") if image else ("spectrum", "image")
    names = {
        "predict": (feature, target),
        "encode": (feature, "latent"),
        "decode": ("latent", target),
    }[graph]
    shapes = {
        feature: spec.feature_shape,
        target: spec.target_shape,
        "latent": (spec.latent_dims,),
    }
    value = names[0]
    if graph != "decode":
        value = builder.encode(value, scaling[feature_scale])
    if graph != "encode":
        value = builder.decode(value, scaling[target_scale])
    builder.node("Identity", [value], output=names[1])
    model = helper.make_model(
        helper.make_graph(
            builder.nodes,
            f"{spec.kind}_{graph}",
            [_value_info(names[0], shapes[names[0]])],
            [_value_info(names[1], shapes[names[1]])],
            builder.initializers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="eelscape",
    )
    entries = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in (properties or {}).items()
    }
    helper.set_model_props(model, entries)
    onnx.checker.check_model(model, full_check=True)
    return model


def _value_info(name: str, shape: tuple[int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])


class _Builder:
    """Collects nodes and initialisers; every method returns the name of its output."""

    def __init__(self, spec: NetworkSpec, parameters: Mapping[str, np.ndarray]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._spec = spec
        self._parameters = parameters
        self._given: set[str] = set()

    def node(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: np.ndarray) -> str:
        if name not in self._given:
            self._given.add(name)
            array = np.ascontiguousarray(value)
            self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def encode(self, value: str, limits: tuple[float, float]) -> str:
        """Features in data units (batch, ...) to latents (batch, n)."""
        spec = self._spec
        value = self.node("Sub", [value, self._scalar("feature_min", limits[0])])
        value = self.node("Div", [value, self._scalar("feature_range", _range(limits))])
        value = self._reshape(value, "feature_shape", (1, *spec.feature_shape))
        if spec.kind == "spec2im":
            value = self.node("AveragePool", [value], kernel_shape=[POOL], strides=[POOL])
        dims = len(spec.feature_shape)
        for layer in (0, 3, 6):
            value = self._block(value, f"enc.{layer}", f"enc.{layer + 2}", dims)[-1]
        value = self._reshape(value, "encoded_shape", (spec.encoded_size,))
        return self._dense(value, "enc_fc")

    def decode(self, value: str, limits: tuple[float, float]) -> str:
        """Latents (batch, n) to targets in data units (batch, ...)."""
        spec = self._spec
        value = self._dense(value, "dec_fc")
        value = self._reshape(value, "decoder_shape", spec.decoder_shape)
        dims = len(spec.target_shape)
        for block in spec.upsampling_blocks:
            value = self._block(value, f"{block}.0", f"{block}.2", dims)[-1]
            value = self._upsample(value)
        # The published networks sum all 12 intermediates, not only the branches' last ones. Summed
        # block by block, because 12 of them at a time are what sets the memory that is needed.
        total: list[str] = []
        for index, dilation in enumerate(DILATIONS):
            parts = self._block(value, f"dil.conv.{index}", f"dil.bn.{index}", dims, dilation)
            total = [self.node("Sum", [*total, *parts])]
            value = parts[-1]
        value = total[0]
        value = self._block(value, "tail.0", "tail.2", dims)[-1]
        value = self._convolution(value, "out", dims, kernel=1)
        value = self._reshape(value, "target_shape", spec.target_shape)
        value = self.node("Mul", [value, self._scalar("target_range", _range(limits))])
        return self.node("Add", [value, self._scalar("target_min", limits[0])])

    def _block(self, value: str, conv: str, norm: str, dims: int, dilation: int = 1) -> list[str]:
        """Convolution, LeakyReLU and batch normalisation, in this order; all three outputs."""
        convolved = self._convolution(value, conv, dims, dilation)
        activated = self.node("LeakyRelu", [convolved], alpha=LEAK)
        buffers = [self._weight(f"{norm}.{name}") for name in _NORM_INPUTS]
        normed = self.node("BatchNormalization", [activated, *buffers], epsilon=BN_EPSILON)
        return [convolved, activated, normed]

    def _convolution(
        self, value: str, name: str, dims: int, dilation: int = 1, kernel: int = 3
    ) -> str:
        padding = dilation * (kernel // 2)
        return self.node(
            "Conv",
            [value, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")],
            kernel_shape=[kernel] * dims,
            dilations=[dilation] * dims,
            pads=[padding] * (2 * dims),
        )

    def _upsample(self, value: str) -> str:
        scales = self.constant("upsampling", np.array([1, 1, 2, 2], dtype=np.float32))
        return self.node(
            "Resize",
            [value, "", scales],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def _dense(self, value: str, name: str) -> str:
        weights = [self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]
        return self.node("Gemm", [value, *weights], transB=1)

    def _reshape(self, value: str, name: str, shape: tuple[int, ...]) -> str:
        # 0 keeps the batch, and unlike -1 it does so for an empty batch too.
        return self.node(
            "Reshape", [value, self.constant(name, np.array([0, *shape], dtype=np.int64))]
        )

    def _scalar(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, dtype=np.float32))

    def _weight(self, name: str) -> str:
        return self.constant(name, np.asarray(self._parameters[name], dtype=np.float32))


_NORM_INPUTS = ("weight", "bias", "running_mean", "running_var")


def _range(limits: tuple[float, float]) -> float:
    return (limits[1] - limits[0]) or 1.0
