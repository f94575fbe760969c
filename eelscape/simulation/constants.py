"""Physical constants and the fast electron's kinematics, in eV and nm."""

from __future__ import annotations

import numpy as np

HBAR_C = 197.3269804
"""Reduced Planck constant times the speed of light, eV nm (CODATA 2018)."""

FINE_STRUCTURE = 1 / 137.035999
"""Fine-structure constant e^2 / (4 pi eps0 hbar c) (CODATA 2018)."""

ELECTRON_REST_ENERGY = 510998.95
"""Rest energy of the electron, eV (CODATA 2018)."""

ELEMENTARY_CHARGE = 1.602176634e-19
"""Charge of the electron, C (exact, SI 2019)."""


def electron_beam(kilovolts: float) -> tuple[float, float]:
    """Velocity of a fast electron.

    Parameters
    ----------
    kilovolts : float
        Acceleration voltage in kV.

    Returns
    -------
    beta : float
        v / c.
    lorentz : float
        Lorentz factor 1 / sqrt(1 - beta^2). Source: special relativity.
    """
    lorentz = 1 + kilovolts * 1e3 / ELECTRON_REST_ENERGY
    return float(np.sqrt(1 - 1 / lorentz**2)), float(lorentz)


def rotate(x: np.ndarray, y: np.ndarray, angle) -> tuple[np.ndarray, np.ndarray]:
    """Rotate points about the origin by `angle` (radians, broadcast with `x` and `y`)."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return cosine * x - sine * y, sine * x + cosine * y
