"""`simulate`: samples to order, what its arguments do, and what it refuses."""

import numpy as np
import pytest

from eelscape.axes import Axis
from eelscape.signal import Signal
from eelscape.simulated import simulate

SMALL = {"shape": (10, 12), "edge": "right", "hole": (0.3, 0.3, 6.0)}


@pytest.fixture(scope="module")
def small():
    return simulate(seed=1, raw=True, **SMALL)


def test_raw_form(small):
    si, haadf = small
    assert isinstance(si, Signal) and isinstance(haadf, Signal)
    assert si.shape == (10, 12, 640) and si.data.dtype == np.uint32
    assert haadf.shape == (10, 12) and haadf.data.dtype == np.float32
    energy = Axis("Energy loss", "eV", 640, 0.0025, -0.2)
    assert si.axes == [Axis("y", "nm", 10, 2.0), Axis("x", "nm", 12, 2.0), energy]
    assert haadf.axes == si.axes[:2]
    assert si.units == haadf.units == "counts"


def test_processed_form(small):
    si, haadf = simulate(seed=1, **SMALL)
    assert si.shape == (10, 12, 400) and si.data.dtype == np.float32
    assert si.axes[2] == Axis("Energy loss", "eV", 400, 0.0025, 0.2)
    assert np.isfinite(si.data).all()
    np.testing.assert_array_equal(haadf.data, small[1].data)


def test_says_that_it_is_simulated(small):
    for signal in small:
        assert signal.simulated and "(simulated)" in signal.title
    named = simulate(seed=1, raw=True, title="my film", **SMALL)[0]
    assert named.title == "my film (simulated)" and named.simulated
    assert simulate((4, 4), raw=True, title="Simulated cubes")[0].title == "Simulated cubes"


def test_seed(small):
    again = simulate(seed=1, raw=True, **SMALL)
    np.testing.assert_array_equal(again[0].data, small[0].data)
    np.testing.assert_array_equal(again[1].data, small[1].data)
    other = simulate(seed=2, raw=True, **SMALL)
    assert (other[1].data != small[1].data).mean() > 0.9


def test_dose(small):
    """Total counts follow the dose; where no particle is they are the dose."""
    si = small[0].data.sum(-1)
    assert si.max() == pytest.approx(1e7, rel=0.05)
    weak = simulate(seed=1, raw=True, electrons=1e5, **SMALL)[0].data.sum(-1)
    # Read noise does not shrink with the dose: clipped at 0 it adds about 0.6 counts a channel.
    assert weak.mean() == pytest.approx(si.mean() / 100 + 0.6 * 640, rel=0.02)


@pytest.mark.parametrize("fwhm", [20.0, 40.0, 80.0])
def test_width_of_the_zero_loss_peak(fwhm):
    si = simulate((6, 6), seed=1, raw=True, fwhm=fwhm)[0]
    mean = si.data.mean((0, 1), dtype=float)
    above = si.axes[2].array[mean > mean.max() / 2]
    assert 1000 * (above[-1] - above[0]) == pytest.approx(fwhm, abs=4)


def test_pixel_size_and_voltage(small):
    fine = simulate((10, 12), 1.0, seed=1, raw=True, edge=None, hole=None)[0]
    assert fine.axes[0].scale == fine.axes[1].scale == 1.0
    slow = simulate(seed=1, raw=True, kilovolts=30.0, **SMALL)[0]
    # A slower electron loses energy more often.
    loss = slice(240, 480)
    assert slow.data[..., loss].mean() > 1.2 * small[0].data[..., loss].mean()


def test_film(small):
    """Pitch and side set how much of the field is covered; edge and hole clear it."""

    def covered(**changes):
        haadf = simulate((16, 16), 3.0, raw=True, **{"edge": None, "hole": None, **changes})[1].data
        return (haadf > 2000).mean()

    dense = covered()
    assert 0.6 < dense < 0.95
    assert covered(pitch=24.0) < 0.7 * dense
    assert covered(vacancies=0.5) < 0.75 * dense
    assert covered(hole=(0.5, 0.5, 30.0)) < 0.3 * dense
    assert covered(hole=[(0.2, 0.5, 10.0), (0.8, 0.5, 10.0)]) < 0.9 * dense


@pytest.mark.parametrize(
    ("edge", "turns"), [("right", 0), ("bottom", 1), ("left", 2), ("top", 3), ((0.7, 0.5, 0), 0)]
)
def test_edge(edge, turns):
    """The film ends on the side that is named; turned by quarters, that side is the right one."""
    haadf = simulate((24, 24), 3.0, raw=True, edge=edge, hole=None)[1].data > 2000
    turned = np.rot90(haadf, turns)
    # The film's end is wavy by 9 nm.
    assert turned[:, -2:].mean() < 0.25
    assert turned[:, :12].mean() > 0.5


