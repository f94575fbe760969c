"""`simulate`: spectrum images of nanocrystal films made to order, and the form of all samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .axes import Axis
from .preprocessing import remove_zero_loss, truncate
from .signal import Signal
from .simulation.constants import ELEMENTARY_CHARGE
from .simulation.recording import Recording
from .simulation.scene import Edge, Hole, Scene

START, STOP = 0.2, 1.2
"""Range of the processed spectra in eV: 400 channels of 2.5 meV."""

EDGES = {
    "right": Edge(0.82, 0.5, 0.0),
    "bottom": Edge(0.5, 0.82, 90.0),
    "left": Edge(0.18, 0.5, 180.0),
    "top": Edge(0.5, 0.18, -90.0),
}
"""Where the film ends, by name."""

MOST_PIXELS = 16_384
MOST_PARTICLES = 600
"""Largest scan and film that are simulated: some minutes and 2 GB."""

_RANGES = {
    "pixel_size": (0.5, 8.0, "nm"),
    "pitch": (11.0, 30.0, "nm"),
    "lattice_angle": (-180.0, 180.0, "degrees"),
    "side": (10.0, 20.0, "nm"),
    "side_spread": (0.0, 2.0, "nm"),
    "gap": (0.5, 5.0, "nm"),
    "spheroids": (0.0, 1.0, ""),
    "vacancies": (0.0, 0.5, ""),
    "plasma_energy": (1.0, 2.4, "eV"),
    "damping": (0.03, 0.3, "eV"),
    "kilovolts": (20.0, 300.0, "kV"),
    "electrons": (1e5, 1e9, "electrons a pixel"),
    "fwhm": (10.0, 100.0, "meV"),
}


def simulate(
    shape: tuple[int, int] = (62, 75),
    pixel_size: float = 2.0,
    seed: int = 0,
    *,
    pitch: float = 15.2,
    lattice_angle: float = 8.0,
    side: float = 13.2,
    side_spread: float = 0.9,
    gap: float = 1.5,
    spheroids: float = 0.12,
    vacancies: float = 0.015,
    edge: str | Sequence[float] | None = "right",
    hole: Sequence[Any] | None = (0.35, 0.45, 14.0),
    plasma_energy: float = 1.78,
    damping: float = 0.10,
    kilovolts: float = 60.0,
    electrons: float = 1e7,
    fwhm: float = 40.0,
    raw: bool = False,
    title: str | None = None,
) -> tuple[Signal, Signal]:
    """Simulate the spectrum image of a film of plasmonic nanocrystals, and its HAADF image.

    docs/physics.md holds the physics with its sources. Nothing is cached: the default takes some
    10 to 20 s on two cores. The same arguments give the same film; counts agree statistically from
    machine to machine, not byte for byte.

    Parameters
    ----------
    shape : (ny, nx)
        Pixels of the scan, 4 to 256 each way and 16 384 in all.
    pixel_size : float
        nm, 0.5 to 8.
    seed : int
        Not negative. Of the film, the scan and all noise.
    pitch, lattice_angle : float
        Spacing of the square lattice in nm, 11 to 30 and at least side + gap; its direction in
        degrees.
    side, side_spread : float
        Mean and standard deviation of the particles' side in nm, 10 to 20 and 0 to 2; single
        sides stay within 10 to 20 nm.
    gap : float
        Least distance of two particles in nm, 0.5 to 5.
    spheroids, vacancies : float
        Share of particles that are round, 0 to 1, and of lattice sites without one, 0 to 0.5.
    edge : {"right", "bottom", "left", "top"}, (x, y, angle) or None
        Where the film ends: a point of the line as fractions of the field and the direction out
        of the film in degrees (0: to the right, 90: downwards). None: the film fills the field.
    hole : (x, y, radius), list of such, or None
        Discs without particles: centre as fractions of the field, radius in nm, 1 to 60.
    plasma_energy, damping : float
        Of the particles' Drude electrons in eV, 1 to 2.4 and 0.03 to 0.3.
    kilovolts : float
        Acceleration voltage, 20 to 300.
    electrons : float
        Dose: electrons a pixel that reach the spectrometer where there is no particle, 1e5 to 1e9.
    fwhm : float
        Full width at half maximum of the zero-loss peak in meV, 10 to 100.
    raw : bool
        True: counts with the zero-loss peak, -0.2 to 1.4 eV (640 channels of 2.5 meV). False:
        zero-loss peak and tail removed, truncated to 0.2 <= E < 1.2 eV (400 channels); below the
        end of a very wide peak they are 0.
    title : str, optional
        "(simulated)" is added where it does not say so.

    Returns
    -------
    si : Signal
        (ny, nx, E) counts, uint32 when raw, else float32; axes y and x in nm, "Energy loss" in eV.
    haadf : Signal
        (ny, nx) float32 counts.

    Raises
    ------
    TypeError, ValueError
        If a value is no number or out of range; the message states the range.
    """
    numbers = {
        "pixel_size": pixel_size,
        "pitch": pitch,
        "lattice_angle": lattice_angle,
        "side": side,
        "side_spread": side_spread,
        "gap": gap,
        "spheroids": spheroids,
        "vacancies": vacancies,
        "plasma_energy": plasma_energy,
        "damping": damping,
        "kilovolts": kilovolts,
        "electrons": electrons,
        "fwhm": fwhm,
    }
    checked = {name: _number(name, value, *_RANGES[name]) for name, value in numbers.items()}
    if checked["pitch"] < checked["side"] + checked["gap"]:
        least = checked["side"] + checked["gap"]
        raise ValueError(
            f"pitch is {pitch:g} nm; particles of {side:g} nm with gaps of {gap:g} nm need "
            f"{least:g} nm or more."
        )
    scene = _scene(_shape(shape), checked, _edges(edge), _holes(hole))
    from .simulation.simulation import simulate as run

    recording = run(scene, _whole("seed", seed, 0, 2**63 - 1)).recording()
    name = f"Nanocrystal film, seed {seed}" if title is None else str(title)
    if "simulated" not in name.lower():
        name += " (simulated)"
    return signals_of(recording, name, raw)


def signals_of(recording: Recording, title: str, raw: bool) -> tuple[Signal, Signal]:
    """A recording as spectrum image and HAADF image with axes; processed unless `raw`."""
    rows, columns, channels = recording.counts.shape
    pixel = recording.pixel_size
    y, x = Axis("y", "nm", rows, pixel), Axis("x", "nm", columns, pixel)
    energy = Axis("Energy loss", "eV", channels, recording.energy_step, recording.energy_offset)
    si = Signal(recording.counts, [y, x, energy], title, "counts", simulated=True)
    haadf = Signal(recording.haadf, [y, x], f"HAADF of {title}", "counts", simulated=True)
    if not raw:
        si = truncate(remove_zero_loss(si), START, STOP)
    return si, haadf


def _scene(
    shape: tuple[int, int],
    numbers: dict[str, float],
    edges: tuple[Edge, ...],
    holes: tuple[Hole, ...],
) -> Scene:
    base = Scene()
    charge = base.current_pa * 1e-12 * base.collection
    same = ("pixel_size", "pitch", "lattice_angle", "side", "side_spread", "gap", "spheroids")
    same += ("vacancies", "plasma_energy", "damping")
    changes: dict[str, Any] = {name: numbers[name] for name in same}
    scene = Scene(
        shape=shape,
        edges=edges,
        holes=holes,
        beam_kv=numbers["kilovolts"],
        dwell_s=numbers["electrons"] * ELEMENTARY_CHARGE / charge,
        resolution=numbers["fwhm"] / 1000,
        **changes,
    )
    width, height = scene.field
    sites = (width + 2 * scene.margin) * (height + 2 * scene.margin) / scene.pitch**2
    if sites > 250:  # a large film: fewer modes a particle, as "ftio-low-resolution"
        changes.update(margin=30.0, degree_even=5, degree_odd=2)
        scene = Scene(**{**scene.__dict__, **changes})
        sites = (width + 2 * scene.margin) * (height + 2 * scene.margin) / scene.pitch**2
    if sites > MOST_PARTICLES:
        raise ValueError(
            f"{shape[0]} x {shape[1]} pixels of {scene.pixel_size:g} nm with a margin of "
            f"{scene.margin:g} nm hold about {sites:.0f} particles; at most {MOST_PARTICLES} are "
            "simulated. Take a smaller scan, smaller pixels or a larger pitch."
        )
    return scene


def _number(name: str, value: Any, low: float, high: float, units: str) -> float:
    of = f" {units}" if units else ""
    try:
        number = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if math.isnan(number):
        raise TypeError(f"{name} is {value!r}; a number from {low:g} to {high:g}{of} is needed.")
    if not low <= number <= high:
        raise ValueError(f"{name} is {number:g}{of}; {low:g} to {high:g}{of} is possible.")
    return number


def _whole(name: str, value: Any, low: int, high: int) -> int:
    try:
        number = None if isinstance(value, bool) else value.__index__()
    except AttributeError:
        number = None
    if number is None:
        raise TypeError(f"{name} is {value!r}; a whole number from {low} to {high} is needed.")
    if not low <= number <= high:
        raise ValueError(f"{name} is {number}; {low} to {high} is possible.")
    return number


def _shape(shape: Any) -> tuple[int, int]:
    try:
        ny, nx = shape
    except (TypeError, ValueError):
        raise TypeError(f"shape is {shape!r}; two whole numbers (ny, nx) are needed.") from None
    ny, nx = _whole("shape[0]", ny, 4, 256), _whole("shape[1]", nx, 4, 256)
    if ny * nx > MOST_PIXELS:
        raise ValueError(f"shape is {ny} x {nx}, {ny * nx} pixels; at most {MOST_PIXELS} in all.")
    return ny, nx


def _edges(edge: Any) -> tuple[Edge, ...]:
    if edge is None:
        return ()
    if isinstance(edge, str):
        if edge not in EDGES:
            raise ValueError(f"edge is {edge!r}; allowed: {', '.join(map(repr, EDGES))}, None.")
        return (EDGES[edge],)
    try:
        x, y, angle = edge
    except (TypeError, ValueError):
        raise TypeError(f"edge is {edge!r}; a name or (x, y, angle) is needed.") from None
    return (
        Edge(
            _number("edge x", x, -1, 2, "of the width"),
            _number("edge y", y, -1, 2, "of the height"),
            _number("edge angle", angle, -360, 360, "degrees"),
        ),
    )


def _holes(hole: Any) -> tuple[Hole, ...]:
    if hole is None:
        return ()
    try:
        several = [tuple(one) for one in hole] if hasattr(hole[0], "__len__") else [tuple(hole)]
        discs = [(x, y, radius) for x, y, radius in several]
    except (TypeError, ValueError, IndexError, KeyError):
        raise TypeError(
            f"hole is {hole!r}; (x, y, radius), a list of such or None is needed."
        ) from None
    return tuple(
        Hole(
            _number("hole x", x, 0, 1, "of the width"),
            _number("hole y", y, 0, 1, "of the height"),
            _number("hole radius", radius, 1, 60, "nm"),
        )
        for x, y, radius in discs
    )
