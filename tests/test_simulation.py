"""The simulation against theory, and the instrument against its own numbers."""

import dataclasses

import numpy as np
import pytest
from scipy.special import k0, k1

from eelscape.simulation import SCENES, Edge, Hole, Scene, simulate
from eelscape.simulation.constants import FINE_STRUCTURE, HBAR_C, electron_beam
from eelscape.simulation.geometry import Particles, build_film, closest_approach
from eelscape.simulation.harmonics import harmonic_basis, solid_harmonics
from eelscape.simulation.instrument import (
    electrons_per_pixel,
    energy_axis,
    expected_spectra,
    zero_loss_peak,
)
from eelscape.simulation.loss import LOSS_ENERGIES, loss_map
from eelscape.simulation.materials import bulk_loss, drude, membrane_loss
from eelscape.simulation.modes import coupled_modes, particle_modes, trial_charges
from eelscape.simulation.quadrature import cube_sphere, superellipsoid

SMALL = Scene(
    shape=(12, 16),
    margin=16.0,
    edges=(Edge(0.7, 0.5, 0.0),),
    holes=(Hole(0.2, 0.2, 6.0),),
    spheroids=0.3,
    degree_even=4,
    degree_odd=2,
)


@pytest.fixture(scope="module")
def small():
    return simulate(SMALL, seed=7)


def spheres(centres, radius=5.0):
    count = len(centres)
    return Particles(
        np.array(centres, float),
        np.full((count, 3), radius),
        np.full(count, 2.0),
        np.zeros(count),
    )


def test_solid_harmonics_have_no_laplacian_and_are_complete():
    found = solid_harmonics(5)
    for degree in range(1, 6):
        assert sum(item[0] == degree for item in found) == 2 * degree + 1
    for _, _, polynomial in found:
        laplacian = {}
        for key, value in polynomial.items():
            for axis in range(3):
                if key[axis] >= 2:
                    lower = list(key)
                    lower[axis] -= 2
                    term = value * key[axis] * (key[axis] - 1)
                    laplacian[tuple(lower)] = laplacian.get(tuple(lower), 0) + term
        assert max(map(abs, laplacian.values()), default=0) < 1e-12


@pytest.mark.parametrize("parity", [0, 1])
def test_gradients_agree_with_finite_differences(parity):
    rng = np.random.default_rng(1)
    points = rng.normal(size=(20, 3))
    normals = rng.normal(size=(20, 3))
    basis = harmonic_basis(4, parity)
    _, slopes = basis.evaluate(points, normals)
    step = 1e-5
    ahead, _ = basis.evaluate(points + step * normals, normals)
    behind, _ = basis.evaluate(points - step * normals, normals)
    np.testing.assert_allclose(slopes, (ahead - behind) / (2 * step), atol=1e-7)
    mirrored, _ = basis.evaluate(points * [1, 1, -1], normals)
    here, _ = basis.evaluate(points, normals)
    np.testing.assert_allclose(mirrored, here * (-1) ** parity, atol=1e-12)


def test_quadrature_of_sphere_and_ellipsoid():
    _, solid_angles = cube_sphere(8)
    assert solid_angles.sum() == pytest.approx(4 * np.pi, rel=1e-6)
    ellipsoid = superellipsoid(np.array([5.0, 6.0, 7.0]), 2.0, 10)
    volume = (ellipsoid.points[:, 0] * ellipsoid.normals[:, 0] * ellipsoid.weights).sum()
    assert volume == pytest.approx(4 / 3 * np.pi * 210, rel=1e-4)


@pytest.mark.parametrize("order", [0, 5, 7])
def test_quadrature_refuses_odd_orders(order):
    with pytest.raises(ValueError, match="even"):
        cube_sphere(order)


def test_even_quadrature_has_no_point_in_the_middle_plane():
    surface = superellipsoid(np.array([6.0, 6.5, 7.0]), 8.0, 8)
    assert np.abs(surface.points[:, 2]).min() > 0.01


