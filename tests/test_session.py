"""Steps, previews, the question and the memory budget, without a panel."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from eelscape import spectrum_image
from eelscape.adapters import to_spectrum_image
from eelscape.pipeline import MOST_BYTES
from eelscape.session import NotNow, Session
from eelscape.signal import Signal
from eelscape.spectrum_image import Cancelled

AXES = [
    {"name": "y", "units": "nm", "scale": 0.5},
    {"name": "x", "units": "nm", "scale": 0.5},
    {"name": "energy", "units": "eV", "scale": 0.01, "offset": 0.2},
]
CROP = {"step": "crop_energy", "start": 0.5, "stop": 1.5}
BIN = {"step": "bin_energy", "factor": 2, "mode": "mean"}


def arrays(ny=20, nx=24, channels=200, dtype=np.uint16):
    rng = np.random.default_rng(7)
    return rng.poisson(40, (ny, nx, channels)).astype(dtype), rng.random((ny, nx), np.float32)


def session(si=None, image=None, **options):
    made = arrays()
    si, image = made[0] if si is None else si, made[1] if image is None else image
    return Session(to_spectrum_image(si, image, axes=AXES, name="si"), **options)


def lazy(si, rows=5):
    import dask.array as da

    return da.from_array(si, chunks=(rows, -1, -1))


def test_steps_follow_each_other_and_are_undone():
    si, _ = arrays()
    data = session(si)
    first = data.dataset
    assert data.apply([CROP])
    second = data.dataset
    assert second.shape == (20, 24, 100)
    assert (second.spectra == si[..., 30:130]).all()
    assert data.apply([CROP, BIN])
    assert np.allclose(data.dataset.spectra, si[..., 30:130].reshape(20, 24, 50, 2).mean(-1))
    assert [applied.params["step"] for applied in data.steps] == ["crop_energy", "bin_energy"]
    assert all(applied.text and not applied.automatic for applied in data.steps)
    # The very data sets of before, so that models find theirs.
    assert data.apply([CROP]) and data.dataset is second
    assert data.apply([]) and data.dataset is first
    assert not data.apply([])


def test_what_two_lists_share_is_not_computed_again(monkeypatch):
    from eelscape import pipeline

    done = []
    real = pipeline.run_steps
    monkeypatch.setattr(
        pipeline,
        "run_steps",
        lambda data, steps, *a: done.append(steps[0].name) or real(data, steps, *a),
    )
    data = session()
    data.apply([CROP])
    data.apply([CROP, BIN])
    data.apply([CROP])
    data.apply([{**CROP, "stop": 1.0}, BIN])
    assert done == ["crop_energy", "bin_energy", "crop_energy", "bin_energy"]


def test_stages_are_let_go_beyond_the_budget_and_made_again():
    si, _ = arrays(dtype=np.float32)
    data = session(si, memory_budget=si.nbytes)
    data.apply([{"step": "crop_energy", "start": 0.21, "stop": None}, BIN])
    assert [stage is None for stage in data._state.stages] == [True, False]
    data.apply([{"step": "crop_energy", "start": 0.21, "stop": None}])
    assert (data.dataset.spectra == si[..., 1:]).all()


def test_steps_work_on_what_was_there_when_it_was_opened():
    """The user's array may change later."""
    for dtype in (np.uint16, np.float32, np.float64):
        si, image = arrays(dtype=dtype)
        kept = si.astype(np.float32)
        data = session(si, image)
        si[:] = 0
        data.apply([CROP])
        assert (data.dataset.spectra == kept[..., 30:130]).all()
        assert data.source_dtype == np.dtype(dtype).name
    # Saturation is told by the type, so integers stay what they are.
    assert session().source.spectra.dtype == np.uint16


def test_a_step_that_is_not_possible_changes_nothing():
    data = session()
    before = data._state
    for wrong, message in (
        ({"step": "crop"}, "There is no step 'crop'"),
        ({"step": "crop_energy", "begin": 1}, "no parameter 'begin'"),
        ({"step": "crop_energy", "start": 50.0}, "crop_energy"),
        ({"step": "bin_energy", "factor": 10**6}, "bin_energy"),
    ):
        with pytest.raises(ValueError, match=message):
            data.apply([CROP, wrong])
        assert data._state is before
    with pytest.raises(TypeError, match="A step is a dict"):
        data.apply(["crop_energy"])


