"""Regenerate the golden cases with 8 filters with PyTorch (not needed to run or to test eelscape).

Starts from the stored `init.*`, `x` and `y` of each case, taken from the fixtures themselves or
from the folder given as `--source`, and computes everything else anew: outputs, gradients,
ten steps of plain gradient descent and of Adam, in float32 and in float64. Results agree with the
stored ones within the tests' tolerances, not bit for bit: `--check` shows by how much.

    python tools/make_golden_fixtures.py            # writes tests/fixtures/golden
    python tools/make_golden_fixtures.py --check    # compares only
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.numpy import load_file, save
from torch_networks import Network, Tensors, copied, is_buffer, trained

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures" / "golden"
CASES = ("im2spec_n8", "spec2im_pool16_n8", "spec2im_repo_n8")
LEARNING_RATE = 1e-3
STEPS = 10
#: Final Adam parameters that differ by more between float32 and float64 are masked out: where a
#: gradient is zero but for rounding, Adam moves by the learning rate in a random direction.
ILL_CONDITIONED = 1e-5
ENTRIES = (
    "kind image spectrum latent filters enc_layers dec_dilations encoder_avgpool "
    "decoder_upsampling_x2_twice reference_class n_params"
).split()


def passes(case: dict, initial: Tensors, x, y, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Outputs in both modes, gradients and buffers after one pass, from the initial weights."""
    x, y = x.to(dtype), y.to(dtype)
    found: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        out, latent = Network(case, copied(initial, dtype)).forward(x, train=False)
    found |= {"eval.out": out, "eval.latent": latent, "eval.loss": functional.mse_loss(out, y)}
    parameters = copied(initial, dtype)
    out, _ = Network(case, parameters).forward(x, train=True)
    loss = functional.mse_loss(out, y)
    loss.backward()
    found |= {"train.out": out, "train.loss": loss}
    for name, value in parameters.items():
        if is_buffer(name):
            found[f"bn1.{name}"] = value
        else:
            found[f"grad.{name}"] = value.grad
    return {name: value.detach() for name, value in found.items()}


