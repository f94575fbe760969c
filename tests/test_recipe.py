"""Steps as JSON, lists of steps, and what keeps data within a memory budget."""

import json

import dask.array as da
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from preprocessing_case import computed, counts, lazily, spectrum_image

from eelscape.axes import Axis
from eelscape.preprocessing import STEPS, apply_steps, fit_to_budget, run_steps, step_from_dict
from eelscape.spectrum_image import Cancelled

EXAMPLES = [
    {"step": "remove_zero_loss", "tail": [0.05, 0.1], "rise": None, "align": False},
    {"step": "remove_zero_loss", "tail": None, "rise": None, "model": "power", "align": True},
    {"step": "crop_energy", "start": 0.2, "stop": None},
    {"step": "bin_energy", "factor": 4, "mode": "sum"},
    {"step": "bin_energy", "factor": 2, "mode": None},
    {"step": "crop_scan", "rows": [0, 40], "columns": None},
    {"step": "bin_scan", "factor": 2, "mode": None},
    {"step": "mend_spikes", "threshold": 8.0, "mode": "mask"},
    {"step": "mask_dead_pixels", "threshold": 12.5, "pixels": [[3, 4], [0, 9]]},
    {"step": "normalise", "by": "total"},
]


@pytest.mark.parametrize("params", EXAMPLES, ids=lambda p: p["step"])
def test_a_step_survives_json(params):
    step = step_from_dict(json.loads(json.dumps(params)))
    written = json.loads(json.dumps(step.to_dict(), allow_nan=False))
    assert {key: written[key] for key in params} == params
    assert step_from_dict(written) == step
    assert step_from_dict(step) is step
    assert list(written) == ["step", *step.parameter_names()]
    hash(step)


