"""What zero-loss removal leaves of the zero-loss peak where the truth is known."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import curve_fit
from zero_loss_case import SMALL, as_signal, bias_of, known_set

from eelscape.axes import Axis
from eelscape.signal import Signal
from eelscape.simulation import SCENES
from eelscape.zero_loss import remove_zero_loss

ALUMINIUM = Path(__file__).parents[2] / "shared" / "data" / "Al_lowloss_2048_20meV.npy"

#: None of these seeds was looked at while the method was made; docs/zero-loss.md lists those.
SETS = [("ftio", 901), ("ftio-transfer", 902), ("ftio-low-resolution", 903)]


def check_bias(known):
    """Within 3 standard errors or 1 % of the plasmon peak in every channel from 0.20 eV on."""
    energies = known.signal.axes[-1].array
    bias, error = bias_of(known, remove_zero_loss(known.signal))
    assert known.signal.data[..., 0].size >= 500
    used = energies >= 0.2 - 1e-9
    allowed = np.maximum(3 * error, 0.01 * known.plasmon_peak)[used]
    worst = int(np.argmax(np.abs(bias[used]) / allowed))
    assert abs(bias[used][worst]) <= allowed[worst], (
        f"{bias[used][worst]:.2f} counts at {energies[used][worst]:.3f} eV, where "
        f"{allowed[worst]:.2f} are allowed"
    )
    tail = known.zero_loss[..., used].mean((0, 1))
    assert tail.max() > 0.5 * known.plasmon_peak  # there was something to remove


def test_bias_on_a_small_set():
    check_bias(known_set(SMALL, 44))


@pytest.mark.long
@pytest.mark.parametrize(("scene", "seed"), SETS)
def test_bias_on_sets_not_used_for_tuning(scene, seed):
    check_bias(known_set(SCENES[scene], seed))


@pytest.fixture(scope="module")
def aluminium():
    # Measured data are not in the repository; the simulated sets of this file always run.
    if not ALUMINIUM.is_file():
        pytest.skip("the measured spectrum of aluminium, ../shared/data, is not here")
    counts = np.load(ALUMINIUM, allow_pickle=False)
    return Signal(counts, [Axis("Energy loss", "eV", counts.size, 0.02013, -3.61)], units="counts")


@pytest.mark.parametrize("model", ["power", "exponential-power"])
def test_aluminium_plasmon_agrees_with_a_power_law_fit(aluminium, model):
    """Area from 10 to 20 eV against a power law fitted to 4 to 9 eV with counting weights."""
    result = remove_zero_loss(aluminium, tail=(4, 9), model=model)
    energies = result.axes[-1].array
    counts = aluminium.data.astype(float)
    window = (energies >= 4) & (energies <= 9)
    law, _ = curve_fit(
        lambda e, a, r: a * (e / 6) ** -r,
        energies[window],
        counts[window],
        p0=(3e5, 0.2),
        sigma=np.sqrt(counts[window]),
    )
    plasmon = (energies >= 10) & (energies <= 20)
    reference = counts - law[0] * (np.maximum(energies, 1) / 6) ** -law[1]
    assert result.data[plasmon].sum(dtype=float) == pytest.approx(
        reference[plasmon].sum(), rel=0.01
    )


def test_aluminium_peak_is_put_to_zero(aluminium):
    """The zero-loss peak lies at -0.128 eV; the windows chosen end before the first plasmon."""
    result = remove_zero_loss(aluminium)
    axis = result.axes[-1]
    energies = axis.array
    assert abs(energies[np.argmax(aluminium.data)]) <= axis.scale
    assert round((axis.offset + 3.61) / axis.scale, 6) % 1 == 0
    plasmon = (energies > 14) & (energies < 16)
    np.testing.assert_allclose(result.data[plasmon], aluminium.data[plasmon], rtol=0.1)
    assert result.data[np.argmin(np.abs(energies - 3))] < 0.5 * aluminium.data.max() / 1000


def test_the_plain_reading_is_worse():
    """Two exponentials fitted near the peak alone leave a remainder."""
    known = known_set(SMALL, 44)
    plain = remove_zero_loss(known.signal, tail=(0.05, 0.09), model="exponential")
    bias, _ = bias_of(known, plain)
    at = int(np.argmin(np.abs(as_signal(known.signal.data).axes[-1].array - 0.2)))
    assert abs(bias[at]) > 0.02 * known.plasmon_peak
