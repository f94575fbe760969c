"""What is simulated: the parameters of the film, the physics and the instrument."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Hole:
    """A disc without particles: centre as a fraction (x, y) of the field, radius in nm."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Crack:
    """A line along which the film is torn open.

    Centre as a fraction (x, y) of the field, direction in degrees, opening in nm, rotation of
    the far side in degrees.
    """

    x: float
    y: float
    angle: float
    opening: float
    rotation: float


@dataclass(frozen=True)
class Edge:
    """The film's end: a wavy line; particles beyond it, in the direction `angle`, are absent.

    A point of the line as a fraction (x, y) of the field, direction out of the film in degrees
    (0: to the right, 90: downwards).
    """

    x: float
    y: float
    angle: float


@dataclass(frozen=True)
class Scene:
    """All parameters of one simulation. Lengths in nm, energies in eV, angles in degrees.

    The environment (`eps_embedding`, `eps_screening`), the depletion width, the momentum cut-off
    and the pitch were tuned so that peaks fall near 0.5, 0.75 and 0.9 eV and the bulk peak stays
    small: peak positions are therefore no validation of anything.
    """

    # scan
    shape: tuple[int, int] = (62, 75)
    pixel_size: float = 2.0
    line_jitter: float = 0.15
    # film
    margin: float = 45.0
    pitch: float = 16.0
    lattice_angle: float = 8.0
    position_jitter: float = 0.35
    vacancies: float = 0.015
    side: float = 13.2
    side_spread: float = 0.7
    aspect_spread: float = 0.035
    spheroids: float = 0.12
    rotation_spread: float = 4.0
    gap: float = 1.5
    edges: tuple[Edge, ...] = ()
    holes: tuple[Hole, ...] = ()
    cracks: tuple[Crack, ...] = ()
    # electrodynamics
    beam_kv: float = 60.0
    eps_inf: float = 4.0
    plasma_energy: float = 1.78
    damping: float = 0.10
    eps_embedding: float = 2.8
    eps_screening: float = 1.6
    q_cutoff: float = 0.8
    fermi_velocity: float = 0.59
    depletion_width: float = 1.0
    membrane_thickness: float = 40.0
    degree_even: int = 6
    degree_odd: int = 3
    # spectrometer
    energy_offset: float = -0.2
    energy_step: float = 0.0025
    channels: int = 640
    resolution: float = 0.040
    current_pa: float = 20.0
    dwell_s: float = 0.1
    collection: float = 0.8
    current_spread: float = 0.01
    elastic_length: float = 30.0
    shift_spread: float = 0.0007
    channel_gain_spread: float = 0.003
    excess_variance: float = 0.15
    read_noise: float = 1.5
    # HAADF detector
    haadf_electrons: float = 6000.0
    haadf_background: float = 0.12
    haadf_length: float = 18.0
    haadf_noise: float = 25.0

    @property
    def field(self) -> tuple[float, float]:
        """Width and height of the scanned field in nm."""
        return self.shape[1] * self.pixel_size, self.shape[0] * self.pixel_size

    def to_json(self) -> str:
        """The parameters as JSON, keys sorted."""
        return json.dumps(asdict(self), sort_keys=True)


SCENES: dict[str, Scene] = {
    # The film ends at the bottom, and there is a hole in the left and a smaller one in the right
    # part: so a left-right split shows particles, gaps, holes and the edge to both sides. With the
    # film's edge on the right, as in the published data, only the test part would hold it.
    "ftio": Scene(
        pitch=15.2,
        side_spread=0.9,
        edges=(Edge(0.5, 0.84, 91.0),),
        holes=(Hole(0.27, 0.36, 14.5), Hole(0.80, 0.36, 12.0)),
        cracks=(Crack(0.1, 0.5, -80.0, 2.5, 3.0),),
    ),
    "ftio-transfer": Scene(
        pitch=15.2,
        side_spread=0.9,
        lattice_angle=-17.0,
        edges=(Edge(0.80, 0.5, 10.0),),
        holes=(Hole(0.40, 0.62, 14.0),),
        cracks=(Crack(0.30, 0.4, 75.0, 5.0, -5.0),),
    ),
    "ftio-low-resolution": Scene(
        pitch=15.2,
        side_spread=0.9,
        shape=(66, 62),
        pixel_size=4.0,
        margin=30.0,
        degree_even=5,
        degree_odd=2,
        lattice_angle=15.0,
        edges=(Edge(0.82, 0.5, -8.0),),
        holes=(Hole(0.35, 0.42, 20.0),),
        cracks=(Crack(0.4, 0.75, 10.0, 6.0, 5.0), Crack(0.5, 0.2, 60.0, 5.0, -3.0)),
    ),
}
"""The scenes of the sample data by name. Every one of them is simulated."""

SEEDS: dict[str, int] = {"ftio": 20224, "ftio-transfer": 31337, "ftio-low-resolution": 4242}
"""Seed of each scene's random numbers."""
