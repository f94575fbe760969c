"""How strongly the electron beam excites each particle's own modes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import k0, k1

from .constants import HBAR_C, electron_beam
from .geometry import Particles
from .modes import CoupledModes, mode_charges

NEAR = 40.0
"""Beams closer than this (nm) to a particle's centre use the fine quadrature."""
FINE_ORDER = 10
COARSE_ORDER = 6


def _static_excitation(
    particles: Particles, modes: CoupledModes, parity: int, positions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Integral of charge times -ln(distance) (and times z for odd modes), and the dipoles.

    The distance is regularised, r^2 + (0.3 sqrt(w))^2 with the weight w of the surface point, so
    that a beam through a point of the quadrature gives no spike. Returns (M, n) float32 and (M, 3).
    """
    static = np.empty((modes.offsets[-1], len(positions)), np.float32)
    dipoles = np.zeros((modes.offsets[-1], 3))
    for p, centre in enumerate(particles.centres):
        rows = slice(modes.offsets[p], modes.offsets[p + 1])
        relative = positions - centre
        near = np.hypot(*relative.T) < NEAR
        for order, chosen in ((FINE_ORDER, near), (COARSE_ORDER, ~near)):
            points, charge, weights = mode_charges(
                particles, p, modes.basis, modes.coefficients[p], order
            )
            if order == FINE_ORDER:
                dipoles[rows] = charge.T @ points
            if not chosen.any():
                continue
            if parity:
                charge = charge * points[:, 2:]
            upper = points[:, 2] > 0  # the lower half contributes the same
            x, y = points[upper, :2].T.astype(np.float32)
            softening = (0.09 * weights[upper]).astype(np.float32)
            there = relative[chosen].astype(np.float32)
            distance2 = (there[:, 0] - x[:, None]) ** 2 + (there[:, 1] - y[:, None]) ** 2
            logarithm = np.log(distance2 + softening[:, None])
            static[rows, chosen] = -charge[upper].T.astype(np.float32) @ logarithm
    return static, dipoles


def excitations(
    particles: Particles,
    modes: CoupledModes,
    parity: int,
    positions: np.ndarray,
    energies: np.ndarray,
    kilovolts: float,
) -> Iterator[np.ndarray]:
    """Overlap of each particle's own modes with the beam's potential, one array an energy.

    For modes even in z the potential is K0(kappa |R - s|) with kappa = E / (hbar v gamma); for odd
    ones (E / (hbar v gamma^2)) z K0. K0 is taken as -ln of the distance close by plus a correction
    of each particle's dipole, p . rho / rho (1 / rho - kappa K1(kappa rho)) for even and
    p_z (K0(kappa rho) + ln rho) for odd modes: exact in the near field, dipolar in the far field.
    Near and in a particle the softened quadrature makes the squared excitation too small, by 3 %
    (l = 1) to 20 % (l = 4) and a little more at the surface; docs/physics.md has the table.
    Source: Garcia de Abajo, Rev. Mod. Phys. 82, 209 (2010), unverified.

    Parameters
    ----------
    positions : (n, 2) array
        Beam positions in nm.
    energies : (k,) array
        eV.

    Yields
    ------
    (M, n) float32 array
    """
    beta, lorentz = electron_beam(kilovolts)
    static, dipoles = _static_excitation(particles, modes, parity, positions)
    own = np.repeat(np.arange(len(particles)), np.diff(modes.offsets))
    offset = particles.centres[:, None, :] - positions
    distance = np.hypot(offset[..., 0], offset[..., 1]) + 1e-3
    dipoles = dipoles.astype(np.float32)
    for energy in energies:
        kappa = energy / (HBAR_C * beta * lorentz)
        if parity:
            correction = (k0(kappa * distance) + np.log(distance)).astype(np.float32)
            factor = np.float32(energy / (HBAR_C * beta * lorentz**2))
            yield (static + dipoles[:, 2:] * correction[own]) * factor
        else:
            slope = (1 / distance - kappa * k1(kappa * distance)) / distance
            x, y = (np.moveaxis(offset, -1, 0) * slope).astype(np.float32)
            yield static + dipoles[:, :1] * x[own] + dipoles[:, 1:2] * y[own]
