"""im2spec and spec2im in PyTorch's own operators, for tools and benchmarks; needs PyTorch alone."""

from __future__ import annotations

import torch
import torch.nn.functional as functional

DILATIONS = (1, 2, 3, 4)

Tensors = dict[str, torch.Tensor]


class Network:
    """im2spec or spec2im as functions of a dictionary of parameters, PyTorch's own operators.

    Parameters
    ----------
    case : dict
        Entry of the manifest: kind, enc_layers, encoder_avgpool and sizes.
    parameters : dict of str to tensor
        Weights and batch-norm buffers by name; the buffers change in train mode.
    """

    def __init__(self, case: dict, parameters: Tensors) -> None:
        self.case = case
        self.to_image = case["kind"] == "spec2im"
        self.parameters = parameters

    def forward(self, x: torch.Tensor, train: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """Output (n, 1, ...) and latents (n, z) of a batch."""
        p = self.parameters
        if self.case["encoder_avgpool"]:
            x = functional.avg_pool1d(x, self.case["encoder_avgpool"])
        for layer in range(self.case["enc_layers"]):
            x = self._block(x, f"enc.{3 * layer}", f"enc.{3 * layer + 2}", not self.to_image, train)
        latent = functional.linear(x.flatten(1), p["enc_fc.weight"], p["enc_fc.bias"])
        x = functional.linear(latent, p["dec_fc.weight"], p["dec_fc.bias"])
        filters = self.case["filters"]
        if self.to_image:
            height, width = self.case["image"]
            x = x.reshape(-1, filters, height // 4, width // 4)
            for name in ("up1", "up2"):
                x = self._block(x, f"{name}.0", f"{name}.2", True, train)
                x = functional.interpolate(x, scale_factor=2, mode="nearest")
        else:
            x = x.reshape(-1, filters, self.case["spectrum"])
        total = torch.zeros_like(x)
        for index, dilation in enumerate(DILATIONS):
            convolved = self._convolve(x, f"dil.conv.{index}", self.to_image, dilation)
            leaked = functional.leaky_relu(convolved, 0.1)
            x = self._norm(leaked, f"dil.bn.{index}", train)
            total = total + convolved + leaked + x
        x = self._block(total, "tail.0", "tail.2", self.to_image, train)
        return self._convolve(x, "out", self.to_image, 1, padding=0), latent

    def _convolve(self, x, name, image, dilation=1, padding=None):
        function = functional.conv2d if image else functional.conv1d
        padding = dilation if padding is None else padding
        weight, bias = self.parameters[f"{name}.weight"], self.parameters[f"{name}.bias"]
        return function(x, weight, bias, padding=padding, dilation=dilation)

    def _norm(self, x, name, train):
        p = self.parameters
        return functional.batch_norm(
            x,
            p[f"{name}.running_mean"],
            p[f"{name}.running_var"],
            p[f"{name}.weight"],
            p[f"{name}.bias"],
            training=train,
            momentum=0.1,
            eps=1e-5,
        )

    def _block(self, x, conv, norm, image, train):
        return self._norm(functional.leaky_relu(self._convolve(x, conv, image), 0.1), norm, train)


def is_buffer(name: str) -> bool:
    """Whether a parameter is a running statistic."""
    return name.endswith(("running_mean", "running_var"))


def copied(initial: Tensors, dtype: torch.dtype) -> Tensors:
    """A fresh copy of the parameters; all but the buffers ask for gradients."""
    return {
        name: value.to(dtype).clone().requires_grad_(not is_buffer(name))
        for name, value in initial.items()
    }


def trained(parameters: Tensors) -> list[torch.Tensor]:
    """The parameters that an optimiser moves, in a fixed order."""
    return [value for name, value in parameters.items() if not is_buffer(name)]
