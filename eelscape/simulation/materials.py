"""Dielectric functions, and the loss inside a particle and in the membrane below it."""

from __future__ import annotations

import numpy as np

from .constants import FINE_STRUCTURE, HBAR_C, electron_beam
from .scene import Scene


def drude(energies: np.ndarray, scene: Scene) -> np.ndarray:
    """Drude dielectric function of the doped oxide, complex, without dimension.

    eps = eps_inf - wp^2 / (E (E + i g)). Source: Drude model (textbook). wp and g are close to
    those of indium-cadmium oxide nanocrystals, 1.788 eV and 0.093 eV (Nat. Commun. 2019,
    s41467-019-09165-2, Table 1), read after 1.78 and 0.10 had been chosen; eps_inf is an estimate.

    Parameters
    ----------
    energies : array
        eV, not zero.
    """
    return scene.eps_inf - scene.plasma_energy**2 / (energies * (energies + 1j * scene.damping))


def loss_per_length(kilovolts: float) -> float:
    """2 alpha / (pi beta^2 hbar c), the factor of the bulk loss, in 1 / (eV nm)."""
    beta, _ = electron_beam(kilovolts)
    return 2 * FINE_STRUCTURE / (np.pi * beta**2 * HBAR_C)


def bulk_loss(
    energies: np.ndarray, thickness: np.ndarray, depth: np.ndarray, scene: Scene
) -> np.ndarray:
    """Bulk loss probability of electrons that pass through a particle.

    2 alpha / (pi beta^2 hbar c) (t - 2 w) times the integral of dq / q Im[-1 / eps(q, E)] from
    1 / (d - w) to q_c, with the hydrodynamic eps(q, E) = eps_inf - wp^2 / (E (E + i g) -
    0.6 (hbar v_F q)^2). The lower limit lets the bulk loss end at the surface (begrenzung) and w
    is a depleted layer without carriers. Sources, all unverified: bulk term Garcia de Abajo,
    Rev. Mod. Phys. 82, 209 (2010); depletion Zandi et al. 2018; v_F, q_c and w are estimates.

    Parameters
    ----------
    energies : (E,) array
        eV, positive.
    thickness, depth : (n,) arrays
        Projected thickness t and length d to the surface in nm; see `Particles.thickness`.

    Returns
    -------
    (n, E) array
        1 / eV.
    """
    q = np.geomspace(0.05, scene.q_cutoff, 80)
    dispersion = 0.6 * (scene.fermi_velocity * q[:, None]) ** 2
    eps = scene.eps_inf - scene.plasma_energy**2 / (
        energies * (energies + 1j * scene.damping) - dispersion
    )
    integrand = np.imag(-1 / eps)
    step = np.log(q[1] / q[0])
    integral = np.zeros_like(integrand)  # from q[i] to the cut-off, in log q
    integral[:-1] = np.cumsum((0.5 * (integrand[1:] + integrand[:-1]) * step)[::-1], 0)[::-1]

    inner = np.maximum(depth - scene.depletion_width, 1e-6)
    place = np.log(np.clip(1 / inner, q[0], q[-1]) / q[0]) / step
    lower = np.minimum(place.astype(int), len(q) - 2)
    share = (place - lower)[:, None]
    between = integral[lower] * (1 - share) + integral[lower + 1] * share
    path = np.maximum(thickness - 2 * scene.depletion_width, 0)
    return loss_per_length(scene.beam_kv) * path[:, None] * between


def membrane_loss(energies: np.ndarray, scene: Scene) -> np.ndarray:
    """Optical phonon of the SiN membrane: loss probability in 1 / eV, shape of `energies`.

    One Lorentz oscillator, eps = 4 + 3 E_T^2 / (E_T^2 - E^2 - i E g) with E_T 0.105 eV and g
    0.020 eV, so that the loss peaks at the longitudinal energy near 0.139 eV; logarithm of the
    momentum range ln 30. Unverified source: values are estimates. Zero at and below 0.01 eV.
    """
    result = np.zeros_like(energies, dtype=float)
    positive = energies > 0.01
    e = energies[positive]
    eps = 4.0 + 3.0 * 0.105**2 / (0.105**2 - e**2 - 0.020j * e)
    factor = loss_per_length(scene.beam_kv) * scene.membrane_thickness * np.log(30)
    result[positive] = factor * np.imag(-1 / eps)
    return result
