"""Names and shapes of what the networks hold, without PyTorch."""

from __future__ import annotations


def shapes_of(spec: dict) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all parameters and batch-norm buffers, in PyTorch's layouts."""
    filters, window, channels = spec["filters"], spec["window"], spec["channels"]
    to_image = spec["kind"] == "spec2im"
    shapes: dict[str, tuple[int, ...]] = {}

    def convolution(name: str, inputs: int, outputs: int, image: bool, size: int = 3) -> None:
        shapes[f"{name}.weight"] = (outputs, inputs, *[size] * (2 if image else 1))
        shapes[f"{name}.bias"] = (outputs,)

    def norm(name: str, size: int) -> None:
        for entry in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.{entry}"] = (size,)

    for layer in range(3):
        convolution(f"enc.{3 * layer}", filters if layer else 1, filters, not to_image)
        norm(f"enc.{3 * layer + 2}", filters)
    encoded = filters * (channels // 16 if to_image else window**2)
    decoded = filters * ((window // 4) ** 2 if to_image else channels)
    shapes["enc_fc.weight"] = (spec["latentDims"], encoded)
    shapes["enc_fc.bias"] = (spec["latentDims"],)
    shapes["dec_fc.weight"] = (decoded, spec["latentDims"])
    shapes["dec_fc.bias"] = (decoded,)
    for name in ("up1", "up2") if to_image else ():
        convolution(f"{name}.0", filters, filters, True)
        norm(f"{name}.2", filters)
    for index in range(4):
        convolution(f"dil.conv.{index}", filters, filters, to_image)
        norm(f"dil.bn.{index}", filters)
    convolution("tail.0", filters, 1, to_image)
    norm("tail.2", 1)
    convolution("out", 1, 1, to_image, 1)
    return shapes
