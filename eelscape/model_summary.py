"""A model in one line and as a table for the notebook."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .model import Model


def model_line(model: Model) -> str:
    """<Model im2spec, 2 latents, ...> for the prompt."""
    title = f" {model.title!r}" if model.title else ""
    simulated = ", simulated data" if model.simulated else ""
    return (
        f"<Model{title}: {model.kind}, {_latents(model)}, window {model.window} pixels, "
        f"{model.channels} channels, {model.epoch} epochs{simulated}>"
    )


def model_html(model: Model) -> str:
    """The same with losses, split and errors, as a table; every text in it is escaped."""
    energy = model.energy.array
    rows = [
        ("Direction", "image → spectrum" if model.kind == "im2spec" else "spectrum → image"),
        ("Latents", str(model.latent_dims)),
        ("Window", f"{model.window} × {model.window} pixels"),
        (
            "Spectrum",
            f"{model.channels} channels, {energy[0]:.4g} to {energy[-1]:.4g} {model.energy.units}",
        ),
        ("Filters", str(model.filters)),
        ("Epochs", str(model.epoch)),
        ("Last loss (MSE, [0, 1] scale)", _losses(model)),
        ("Split", _split(model)),
        ("Trained on", model.backend or "not recorded"),
    ]
    # Not where the kernel would first have to run the network over the whole scan.
    if model.source == "browser" and model.dataset is not None:
        errors = model.errors("relative")
        text = ", ".join(
            f"{part} {100 * errors[part]:.2f} %"
            for part in ("train", "test")
            if math.isfinite(errors[part])
        )
        rows.append(("Mean relative error", text or "no windows"))
    if model.dataset is None:
        rows.append(("Data", "none attached: eelscape.load(path, si, haadf)"))
    if model.notice:
        rows.append(("Notice", model.notice))
    name = model.title or f"{model.kind}, {_latents(model)}"
    caption = escape(name) + (" (simulated data)" if model.simulated else "")
    body = "".join(
        f"<tr><th style='text-align:left'>{escape(key)}</th>"
        f"<td style='text-align:left'>{escape(value)}</td></tr>"
        for key, value in rows
    )
    return f"<table><caption>{caption}</caption><tbody>{body}</tbody></table>"


def _latents(model: Model) -> str:
    return f"{model.latent_dims} latent{'s' if model.latent_dims > 1 else ''}"


def _losses(model: Model) -> str:
    last = {part: values[-1] for part, values in model.history.items() if values}
    return ", ".join(f"{part} {value:.3g}" for part, value in last.items()) or "not recorded"


def _split(model: Model) -> str:
    train, guard, test = (int(np.count_nonzero(model.split == label)) for label in (0, 1, 2))
    kind = str(model.split_info.get("kind", ""))
    leaks = ", test windows share pixels with training windows"
    return (
        f"{kind}{': ' if kind else ''}{train} train, {guard} guard, {test} test windows"
        f"{leaks if model.split_info.get('leaking') else ''}"
    )