@pytest.mark.parametrize("parity", [0, 1])
def test_sphere_has_depolarisation_l_over_2l_plus_1(parity):
    basis = harmonic_basis(4, parity)
    eigenvalues, _ = particle_modes(np.array([6.0, 6.0, 6.0]), 2.0, basis, 16)
    expected = np.sort(basis.degrees / (2 * basis.degrees + 1))
    np.testing.assert_allclose(eigenvalues, expected, atol=1e-4)


def test_trial_charges_are_neutral():
    surface = superellipsoid(np.array([6.0, 6.6, 7.0]), 9.0, 8)
    _, charge = trial_charges(surface, np.array([6.0, 6.6, 7.0]), harmonic_basis(6, 0))
    assert np.abs(surface.weights @ charge).max() < 1e-10


def test_cube_modes_obey_the_dipole_sum_rule():
    """The polarisability's weights of a cube's modes have sum 1 and mean L 1/3 (Fuchs 1975,
    unverified source; follows from the trace of the depolarisation tensor)."""
    semi = np.array([6.5, 6.5, 6.5])
    eigenvalues, vectors = particle_modes(semi, 8.0, harmonic_basis(6, 0), 10)
    surface = superellipsoid(semi, 8.0, 10)
    _, charge = trial_charges(surface, semi, harmonic_basis(6, 0))
    dipoles = (surface.points[:, 0] * surface.weights) @ charge @ vectors
    volume = (surface.points[:, 0] * surface.normals[:, 0] * surface.weights).sum()
    weights = 4 * np.pi * dipoles**2 / volume
    assert weights.sum() == pytest.approx(1, rel=1e-3)
    assert weights @ eigenvalues == pytest.approx(1 / 3, abs=5e-3)
    assert 0.15 < eigenvalues[np.argmax(weights)] < 0.25  # sharp corners: far below a sphere's 1/3
    assert eigenvalues.min() > 0 and eigenvalues.max() < 1


def test_distant_dimer_splits_like_two_dipoles():
    """L = 1/3 -+ 2/3 (a/d)^3 along the axis and 1/3 +- 1/3 (a/d)^3 across it."""
    particles = spheres([[0, 0], [20, 0]])
    ratio = (5 / 20) ** 3
    inside = np.ones(2, bool)
    even = coupled_modes(particles, inside, 1, 1, 0).eigenvalues
    odd = coupled_modes(particles, inside, 1, 1, 1).eigenvalues
    along, across = 2 / 3 * ratio, ratio / 3
    expected = 1 / 3 + np.array([-along, -across, across, along])
    np.testing.assert_allclose(even, expected, atol=1e-4)
    np.testing.assert_allclose(odd, 1 / 3 + np.array([-across, across]), atol=1e-4)


@pytest.mark.parametrize(
    ("distance", "tolerance"), [(30, 0.006), (60, 0.006), (120, 0.006), (240, 0.04)]
)
def test_aloof_sphere_agrees_with_the_dipole_formula(distance, tolerance):
    """Loss of a beam passing a small sphere in vacuum, with K0 and K1 (Garcia de Abajo, Rev. Mod.
    Phys. 82, 209 (2010), unverified source), at the energy of the peak."""
    scene = dataclasses.replace(Scene(), eps_embedding=1.0, eps_screening=1.0)
    loss = loss_map(spheres([[0, 0]]), np.array([[float(distance), 0.0]]), scene)
    beta, lorentz = electron_beam(60)
    eps = drude(LOSS_ENERGIES, scene)
    polarisability = 5.0**3 * (eps - 1) / (eps + 2)
    wave = LOSS_ENERGIES / HBAR_C
    x = wave * distance / (beta * lorentz)
    expected = (
        4 * FINE_STRUCTURE * wave**2 / (np.pi * HBAR_C * beta**4 * lorentz**2)
        * np.imag(polarisability) * (k1(x) ** 2 + k0(x) ** 2 / lorentz**2)
    )  # fmt: skip
    peak = np.argmax(expected)
    assert loss.surface[0, peak] == pytest.approx(expected[peak], rel=tolerance)
    assert loss.bulk[0].max() == 0


def test_electron_at_60_kv():
    beta, lorentz = electron_beam(60)
    assert beta == pytest.approx(0.446, abs=5e-4)
    assert lorentz == pytest.approx(1.117, abs=5e-4)


