"""From loss probabilities to counts: zero-loss peak, spectrometer, HAADF detector.

Everything here is a plain model of an instrument, with estimated values (no source).
"""

from __future__ import annotations

import numpy as np

from .constants import ELEMENTARY_CHARGE
from .geometry import Particles
from .loss import LossMap
from .materials import membrane_loss
from .scene import Scene


def energy_axis(scene: Scene) -> np.ndarray:
    """Energies of the spectrometer's channels in eV, (E,)."""
    return scene.energy_offset + scene.energy_step * np.arange(scene.channels)


def zero_loss_peak(energies: np.ndarray, resolution: float) -> np.ndarray:
    """Zero-loss peak of unit area in 1 / eV on equidistant `energies`.

    A slightly asymmetric Gaussian of full width `resolution` (eV) at half maximum, a power-law
    skirt .012 / (1 + (E / .035)^2)^1.25 and an exponential shoulder .010 exp(-|E| / .045 or .060).
    """
    step = energies[1] - energies[0]
    left, right = resolution * 0.97 / 2.3548, resolution * 1.03 / 2.3548
    core = np.exp(-0.5 * (energies / np.where(energies < 0, left, right)) ** 2)
    skirt = 1 / (1 + (energies / 0.035) ** 2) ** 1.25
    shoulder = np.exp(-np.abs(energies) / np.where(energies < 0, 0.045, 0.060))
    peak = core + 0.012 * skirt + 0.010 * shoulder
    return peak / (peak.sum() * step)


def expected_spectra(loss: LossMap, scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Share of the electrons expected in each channel.

    exp(-P) Z + Z * G with the zero-loss peak Z, the loss G and its integral P (first order in G).

    Returns
    -------
    spectra, zero_loss : (n, E) float32 arrays
        The whole, and the part that lost nothing.
    """
    step, axis = scene.energy_step, energy_axis(scene)
    span = int(np.ceil(2.0 / step))
    fine = step * np.arange(-span, span + 1)
    peak = zero_loss_peak(fine, scene.resolution)
    start = round(float(axis[0] - fine[0]) / step)
    window = slice(start, start + scene.channels)
    size = 1 << int(np.ceil(np.log2(2 * len(fine))))
    transform = np.fft.rfft(peak * step, size)

    known = (fine > loss.energies[0]) & (fine < loss.energies[-1])
    place = (fine[known] - loss.energies[0]) / (loss.energies[1] - loss.energies[0])
    lower = np.minimum(place.astype(int), len(loss.energies) - 2)
    share = (place - lower).astype(np.float32)
    membrane = membrane_loss(fine, scene)

    total = loss.surface + loss.bulk
    spectra = np.empty((len(total), scene.channels), np.float32)
    zero_loss = np.empty_like(spectra)
    for first in range(0, len(total), 512):  # bounds the memory
        part = slice(first, first + 512)
        g = np.tile(membrane, (len(total[part]), 1))
        g[:, known] += total[part][:, lower] * (1 - share) + total[part][:, lower + 1] * share
        smooth = np.fft.irfft(np.fft.rfft(g, size, axis=1) * transform, size, axis=1)
        unscattered = np.exp(-g.sum(1) * step)
        zero_loss[part] = unscattered[:, None] * peak[window] * step
        spectra[part] = zero_loss[part] + smooth[:, span + start : span + window.stop] * step
    return spectra, zero_loss


def electrons_per_pixel(scene: Scene) -> float:
    """Electrons that reach the spectrometer in one dwell time without any particle."""
    return scene.current_pa * 1e-12 * scene.dwell_s / ELEMENTARY_CHARGE * scene.collection


def record_spectra(
    rng: np.random.Generator, spectra: np.ndarray, dose: np.ndarray, scene: Scene
) -> np.ndarray:
    """Detector counts (n, E) uint32 for expected `spectra` (n, E) and electrons `dose` (n,).

    A small random shift of the energy axis, Poisson noise, excess variance of the scintillator,
    gain of the channels, read noise; 1 count an electron, rounded, not below 0.
    """
    shift = rng.normal(0, scene.shift_spread, len(spectra))
    slope = np.gradient(spectra, scene.energy_step, axis=1)
    mean = dose[:, None] * np.maximum(spectra - shift[:, None] * slope, 0)
    gain = 1 + rng.normal(0, scene.channel_gain_spread, scene.channels)
    electrons = rng.poisson(mean)
    counts = gain * electrons
    counts += np.sqrt(electrons * scene.excess_variance) * rng.standard_normal(mean.shape)
    counts += rng.normal(0, scene.read_noise, mean.shape)
    return np.clip(np.rint(counts), 0, None).astype(np.uint32)


def record_haadf(
    rng: np.random.Generator, particles: Particles, positions: np.ndarray, scene: Scene
) -> np.ndarray:
    """HAADF signal (n,) float32 in counts: electrons (background + 1 - exp(-t / length)) and noise.

    The thickness t is averaged over 3 x 3 points at +-0.5 nm, the probe's tails.
    """
    offsets = (-0.5, 0.0, 0.5)
    probe = [particles.thickness(positions + np.array([x, y]))[0] for x in offsets for y in offsets]
    thickness = np.mean(probe, axis=0)
    rate = scene.haadf_background + 1 - np.exp(-thickness / scene.haadf_length)
    counts = rng.poisson(scene.haadf_electrons * rate)
    return (counts + rng.normal(0, scene.haadf_noise, len(counts))).astype(np.float32)
