"""The sample data, all of it simulated, and the model that ships with it."""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from .axes import Axis
from .preprocessing import remove_zero_loss, truncate
from .signal import Signal
from .simulation.recording import (
    FORMAT,
    DamagedRecording,
    Recording,
    read_recording,
    write_recording,
)
from .simulation.scene import SCENES, SEEDS

if TYPE_CHECKING:
    from .model import Model

DATA = Path(__file__).parent / "data"
"""Folder of the files that ship with the package."""

SAMPLES = tuple(SCENES)
"""Names of the sample data sets."""

START, STOP = 0.2, 1.2
"""Range of the processed spectra in eV: 400 channels of 2.5 meV."""

_TITLES = {
    "ftio": "FT:IO monolayer (simulated)",
    "ftio-low-resolution": "FT:IO monolayer, low resolution (simulated)",
    "ftio-transfer": "FT:IO monolayer, another place (simulated)",
}


def sample(name: str = "ftio", raw: bool = False) -> tuple[Signal, Signal]:
    """Simulated spectrum image of a monolayer of FT:IO nanocrystals, and its HAADF image.

    "ftio" ships with the package. "ftio-transfer" (another place of the like film) and
    "ftio-low-resolution" (pixels of 4 nm) are simulated on first use, in about half a minute, and
    kept in the user's cache folder (`cache_folder`).

    Parameters
    ----------
    name : {"ftio", "ftio-low-resolution", "ftio-transfer"}
    raw : bool
        True: counts with the zero-loss peak. False: zero-loss tail removed and truncated to
        0.2 <= E < 1.2 eV (400 channels of 2.5 meV).

    Returns
    -------
    si : Signal
        (ny, nx, E) counts, uint32 when raw, else float32; axes y and x in nm, "Energy loss" in eV.
    haadf : Signal
        (ny, nx) float32 counts.

    Raises
    ------
    ValueError
        If there is no sample of that name.
    """
    if name not in SCENES:
        raise ValueError(f"There is no sample {name!r}. The samples are {', '.join(SAMPLES)}.")
    recording = _shipped(name) or _generated(name)
    rows, columns, channels = recording.counts.shape
    pixel = recording.pixel_size
    y, x = Axis("y", "nm", rows, pixel), Axis("x", "nm", columns, pixel)
    energy = Axis("Energy loss", "eV", channels, recording.energy_step, recording.energy_offset)
    title = _TITLES[name]
    si = Signal(recording.counts, [y, x, energy], title, "counts", simulated=True)
    haadf = Signal(recording.haadf, [y, x], f"HAADF of {title}", "counts", simulated=True)
    if not raw:
        si = truncate(remove_zero_loss(si), START, STOP)
    return si, haadf


def sample_model(name: str = "ftio-im2spec-2L") -> Model:
    """A trained model that ships with the package, with the data it was trained on.

    Parameters
    ----------
    name : str
        File name in the package's data folder, without ".safetensors".

    Returns
    -------
    Model

    Raises
    ------
    FileNotFoundError
        If no such model ships with this installation; the message lists those that do.
    """
    from .dataset import Dataset
    from .model import Model

    path = DATA / f"{name}.safetensors"
    if not path.is_file():
        there = sorted(file.stem for file in DATA.glob("*.safetensors"))
        raise FileNotFoundError(
            f"No model {name!r} ships with this installation ({path} is absent). "
            f"Models: {', '.join(there) or 'none'}."
        )
    si, haadf = sample("ftio")
    y, x, energy = si.axes
    dataset = Dataset(
        si.data,
        haadf.data,
        y,
        x,
        energy,
        title=si.title,
        name="ftio",
        spectra_units=si.units,
        image_units=haadf.units,
        simulated=True,
        origin="eelscape",
    )
    return Model.from_file(path, dataset=dataset)


def cache_folder() -> Path:
    """Where generated samples are kept.

    EELSCAPE_CACHE where that is set, else "eelscape" in the system's folder for caches:
    XDG_CACHE_HOME or ~/.cache, ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows.
    """
    if chosen := os.environ.get("EELSCAPE_CACHE"):
        return Path(chosen)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "eelscape"


def _shipped(name: str) -> Recording | None:
    path = DATA / f"{name}.npz"
    return read_recording(path) if path.is_file() else None


def _generated(name: str) -> Recording:
    """From the cache, else simulated and put there; a damaged file is replaced."""
    scene, seed = SCENES[name], SEEDS[name]
    key = hashlib.sha256(f"{FORMAT} {seed} {scene.to_json()}".encode()).hexdigest()[:12]
    path = cache_folder() / f"{name}-{key}.npz"
    try:
        return read_recording(path)
    except (OSError, DamagedRecording):
        pass
    from .simulation import simulate

    recording = simulate(scene, seed).recording()
    try:
        write_recording(path, recording)
    except OSError as error:
        warnings.warn(
            f"{path} could not be written ({error}); the sample {name!r} will be simulated anew "
            "next time. EELSCAPE_CACHE sets another folder.",
            stacklevel=3,
        )
    return recording