def test_cancelling_leaves_all_as_it_was():
    si, image = arrays()
    data = session(lazy(si), image)
    before = data._state
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        data.apply([{"step": "mask_dead_pixels"}, CROP], cancelled=cancelled)
    assert data._state is before
    # Also when it is asked for at the very end.
    with pytest.raises(Cancelled):
        data._commit(before, lambda: True, str)
    assert data.apply([CROP])


def test_only_one_changes_the_data_at_a_time():
    data = session()
    inside, go_on = threading.Event(), threading.Event()

    def progress(fraction, text=""):
        inside.set()
        assert go_on.wait(20)

    worker = threading.Thread(target=data.apply, args=([CROP], progress))
    worker.start()
    assert inside.wait(20)
    with pytest.raises(NotNow, match="Preprocessing is under way: wait for it, or cancel it"):
        data.apply([BIN])
    assert data.doing == "Preprocessing"
    go_on.set()
    worker.join()
    assert [applied.params["step"] for applied in data.steps] == ["crop_energy"]
    assert data.doing == ""
    assert data.apply([BIN])


def test_what_forbids_a_change_is_asked_before_and_after_the_work():
    data = session()
    before = data._state
    with pytest.raises(NotNow, match="im2spec is training"):
        data.apply([CROP], refusal=lambda: "im2spec is training.")
    answers = iter(["", "im2spec is training."])
    with pytest.raises(NotNow, match=r"im2spec is training\. Nothing was changed"):
        data.apply([CROP], refusal=lambda: next(answers))
    assert data._state is before


def test_a_preview_changes_nothing_and_stays_inside_the_scan():
    si, _ = arrays()
    data = session(si)
    data.apply([CROP])
    before = data._state
    preview = data.preview({"step": "bin_energy", "factor": 2, "mode": "sum"}, (3, 4))
    assert preview.shape_after == (20, 24, 50)
    assert (preview.before == si[3, 4, 30:130]).all()
    assert (preview.after == si[3, 4, 30:130].reshape(50, 2).sum(-1)).all()
    corner = data.preview({"step": "bin_energy", "factor": 2}, (-5, 10**9))
    assert (corner.before == si[0, 23, 30:130]).all()
    assert data._state is before
    with pytest.raises(Cancelled):
        data.preview(BIN, (0, 0), cancelled=lambda: True)
    # A cancelled preview does not block the next.
    assert data.preview(BIN, (0, 0)).text


def test_the_last_data_sets_are_kept():
    data = session()
    hashes = [data.dataset.sha256]
    for start in (0.3, 0.4, 0.5):
        data.apply([{**CROP, "start": start}])
        hashes.append(data.dataset.sha256)
    assert len(set(hashes)) == 4
    assert data.datasets[0] is data.dataset
    assert [dataset.sha256 for dataset in data.datasets] == hashes[:0:-1]


def test_earlier_data_sets_are_kept_within_the_budget_only():
    si, _ = arrays(dtype=np.float32)
    data = session(si, memory_budget=2 * si.nbytes)
    first = data.dataset.sha256
    data.apply([{"step": "crop_energy", "start": 0.21, "stop": None}])
    assert [dataset.sha256 for dataset in data.datasets][1:] == [first]
    data.apply([{"step": "crop_energy", "start": 0.22, "stop": None}])
    assert len(data.datasets) == 2
    assert first not in [dataset.sha256 for dataset in data.datasets]