def test_bulk_loss_only_inside_and_near_the_bulk_plasmon():
    loss = bulk_loss(LOSS_ENERGIES, np.array([0.0, 13.0]), np.array([1e-6, 6.5]), Scene())
    assert loss[0].max() == 0
    assert 0.87 < LOSS_ENERGIES[np.argmax(loss[1])] < 0.95
    assert loss.min() >= 0


def test_membrane_phonon_lies_below_the_processed_range():
    energies = np.linspace(-0.2, 0.6, 801)
    loss = membrane_loss(energies, Scene())
    assert 0.12 < energies[np.argmax(loss)] < 0.15
    assert loss[energies <= 0].max() == 0


def test_zero_loss_peak_has_unit_area_and_the_stated_width():
    energies = np.arange(-2, 2, 0.0005)
    peak = zero_loss_peak(energies, 0.040)
    assert peak.sum() * 0.0005 == pytest.approx(1)
    above = energies[peak > peak.max() / 2]
    assert above[-1] - above[0] == pytest.approx(0.040, abs=0.002)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_particles_of_a_film_do_not_touch(name):
    for seed in range(3):
        particles = build_film(np.random.default_rng(seed), SCENES[name])
        assert len(particles) > 50
        assert closest_approach(particles, 0.0)[1].min() > 1


def test_film_respects_hole_and_edge():
    scene = dataclasses.replace(
        Scene(), holes=(Hole(0.3, 0.5, 20.0),), edges=(Edge(0.7, 0.5, 0.0),)
    )
    particles = build_film(np.random.default_rng(0), scene)
    width, height = scene.field
    distance = np.linalg.norm(particles.centres - [0.3 * width, 0.5 * height], axis=1)
    assert distance.min() > 16  # the push apart may move a particle inwards a little
    assert particles.centres[:, 0].max() < 0.7 * width + 12


def test_small_scene(small):
    assert small.counts.shape == (12, 16, 640) and small.counts.dtype == np.uint32
    assert small.haadf.shape == (12, 16) and small.haadf.dtype == np.float32
    for eigenvalues in small.loss.eigenvalues:
        assert 0 < eigenvalues.min() and eigenvalues.max() < 1
    assert small.loss.surface.min() > 0  # a passive film only takes energy
    assert small.energies[np.argmax(small.counts.sum((0, 1)))] == pytest.approx(0, abs=0.0051)
    outside = small.loss.thickness == 0
    assert outside.any() and (~outside).any()
    assert small.loss.bulk[outside].max() == 0
    assert small.loss.bulk[small.loss.thickness > 8].max(1).min() >= 0
    haadf = small.haadf.ravel()
    assert haadf[small.loss.thickness > 8].mean() > 3 * haadf[outside].mean()


def test_dose(small):
    """20 pA for 0.1 s, 80 % collected: 1e7 electrons, fewer through a particle."""
    assert electrons_per_pixel(SMALL) == pytest.approx(1e7, rel=0.01)
    total = small.counts.sum(-1).ravel() / electrons_per_pixel(SMALL)
    through = np.exp(-small.loss.thickness / SMALL.elastic_length)
    np.testing.assert_allclose(total / through, 1, atol=0.06)
    share, _ = expected_spectra(small.loss, SMALL)
    np.testing.assert_allclose(share.sum(1), 1, atol=0.02)


def test_noise_is_counting_noise(small):
    """Far from the peak the variance is 1.15 electrons a count and the read noise."""
    energies = energy_axis(SMALL)
    band = (energies > 0.35) & (energies < 0.6)
    expected = small.expected[..., band].astype(float)
    variance = (1 + SMALL.excess_variance) * expected + SMALL.read_noise**2
    score = (small.counts[..., band] - expected) / np.sqrt(variance)
    assert abs(score.mean()) < 0.05
    assert score.std() == pytest.approx(1, abs=0.05)


def test_seed_makes_the_recording(small):
    again = simulate(SMALL, seed=7)
    np.testing.assert_array_equal(again.counts, small.counts)
    np.testing.assert_array_equal(again.haadf, small.haadf)
    other = simulate(SMALL, seed=8)
    assert (other.counts != small.counts).mean() > 0.5
    assert (other.haadf != small.haadf).all()
