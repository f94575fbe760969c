"""The physics of the simulated samples against closed formulas that it does not use itself."""

from dataclasses import replace
from math import factorial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import k0, k1, lpmv

import eelscape.simulation.excitation as excitation
from eelscape.samples import sample
from eelscape.simulation import Edge, Hole, Scene, simulate
from eelscape.simulation.constants import FINE_STRUCTURE, HBAR_C, electron_beam
from eelscape.simulation.geometry import Particles
from eelscape.simulation.instrument import energy_axis, record_spectra
from eelscape.simulation.loss import LOSS_ENERGIES, loss_map, mode_response
from eelscape.simulation.materials import bulk_loss, drude, loss_per_length
from eelscape.simulation.modes import coupled_modes

RADIUS = 5.0


def sphere():
    return Particles(
        np.zeros((1, 2)), np.full((1, 3), RADIUS), np.full(1, 2.0), np.zeros(1)
    )  # fmt: skip


def beside(distances):
    """Beams at these distances (nm) from the sphere's centre."""
    return np.column_stack([distances, np.zeros(len(distances))])


def aloof_dipole(distance, scene):
    """Loss of a beam that passes a small sphere in vacuum, 1 / eV.

    4 e^2 w^2 / (pi hbar v^4 gamma^2) Im(alpha) (K1^2 + K0^2 / gamma^2); Garcia de Abajo, Rev. Mod.
    Phys. 82, 209 (2010), unverified source.
    """
    beta, lorentz = electron_beam(scene.beam_kv)
    eps = drude(LOSS_ENERGIES, scene)
    polarisability = RADIUS**3 * (eps - 1) / (eps + 2)
    wave = LOSS_ENERGIES / HBAR_C
    x = wave * distance / (beta * lorentz)
    decay = k1(x) ** 2 + k0(x) ** 2 / lorentz**2
    factor = 4 * FINE_STRUCTURE * wave**2 / (np.pi * HBAR_C * beta**4 * lorentz**2)
    return factor * np.imag(polarisability) * decay


def at(energy):
    return int(np.argmin(np.abs(LOSS_ENERGIES - energy)))


# Surface modes


@pytest.mark.parametrize("embedding", [1.0, 2.0, 2.8, 4.0])
def test_dipole_energy_of_a_sphere(embedding):
    """eps(E) = -2 eps_m, so that E^2 = wp^2 / (eps_inf + 2 eps_m) - g^2 for Drude electrons."""
    scene = replace(Scene(), eps_embedding=embedding, damping=0.05)
    loss = loss_map(sphere(), beside([60.0]), scene).surface[0].astype(float)
    top = loss.argmax()
    before, here, after = loss[top - 1 : top + 2]
    shift = 0.5 * (before - after) / (before - 2 * here + after)  # of a parabola through them
    found = LOSS_ENERGIES[top] + 0.01 * shift
    expected = np.sqrt(scene.plasma_energy**2 / (scene.eps_inf + 2 * embedding) - scene.damping**2)
    assert found == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_multipole_energies_of_a_sphere(degree):
    """Im[1 / (L - s)] with L = l / (2 l + 1) peaks where eps(E) = -eps_m (l + 1) / l."""
    scene = replace(Scene(), damping=0.04)
    response = mode_response(np.array([degree / (2 * degree + 1)]), scene)[0]
    found = LOSS_ENERGIES[response.argmax()]
    environment = scene.eps_embedding * (degree + 1) / degree
    expected = np.sqrt(scene.plasma_energy**2 / (scene.eps_inf + environment))
    assert found == pytest.approx(expected, abs=0.006)
    eigenvalues = np.linspace(0.001, 0.999, 50)
    assert mode_response(eigenvalues, Scene()).min() > 0  # a passive film only takes energy


@pytest.mark.parametrize("energy", [0.45, 0.7, 1.0])
def test_decay_with_distance(energy):
    """K1^2 + K0^2 / gamma^2 from 30 to 240 nm, over two to four orders of magnitude."""
    scene = replace(Scene(), eps_embedding=1.0, eps_screening=1.0)
    distances = np.array([30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0])
    loss = loss_map(sphere(), beside(distances), scene).surface[:, at(energy)].astype(float)
    expected = np.array([aloof_dipole(d, scene)[at(energy)] for d in distances])
    assert expected[0] > 1e2 * expected[-1]
    # Closer than 30 nm the sphere's quadrupole adds; at 30 nm it is 1 %.
    np.testing.assert_allclose(loss / expected, 1, atol=0.012)
    np.testing.assert_allclose((loss / expected)[2:], 1, atol=0.006)


def test_decay_between_the_energies_of_the_excitation():
    """The square of the excitation is linear between five energies: 1.5 % to 120 nm at 0.2 to 1 eV
    but for the tail of the peak, and worse beyond."""
    scene = replace(Scene(), eps_embedding=1.0, eps_screening=1.0)
    loss = loss_map(sphere(), beside([60.0, 120.0]), scene).surface
    for row, distance in enumerate((60.0, 120.0)):
        ratio = loss[row] / aloof_dipole(distance, scene)
        np.testing.assert_allclose(ratio[at(0.2) : at(1.0)], 1, atol=0.02)


