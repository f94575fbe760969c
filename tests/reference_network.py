"""im2spec and spec2im in plain NumPy (float64), and small random networks to compare with."""

from __future__ import annotations

import numpy as np

from eelscape.architecture import NetworkSpec, parameter_shapes
from eelscape.axes import Axis
from eelscape.model_file import ModelFile

SMALL = {
    "im2spec": NetworkSpec("im2spec", 3, 3, 6, 21),
    "spec2im": NetworkSpec("spec2im", 2, 3, 8, 37),
}


def random_parameters(spec, seed=0):
    """Float32 parameters of the right shapes, batch norm away from 1, 0, 0, 1."""
    random = np.random.default_rng(seed)
    out = {}
    for name, shape in parameter_shapes(spec).items():
        value = random.normal(0, 0.4, shape)
        out[name] = (np.abs(value) + 0.3 if name.endswith("running_var") else value).astype("f4")
    return out


def random_file(spec, ny=20, nx=23, seed=0, **metadata):
    """A model file over a scan of (ny, nx) with a left-right split."""
    split = np.full((ny, nx), -1, dtype=np.int8)
    half = spec.window // 2
    inner = split[half : ny - half + 1, half : nx - half + 1]
    inner[:] = 2
    inner[:, :5] = 0
    inner[:, 5:9] = 1
    return ModelFile(
        spec=spec,
        parameters=random_parameters(spec, seed),
        split=split,
        scaling={"image": (10.0, 35.0), "spectrum": (-2.0, 6.0)},
        energy=Axis("energy", "eV", spec.channels, 0.01, 0.2),
        y=Axis("y", "nm", ny, 1.5),
        x=Axis("x", "nm", nx, 1.5),
        history={"train": [0.5, 0.25], "test": [0.75, 0.5]},
        metadata={"epoch": 2, "backend": "wasm", "title": "small", **metadata},
    )


def encode(spec, parameters, features):
    """Latents (n, latents) of features on the [0, 1] scale."""
    p = {name: value.astype(np.float64) for name, value in parameters.items()}
    x = np.asarray(features, dtype=np.float64)[:, np.newaxis]
    if spec.kind == "spec2im":
        kept = x.shape[2] // 16 * 16
        x = x[:, :, :kept].reshape(len(x), 1, -1, 16).mean(axis=3)
    for layer in (0, 3, 6):
        x = _block(p, x, f"enc.{layer}", f"enc.{layer + 2}")[-1]
    return x.reshape(len(x), -1) @ p["enc_fc.weight"].T + p["enc_fc.bias"]


def decode(spec, parameters, latents):
    """Targets on the [0, 1] scale of latents (n, latents)."""
    p = {name: value.astype(np.float64) for name, value in parameters.items()}
    x = np.asarray(latents, dtype=np.float64) @ p["dec_fc.weight"].T + p["dec_fc.bias"]
    if spec.kind == "im2spec":
        x = x.reshape(len(x), spec.filters, spec.channels)
    else:
        side = spec.window // 4
        x = x.reshape(len(x), spec.filters, side, side)
        for block in ("up1", "up2"):
            x = _block(p, x, f"{block}.0", f"{block}.2")[-1]
            x = x.repeat(2, axis=2).repeat(2, axis=3)
    total = 0.0
    for index in range(4):
        parts = _block(p, x, f"dil.conv.{index}", f"dil.bn.{index}", index + 1)
        total = total + sum(parts)
        x = parts[-1]
    x = _block(p, total, "tail.0", "tail.2")[-1]
    return (x * p["out.weight"].ravel()[0] + p["out.bias"][0])[:, 0]


def _block(p, x, conv, norm, dilation=1):
    convolved = _convolve(x, p[f"{conv}.weight"], p[f"{conv}.bias"], dilation)
    activated = np.where(convolved > 0, convolved, 0.1 * convolved)
    names = ("running_mean", "running_var", "weight", "bias")
    mean, var, gain, bias = (_column(p[f"{norm}.{name}"], x) for name in names)
    return convolved, activated, (activated - mean) / np.sqrt(var + 1e-5) * gain + bias


def _column(value, x):
    return value.reshape(1, -1, *[1] * (x.ndim - 2))


def _convolve(x, weight, bias, dilation):
    """Kernel 3 with zero padding, one shifted product a tap."""
    dims = x.ndim - 2
    padded = np.pad(x, [(0, 0), (0, 0)] + [(dilation, dilation)] * dims)
    out = _column(bias, x) * np.ones((len(x), len(weight), *x.shape[2:]))
    for tap in np.ndindex(*weight.shape[2:]):
        place = tuple(
            slice(t * dilation, t * dilation + size)
            for t, size in zip(tap, x.shape[2:], strict=True)
        )
        shifted = padded[(slice(None), slice(None), *place)]
        out += np.einsum("oi,ni...->no...", weight[(..., *tap)], shifted)
    return out
