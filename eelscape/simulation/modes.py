"""Plasmon modes of single particles and of the coupled film (quasi-static, no materials in them).

Trial potentials eta_k inside each particle are solid harmonics; their surface charge is
sigma_k = n . grad eta_k. With

    T_kl = integral of eta_k sigma_l over the surface,
    V_kl = double integral of sigma_k sigma_l / |s - s'|,

the generalised symmetric problem V a = 4 pi L T a, a^T 4 pi T a = 1, gives modes whose eigenvalue
L in (0, 1) is geometrical (a depolarisation factor: l / (2 l + 1) for a sphere) and does not depend
on energy or material. Sources, all unverified: modal decomposition Ouyang & Isaacson 1989,
Boudarham & Kociak, Phys. Rev. B 2012; spectral representation Bergman; coupled particles
Prodan & Nordlander (hybridisation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from .constants import rotate
from .geometry import Particles
from .harmonics import HarmonicBasis, harmonic_basis
from .quadrature import Surface, superellipsoid

FINE_ORDER = 8
"""Quadrature order on one particle and between close neighbours; even, see `cube_sphere`."""
COARSE_ORDER = 4
"""Quadrature order between distant particles."""
NEAR = 24.0
"""Centres closer than this (nm) are paired with the fine quadrature."""


def trial_charges(
    surface: Surface, semi_axes: np.ndarray, basis: HarmonicBasis
) -> tuple[np.ndarray, np.ndarray]:
    """Trial potentials (N, n) and their surface charges (N, n), 1 / nm, at the surface's points.

    Coordinates are divided by the mean semi-axis. The quadrature's mean is taken off the charge:
    it is zero for a harmonic potential, and a remainder would act over long range as a monopole.
    """
    scale = semi_axes.mean()
    potential, charge = basis.evaluate(surface.points / scale, surface.normals)
    charge = charge / scale
    mean = (surface.weights @ charge) / surface.weights.sum()
    return potential, charge - mean


def particle_modes(
    semi_axes: np.ndarray, exponent: float, basis: HarmonicBasis, order: int = FINE_ORDER
) -> tuple[np.ndarray, np.ndarray]:
    """Modes of one particle alone.

    V is evaluated by Green's identity, V_kl = double integral of sigma_k(s) [eta_l(s') - eta_l(s)]
    n' . (s - s') / |s - s'|^3, which has no singular term at s = s'.

    Parameters
    ----------
    semi_axes : (3,) array
        nm.
    exponent : float
        n of the superellipsoid.
    basis : HarmonicBasis
        n trial functions.

    Returns
    -------
    eigenvalues : (n,) array
        L, ascending.
    coefficients : (n, n) array
        a, one mode a column.
    """
    surface = superellipsoid(semi_axes, exponent, order)
    potential, charge = trial_charges(surface, semi_axes, basis)
    points, normals, weights = surface.points, surface.normals, surface.weights
    overlap = (potential * weights[:, None]).T @ charge
    overlap = (overlap + overlap.T) / 2

    squares = (points * points).sum(1)
    distance2 = squares[:, None] + squares - 2 * points @ points.T
    np.fill_diagonal(distance2, 1)
    kernel = (points @ normals.T - (points * normals).sum(1)) / distance2**1.5
    np.fill_diagonal(kernel, 0)
    kernel *= weights
    single_layer = kernel @ potential - kernel.sum(1)[:, None] * potential
    interaction = (charge * weights[:, None]).T @ single_layer
    interaction = (interaction + interaction.T) / 2

    scale = 1 / np.sqrt(np.diag(overlap))  # a better conditioned problem
    balance = np.outer(scale, scale)
    eigenvalues, vectors = eigh(interaction * balance, 4 * np.pi * overlap * balance)
    return eigenvalues, scale[:, None] * vectors


@dataclass(frozen=True)
class CoupledModes:
    """Modes of a film of one parity in z.

    Attributes
    ----------
    eigenvalues : (M,) array
        L of each mode.
    vectors : (M, M) array
        Weights of the particles' own modes, one film mode a column.
    offsets : (N + 1,) int array
        Particle p's own modes are rows offsets[p] ... offsets[p + 1].
    coefficients : list of (n, k) arrays
        Each particle's own modes in terms of the trial functions of `basis`.
    basis : HarmonicBasis
    """

    eigenvalues: np.ndarray
    vectors: np.ndarray
    offsets: np.ndarray
    coefficients: list[np.ndarray]
    basis: HarmonicBasis


def _own_modes(
    particles: Particles, inside: np.ndarray, degree: int, degree_outside: int, parity: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Each particle's modes alone; those outside the scanned field get fewer of them."""
    basis = harmonic_basis(degree, parity)
    values, coefficients = [], []
    for p in range(len(particles)):
        own = basis if inside[p] else harmonic_basis(degree_outside, parity)
        value, vector = particle_modes(particles.semi_axes[p], particles.exponents[p], own)
        full = np.zeros((len(basis), vector.shape[1]))
        full[: len(vector)] = vector  # functions are sorted by degree
        values.append(value)
        coefficients.append(full)
    return values, coefficients


