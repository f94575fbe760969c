"""The sample data, all of it simulated, and the model that ships with it."""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from .signal import Signal
from .simulated import signals_of
from .simulation.recording import (
    FORMAT,
    DamagedRecording,
    Recording,
    read_recording,
    write_recording,
)
from .simulation.scene import SCENES, SEEDS

if TYPE_CHECKING:
    from .dataset import Dataset
    from .model import Model

DATA = Path(__file__).parent / "data"
"""Folder of the files that ship with the package."""

SAMPLES = tuple(SCENES)
"""Names of the sample data sets."""

_TITLES = {
    "ftio": "FT:IO monolayer (simulated)",
    "ftio-low-resolution": "FT:IO monolayer, low resolution (simulated)",
    "ftio-transfer": "FT:IO monolayer, another place (simulated)",
}


def sample(name: str = "ftio", raw: bool = False) -> tuple[Signal, Signal]:
    """Simulated spectrum image of a monolayer of FT:IO nanocrystals, and its HAADF image.

    "ftio" ships with the package: (62, 75) pixels of 2 nm, 42 pixels a particle. "ftio-transfer" is
    another array of such particles with the same physics; "ftio-low-resolution" has pixels of 4 nm
    on a larger field, (66, 62), and 10 pixels a particle. These two are simulated on first use, in
    about half a minute, and kept in the user's cache folder (`cache_folder`). docs/physics.md says
    what is simulated; `eelscape.simulate` makes other films.

    Parameters
    ----------
    name : {"ftio", "ftio-low-resolution", "ftio-transfer"}
    raw : bool
        True: counts with the zero-loss peak, -0.2 to 1.4 eV (640 channels of 2.5 meV). False:
        zero-loss peak and tail removed, truncated to 0.2 <= E < 1.2 eV (400 channels).

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
    return signals_of(recording, _TITLES[name], raw)


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
    from .model import Model

    path = DATA / f"{name}.safetensors"
    if not path.is_file():
        there = sorted(file.stem for file in DATA.glob("*.safetensors"))
        raise FileNotFoundError(
            f"No model {name!r} ships with this installation ({path} is absent). "
            f"Models: {', '.join(there) or 'none'}."
        )
    return Model.from_file(path, dataset=sample_dataset("ftio"))


def sample_dataset(name: str) -> Dataset:
    """A sample as the data that models are trained on; the names are those of `sample`."""
    from .dataset import Dataset

    si, haadf = sample(name)
    y, x, energy = si.axes
    return Dataset(
        si.data,
        haadf.data,
        y,
        x,
        energy,
        title=si.title,
        name=name,
        spectra_units=si.units,
        image_units=haadf.units,
        simulated=True,
        origin="eelscape",
    )


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
