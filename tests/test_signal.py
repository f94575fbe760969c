import sys

import numpy as np
import pytest

from eelscape.axes import Axis
from eelscape.signal import Signal

AXES = [
    Axis("y", "nm", 3, 0.5, 1.0),
    Axis("x", "nm", 4, 0.25),
    Axis("energy", "eV", 5, values=(1, 2, 4, 8, 16)),
]


def test_a_signal_is_an_array_with_axes():
    signal = Signal(np.arange(60.0).reshape(3, 4, 5), AXES, "t", "counts")
    assert signal.shape == (3, 4, 5)
    assert np.sum(signal) == 60 * 59 / 2
    assert np.asarray(signal) is signal.data
    assert np.array(signal, dtype=np.float32).dtype == np.float32
    assert repr(signal) == "<Signal 't': y 3 x x 4 x energy 5, float64>"


def test_missing_axes_count_and_dicts_become_axes():
    assert [axis.size for axis in Signal(np.zeros((3, 4))).axes] == [3, 4]
    signal = Signal(np.zeros((3, 4)), [{"name": "y", "units": "nm"}, {"name": "x"}])
    assert signal.axes[0] == Axis("y", "nm", 3)


@pytest.mark.parametrize("axes", [AXES, AXES[:1], [AXES[1], AXES[0]]])
def test_axes_that_do_not_match_are_refused(axes):
    with pytest.raises(ValueError, match=r"do not match data of shape \(3, 4\)"):
        Signal(np.zeros((3, 4)), axes)


def test_html_escapes_what_users_write():
    nasty = "<img src=x onerror=alert(1)>"
    axes = [Axis(nasty, nasty, 2), Axis("x", "", 2)]
    html = Signal(np.zeros((2, 2)), axes, nasty, nasty, simulated=True)._repr_html_()
    assert "<img" not in html
    assert html.count("&lt;img") == 4
    assert "Simulated data" in html


def test_hyperspy_signals_keep_the_axes():
    pytest.importorskip("hyperspy", reason="HyperSpy is optional: pip install hyperspy")
    signal = Signal(np.arange(60.0).reshape(3, 4, 5), AXES, "t", "counts", simulated=True)
    hs = signal.to_hyperspy()
    assert (hs.data == signal.data).all()
    assert hs.metadata.General.title == "t"
    energy = hs.axes_manager.signal_axes[0]
    assert (energy.name, energy.units, energy.axis.tolist()) == ("energy", "eV", [1, 2, 4, 8, 16])
    x, y = hs.axes_manager.navigation_axes
    assert [(a.name, a.scale, a.offset, a.units) for a in (y, x)] == [
        ("y", 0.5, 1.0, "nm"),
        ("x", 0.25, 0.0, "nm"),
    ]
    image = Signal(np.zeros((3, 4)), AXES[:2]).to_hyperspy()
    assert image.axes_manager.signal_shape == (4, 3)


def test_an_axis_that_turns_back_becomes_channels():
    pytest.importorskip("hyperspy", reason="HyperSpy is optional: pip install hyperspy")
    bias = Axis("bias", "V", 4, values=(0, 1, 2, 1))
    hs = Signal(np.zeros((2, 3, 4)), [Axis("y", "", 2), Axis("x", "", 3), bias]).to_hyperspy()
    axis = hs.axes_manager.signal_axes[0]
    assert (axis.name, axis.axis.tolist()) == ("bias (channel)", [0, 1, 2, 3])


def test_without_hyperspy_the_message_holds_the_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "hyperspy.signals", None)
    with pytest.raises(ImportError, match="pip install hyperspy"):
        Signal(np.zeros((3, 4))).to_hyperspy()