def test_material():
    """A denser electron gas has its plasmons at higher energies, a weaker damping sharper ones."""

    def spectrum(**changes):
        si = simulate((12, 12), seed=1, edge=None, hole=None, **changes)[0]
        return si.axes[2].array, si.data.mean((0, 1))

    energies, usual = spectrum()
    _, dense = spectrum(plasma_energy=2.3)
    assert energies[dense.argmax()] > 1.2 * energies[usual.argmax()]
    _, sharp = spectrum(damping=0.04)
    assert sharp.max() > 1.2 * usual.max()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"shape": (3, 8)}, ValueError, r"shape\[0\] is 3; 4 to 256"),
        ({"shape": (8, 2.5)}, TypeError, r"shape\[1\] is 2.5"),
        ({"shape": 8}, TypeError, r"two whole numbers \(ny, nx\)"),
        ({"shape": (200, 200)}, ValueError, "40000 pixels; at most 16384"),
        ({"shape": (128, 128), "pixel_size": 8}, ValueError, "particles; at most 600"),
        ({"pixel_size": 0.1}, ValueError, "pixel_size is 0.1 nm; 0.5 to 8 nm"),
        ({"pixel_size": "2 nm"}, TypeError, "a number from 0.5 to 8 nm"),
        ({"seed": -1}, ValueError, "seed is -1; 0 to"),
        ({"seed": 1.5}, TypeError, "whole number"),
        ({"seed": True}, TypeError, "whole number"),
        ({"pitch": 12.0}, ValueError, "pitch is 12 nm; particles of 13.2 nm .* need 14.7 nm"),
        ({"pitch": 45.0}, ValueError, "11 to 30 nm"),
        ({"side": 25.0}, ValueError, "10 to 20 nm"),
        ({"side_spread": -1}, ValueError, "0 to 2 nm"),
        ({"gap": 0}, ValueError, "0.5 to 5 nm"),
        ({"spheroids": 1.5}, ValueError, "0 to 1 is possible"),
        ({"vacancies": True}, TypeError, "vacancies is True"),
        ({"edge": "above"}, ValueError, "'right', 'bottom', 'left', 'top', None"),
        ({"edge": (0.5, 0.5)}, TypeError, r"a name or \(x, y, angle\)"),
        ({"edge": (0.5, 0.5, "up")}, TypeError, "edge angle"),
        ({"hole": 14.0}, TypeError, r"\(x, y, radius\), a list of such or None"),
        ({"hole": []}, TypeError, "a list of such"),
        ({"hole": [(0.5, 0.5)]}, TypeError, "a list of such"),
        ({"hole": (0.5, 0.5, 100.0)}, ValueError, "hole radius is 100 nm; 1 to 60 nm"),
        ({"hole": (1.5, 0.5, 10.0)}, ValueError, "hole x is 1.5 of the width; 0 to 1"),
        ({"plasma_energy": 15.0}, ValueError, "1 to 2.4 eV"),
        ({"damping": 0.0}, ValueError, "0.03 to 0.3 eV"),
        ({"kilovolts": 1e6}, ValueError, "20 to 300 kV"),
        ({"electrons": 10}, ValueError, "100000 to 1e[+]09 electrons a pixel"),
        ({"electrons": float("nan")}, TypeError, "electrons is nan"),
        ({"fwhm": 0.04}, ValueError, "fwhm is 0.04 meV; 10 to 100 meV"),
        ({"fwhm": None}, TypeError, "fwhm is None"),
    ],
)
def test_wrong_values(arguments, error, message):
    with pytest.raises(error, match=message):
        simulate(**arguments)


def test_a_film_without_particles():
    with pytest.raises(ValueError, match="No particle is left"):
        simulate((4, 4), 0.5, hole=[(0.5, 0.5, 60.0), (0, 0, 60.0), (1, 1, 60.0)])


@pytest.mark.parametrize(
    "arguments",
    [
        {"pitch": 30.0, "side": 10.0, "gap": 5.0, "side_spread": 2.0},
        {"pitch": 20.5, "side": 20.0, "gap": 0.5, "spheroids": 0.0},
        {"plasma_energy": 1.0, "damping": 0.03, "spheroids": 1.0},
        {"plasma_energy": 2.4, "damping": 0.3},
        {"kilovolts": 20.0, "electrons": 1e5, "fwhm": 10.0},
        {"kilovolts": 300.0, "electrons": 1e9, "fwhm": 100.0, "vacancies": 0.5},
        {"shape": (np.int64(4), 4), "pixel_size": np.float32(0.5)},
        {"shape": (20, 20), "pixel_size": 8},  # a film with fewer modes a particle
    ],
)
def test_corners_of_the_ranges(arguments):
    si, haadf = simulate(**{"shape": (8, 8), "raw": True, **arguments})
    assert np.isfinite(haadf.data).all() and si.data.sum(-1).min() > 1e4
    mean = si.data.mean((0, 1), dtype=float)
    assert abs(si.axes[2].array[mean.argmax()]) < 0.01
