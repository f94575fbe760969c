"""Energy-loss probability of the beam at each position of the scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .constants import FINE_STRUCTURE, HBAR_C, electron_beam
from .excitation import excitations
from .geometry import Particles
from .materials import bulk_loss, drude
from .modes import coupled_modes
from .scene import Scene

LOSS_ENERGIES = np.arange(2, 161) / 100
"""Energies (eV) at which the loss is computed: 0.02 to 1.60 in steps of 0.01."""

EXCITATION_ENERGIES = np.array([0.2, 0.45, 0.7, 1.0, 1.5])
"""Energies (eV) at which the excitation is computed; its square is linear in between."""

REACH = 14.0
"""Particles closer than this (nm) to the scanned field get all trial functions."""


@dataclass(frozen=True)
class LossMap:
    """Loss probability for n beam positions.

    Attributes
    ----------
    energies : (E,) array
        eV.
    surface, bulk : (n, E) float32 arrays
        1 / eV.
    thickness : (n,) array
        Projected thickness of the particles, nm.
    eigenvalues : pair of (M,) arrays
        The film's modes, even and odd in z.
    """

    energies: np.ndarray
    surface: np.ndarray
    bulk: np.ndarray
    thickness: np.ndarray
    eigenvalues: tuple[np.ndarray, np.ndarray]


def mode_response(eigenvalues: np.ndarray, scene: Scene) -> np.ndarray:
    """4 alpha / (pi beta^2 hbar c eps_c) Im[1 / (L - s)], s = eps_m / (eps_m - eps): (M, E).

    Source: modal EELS as in `modes` and Garcia de Abajo, Rev. Mod. Phys. 82, 209 (2010),
    unverified. eps_c is an effective screening of the electron's field (its strict value is
    eps_m): phenomenological, it sets only the ratio of surface to bulk loss.
    """
    beta, _ = electron_beam(scene.beam_kv)
    eps = drude(LOSS_ENERGIES, scene)
    s = scene.eps_embedding / (scene.eps_embedding - eps)
    factor = 4 * FINE_STRUCTURE / (np.pi * beta**2 * HBAR_C * scene.eps_screening)
    return factor * np.imag(1 / (eigenvalues[:, None] - s))


def loss_map(particles: Particles, positions: np.ndarray, scene: Scene) -> LossMap:
    """Surface and bulk loss at `positions` (n, 2) nm.

    The surface loss is the sum over the film's modes of `mode_response` times the square of the
    mode's excitation.
    """
    low, high = positions.min(0) - REACH, positions.max(0) + REACH
    inside = ((particles.centres > low) & (particles.centres < high)).all(1)
    surface = np.zeros((len(positions), len(LOSS_ENERGIES)), np.float32)
    nodes = np.eye(len(EXCITATION_ENERGIES))
    found = []
    for parity, degree, outside in ((0, scene.degree_even, 2), (1, scene.degree_odd, 1)):
        modes = coupled_modes(particles, inside, degree, min(outside, degree), parity)
        response = mode_response(modes.eigenvalues, scene)
        turn = np.ascontiguousarray(modes.vectors.T, dtype=np.float32)
        own = excitations(particles, modes, parity, positions, EXCITATION_ENERGIES, scene.beam_kv)
        for node, excitation in zip(nodes, own, strict=True):
            weight = np.interp(LOSS_ENERGIES, EXCITATION_ENERGIES, node)
            used = weight > 0
            strength = (turn @ excitation) ** 2
            surface[:, used] += strength.T @ (response[:, used] * weight[used]).astype(np.float32)
        found.append(modes.eigenvalues)
    thickness, depth = particles.thickness(positions)
    bulk = bulk_loss(LOSS_ENERGIES, thickness, depth, scene).astype(np.float32)
    return LossMap(LOSS_ENERGIES, surface, bulk, thickness, (found[0], found[1]))
