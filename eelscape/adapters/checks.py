"""Whether there is something to learn from, told before anything is read or sent."""

from __future__ import annotations

import numpy as np

#: Side of the default window in pixels.
WINDOW = 16
#: Most bytes of a spectrum image that a browser takes.
MAX_BYTES = 2 * 1024**3


def check_dimensions(shape: tuple[int, ...], wanted: int, what: str, order: str) -> None:
    """Refuse arrays of another number of dimensions.

    Raises
    ------
    ValueError
        The message says what is expected and how to slice.
    """
    if len(shape) == wanted:
        if 0 in shape:
            raise ValueError(f"The {what} of shape {shape} is empty.")
        return
    variable = "si" if wanted == 3 else "haadf"
    if len(shape) > wanted:
        index = ", ".join(["0"] * (len(shape) - wanted))
        hint = f"Take one of them, for example {variable}[{index}]."
    elif wanted == 3 and len(shape) == 2:
        hint = "A line scan or a single image has no windows; pass the whole spectrum image."
    else:
        hint = "Pass the whole array."
    raise ValueError(
        f"The {what} has {len(shape)} dimensions, shape {shape}; {wanted} are needed, {order}. "
        f"{hint}"
    )


def check_same_scan(spectra: tuple[int, ...], image: tuple[int, ...]) -> None:
    """Refuse an image of another shape than the scan.

    Raises
    ------
    ValueError
    """
    ny, nx, _ = spectra
    if image == (ny, nx):
        return
    text = (
        f"The image is {image[0]}x{image[1]}, the scan {ny}x{nx}. Choose the simultaneous HAADF, "
        "or resample it onto the scan with resample=True"
    )
    if image == (nx, ny):
        text += "; or transpose one of them: haadf.T has the shape of the scan"
    elif image == spectra[1:]:
        text += "; or, if energy is the first axis, pass numpy.moveaxis(si, 0, -1)"
    raise ValueError(text + ".")


def check_scan(shape: tuple[int, int, int]) -> None:
    """Refuse scans smaller than a window, and single channels.

    Raises
    ------
    ValueError
    """
    ny, nx, channels = shape
    if min(ny, nx) < WINDOW:
        raise ValueError(
            f"The image is {ny}x{nx} pixels, smaller than the window of {WINDOW}x{WINDOW}. Pass a "
            f"scan of at least {WINDOW}x{WINDOW} pixels."
        )
    if channels < 2:
        raise ValueError(f"The spectra have {channels} channel; at least 2 are needed.")


def check_browser_shape(shape: tuple[int, int, int]) -> None:
    """`check_scan`, and that a browser can take the spectra.

    Raises
    ------
    ValueError
    """
    check_scan(shape)
    size = 4 * int(np.prod(shape, dtype=np.int64))
    if size > MAX_BYTES:
        raise ValueError(
            f"The spectrum image takes {size / 2**30:.1f} GiB as float32; the browser takes at "
            f"most {MAX_BYTES / 2**30:.0f} GiB. Crop the energies or bin the scan first."
        )


def check_image(image: np.ndarray, excluded: np.ndarray) -> None:
    """Refuse an image without contrast where it is not excluded.

    Raises
    ------
    ValueError
    """
    left = ~excluded
    if not left.any():
        raise ValueError(f"All {excluded.size} pixels are excluded: nothing is left to learn from.")
    pixels = image[left]
    if pixels.min() == pixels.max():
        raise ValueError(
            f"The HAADF image is constant: nothing to learn (every pixel is {pixels[0]:g}). Choose "
            "another image of the same scan."
        )
