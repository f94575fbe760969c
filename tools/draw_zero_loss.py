"""Tables and pictures of docs/zero-loss.md, from three simulated sets. Some two minutes.

python tools/draw_zero_loss.py [folder]
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np

from eelscape.simulation import SCENES, simulate
from eelscape.zero_loss import ZeroLossModel

matplotlib.use("Agg")
import matplotlib.pyplot as plt

SETS = [("ftio", 901), ("ftio-transfer", 902), ("ftio-low-resolution", 903)]
AT = (0.20, 0.25, 0.30, 0.40, 0.60)

WAYS = {
    "default": {},
    "two exponentials": {"model": "exponential"},
    "two power laws": {"model": "power"},
    "tail alone, 0.05-0.09 eV, two exponentials": {"tail": (0.05, 0.09), "model": "exponential"},
    "tail alone, 0.09-0.20 eV": {"tail": (0.09, 0.2)},
}

#: Other zero-loss peaks, to see how far the result hangs on the form of the tail: counts relative
#: to a Gaussian core of height 1, by the energy's distance |E| in eV.
OTHER_TAILS = {
    "two exponentials, 30 and 110 meV": lambda e: (
        0.03 * np.exp(-e / 0.03) + 0.004 * np.exp(-e / 0.11)
    ),
    "one exponential, 55 meV": lambda e: 0.02 * np.exp(-e / 0.055),
    "stretched exponential": lambda e: 0.15 * np.exp(-np.sqrt(e / 0.004)),
    "Lorentzian, 30 meV": lambda e: 0.010 / (1 + (e / 0.03) ** 2),
    "power law E^-3": lambda e: 0.03 / (1 + (e / 0.04) ** 2) ** 1.5,
    "three exponentials, 25, 60 and 300 meV": lambda e: (
        0.03 * np.exp(-e / 0.025) + 0.012 * np.exp(-e / 0.06) + 0.0006 * np.exp(-e / 0.3)
    ),
}


class Known:
    """A simulated set, flattened to (n, E), with the truth behind it."""

    def __init__(self, name: str, seed: int) -> None:
        found = simulate(SCENES[name], seed)
        channels = len(found.energies)
        self.name, self.seed, self.shape = name, seed, found.counts.shape[:2]
        self.energies = found.energies
        self.counts = found.counts.reshape(-1, channels)
        self.zero_loss = found.zero_loss.reshape(-1, channels).astype(float)
        self.excitations = found.expected.reshape(-1, channels) - self.zero_loss
        above = self.energies >= 0.2 - 1e-9
        self.used = above
        self.peak = float(np.quantile(self.excitations[:, above].max(1), 0.95))
        self.mean_peak = float(self.excitations[:, self.energies >= 0.3].mean(0).max())

    def model(self, **choices) -> ZeroLossModel:
        return ZeroLossModel.measure(self.energies, self.counts.mean(0), **choices)

    def bias(self, model: ZeroLossModel, zero_loss: np.ndarray | None = None) -> np.ndarray:
        """Mean background minus mean zero-loss contribution, counts: (E,)."""
        zero_loss = self.zero_loss if zero_loss is None else zero_loss
        total = np.zeros(len(self.energies))
        for part in np.array_split(np.arange(len(self.counts)), 8):
            total += model.subtract(self.counts[part]).background.sum(0, dtype=float)
        return total / len(self.counts) - zero_loss.mean(0)


def row(known: Known, label: str, bias: np.ndarray) -> str:
    values = [f"{100 * np.interp(e, known.energies, bias) / known.peak:+.2f}" for e in AT]
    worst = np.abs(bias[known.used]).max()
    values += [f"{100 * worst / known.peak:.2f}", f"{100 * worst / known.mean_peak:.2f}"]
    return f"| {known.name}, {known.seed} | {label} | " + " | ".join(values) + " |"


def other_tails(known: Known) -> None:
    """The same excitations under other zero-loss peaks."""
    energies = known.energies
    area = known.zero_loss.sum(1, keepdims=True)
    core = np.exp(-0.5 * (energies / 0.017) ** 2)
    rng = np.random.default_rng(1)
    gain = 1 + rng.normal(0, 0.003, len(energies))
    for label, tail in OTHER_TAILS.items():
        peak = core + tail(np.abs(energies))
        zero_loss = area * peak / peak.sum()
        counts = rng.poisson(zero_loss + known.excitations) * gain
        for way in ("default", "two exponentials"):
            model = ZeroLossModel.measure(energies, counts.mean(0), **WAYS[way])
            curve = model.background_of_mean()
            print(row(known, f"{label}: {way}", curve - zero_loss.mean(0)))


def draw_bias(sets: list[Known], folder: Path) -> None:
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.4), sharey=True, layout="constrained")
    for axis, known in zip(axes, sets, strict=True):
        for label, style in (("default", "C0-"), ("two exponentials", "C1--")):
            bias = known.bias(known.model(**WAYS[label]))
            axis.plot(
                known.energies[known.used],
                100 * bias[known.used] / known.peak,
                style,
                label=label,
                lw=1.6,
            )
        axis.axhspan(-1, 1, color="0.9", zorder=0)
        axis.axhline(0, color="0.6", lw=0.8)
        axis.set(title=f"{known.name}, seed {known.seed}", xlabel="Energy loss (eV)")
    axes[0].set(ylabel="Bias (% of the plasmon peak)", ylim=(-3, 3))
    axes[0].legend(frameon=False)
    figure.suptitle(
        "Subtracted minus true zero-loss contribution, mean over all pixels (simulated)"
    )
    figure.savefig(folder / "zero-loss-bias.png", dpi=120)


def draw_fit(known: Known, folder: Path) -> None:
    model, energies = known.model(), known.energies
    at = int(np.argmin(np.abs(known.excitations[:, known.used].max(1) - known.peak)))
    found = model.subtract(known.counts[at : at + 1])
    own = slice(int(np.searchsorted(energies, model.tail[0])), None)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
    left.semilogy(
        energies, np.maximum(known.counts[at], 0.5), color="0.6", lw=0.8, label="recorded"
    )
    left.semilogy(energies[own], found.background[0, own], "C3", label="subtracted tail")
    left.semilogy(energies, known.zero_loss[at], "k:", lw=1.2, label="true zero-loss part")
    for window, colour in ((model.tail, "C0"), (model.rise, "C2")):
        left.axvspan(*window, color=colour, alpha=0.08)
    left.set(xlabel="Energy loss (eV)", ylabel="Counts", ylim=(0.5, None))
    left.legend(frameon=False)
    right.plot(energies[own], found.spectra[0, own], color="0.6", lw=0.8, label="after removal")
    right.plot(energies[own], known.excitations[at, own], "k:", lw=1.4, label="true excitations")
    right.set(xlabel="Energy loss (eV)", ylabel="Counts")
    right.legend(frameon=False)
    figure.suptitle("One pixel; shaded: the windows of tail (blue) and plasmon (green) (simulated)")
    figure.savefig(folder / "zero-loss-fit.png", dpi=120)


def draw_residual(known: Known, folder: Path) -> None:
    model = known.model()
    found = model.subtract(known.counts)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(11, 3.8), layout="constrained", width_ratios=(1, 1.6)
    )
    picture = left.imshow(found.residual.reshape(known.shape), vmin=0.85, vmax=1.15)
    figure.colorbar(picture, ax=left, label="RMS residual / counting noise")
    left.set(xlabel="x (pixels)", ylabel="y (pixels)")
    used = np.isfinite(found.difference).all(0)
    mean = np.where(used, found.difference.mean(0), np.nan)
    right.plot(known.energies, mean, lw=0.8)
    right.axhline(0, color="0.6", lw=0.8)
    right.set(xlabel="Energy loss (eV)", ylabel="Mean of data minus fit (counts)")
    figure.suptitle("Residuals in the fit windows (simulated)")
    figure.savefig(folder / "zero-loss-residual.png", dpi=120)


def main() -> None:
    root = Path(__file__).parents[1]
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    sets = [Known(*item) for item in SETS]
    heads = [f"{e:.2f} eV" for e in AT] + ["worst from 0.20 eV", "worst, % of the mean's peak"]
    print("| set, seed | way | " + " | ".join(heads) + " |")
    print("|" + "---|" * (len(heads) + 2))
    for label, choices in WAYS.items():
        for known in sets:
            print(row(known, label, known.bias(known.model(**choices))))
    other_tails(sets[0])
    for known in sets:
        print(
            f"{known.name}: plasmon peak {known.peak:.0f}, of the mean {known.mean_peak:.0f} counts"
        )
    draw_bias(sets, folder)
    draw_fit(sets[0], folder)
    draw_residual(sets[0], folder)


if __name__ == "__main__":
    main()
