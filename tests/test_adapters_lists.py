"""Lists of signals, as files hold them: the pair is picked where it is plain, else asked for."""

import dask.array as da
import numpy as np
import pytest

from eelscape.adapters import Question, to_dataset, to_spectrum_image
from eelscape.files import WindowPairs
from eelscape.signal import Signal

ENERGY = {"name": "energy", "units": "eV", "scale": 0.1}


def axes(scale=0.5):
    return [{"name": n, "units": "nm", "scale": scale} for n in "yx"]


def spectrum_image(title="EELS", ny=61, nx=74, channels=8, seed=1):
    data = np.random.default_rng(seed).random((ny, nx, channels), np.float32)
    return Signal(data, [*axes(), ENERGY], title, "counts")


def image(title="HAADF", ny=61, nx=74, seed=2, scale=0.5):
    data = np.random.default_rng(seed).random((ny, nx), np.float32)
    return Signal(data, axes(scale), title)


def hyperspy_list():
    """What hs.load gives for a file of a scan: survey, image, spectra, and a sum spectrum."""
    import hyperspy.api as hs

    si, adf, survey = spectrum_image(), image("ADF"), image("survey", 512, 512)
    total = hs.signals.Signal1D(si.data.sum(axis=(0, 1)))
    total.metadata.General.title = "sum"
    return [survey.to_hyperspy(), total, si.to_hyperspy(), adf.to_hyperspy()]


def test_the_only_pair_of_one_scan_is_picked_and_said():
    signals = hyperspy_list()
    data = to_spectrum_image(signals)
    assert np.array_equal(data.spectra, signals[2].data)
    assert np.array_equal(data.image, signals[3].data)
    assert data.report[0] == (
        "Of 4 signals, 'EELS' (61x74x8) and 'ADF' (61x74) are the only pair of one scan."
    )
    assert data.origin == "hyperspy"


@pytest.mark.parametrize("kind", [tuple, list])
def test_a_pair_is_a_list_in_either_order(kind):
    si, haadf = spectrum_image(), image()
    for pair in (kind([si, haadf]), kind([haadf, si])):
        data = to_spectrum_image(pair)
        assert np.array_equal(data.image, haadf.data)
        assert not any("only pair" in line for line in data.report)


def test_pairs_of_arrays_and_of_lazy_arrays_are_taken():
    si, haadf = spectrum_image().data, image().data
    assert to_dataset((si, haadf)).shape == si.shape
    assert to_spectrum_image([da.from_array(si), da.from_array(haadf)]).lazy


def test_of_several_images_the_user_chooses():
    signals = [image("BF", seed=3), spectrum_image(), image("HAADF"), image("survey", 512, 512)]
    question = to_spectrum_image(signals, name="s")
    assert isinstance(question, Question)
    assert question.text == "2 pairs of one scan are possible. Which belong together?"
    spectra, images = question.groups
    assert (spectra.key, images.key) == ("spectra", "image")
    assert [option.title for option in images.options] == ["BF", "HAADF", "survey"]
    assert images.suggested == 1
    assert spectra.options[0].detail == (
        "61 x 74 x 8, float32, counts; y 0 to 30 nm; x 0 to 36.5 nm; energy 0 to 0.7 eV"
    )
    assert "will be resampled from 512x512 to 61x74" in images.options[2].detail
    assert "units unknown" in images.options[0].detail
    assert images.options[2].preview.shape == (128, 128)
    assert images.options[0].preview.shape == (61, 74)
    assert np.allclose(spectra.options[0].preview, signals[1].data.sum(axis=2), rtol=1e-5)

    data = question.answer({"image": 0})
    assert np.array_equal(data.image, signals[0].data)
    assert data.name == "s"
    assert question.answer({"spectra": 0, "image": 1}).image_units == ""


