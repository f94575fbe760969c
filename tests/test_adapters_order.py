"""The order of axes: recognised, read off the image's shape, given, or asked."""

import numpy as np
import pytest

from eelscape.adapters import Question, to_dataset, to_spectrum_image
from eelscape.signal import Signal

E = {"name": "energy", "units": "eV", "scale": 0.1}


def pair(ny=18, nx=20, channels=30):
    rng = np.random.default_rng(2)
    return rng.random((ny, nx, channels), np.float32), rng.random((ny, nx), np.float32)


def test_d6_energy_first_is_recognised_where_only_that_fits_the_image():
    """[D6] Without axes, from the image's shape; the report says so."""
    si, haadf = pair()
    data = to_spectrum_image(np.moveaxis(si, 2, 0), haadf)
    assert np.array_equal(data.spectra, si)
    assert "Only the order (energy, y, x) fits the image of 18x20." in data.report


@pytest.mark.parametrize("units", ["eV", "meV", "keV", "electronvolt"])
def test_d6_energy_is_recognised_by_its_units(units):
    """[D6] Whatever it is called."""
    si, haadf = pair()
    axes = [{"name": "a", "units": units}, {"name": "b"}, {"name": "c"}]
    data = to_spectrum_image(np.moveaxis(si, 2, 0), haadf, axes=axes)
    assert np.array_equal(data.spectra, si)
    assert "Axis 0 (energy) was moved to the end." in data.report


def test_d6_x_before_y_is_recognised_by_name_in_both():
    """[D6] In the spectrum image and in the image."""
    si, haadf = pair()
    axes = [{"name": "x", "units": "nm"}, {"name": "y", "units": "nm"}, E]
    picture = Signal(haadf.T, axes[:2])
    data = to_spectrum_image(Signal(si.transpose(1, 0, 2), axes), picture)
    assert np.array_equal(data.spectra, si)
    assert np.array_equal(data.image, haadf)
    assert data.report.count("Axes (x, y) were swapped to (y, x).") == 2


@pytest.mark.parametrize(
    ("order", "transpose"),
    [("yxE", (0, 1, 2)), ("xyE", (1, 0, 2)), ("Eyx", (2, 0, 1)), ("exy", (2, 1, 0))],
)
def test_d6_the_order_can_be_given(order, transpose):
    """[D6] order= names the axes as the array has them."""
    si, haadf = pair()
    axes = [{"name": n, "units": "nm"} for n in "ab"] + [E]
    given = [axes[i] for i in transpose]
    data = to_spectrum_image(si.transpose(transpose), haadf, axes=given, order=order)
    assert np.array_equal(data.spectra, si)
    assert (data.y.name, data.x.name, data.energy.name) == ("a", "b", "energy")


def test_d6_another_order_is_refused_with_those_that_are():
    """[D6] And what the letters mean."""
    with pytest.raises(ValueError, match=r"order='yEx'.*use one of yxE, xyE, Eyx, Exy"):
        to_spectrum_image(*pair(), order="yEx")


def cube():
    rng = np.random.default_rng(5)
    haadf = rng.random((18, 18), np.float32)
    si = haadf[:, :, None] * rng.random(18, np.float32)
    return si, haadf


def test_d6_a_cube_without_axes_is_asked_about_with_a_picture_of_each_reading():
    """[D6] Nothing is guessed where both readings fit."""
    si, haadf = cube()
    question = to_spectrum_image(np.moveaxis(si, 2, 0), haadf, name="s")
    assert isinstance(question, Question)
    assert "of shape (18, 18, 18) has no axes" in question.text
    (group,) = question.groups
    assert (group.key, group.suggested) == ("order", -1)
    assert [option.title for option in group.options] == ["(y, x, energy)", "(energy, y, x)"]
    assert group.options[1].preview.dtype == np.float32
    assert np.allclose(group.options[1].preview, si.sum(axis=2), rtol=1e-5)
    assert "ex.choose(order=0)" in repr(question)
    assert "order='Eyx'" in repr(question)

    data = question.answer({"order": 1})
    assert np.array_equal(data.spectra, si)
    assert data.name == "s"
    assert np.array_equal(question.answer({"order": 0}).spectra, np.moveaxis(si, 2, 0))
    assert np.array_equal(to_spectrum_image(si, haadf, order="yxE").spectra, si)


def test_d6_axes_answer_the_question_of_a_cube():
    """[D6] With them nothing is asked."""
    si, haadf = cube()
    axes = [E, {"name": "y"}, {"name": "x"}]
    data = to_spectrum_image(np.moveaxis(si, 2, 0), haadf, axes=axes)
    assert np.array_equal(data.spectra, si)


def test_d6_a_square_scan_that_resembles_the_image_only_transposed_is_asked_about():
    """[D6] The pictures tell (x, y) from (y, x)."""
    haadf = np.random.default_rng(6).random((18, 18), np.float32)
    si = haadf[:, :, None] * np.arange(1, 9, dtype=np.float32)
    assert not isinstance(to_spectrum_image(si, haadf), Question)
    question = to_spectrum_image(si.transpose(1, 0, 2), haadf)
    assert isinstance(question, Question)
    assert question.groups[0].suggested == 1
    assert np.array_equal(question.answer({"order": 1}).spectra, si)


def test_d6_a_square_scan_unlike_the_image_both_ways_is_not_asked_about():
    """[D6] Then (y, x, energy) holds, as documented."""
    rng = np.random.default_rng(7)
    data = to_spectrum_image(rng.random((18, 18, 5)), rng.random((18, 18)))
    assert not isinstance(data, Question)


def test_d6_where_a_data_set_is_needed_at_once_the_question_is_an_error():
    """[D6] With the argument that answers it."""
    with pytest.raises(ValueError, match="order='yxE' or 'Eyx'"):
        to_dataset(*cube())


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({}, "Choose order too: a number from 0 to 1"),
        ({"order": 2}, "order=2 is not there: choose 0 to 1"),
        ({"order": "1"}, "order='1' is no number from 0 to 1"),
        ({"order": True}, "order=True is no number"),
        ({"image": 0}, "nothing to choose as 'image'; choose order"),
    ],
)
def test_d6_answers_that_are_none_are_refused(answers, message):
    """[D6] And say what can be chosen."""
    with pytest.raises(ValueError, match=message):
        to_spectrum_image(*cube()).answer(answers)
