"""Checkpoints as the browser writes them, made without one."""

from __future__ import annotations

import json

import numpy as np
import safetensors.numpy

from eelscape.architecture import NetworkSpec, parameter_shapes

SPEC = NetworkSpec(kind="im2spec", latent_dims=2, filters=2, window=8, channels=24)
SHA256 = "a" * 64


def checkpoint_bytes(run="run-1", epoch=3, saved_at=1000, begun=True, sha256=SHA256, **other):
    """safetensors of a run at `epoch`, in mid-epoch where it has `begun` another one."""
    values = np.random.default_rng(epoch)
    tensors = {
        "history.train": values.random(epoch),
        "history.test": np.full(epoch, np.nan),
    }
    for prefix in ["", "before."] if begun else [""]:
        for name, shape in parameter_shapes(SPEC).items():
            names = [name]
            if ".running_" not in name:
                names += [f"adam.m.{name}", f"adam.v.{name}"]
            for key in names:
                tensors[prefix + key] = values.random(shape, dtype=np.float32)
    if begun:
        tensors["begun.loss"] = values.random(1)
    metadata = {
        "format": 1,
        "content": "checkpoint",
        "run": run,
        "data_sha256": sha256,
        "data_key": "b" * 64,
        "setup": {"kind": "im2spec", "latentDims": 2, "filters": 2, "window": 8, "epochs": 9},
        "channels": 24,
        "from_python": False,
        "saved_at": saved_at,
        "epoch": epoch,
        "backend": "wasm",
        "batch_size": 32,
        "adam_steps": 40,
        "begun": {"step": 2, "adam_steps": 38} if begun else None,
        **other,
    }
    return safetensors.numpy.save(tensors, metadata={"eelscape": json.dumps(metadata)})