def test_d1_an_image_of_another_shape_is_offered_as_resampled():
    """[D1] The choice says so, and so does the report."""
    signals = [spectrum_image(), image("survey", 512, 512)]
    question = to_spectrum_image(signals)
    assert question.text == "No image has the shape of the scan. Which belong together?"
    data = question.answer({"spectra": 0, "image": 0})
    assert data.image.shape == (61, 74)
    assert any("resampled from 512x512 to 61x74" in line for line in data.report)
    assert to_spectrum_image(signals, resample=True).image.shape == (61, 74)


def test_of_several_spectrum_images_the_user_chooses():
    """Low loss and core loss of one scan, as DualEELS records them."""
    low, core = spectrum_image("low loss"), spectrum_image("core loss", seed=4)
    question = to_spectrum_image([low, core, image()])
    assert [option.title for option in question.groups[0].options] == ["low loss", "core loss"]
    assert np.array_equal(question.answer({"spectra": 1}).spectra, core.data)


def test_a_list_with_the_image_given_apart():
    low, core = spectrum_image("low loss"), spectrum_image("core loss", ny=30, seed=4)
    haadf = image(ny=30)
    assert np.array_equal(to_spectrum_image([low, core], haadf).spectra, core.data)


def test_text_and_html_of_the_question_list_titles_shapes_and_units():
    signals = [spectrum_image(), image("<script>alert(1)</script>"), image("b")]
    question = to_spectrum_image(signals)
    text = repr(question)
    assert "0  EELS  61 x 74 x 8, float32, counts" in text
    assert text.endswith("Answer with ex.choose(spectra=0, image=0)")
    html = question._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert html.count('src="data:image/png;base64,') == 3


def test_previews_are_pictures():
    from base64 import b64decode
    from io import BytesIO

    from matplotlib.image import imread

    from eelscape.adapters.previews import png_data_url

    picture = np.linspace(0, 1, 20, dtype=np.float32).reshape(4, 5)
    picture[0, 0] = np.nan
    url = png_data_url(picture)
    read = imread(BytesIO(b64decode(url.split(",")[1])), format="png")
    assert read.shape[:2] == (4, 5)
    assert read.ravel()[0] == 0
    assert np.all(np.diff(read.reshape(20, -1)[:, 0][1:]) >= 0)


def test_large_lazy_data_have_no_preview(monkeypatch):
    monkeypatch.setattr("eelscape.adapters.previews.MOST_BYTES", 1000)
    si = spectrum_image()
    lazy = Signal(da.from_array(si.data), si.axes, "lazy")
    question = to_spectrum_image([lazy, image("a"), image("b")])
    assert question.groups[0].options[0].preview is None


@pytest.mark.parametrize(
    ("signals", "message"),
    [
        ([image(), image()], r"Among 2 signals there is no spectrum image \(y, x, energy\)"),
        ([spectrum_image()], r"no image \(y, x\): 'EELS' \(61x74x8\)\. Pass the HAADF image"),
        ([np.zeros((61, 74, 5), complex), image()], "no spectrum image.*: ndarray, 'HAADF'"),
    ],
)
def test_lists_without_a_pair_say_what_they_hold(signals, message):
    with pytest.raises(ValueError, match=message):
        to_spectrum_image(signals)


def test_stacks_of_images_and_line_scans_are_no_candidates():
    import hyperspy.api as hs

    frames = hs.signals.Signal2D(np.random.default_rng(0).random((5, 61, 74)))
    line = Signal(np.ones((61, 74)), [axes()[0], ENERGY], "line scan")
    data = to_spectrum_image([frames, line, spectrum_image(), image()])
    assert data.title == "EELS"


def test_a_spectrum_image_without_its_image_says_what_is_missing():
    with pytest.raises(ValueError, match="HAADF image of the same scan is missing"):
        to_spectrum_image(spectrum_image())


def test_windows_without_positions_are_refused_with_what_works():
    pairs = WindowPairs(np.ones((9, 16, 16)), np.ones((9, 40)), "pairs")
    for given in ((pairs,), (pairs, image())):
        with pytest.raises(ValueError, match=r"9 windows .* without positions.*model\.predict and"):
            to_spectrum_image(*given)