def trajectory(case: dict, initial: Tensors, x, y, dtype: torch.dtype, kind: str) -> dict:
    """Ten optimiser steps on one batch: losses, first and final parameters, last outputs."""
    x, y = x.to(dtype), y.to(dtype)
    parameters = copied(initial, dtype)
    network = Network(case, parameters)
    optimiser = (
        torch.optim.Adam(trained(parameters), lr=LEARNING_RATE)
        if kind == "adam"
        else torch.optim.SGD(trained(parameters), lr=LEARNING_RATE)
    )
    losses, first = [], {}
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = functional.mse_loss(network.forward(x, train=True)[0], y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if step == 0:
            first = {name: value.detach().clone() for name, value in parameters.items()}
    final = {name: value.detach().clone() for name, value in parameters.items()}
    with torch.no_grad():
        out, _ = network.forward(x, train=False)
        train_out, _ = network.forward(x, train=True)
    return {
        "losses": losses,
        "first": first,
        "final": final,
        "eval.out": out,
        "eval.loss": functional.mse_loss(out, y),
        "train.loss": functional.mse_loss(train_out, y),
    }


def compute(case: dict, stored: dict[str, np.ndarray]) -> tuple[dict, dict, dict]:
    """Everything of a case: float32 file, float64 gradients, gaps between the two precisions."""
    start = {name: torch.from_numpy(value.copy()) for name, value in stored.items()}
    initial = {
        name.removeprefix("init."): value
        for name, value in start.items()
        if name.startswith("init.") and value.dtype == torch.float32
    }
    x, y = start["x"], start["y"]
    single = passes(case, initial, x, y, torch.float32)
    double = passes(case, initial, x, y, torch.float64)
    file: dict[str, torch.Tensor] = {"x": x, "y": y}
    file |= {f"init.{name}": value for name, value in initial.items()}
    file |= {name: value for name, value in single.items() if not name.startswith("grad.")}
    gradients = {name: value for name, value in double.items() if name.startswith("grad.")}
    for name in ("eval.out", "eval.latent", "train.out", "train.loss"):
        file[f"f64.{name}"] = double[name]

    gap = {name: relative(single[name], double[name]) for name in ("eval.out", "eval.latent")}
    gap["train.out"] = relative(single["train.out"], double["train.out"])
    worst = {name: relative(single[name], value) for name, value in gradients.items()}
    gap["grad_rel_per_tensor_max"] = max(worst.values())
    gap["grad_rel_worst_tensor"] = max(worst, key=worst.get).removeprefix("grad.")

    for kind, prefix in (("adam", ""), ("sgd", "sgd.")):
        low = trajectory(case, initial, x, y, torch.float32, kind)
        high = trajectory(case, initial, x, y, torch.float64, kind)
        file[f"{prefix}traj.loss"] = torch.tensor(low["losses"], dtype=torch.float64)
        file[f"f64.{prefix}traj.loss"] = torch.tensor(high["losses"], dtype=torch.float64)
        each = np.abs(np.array(low["losses"]) / np.array(high["losses"]) - 1)
        file |= {f"{prefix}final.{name}": value for name, value in low["final"].items()}
        if kind == "sgd":
            gap["sgd_traj_loss_rel"] = float(each.max())
            gap["sgd_final_rel_per_tensor_max"] = max(
                relative(value, high["final"][name])
                for name, value in low["final"].items()
                if not is_buffer(name)
            )
            continue
        gap["traj.loss_rel"] = float(each.max())
        gap["final_eval_out_rel"] = relative(low["eval.out"], high["eval.out"])
        file |= {f"final.{name}": low[name] for name in ("eval.out", "eval.loss", "train.loss")}
        file["f64.final.eval.out"] = high["eval.out"]
        for name, value in low["final"].items():
            if is_buffer(name):
                continue
            file[f"step1.{name}"] = low["first"][name]
            close = (value.double() - high["final"][name]).abs() <= ILL_CONDITIONED
            file[f"mask.adam.{name}"] = close.to(torch.uint8)
    return numpy(file), numpy(gradients), gap


def numpy(tensors: Tensors) -> dict[str, np.ndarray]:
    """Tensors as contiguous arrays."""
    return {name: np.ascontiguousarray(value.numpy()) for name, value in tensors.items()}


def relative(a, b) -> float:
    """max |a - b| / max |b|."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return float(np.abs(a - b).max() / (np.abs(b).max() or 1))


def compare(name: str, new: dict[str, np.ndarray], old: dict[str, np.ndarray]) -> None:
    """Print the largest relative difference of each group of keys."""
    groups: dict[str, tuple[float, str]] = {}
    for key, value in new.items():
        if key not in old:
            print(f"  {key} is not among the stored ones")
            continue
        a, b = value, old[key]
        if f"mask.adam.{key.removeprefix('final.')}" in old and key.startswith("final."):
            mask = old[f"mask.adam.{key.removeprefix('final.')}"] != 0
            a, b = np.where(mask, a, 0), np.where(mask, b, 0)
        group = key.split(".")[0] if key.split(".")[0] != "f64" else ".".join(key.split(".")[:3])
        groups[group] = max(groups.get(group, (0.0, "")), (relative(a, b), key))
    print(name)
    for group, (difference, key) in sorted(groups.items()):
        print(f"  {group:16s} {difference:.1e}  ({key})")


def main() -> None:
    """Write or compare the fixtures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the stored values only")
    parser.add_argument("--source", type=Path, default=FIXTURES, help="folder of stored cases")
    arguments = parser.parse_args()
    check, source = arguments.check, arguments.source
    manifest = json.loads((source / "manifest.json").read_text())
    written = {"torch": torch.__version__, "seed": manifest["seed"], "cases": {}}
    torch.manual_seed(0)
    for name in CASES:
        stored = load_file(source / f"{name}.safetensors")
        case = manifest["cases"][name]
        file, gradients, gap = compute(case, stored)
        stored |= load_file(source / f"{name}.grad_f64.safetensors")
        compare(name, file | gradients, stored)
        written["cases"][name] = {key: case[key] for key in ENTRIES} | {"float32_vs_float64": gap}
        if not check:
            FIXTURES.mkdir(parents=True, exist_ok=True)
            (FIXTURES / f"{name}.safetensors").write_bytes(save(file))
            (FIXTURES / f"{name}.grad_f64.safetensors").write_bytes(save(gradients))
    if not check:
        (FIXTURES / "manifest.json").write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
