"""Names and shapes of the parameters of im2spec and spec2im, in PyTorch's layouts."""

from __future__ import annotations

from dataclasses import dataclass

from .limits import MAX_SIZE

KINDS = ("im2spec", "spec2im")
#: Average pooling in front of spec2im's encoder; the tail of L mod 16 channels is dropped.
POOL = 16
#: Two nearest-neighbour upsamplings by 2 make spec2im's window from window / 4.
UPSAMPLING = 4
BN_EPSILON = 1e-5
LEAK = 0.1
#: Dilations of the cascade in the decoder.
DILATIONS = (1, 2, 3, 4)
_BN = ("weight", "bias", "running_mean", "running_var")


@dataclass(frozen=True)
class NetworkSpec:
    """What decides the shape of every parameter of a network.

    Attributes
    ----------
    kind : "im2spec" or "spec2im"
    latent_dims : int
        Number of latents, at least 1.
    filters : int
        Channels F of the inner convolutions, at least 1.
    window : int
        Side w of a window in pixels: even and at least 4; a multiple of 4 for spec2im.
    channels : int
        Length L of a spectrum: at least 2 for im2spec, at least 16 for spec2im.

    Raises
    ------
    ValueError
        Where a value is not allowed; the message names the allowed ones.
    """

    kind: str
    latent_dims: int
    filters: int
    window: int
    channels: int

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is {_short(self.kind)}; allowed: 'im2spec', 'spec2im'")
        for name in ("latent_dims", "filters", "window", "channels"):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not 1 <= value <= MAX_SIZE:
                raise ValueError(
                    f"{name} is {_short(value)}; it must be a whole number of at least 1 and "
                    f"at most {MAX_SIZE}"
                )
        if self.window < 4 or self.window % 2:
            raise ValueError(f"window is {self.window}; it must be even and at least 4 pixels")
        if self.kind == "spec2im" and self.window % UPSAMPLING:
            raise ValueError(f"window is {self.window}; spec2im needs a multiple of 4 pixels")
        least = 2 if self.kind == "im2spec" else POOL
        if self.channels < least:
            raise ValueError(
                f"the spectra have {self.channels} channels; {self.kind} needs at least {least}"
            )

    @property
    def feature_shape(self) -> tuple[int, ...]:
        """Shape of one input: (w, w) for im2spec, (L,) for spec2im."""
        return self._shape(self.kind == "im2spec")

    @property
    def target_shape(self) -> tuple[int, ...]:
        """Shape of one output: (L,) for im2spec, (w, w) for spec2im."""
        return self._shape(self.kind == "spec2im")

    @property
    def encoded_size(self) -> int:
        """Values that the encoder hands to its dense layer, flattened channel-first."""
        if self.kind == "im2spec":
            return self.filters * self.window**2
        return self.filters * (self.channels // POOL)

    @property
    def decoder_shape(self) -> tuple[int, ...]:
        """Shape, without the batch, that the decoder's dense layer is folded to."""
        if self.kind == "im2spec":
            return (self.filters, self.channels)
        side = self.window // UPSAMPLING
        return (self.filters, side, side)

    @property
    def upsampling_blocks(self) -> tuple[str, ...]:
        """Names of the upsampling blocks: none for im2spec."""
        return () if self.kind == "im2spec" else ("up1", "up2")

    def _shape(self, image: bool) -> tuple[int, ...]:
        return (self.window, self.window) if image else (self.channels,)


def _short(value: object) -> str:
    """A value of a file as long as a message takes."""
    return repr(value)[:40]


def parameter_shapes(spec: NetworkSpec) -> dict[str, tuple[int, ...]]:
    """Every parameter and batch-norm buffer of a network with its shape.

    Parameters
    ----------
    spec : NetworkSpec

    Returns
    -------
    dict of str to tuple of int
        In the order of the forward pass; names and layouts are PyTorch's: convolutions
        (out, in, k) or (out, in, k, k), dense layers (out, in).
    """
    shapes: dict[str, tuple[int, ...]] = {}
    f = spec.filters
    image_to_spectrum = spec.kind == "im2spec"
    encoder_dims, decoder_dims = (2, 1) if image_to_spectrum else (1, 2)

    def conv(name: str, inputs: int, outputs: int, kernel: int, dims: int) -> None:
        shapes[f"{name}.weight"] = (outputs, inputs) + (kernel,) * dims
        shapes[f"{name}.bias"] = (outputs,)

    def norm(name: str, size: int) -> None:
        shapes.update({f"{name}.{buffer}": (size,) for buffer in _BN})

    def dense(name: str, inputs: int, outputs: int) -> None:
        shapes[f"{name}.weight"] = (outputs, inputs)
        shapes[f"{name}.bias"] = (outputs,)

    for layer in range(3):
        conv(f"enc.{3 * layer}", 1 if layer == 0 else f, f, 3, encoder_dims)
        norm(f"enc.{3 * layer + 2}", f)
    dense("enc_fc", spec.encoded_size, spec.latent_dims)
    decoded = 1
    for side in spec.decoder_shape:
        decoded *= side
    dense("dec_fc", spec.latent_dims, decoded)
    for block in spec.upsampling_blocks:
        conv(f"{block}.0", f, f, 3, decoder_dims)
        norm(f"{block}.2", f)
    for index in range(len(DILATIONS)):
        conv(f"dil.conv.{index}", f, f, 3, decoder_dims)
        norm(f"dil.bn.{index}", f)
    conv("tail.0", f, 1, 3, decoder_dims)
    norm("tail.2", 1)
    conv("out", 1, 1, 1, decoder_dims)
    return shapes