def test_d2_lazy_data_are_binned_to_the_budget_and_read_block_by_block(monkeypatch):
    """[D2] A lazy spectrum image larger than the budget: automatic steps, blocks, cancel."""
    import dask.array as da

    read = []

    def block(block_info=None):
        (top, bottom), *_ = block_info[None]["array-location"]
        read.append(top)
        return np.full((bottom - top, 24, 200), top + 1, np.uint16)

    si = da.map_blocks(block, chunks=((2,) * 16, (24,), (200,)), dtype=np.uint16)
    image = np.random.default_rng(1).random((32, 24), np.float32)
    whole = 4 * 32 * 24 * 200
    # Blocks of 4 rows, before and after the binning.
    monkeypatch.setattr(spectrum_image, "LAZY_BLOCK_BYTES", 4 * 4 * 24 * 66)
    source = to_spectrum_image(si, image, axes=AXES, name="si")
    read.clear()
    told = []

    def progress(fraction, text=""):
        told.append((fraction, len(read)))

    data = Session(source, memory_budget=whole // 3, progress=progress)
    assert data.dataset.spectra.nbytes <= whole // 3
    assert [applied.automatic for applied in data.steps] == [True]
    assert data.steps[0].params == {"step": "bin_energy", "factor": 3, "mode": "sum"}
    assert "memory budget" in data.steps[0].text
    assert (data.dataset.spectra[5] == 3 * 5).all()
    assert sorted(read) == list(range(0, 32, 2))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1
    assert [count for _, count in told[-8:]] == list(range(2, 17, 2))
    with pytest.raises(ValueError, match=r"600 KiB as float32 \(32 x 24 x 200\), more than"):
        data.apply([])
    read.clear()
    with pytest.raises(Cancelled):
        data.apply([{"step": "bin_energy", "factor": 4}], cancelled=lambda: bool(read))
    assert len(read) == 2
    # Another choice within the budget takes the place of the automatic one.
    data.apply([{"step": "crop_energy", "start": 0.2, "stop": 0.5}])
    assert not any(applied.automatic for applied in data.steps)
    assert data.dataset.shape == (32, 24, 30)


def test_d2_data_in_memory_above_the_budget_are_binned_too():
    """[D2] The budget holds for arrays in memory as well."""
    si, image = arrays(dtype=np.float32)
    data = session(si, image, memory_budget=si.nbytes // 2)
    assert data.dataset.shape == (20, 24, 100)
    assert data.steps[0].automatic
    data.apply([data.steps[0].params, {"step": "crop_energy", "start": 0.5, "stop": None}])
    assert [applied.automatic for applied in data.steps] == [True, False]


@pytest.mark.parametrize(
    ("budget", "error"),
    [(0, ValueError), (-1, ValueError), (MOST_BYTES + 1, ValueError), ("1 GB", TypeError)],
)
def test_a_budget_that_cannot_be_is_refused(budget, error):
    with pytest.raises(error, match=r"memory_budget is .* give"):
        session(memory_budget=budget)


def several():
    """Two spectrum images and two images of their scan, as a file may hold them."""
    si, image = arrays()
    y, x, e = AXES
    return [
        Signal(si, [y, x, e], "EELS low loss", "counts"),
        Signal(si + 1, [y, x, e], "EELS core loss", "counts"),
        Signal(image, [y, x], "HAADF"),
        Signal(image[::-1].copy(), [y, x], "BF"),
    ]


def test_a_question_is_asked_until_it_is_answered():
    question = to_spectrum_image(several(), name="signals")
    data = Session(question, "signals")
    assert (data.dataset, data.source, data.name) == (None, None, "signals")
    with pytest.raises(NotNow, match=r"(?s)EELS low loss.*ex\.choose\("):
        data.need_dataset()
    for work in (lambda: data.apply([CROP]), lambda: data.preview(CROP, (0, 0)), data.factorise):
        with pytest.raises(NotNow, match="not chosen yet"):
            work()
    with pytest.raises(ValueError, match="choose"):
        data.choose({"spectra": 99})
    with pytest.raises(ValueError, match="nothing to choose"):
        data.choose({"signal": 0})
    assert data.question is question
    answers = {}
    for group in question.groups:
        titles = [option.title for option in group.options]
        answers[group.key] = titles.index("EELS core loss" if group.key == "spectra" else "HAADF")
    data.choose(answers)
    assert data.question is None
    assert (data.dataset.spectra == several()[1].data).all()
    assert (data.dataset.image == several()[2].data).all()
    with pytest.raises(NotNow, match="chosen already"):
        data.choose(answers)


def test_a_factorisation_belongs_to_its_data():
    data = session()
    with pytest.raises(Cancelled):
        data.factorise(2, cancelled=lambda: True)
    assert data.factorisation is None
    result = data.factorise(2, seed=3)
    assert data.factorisation is result
    assert data.factorised_sha256 == data.dataset.sha256
    data.apply([CROP])
    assert data.factorisation is None
    data.apply([])
    assert data.factorisation is result