@pytest.mark.parametrize("name", list(STEPS))
def test_every_step_has_defaults_and_cannot_be_changed(name):
    step = step_from_dict({"step": name})
    assert step_from_dict(step.to_dict()) == step
    with pytest.raises(AttributeError):
        setattr(step, step.parameter_names()[0], 1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, r"There is no step None; the steps are mask_dead_pixels, .*bin_energy\."),
        ({"step": "smooth"}, "There is no step 'smooth'; the steps are"),
        ({"step": ["crop_energy"]}, "There is no step"),
        (
            {"step": "crop_energy", "begin": 1},
            "crop_energy has no parameter 'begin'; it has start, stop",
        ),
        ({"step": "crop_energy", "reason": "x"}, "no parameter 'reason'"),
        ({"step": "crop_energy", "start": "0.2"}, "crop_energy: start is '0.2'.*a number"),
        ({"step": "crop_energy", "start": True}, "start is True"),
        ({"step": "crop_energy", "start": float("nan")}, "start is nan"),
        ({"step": "crop_energy", "start": 2, "stop": 1}, "start must be below stop"),
        ({"step": "bin_energy", "factor": 0}, "factor is 0; .* whole number of at least 1"),
        ({"step": "bin_energy", "factor": 1.5}, "factor is 1.5"),
        ({"step": "bin_energy", "factor": float("inf")}, "factor is inf"),
        ({"step": "bin_energy", "mode": "median"}, "mode is 'median'; .* mean, sum"),
        ({"step": "bin_scan", "factor": None}, "factor is None"),
        ({"step": "bin_scan", "mode": ["sum"]}, "mode is"),
        ({"step": "crop_scan", "rows": 4}, r"rows is 4; .*\[first, stop\]"),
        ({"step": "crop_scan", "rows": [4, 4]}, "first must be below stop"),
        ({"step": "crop_scan", "columns": [-1, 4]}, r"columns\[0\] is -1"),
        ({"step": "mend_spikes", "threshold": 0}, "threshold is 0; .* above 0"),
        ({"step": "mend_spikes", "mode": "drop"}, "mode is 'drop'; .* mend, mask"),
        ({"step": "mask_dead_pixels", "pixels": 3}, r"pixels is 3; .*\[row, column\]"),
        ({"step": "mask_dead_pixels", "pixels": [[1]]}, "pixels is"),
        ({"step": "normalise", "by": "dose"}, "by is 'dose'; .* zero_loss, total, maximum"),
        ({"step": "remove_zero_loss", "tail": [0.1, 0.05]}, "tail runs from 0.1 to 0.05 eV"),
        ({"step": "remove_zero_loss", "tail": [0.1]}, "two energies in eV"),
        ({"step": "remove_zero_loss", "model": "spline"}, "model is 'spline'; .*power"),
        ({"step": "remove_zero_loss", "align": 1}, "align is 1; .* true or false"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_is_allowed(params, message):
    with pytest.raises(ValueError, match=message):
        step_from_dict(params)


@pytest.mark.parametrize("params", [None, "crop_energy", ["crop_energy"], 3])
def test_a_step_is_a_dict(params):
    with pytest.raises(TypeError, match="A step is a dict like"):
        step_from_dict(params)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(name=st.sampled_from(list(STEPS)), data=st.data())
def test_any_json_makes_a_step_that_survives_or_a_clear_refusal(name, data):
    keys = st.sampled_from(STEPS[name].parameter_names())
    params = data.draw(st.dictionaries(keys, JSON))
    try:
        step = step_from_dict({"step": name, **params})
    except ValueError as error:
        assert name in str(error)
    else:
        written = json.dumps(step.to_dict(), allow_nan=False)
        assert step_from_dict(json.loads(written)) == step


RECIPE = [
    {"step": "mask_dead_pixels", "pixels": [[0, 1]]},
    {"step": "crop_scan", "rows": [0, 10]},
    {"step": "crop_energy", "start": 0.2},
    {"step": "bin_energy", "factor": 2},
    {"step": "normalise", "by": "total"},
]


def test_steps_are_applied_one_after_the_other():
    data = spectrum_image(counts())
    told = []
    after, texts = apply_steps(data, RECIPE, lambda share, text: told.append(share))
    assert after.shape == (10, 15, 90)
    assert after.report == texts
    assert [text.split()[0] for text in texts] == ["1", "Scan", "Energies", "Energies", "Spectra"]
    values = data.spectra[:10, :, 20:].astype(float).reshape(10, 15, 90, 2).sum(-1)
    values /= values.sum(-1, keepdims=True)
    np.testing.assert_allclose(after.spectra, values, rtol=1e-5)
    assert told == sorted(told) and told[-1] == 1.0
    lazy, lazy_texts = apply_steps(lazily(data), RECIPE)
    assert lazy.lazy and lazy_texts == texts
    np.testing.assert_allclose(computed(lazy), after.spectra, rtol=1e-5)


def test_undo_is_a_shorter_list_and_nothing_is_changed_in_place():
    data = spectrum_image(counts())
    before = data.spectra.copy()
    assert apply_steps(data, [])[0] is data
    one, _ = apply_steps(data, RECIPE[:3])
    again, _ = apply_steps(data, RECIPE[:3])
    assert np.shares_memory(one.spectra, data.spectra)
    assert np.shares_memory(one.image, data.image)
    np.testing.assert_array_equal(one.spectra, again.spectra)
    np.testing.assert_array_equal(data.spectra, before)
    assert data.mask is None and data.report == []


def test_what_was_left_to_be_chosen_is_filled_in():
    data = spectrum_image(counts())
    applied = run_steps(data, [{"step": "bin_energy"}, {"step": "crop_scan", "rows": [2, 9]}])
    assert [step.to_dict() for step in applied.steps] == [
        {"step": "bin_energy", "factor": 2, "mode": "sum"},
        {"step": "crop_scan", "rows": [2, 9], "columns": [0, 15]},
    ]
    again = run_steps(data, applied.steps)
    np.testing.assert_array_equal(again.data.spectra, applied.data.spectra)
    assert again.texts == applied.texts


def test_a_step_that_fails_is_named_with_its_number():
    data = spectrum_image(counts())
    with pytest.raises(ValueError, match="Step 2, crop_scan: rows runs from 0 to 13"):
        apply_steps(data, [{"step": "bin_energy"}, {"step": "crop_scan", "rows": [0, 13]}])
    with pytest.raises(ValueError, match="no step 'x'"):
        apply_steps(data, [{"step": "bin_energy"}, {"step": "x"}])


def test_work_ends_when_cancelled():
    data = spectrum_image(counts())
    with pytest.raises(Cancelled):
        apply_steps(data, RECIPE, cancelled=lambda: True)


def empty(shape):
    """Lazy spectra of which nothing is ever read."""
    return spectrum_image(
        da.zeros(shape, dtype=np.uint16, chunks="auto"),
        energy=Axis("Energy loss", "eV", shape[2], 0.01),
        image=np.zeros(shape[:2], np.float32),
    )


MIB = 2**20


@pytest.mark.parametrize(
    ("shape", "budget", "factors"),
    [
        ((64, 64, 1024), 16 * MIB, []),
        ((64, 64, 1024), 16 * MIB - 1, [("bin_energy", 2)]),
        ((64, 64, 1024), 2 * MIB, [("bin_energy", 8)]),
        ((64, 64, 1024), 1 * MIB, [("bin_energy", 4), ("bin_scan", 2)]),
        ((512, 512, 2048), 512 * MIB, [("bin_energy", 4)]),
        ((1024, 1024, 2048), 512 * MIB, [("bin_energy", 16)]),
        ((2048, 2048, 2048), 512 * MIB, [("bin_energy", 16), ("bin_scan", 2)]),
        ((600, 600, 100), 64 * MIB, [("bin_scan", 2)]),
    ],
)
def test_d2_the_smallest_binning_that_fits_is_chosen(shape, budget, factors):
    """[D2] Data above the memory budget are binned, energies first; data within it are not."""
    source = empty(shape)
    steps = fit_to_budget(source, budget)
    assert [(step.name, step.factor) for step in steps] == factors
    after, texts = apply_steps(source, steps)
    assert after.nbytes <= budget
    for text in texts:
        assert "automatic: " in text and "exceed the memory budget of" in text
    if factors:
        # One factor less, and it would not fit.
        *others, last = steps
        smaller = step_from_dict({"step": last.name, "factor": last.factor - 1})
        assert apply_steps(source, [*others, smaller])[0].nbytes > budget


def test_the_reason_is_said_and_is_no_part_of_the_recipe():
    (step,) = fit_to_budget(empty((64, 64, 1024)), 8 * MIB)
    assert "reason" not in step.to_dict()
    _, texts = apply_steps(empty((64, 64, 1024)), [step])
    assert texts == [
        "Energies binned by 2 (sum): 1024 channels -> 512 of 0.02 eV (automatic: 16 MiB as float32 "
        "exceed the memory budget of 8 MiB)"
    ]


def test_d2_what_cannot_fit_is_refused_with_the_sizes():
    """[D2] Where nothing trainable fits the budget, the message says so and what to do."""
    with pytest.raises(ValueError, match=r"take 16 MiB .* memory budget of 10 KiB\. Crop"):
        fit_to_budget(empty((64, 64, 1024)), 10 * 1024)
    steps = fit_to_budget(empty((64, 64, 1024)), 16 * 16 * 16 * 4)
    assert [(step.name, step.factor) for step in steps] == [("bin_energy", 61), ("bin_scan", 4)]
