"""Spectra whose zero-loss contribution is known."""

from dataclasses import dataclass, replace

import numpy as np

from eelscape.axes import Axis
from eelscape.signal import Signal
from eelscape.simulation import SCENES, simulate

ENERGIES = -0.2 + 0.0025 * np.arange(640)

#: The field of "ftio" with half as many pixels each way and fewer modes, for the short suite.
SMALL = replace(
    SCENES["ftio"], shape=(31, 38), pixel_size=4.0, margin=24.0, degree_even=5, degree_odd=2
)


def known_spectra(shape=(4, 5), plasmon=300.0, noise=False, step=0.0025, shift=0.0):
    """Gaussian peak, an exponential and a power-law term, and a plasmon at 0.55 eV.

    Returns the spectra, the tail in them and the plasmon. `shift` (eV) moves all of it.
    """
    rng = np.random.default_rng(0)
    energies = ENERGIES - shift
    size = rng.uniform(0.7, 1.2, (*shape, 1))
    height = plasmon * rng.uniform(0.3, 1.0, (*shape, 1))
    core = 5e5 * np.exp(-0.5 * (energies / 0.017) ** 2)
    beyond = np.maximum(energies, 0.03)
    tail = 6e3 * np.exp(-np.abs(energies) / 0.055) + 700 * (beyond / 0.1) ** -2.4
    place, damping = 0.55, 0.15
    peak = np.where(
        energies > 0,
        energies * damping**2 * place / ((energies**2 - place**2) ** 2 + (energies * damping) ** 2),
        0.0,
    )
    spectra = size * (core + tail) + height * peak
    if noise:
        spectra = rng.poisson(spectra).astype(float)
    return spectra, size * tail, height * peak


def as_signal(spectra, units="eV", factor=1.0, offset=-0.2):
    axis = Axis("Energy loss", units, spectra.shape[-1], 0.0025 * factor, offset * factor)
    axes = [Axis("y", "nm", n) for n in spectra.shape[:-1]] + [axis]
    return Signal(spectra, axes, "test", "counts", simulated=True)


@dataclass
class KnownSet:
    """A simulated spectrum image with what of its counts is expected to have lost no energy."""

    signal: Signal
    zero_loss: np.ndarray
    excitations: np.ndarray

    @property
    def plasmon_peak(self):
        """Counts of the plasmon peak where it is strong.

        95th percentile over the pixels of the highest channel of their excitations above 0.2 eV.
        """
        above = self.signal.axes[-1].array >= 0.2
        return float(np.quantile(self.excitations[..., above].max(-1), 0.95))


def known_set(scene, seed):
    """Simulate a scene with the truth behind it, by the expectation values without noise."""
    found = simulate(scene, seed)
    axes = [
        Axis("y", "nm", scene.shape[0], scene.pixel_size),
        Axis("x", "nm", scene.shape[1], scene.pixel_size),
        Axis("Energy loss", "eV", scene.channels, scene.energy_step, scene.energy_offset),
    ]
    signal = Signal(found.counts, axes, "simulated", "counts", simulated=True)
    return KnownSet(signal, found.zero_loss, found.expected - found.zero_loss)


def bias_of(known, result):
    """Mean of what is left of the zero-loss peak, and its standard error: two (E,) arrays.

    The truth is the recorded counts minus the counts expected to have lost no energy. What is
    left is the result minus this truth; noise of counting and of the channels' gain cancels.
    """
    truth = known.signal.data - known.zero_loss.astype(float)
    left = (result.data - truth).reshape(-1, truth.shape[-1])
    return left.mean(0), left.std(0, ddof=1) / np.sqrt(len(left))
