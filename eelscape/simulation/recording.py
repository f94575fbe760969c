"""The file of a simulated recording: small, checked on reading, without pickle."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FORMAT = 1
"""Version of the file and of the simulation; a change makes cached files be generated anew."""


class DamagedRecording(ValueError):
    """The file is not a whole recording."""


@dataclass(frozen=True)
class Recording:
    """What the instrument gives, with its origin.

    Attributes
    ----------
    counts : (ny, nx, E) uint32 array
        Raw spectra with the zero-loss peak, counts.
    haadf : (ny, nx) float32 array
        Counts.
    energy_offset, energy_step : float
        First energy and channel width, eV.
    pixel_size : float
        nm.
    parameters : str
        The scene as JSON.
    seed : int
    """

    counts: np.ndarray
    haadf: np.ndarray
    energy_offset: float
    energy_step: float
    pixel_size: float
    parameters: str
    seed: int

    @property
    def sha256(self) -> str:
        """Hash of counts (little-endian uint32) and HAADF (little-endian float32), C order."""
        digest = hashlib.sha256(np.ascontiguousarray(self.counts, "<u4"))
        digest.update(np.ascontiguousarray(self.haadf, "<f4"))
        return digest.hexdigest()


def write_recording(path: str | os.PathLike, recording: Recording) -> None:
    """Write an npz file; it appears whole or not at all.

    The counts are stored as planes of their bytes, channel by channel: a plane's channel holds
    values of like size, which deflate packs to nearly their entropy.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = np.ascontiguousarray(np.moveaxis(recording.counts.astype("<u4"), -1, 0))
    planes = {}
    for byte in range(4):
        plane = (channels >> (8 * byte)).astype(np.uint8)
        if byte == 0 or plane.any():
            planes[f"counts_byte_{byte}"] = plane
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(
                file,
                format=np.array(FORMAT),
                haadf=recording.haadf.astype("<f4"),
                calibration=np.array(
                    [recording.energy_offset, recording.energy_step, recording.pixel_size]
                ),
                energies=recording.energy_offset
                + recording.energy_step * np.arange(recording.counts.shape[-1]),
                seed=np.array(recording.seed),
                parameters=np.array(recording.parameters),
                sha256=np.array(recording.sha256),
                **planes,
            )
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_recording(path: str | os.PathLike) -> Recording:
    """Read what `write_recording` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DamagedRecording
        If it is no such file, of another format, or its contents do not have the stated sha256.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if int(file["format"]) != FORMAT:
                raise DamagedRecording(f"{path} has format {int(file['format'])}, not {FORMAT}.")
            counts = sum(
                file[name].astype(np.uint32) << (8 * int(name[-1]))
                for name in file.files
                if name.startswith("counts_byte_")
            )
            offset, step, pixel = (float(value) for value in file["calibration"])
            recording = Recording(
                np.ascontiguousarray(np.moveaxis(counts, 0, -1)),
                file["haadf"].astype(np.float32),
                offset,
                step,
                pixel,
                str(file["parameters"]),
                int(file["seed"]),
            )
            stated = str(file["sha256"])
    except (FileNotFoundError, DamagedRecording):
        raise
    except Exception as error:  # whatever zip, deflate and NumPy say of broken bytes
        raise DamagedRecording(f"{path} is not a readable recording: {error}") from error
    if recording.sha256 != stated:
        raise DamagedRecording(f"{path}: the contents do not match the file's sha256 {stated}.")
    return recording
