"""Trains the model that ships with the sample, in PyTorch (not needed to run or to test eelscape).

An hour of wasm becomes ten minutes. Initial values, batches, split and scaling are those of
`ex.train("im2spec")` at the defaults, so that the losses follow those of the browser until
rounding parts them: `tools/train_model.mjs` prints the same epochs for comparison.

    pip install torch==2.13.0
    PYTHONPATH=. python tools/train_shipped_model.py eelscape/data/ftio-im2spec-2L.safetensors
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from complete_model import completed
from torch_networks import Network, copied, trained

from eelscape.architecture import NetworkSpec, parameter_shapes
from eelscape.model_file import ModelFile, model_file_bytes
from eelscape.random_numbers import permutation, uniforms
from eelscape.samples import sample
from eelscape.versions import __version__
from eelscape.windows import cut_windows, positions_of_windows

SETUP = {
    "kind": "im2spec",
    "latent_dims": 2,
    "epochs": 120,
    "batch_size": 64,
    "learning_rate": 1e-3,
    "filters": 64,
    "window": 16,
    "stride": 1,
    "windows": "all",
    "split": "left-right",
    "guard": None,
    "train_fraction": 0.67,
    "seed": 0,
    "backend": "auto",
    "scaling": "range",
}


def left_right(ny: int, nx: int, window: int, fraction: float) -> np.ndarray:
    """(ny, nx) int8 labels of the left-right split with a guard of one window."""
    half = window // 2
    columns = nx - window + 1
    n_train = int(np.floor(fraction * (columns - window) + 0.5))
    split = np.full((ny, nx), -1, np.int8)
    rows = slice(half, half + ny - window + 1)
    split[rows, half : half + n_train] = 0
    split[rows, half + n_train : half + n_train + window] = 1
    split[rows, half + n_train + window : half + columns] = 2
    return split


def initial(spec: NetworkSpec, seed: int) -> dict[str, torch.Tensor]:
    """PyTorch's default distributions, drawn from the streams that the browser takes."""
    shapes = parameter_shapes(spec)
    values = {}
    for name, shape in shapes.items():
        layer, kind = name.rsplit(".", 1)
        weight = shapes[f"{layer}.weight"]
        if len(weight) > 1:  # convolution or dense layer
            bound = 1 / np.sqrt(np.prod(weight[1:]))
            draw = uniforms(seed, f"init/{name}", 0, int(np.prod(shape))).astype(np.float64)
            value = (bound * (2 * draw - 1)).astype(np.float32).reshape(shape)
        else:
            start = 1.0 if kind in ("weight", "running_var") else 0.0
            value = np.full(shape, start, np.float32)
        values[name] = torch.from_numpy(value)
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("--epochs", type=int, default=SETUP["epochs"])
    arguments = parser.parse_args()
    setup = dict(SETUP, epochs=arguments.epochs)

    si, haadf = sample("ftio")
    spectra = np.ascontiguousarray(si.data, np.float32)
    image = np.ascontiguousarray(haadf.data, np.float32)
    ny, nx, channels = spectra.shape
    window, seed = setup["window"], setup["seed"]
    split = left_right(ny, nx, window, setup["train_fraction"])
    scaling = {
        "image": (float(image.min()), float(image.max())),
        "spectrum": (float(spectra.min()), float(spectra.max())),
    }

    def part(label: int) -> tuple[torch.Tensor, torch.Tensor]:
        positions = positions_of_windows(ny, nx, window)
        positions = positions[split.ravel()[positions] == label]
        (a, b), (c, d) = scaling["image"], scaling["spectrum"]
        x = (cut_windows(image, positions, window).astype(float) - a) / (b - a)
        y = (spectra.reshape(-1, channels)[positions].astype(float) - c) / (d - c)
        return torch.tensor(x[:, None], dtype=torch.float32), torch.tensor(
            y[:, None], dtype=torch.float32
        )

    spec = NetworkSpec("im2spec", setup["latent_dims"], setup["filters"], window, channels)
    case = {
        "kind": "im2spec",
        "enc_layers": 3,
        "encoder_avgpool": 0,
        "filters": setup["filters"],
        "image": [window, window],
        "spectrum": channels,
    }
    parameters = copied(initial(spec, seed), torch.float32)
    network = Network(case, parameters)
    adam = torch.optim.Adam(trained(parameters), lr=setup["learning_rate"], eps=1e-8)
    x, y = part(0)
    x_test, y_test = part(2)
    n, size = len(x), setup["batch_size"]
    history: dict[str, list[float]] = {"train": [], "test": []}
    for epoch in range(setup["epochs"]):
        begun, total = time.perf_counter(), 0.0
        order = torch.from_numpy(permutation(seed, "epoch", epoch, n))
        ends = [*range(size, n, size), n]
        if len(ends) > 1 and n - ends[-2] == 1:  # a trailing batch of one joins the one before
            del ends[-2]
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            rows = order[start:end]
            adam.zero_grad()
            loss = functional.mse_loss(network.forward(x[rows], train=True)[0], y[rows])
            loss.backward()
            adam.step()
            total += loss.item() * (end - start)
        with torch.no_grad():
            test = [
                functional.mse_loss(
                    network.forward(x_test[i : i + 256], train=False)[0],
                    y_test[i : i + 256],
                    reduction="sum",
                ).item()
                for i in range(0, len(x_test), 256)
            ]
        history["train"].append(total / n)
        history["test"].append(sum(test) / y_test.numel())
        seconds = time.perf_counter() - begun
        print(
            f"epoch {epoch + 1}/{setup['epochs']} train {history['train'][-1]:.4e} "
            f"test {history['test'][-1]:.4e} {seconds:.1f} s",
            flush=True,
        )

    data_hash = hashlib.sha256(spectra.tobytes() + image.tobytes()).hexdigest()
    y_axis, x_axis, energy = si.axes
    file = ModelFile(
        spec=spec,
        parameters={name: value.detach().numpy() for name, value in parameters.items()},
        split=split,
        scaling=scaling,
        energy=energy,
        y=y_axis,
        x=x_axis,
        history=history,
        metadata={
            "spectra_units": si.units,
            "image_units": haadf.units,
            "split": {
                "kind": "left-right",
                "guard": window,
                "train_fraction": setup["train_fraction"],
                "leaking": False,
                "shared_pixels": 0.0,
            },
            "setup": setup,
            "epoch": setup["epochs"],
            "backend": "pytorch",
            "notice": "Trained in PyTorch from eelscape's initial values and batches.",
            "recipe": {},
            "versions": {"eelscape": __version__, "torch": torch.__version__},
            "data_sha256": data_hash,
            "title": "FT:IO monolayer (simulated)",
            "simulated": True,
        },
    )
    arguments.output.write_bytes(model_file_bytes(completed(file)))


if __name__ == "__main__":
    main()