def line_integral(degree, order, distance):
    """Half the integral, along the beam, of the potential of one mode of a sphere.

    The charge sqrt(l / (4 pi a^3)) Y_lm has the potential 4 pi a / (2 l + 1) (r / a)^l inside and
    (a / r)^(l + 1) outside, times the charge; this normalisation is the simulation's. For beams
    that lose little energy the modes' excitation is this number.
    """
    charge = np.sqrt(degree / (4 * np.pi * RADIUS**3))

    norm = (2 * degree + 1) / (4 * np.pi) * factorial(degree - order) / factorial(degree + order)
    norm = np.sqrt(2 * norm if order else norm)  # of a real spherical harmonic

    def potential(z):
        r = np.hypot(distance, z)
        angular = norm * lpmv(order, degree, z / r)
        radial = (r / RADIUS) ** degree if r < RADIUS else (RADIUS / r) ** (degree + 1)
        return 4 * np.pi * RADIUS * charge / (2 * degree + 1) * radial * angular

    surface = np.sqrt(max(RADIUS**2 - distance**2, 0))
    return quad(potential, 0, surface)[0] + quad(potential, surface, np.inf)[0]


def excitation_ratio(distances, degree):
    """Excitation of a sphere's modes of one degree (even in z) over the exact line integrals."""
    modes = coupled_modes(sphere(), np.ones(1, bool), 4, 4, 0)
    chosen = np.abs(modes.eigenvalues - degree / (2 * degree + 1)) < 5e-3
    orders = range(degree, -1, -2)  # l + m even
    assert chosen.sum() == sum(2 if m else 1 for m in orders)
    weak = excitation.excitations(sphere(), modes, 0, beside(distances), np.array([1e-7]), 60.0)
    found = ((modes.vectors.T @ next(weak))[chosen] ** 2).sum(0)
    return found / [sum(line_integral(degree, m, d) ** 2 for m in orders) for d in distances]


@pytest.mark.parametrize(("degree", "tolerance"), [(1, 0.03), (2, 0.08), (3, 0.12), (4, 0.21)])
def test_beam_through_a_sphere(degree, tolerance):
    """Penetrating and grazing beams against the exact potential: too weak by what is stated."""
    ratio = excitation_ratio([0.5, 1.5, 2.5, 3.5, 5.5], degree)
    assert (ratio > 1 - tolerance).all() and (ratio < 1).all(), ratio
    at_surface = excitation_ratio([4.5], degree)
    assert 1 - 1.25 * tolerance - 0.03 < at_surface[0] < 1, at_surface


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_beam_through_a_sphere_converges(degree, monkeypatch):
    """What is missing comes from the softening of the quadrature: it goes as the order grows."""
    distances = [0.5, 2.5, 4.5, 5.5]
    coarse = excitation_ratio(distances, degree)
    monkeypatch.setattr(excitation, "FINE_ORDER", 40)
    fine = excitation_ratio(distances, degree)
    np.testing.assert_allclose(fine, 1, atol=0.02)
    assert (np.abs(fine - 1) < 0.3 * np.abs(coarse - 1)).all()


# Bulk


def test_bulk_loss_without_dispersion_has_a_closed_form():
    """(2 alpha / pi beta^2 hbar c) (t - 2 w) ln(q_c (d - w)) Im(-1 / eps)."""
    scene = replace(Scene(), fermi_velocity=0.0)
    thickness, depth = np.array([13.0, 13.0, 9.0]), np.array([6.5, 3.5, 2.6])
    loss = bulk_loss(LOSS_ENERGIES, thickness, depth, scene)
    path = thickness - 2 * scene.depletion_width
    logarithm = np.log(scene.q_cutoff * (depth - scene.depletion_width))
    shape = np.imag(-1 / drude(LOSS_ENERGIES, scene))
    expected = loss_per_length(60) * (path * logarithm)[:, None] * shape
    np.testing.assert_allclose(loss, expected, rtol=2e-3)
    plasmon = scene.plasma_energy / np.sqrt(scene.eps_inf)
    assert LOSS_ENERGIES[loss[0].argmax()] == pytest.approx(plasmon, abs=0.011)


def test_no_bulk_loss_in_the_depleted_layer_or_outside():
    scene = Scene()
    depth = np.array([0.0, 0.5, 1.0, 2.2])  # the last: less than 1 / q_c below the layer
    assert bulk_loss(LOSS_ENERGIES, np.full(4, 13.0), depth, scene).max() < 1e-12
    assert bulk_loss(LOSS_ENERGIES, np.array([0.0]), np.array([6.5]), scene).max() == 0


@pytest.fixture(scope="module")
def film():
    """A small film with particles, gaps, a hole and an end."""
    scene = Scene(
        shape=(20, 24),
        margin=20.0,
        edges=(Edge(0.75, 0.5, 0.0),),
        holes=(Hole(0.3, 0.3, 9.0),),
        degree_even=4,
        degree_odd=2,
    )
    return simulate(scene, seed=3)


