"""One simulated recording: a spectrum image and the HAADF image recorded with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .geometry import Particles, build_film
from .instrument import (
    electrons_per_pixel,
    energy_axis,
    expected_spectra,
    record_haadf,
    record_spectra,
)
from .loss import LossMap, loss_map
from .recording import Recording
from .scene import Scene


@dataclass(frozen=True)
class Simulation:
    """A simulated recording and the truth behind it.

    Attributes
    ----------
    counts : (ny, nx, E) uint32 array
        Spectra with the zero-loss peak.
    haadf : (ny, nx) float32 array
        Counts.
    energies : (E,) array
        eV.
    expected, zero_loss : (ny, nx, E) float32 arrays
        Counts expected without noise, and the part of them that lost no energy.
    particles : Particles
    loss : LossMap
        One row a pixel, row by row.
    scene : Scene
    seed : int
    """

    counts: np.ndarray
    haadf: np.ndarray
    energies: np.ndarray
    expected: np.ndarray
    zero_loss: np.ndarray
    particles: Particles
    loss: LossMap
    scene: Scene
    seed: int

    def recording(self) -> Recording:
        """What the instrument gives, without the truth behind it."""
        scene = self.scene
        return Recording(
            self.counts,
            self.haadf,
            scene.energy_offset,
            scene.energy_step,
            scene.pixel_size,
            scene.to_json(),
            self.seed,
        )


def scan_positions(rng: np.random.Generator, scene: Scene) -> np.ndarray:
    """Beam positions (ny nx, 2) in nm, row by row; each line is shifted a little."""
    rows, columns = scene.shape
    x = (np.arange(columns) + 0.5) * scene.pixel_size
    y = (np.arange(rows) + 0.5) * scene.pixel_size
    jitter = rng.normal(0, scene.line_jitter, (rows, 1, 2))
    return (np.stack(np.meshgrid(x, y), axis=-1) + jitter).reshape(-1, 2)


def film_and_scan(scene: Scene, seed: int) -> tuple[Particles, np.ndarray]:
    """The particles and beam positions (ny nx, 2), nm, of `simulate` with the same arguments."""
    film_rng, scan_rng = (np.random.default_rng([seed, stream]) for stream in range(2))
    return build_film(film_rng, scene), scan_positions(scan_rng, scene)


def simulate(scene: Scene, seed: int) -> Simulation:
    """Simulate one recording.

    The same seed gives the same film. Spectra agree statistically from machine to machine, not
    byte for byte, as rounding in the linear algebra can change single Poisson draws.

    Parameters
    ----------
    scene : Scene
        Film, physics and instrument.
    seed : int
        Film, scan, spectrometer and HAADF detector draw from separate streams of it.
    """
    spectrum_rng, haadf_rng = (np.random.default_rng([seed, stream]) for stream in (2, 3))
    particles, positions = film_and_scan(scene, seed)
    loss = loss_map(particles, positions, scene)
    spectra, zero_loss = expected_spectra(loss, scene)
    # Elastic scattering out of the collection angle makes thick places darker.
    dose = electrons_per_pixel(scene) * np.exp(-loss.thickness / scene.elastic_length)
    dose = dose * (1 + spectrum_rng.normal(0, scene.current_spread, len(dose)))
    counts = record_spectra(spectrum_rng, spectra, dose, scene)
    haadf = record_haadf(haadf_rng, particles, positions, scene)
    cube = (*scene.shape, scene.channels)
    dose = dose.astype(np.float32)[:, None]
    return Simulation(
        counts.reshape(cube),
        haadf.reshape(scene.shape),
        energy_axis(scene),
        (spectra * dose).reshape(cube),
        (zero_loss * dose).reshape(cube),
        particles,
        loss,
        scene,
        seed,
    )