def mode_charges(
    particles: Particles, p: int, basis: HarmonicBasis, coefficients: np.ndarray, order: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Charges of particle p's own modes on its surface.

    Returns points (N, 3) in nm relative to the particle's centre, axes along the field's; charges
    times weights (N, k); weights (N,) in nm^2.
    """
    semi_axes = particles.semi_axes[p]
    surface = superellipsoid(semi_axes, particles.exponents[p], order)
    _, charge = trial_charges(surface, semi_axes, basis)
    x, y = rotate(surface.points[:, 0], surface.points[:, 1], particles.angles[p])
    points = np.column_stack([x, y, surface.points[:, 2]])
    return points, (charge * surface.weights[:, None]) @ coefficients, surface.weights


def _inverse_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T
    return 1 / np.sqrt(np.maximum(squares, 1e-2))


def coupled_modes(
    particles: Particles, inside: np.ndarray, degree: int, degree_outside: int, parity: int
) -> CoupledModes:
    """Modes of all particles together.

    Each particle is solved alone, then one symmetric eigenproblem diag(L_p) + C_p^T V_pq C_q
    couples them through the Coulomb interaction of their surface charges. Both charges have the
    same parity in z, so that one of the two surfaces is integrated over its upper half, doubled.

    Parameters
    ----------
    particles : Particles
    inside : (N,) bool array
        Which particles get all trial functions (those in and near the scanned field).
    degree, degree_outside : int
        Highest degree of the trial functions inside and outside.
    parity : {0, 1}
        0: charges even in z, 1: odd.
    """
    count = len(particles)
    basis = harmonic_basis(degree, parity)
    values, coefficients = _own_modes(particles, inside, degree, degree_outside, parity)
    offsets = np.concatenate([[0], np.cumsum([len(v) for v in values])])
    matrix = np.diag(np.concatenate(values))

    centres = np.column_stack([particles.centres, np.zeros(count)])
    fine, coarse = (
        [mode_charges(particles, p, basis, coefficients[p], order)[:2] for p in range(count)]
        for order in (FINE_ORDER, COARSE_ORDER)
    )
    for p in range(count - 1):
        rows = slice(offsets[p], offsets[p + 1])
        distance = np.linalg.norm(centres - centres[p], axis=1)
        others = np.arange(p + 1, count)
        for charges, chosen in (
            (fine, others[distance[others] < NEAR]),
            (coarse, others[distance[others] >= NEAR]),
        ):
            if not len(chosen):
                continue
            points, charge = charges[p]
            upper = points[:, 2] > 0
            there = np.vstack([charges[q][0] + centres[q] - centres[p] for q in chosen])
            field = 2 * charge[upper].T @ _inverse_distances(points[upper], there)
            step = len(points)
            for n, q in enumerate(chosen):
                columns = slice(offsets[q], offsets[q + 1])
                block = field[:, n * step : (n + 1) * step] @ charges[q][1]
                matrix[rows, columns] = block
                matrix[columns, rows] = block.T
    if len(matrix) > 2500:  # single precision is ample and halves time and memory
        matrix = matrix.astype(np.float32)
    eigenvalues, vectors = eigh(matrix, overwrite_a=True, check_finite=False)
    return CoupledModes(eigenvalues, vectors, offsets, coefficients, basis)
