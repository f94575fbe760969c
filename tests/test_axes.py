import numpy as np
import pytest

from eelscape.axes import Axis


def test_values_follow_scale_and_offset():
    axis = Axis("energy", "eV", 4, 0.5, 0.25)
    assert axis.array.tolist() == [0.25, 0.75, 1.25, 1.75]
    assert axis.array.dtype == np.float64
    assert axis.label == "energy (eV)"


@pytest.mark.parametrize(
    "axis",
    [Axis("y", "nm", 3, 0.5, 1.0), Axis("V", "V", 3, values=(1, 5, 2)), Axis("", "", 1)],
)
def test_json_keeps_an_axis(axis):
    assert Axis.from_dict(axis.to_dict()) == axis


def test_a_size_may_come_from_the_array():
    assert Axis.from_dict({"name": "x"}, 7) == Axis("x", "", 7)
    assert Axis.from_dict({"values": [1, 2, 4]}, 9).size == 3


def test_reversing_and_cropping_keep_the_values():
    for axis in (Axis("E", "eV", 5, 0.5, 1.0), Axis("E", "eV", 5, values=(1, 2, 4, 8, 16))):
        assert axis.reversed().array.tolist() == axis.array[::-1].tolist()
        assert axis.crop(1, 4).array.tolist() == axis.array[1:4].tolist()
        assert axis.crop(1, 4).size == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "needs at least 1"),
        ({"size": 3, "scale": 0}, "scale 0"),
        ({"size": 3, "offset": float("nan")}, "finite"),
        ({"size": 3, "values": (1, 2)}, "2 values for 3"),
        ({"size": 2, "values": (1, float("inf"))}, "not finite at element 1"),
    ],
)
def test_numbers_that_make_no_axis_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Axis("energy", "eV", **arguments)


def test_what_is_no_axis_is_refused():
    with pytest.raises(TypeError, match="not str"):
        Axis.from_dict("energy", 3)
    with pytest.raises(ValueError, match="Unknown axis key 'step'"):
        Axis.from_dict({"step": 1}, 3)
    with pytest.raises(ValueError, match="'x' has no size"):
        Axis.from_dict({"name": "x"})