def test_loss_is_positive_everywhere_and_bulk_only_inside(film):
    surface, bulk, thickness = film.loss.surface, film.loss.bulk, film.loss.thickness
    assert surface.shape == (480, len(LOSS_ENERGIES))
    assert surface.min() > 0
    assert bulk.min() >= 0
    outside = thickness == 0
    assert 100 < outside.sum() < 380
    assert bulk[outside].max() == 0
    assert (bulk[thickness > 12, at(0.9)] > 0).mean() > 0.5


def test_surface_loss_is_delocalised(film):
    """It falls off the film's end gradually; the projected thickness ends at once."""
    columns = film.loss.surface[:, at(0.45)].reshape(20, 24).mean(0)
    ends = film.loss.thickness.reshape(20, 24).max(0)
    last = int(np.flatnonzero(ends)[-1])
    assert last < 22
    beyond = columns[last + 1 :]
    assert (np.diff(beyond) < 0).all()
    assert beyond[0] > 0.3 * columns[: last - 4].mean()


# Instrument


def test_counts_have_the_stated_mean_and_variance():
    """Mean: the dose times the share. Variance: 1.15 (Poisson and excess) and the read noise."""
    scene = replace(Scene(), shift_spread=0.0, channel_gain_spread=0.0)
    draws, channels = 4000, scene.channels
    share = np.linspace(2e-5, 2e-3, channels, dtype=np.float32)
    dose = np.full(draws, 1e6)
    rng = np.random.default_rng(0)
    counts = record_spectra(rng, np.tile(share, (draws, 1)), dose, scene).astype(float)
    mean = 1e6 * share.astype(float)
    variance = (1 + scene.excess_variance) * mean + scene.read_noise**2 + 1 / 12  # of rounding
    score = (counts.mean(0) - mean) / np.sqrt(variance / draws)
    assert abs(score.mean()) < 4 / np.sqrt(channels)
    assert score.std() == pytest.approx(1, abs=0.12)
    ratio = counts.var(0, ddof=1) / variance
    assert ratio.mean() == pytest.approx(1, abs=4 * np.sqrt(2 / draws / channels))
    assert ratio.std() == pytest.approx(np.sqrt(2 / draws), rel=0.15)


def test_total_counts_follow_the_dose(film):
    """1e7 electrons where no particle is, exp(-t / 30 nm) of it through one, 1 % from pixel to
    pixel."""
    total = film.counts.sum(-1, dtype=float).ravel()
    through = np.exp(-film.loss.thickness / film.scene.elastic_length)
    ratio = total / (9.987e6 * through)
    assert ratio.mean() == pytest.approx(1, abs=0.01)
    assert ratio.std() == pytest.approx(film.scene.current_spread, rel=0.3)
    again = film.expected.sum(-1, dtype=float).ravel()
    np.testing.assert_allclose(total, again, rtol=2e-3)


@pytest.fixture(scope="module")
def recorded():
    """Mean raw spectrum of the sample, counts, and its energies."""
    si, _ = sample("ftio", raw=True)
    return si.axes[2].array, si.data.mean((0, 1), dtype=float)


def crossing(energies, values, level):
    """Where values, rising or falling once, cross a level."""
    order = np.argsort(values)
    return np.interp(level, values[order], energies[order])


def test_width_of_the_recorded_zero_loss_peak(recorded):
    energies, mean = recorded
    top = mean.argmax()
    half = mean[top] / 2
    left = crossing(energies[top - 12 : top + 1], mean[top - 12 : top + 1], half)
    right = crossing(energies[top : top + 13], mean[top : top + 13], half)
    assert right - left == pytest.approx(0.040, abs=0.001)
    assert abs(energies[top]) < 0.003


def test_zero_loss_peak_has_tails(recorded):
    """At -0.15 eV there is a millionth to a thousandth of the peak; a Gaussian has nothing left."""
    energies, mean = recorded
    tail = mean[np.abs(energies + 0.15) < 0.01].mean() / mean.max()
    assert 1e-6 < tail < 1e-3
    assert tail > 1e6 * np.exp(-4 * np.log(2) * (0.15 / 0.040) ** 2)


def test_phonon_of_the_membrane_is_recorded(recorded, film):
    """Near 0.139 eV, above the chord of the logarithm that no sum of decaying tails crosses."""
    energies, mean = recorded
    here, before, after = (
        np.log(mean[np.abs(energies - e) < 0.004]).mean() for e in (0.139, 0.110, 0.168)
    )
    assert here > (before + after) / 2 + 0.05
    axis = energy_axis(film.scene)
    outside = film.loss.thickness == 0
    scattered = (film.expected - film.zero_loss).reshape(-1, len(axis))[outside].mean(0)
    near = (axis > 0.08) & (axis < 0.2)
    assert axis[near][scattered[near].argmax()] == pytest.approx(0.139, abs=0.008)
