"""Non-negative matrix factorisation: recovery, units, masks, negative values, lazy data."""

import dask.array as da
import numpy as np
import pytest
from scipy.optimize import nnls

import eelscape.nmf_solver
import eelscape.nmf_task
import eelscape.spectrum_image
from eelscape.axes import Axis
from eelscape.dataset import Dataset
from eelscape.factorisation import Factorisation, nmf
from eelscape.negative_values import NonNegative
from eelscape.nmf_solver import amounts_of, rows_for_sample, squares
from eelscape.signal import Signal
from eelscape.spectrum_image import Cancelled, SpectrumImage

NY, NX, CHANNELS = 12, 15, 80
AXES = [
    Axis("y", "nm", NY, 2.0),
    Axis("x", "nm", NX, 2.0),
    Axis("Energy loss", "eV", CHANNELS, 0.01, 0.2),
]


def peaks(centres, width=6.0):
    channel = np.arange(CHANNELS)
    return np.stack([np.exp(-0.5 * ((channel - c) / width) ** 2) for c in centres])


@pytest.fixture(scope="module")
def truth():
    """Three components; each has pixels and channels of its own, so that there is one answer."""
    rng = np.random.default_rng(0)
    amounts = rng.uniform(0, 1, (NY, NX, 3)) * [4.0, 2.0, 1.0]
    amounts[0:2] *= [1, 0, 0]
    amounts[2:4] *= [0, 1, 0]
    amounts[4:6] *= [0, 0, 1]
    parts = 100 * peaks([15, 40, 62])
    return amounts, parts


@pytest.fixture
def spectra(truth):
    return (truth[0] @ truth[1]).astype(np.float32)


def signal(spectra, **settings):
    return Signal(spectra, AXES, **{"title": "a film", "units": "counts", **settings})


def lazy(spectra, mask=None, rows=5):
    image = np.zeros(spectra.shape[:2], np.float32)
    array = da.from_array(spectra, chunks=(rows, *spectra.shape[1:]))
    return SpectrumImage(array, image, *AXES, "a film", spectra_units="counts", mask=mask)


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of two rows, batches and a sample smaller than the scan."""
    for limit in ("BLOCK_BYTES", "LAZY_BLOCK_BYTES", "CHUNK_BYTES"):
        monkeypatch.setattr(eelscape.spectrum_image, limit, 4 * NX * CHANNELS * 2)
    monkeypatch.setattr(eelscape.nmf_solver, "BATCH", 20)
    monkeypatch.setattr(eelscape.nmf_solver, "SAMPLE", 60)


def assert_recovered(found, truth, tolerance):
    amounts, parts = truth
    greatest = amounts.max((0, 1))
    np.testing.assert_allclose(found.abundances.data, amounts / greatest, atol=tolerance)
    expected = parts * greatest[:, None]
    np.testing.assert_allclose(found.endmembers.data, expected, atol=tolerance * expected.max())


def test_recovers_what_was_mixed(truth, spectra):
    found = nmf(signal(spectra), 3)
    assert isinstance(found, Factorisation)
    assert_recovered(found, truth, 0.02)
    assert found.explained > 0.9999
    whole = (truth[0].sum((0, 1)) * truth[1].sum(1)) / spectra.sum()
    np.testing.assert_allclose(found.shares, whole, atol=0.01)


def test_form(spectra):
    found = nmf(signal(spectra, simulated=True), 3)
    assert found.abundances.shape == (NY, NX, 3) and found.endmembers.shape == (3, CHANNELS)
    assert found.abundances.data.dtype == found.endmembers.data.dtype == np.float32
    component = Axis("component", "", 3)
    assert found.abundances.axes == [*AXES[:2], component]
    assert found.endmembers.axes == [component, AXES[2]]
    assert found.endmembers.units == "counts" and found.abundances.units == ""
    assert found.abundances.simulated and found.endmembers.simulated
    assert "a film" in found.endmembers.title and "a film" in found.abundances.title
    parameters = {"components": 3, "seed": 0, "negative": "clip", "scaling": None}
    assert found.parameters == parameters
    again = nmf(signal(spectra), **found.parameters)
    np.testing.assert_array_equal(again.abundances.data, found.abundances.data)
    assert found.iterations % 20 == 0 and 0 < found.iterations <= 1000


@pytest.mark.parametrize("scaling", [None, "poisson"])
def test_scale_and_order(spectra, scaling):
    """The greatest abundance is 1, endmembers are in data units, shares fall and sum to 1."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(spectra).astype(np.float32)
    found = nmf(signal(counts), 4, scaling=scaling)
    maps, parts = found.abundances.data, found.endmembers.data
    np.testing.assert_allclose(maps.max((0, 1)), 1, rtol=1e-6)
    assert maps.min() >= 0 and parts.min() >= 0
    product = maps @ parts
    assert product.mean() == pytest.approx(counts.mean(), rel=0.01)
    assert sum(found.shares) == pytest.approx(1)
    assert list(found.shares) == sorted(found.shares, reverse=True)
    expected = maps.sum((0, 1), dtype=float) * parts.sum(1, dtype=float)
    np.testing.assert_allclose(found.shares, expected / expected.sum(), rtol=1e-4)
    left = ((counts - product) ** 2).sum(dtype=float) / (counts**2).sum(dtype=float)
    assert found.explained == pytest.approx(1 - left, abs=1e-5)


@pytest.mark.parametrize("unit", [1e-9, 1e12])
def test_units_do_not_matter(spectra, unit):
    """Probabilities per eV and summed counts factorise alike."""
    one, other = nmf(signal(spectra), 3), nmf(signal(spectra * np.float32(unit)), 3)
    np.testing.assert_allclose(other.abundances.data, one.abundances.data, atol=1e-3)
    np.testing.assert_allclose(other.endmembers.data / unit, one.endmembers.data, atol=0.5)


def test_steps_of_the_descent_do_not_matter(spectra, monkeypatch):
    """Large data are asked after every iteration whether to end; the result is the same."""
    expected = nmf(signal(spectra), 3)
    monkeypatch.setattr(eelscape.nmf_solver, "_WORK", 0)
    told = []
    found = nmf(signal(spectra), 3, progress=lambda fraction, text: told.append(text))
    np.testing.assert_array_equal(found.abundances.data, expected.abundances.data)
    assert len(told) == found.iterations == expected.iterations


def test_deterministic_for_a_seed(spectra, small_blocks):
    for data in (signal(spectra), lazy(spectra)):
        one, again = nmf(data, 2, seed=5), nmf(data, 2, seed=5)
        np.testing.assert_array_equal(again.abundances.data, one.abundances.data)
        np.testing.assert_array_equal(again.endmembers.data, one.endmembers.data)
        assert again.explained == one.explained and again.report == one.report


def test_poisson_scaling_finds_a_weak_component():
    """A weak peak beside a strong noisy one: evened-out noise recovers it better."""
    rng = np.random.default_rng(2)
    weak = np.zeros((NY, NX))
    weak[3:9, 4:11] = 1
    strong = rng.uniform(0.5, 1, (NY, NX))
    parts = peaks([20, 60], 5.0) * np.array([[4000.0], [12.0]])
    counts = rng.poisson(np.stack([strong, weak], -1) @ parts).astype(np.float32)
    scores = {}
    for scaling in (None, "poisson"):
        maps = nmf(signal(counts), 2, scaling=scaling).abundances.data
        scores[scaling] = max(np.corrcoef(maps[..., k].ravel(), weak.ravel())[0, 1] for k in (0, 1))
    assert scores["poisson"] > 0.9
    assert scores["poisson"] > scores[None] + 0.1


@pytest.mark.parametrize("form", ["memory", "lazy"])
def test_masked_and_nan_pixels_are_left_out(truth, spectra, form, small_blocks):
    """[D3] Their maps are NaN, and what they hold changes nothing."""
    spectra[3, 4, 7] = np.nan
    spectra[8, 14] = np.inf
    spectra[10, 2] = 1e6
    mask = np.zeros((NY, NX), bool)
    mask[10, 2] = True
    out = mask.copy()
    out[3, 4] = out[8, 14] = True
    if form == "memory":
        data = SpectrumImage(spectra, np.zeros((NY, NX), np.float32), *AXES, mask=mask)
    else:
        data = lazy(spectra, mask)
    found = nmf(data, 3)
    np.testing.assert_array_equal(np.isnan(found.abundances.data).all(2), out)
    np.testing.assert_array_equal(np.isnan(found.abundances.data).any(2), out)
    kept = ~out
    amounts = np.where(kept[..., None], truth[0], np.nan)
    tolerance = 0.02 if form == "memory" else 0.1
    np.testing.assert_allclose(
        found.abundances.data, amounts / np.nanmax(amounts, (0, 1)), atol=tolerance
    )
    assert "3 of 180 pixels are masked or hold NaN: left out, NaN in the maps" in found.report
    assert np.isfinite(found.endmembers.data).all() and np.isfinite(found.explained)


@pytest.mark.parametrize("form", ["memory", "lazy"])
def test_d4_negative_values_are_clipped_and_reported(spectra, form, small_blocks):
    """[D4] Negative counts before NMF are set to 0 and reported with number and least value."""
    spectra[1, 2, :5] = -1
    spectra[7, 3, 9] = -3.25
    found = nmf(signal(spectra) if form == "memory" else lazy(spectra), 3)
    line = "6 of 14 400 values were negative (least -3.25 counts): set to 0"
    assert line in found.report
    clipped = np.maximum(spectra, 0)
    same = nmf(signal(clipped) if form == "memory" else lazy(clipped), 3)
    np.testing.assert_array_equal(found.abundances.data, same.abundances.data)
    assert not any("negative" in text for text in same.report)
    assert spectra[7, 3, 9] == -3.25  # the data themselves stay as they are


@pytest.mark.parametrize("form", ["memory", "lazy"])
def test_d4_negative_values_are_refused_naming_the_pixels(spectra, form, small_blocks):
    """[D4] Or they are refused, and the message says which pixels."""
    spectra[1, 2, :5] = -1
    spectra[7, 3, 9] = -3.25
    data = signal(spectra) if form == "memory" else lazy(spectra)
    with pytest.raises(ValueError) as caught:
        nmf(data, 3, negative="refuse")
    text = str(caught.value)
    assert "6 of 14 400 values in 2 pixels are negative" in text
    assert "the least -3.25 counts at row 7, column 3" in text
    assert "(1, 2), (7, 3)" in text and 'negative="clip"' in text
    spectra[spectra < 0] = 0
    nmf(signal(spectra) if form == "memory" else lazy(spectra), 3, negative="refuse")


def test_d4_a_long_list_of_pixels_is_cut():
    """[D4] The message names twelve pixels and says how many more there are."""
    signs = NonNegative("")
    pixels = np.argwhere(np.ones((40, 40), bool))
    signs.clip(np.full((800, 30), -0.5), pixels[:800])
    signs.clip(np.full((800, 30), 0.5), pixels[800:])
    assert signs.sentence == "24 000 of 48 000 values were negative (least -0.5): set to 0"
    with pytest.raises(ValueError, match=r"in 800 pixels.*\(0, 11\) and 788 more"):
        signs.refuse()


def test_masked_negative_values_do_not_count(spectra):
    spectra[1, 2] = -5
    mask = np.zeros((NY, NX), bool)
    mask[1, 2] = True
    data = SpectrumImage(spectra, np.zeros((NY, NX), np.float32), *AXES, mask=mask)
    assert nmf(data, 3, negative="refuse").explained > 0.999


def test_blocks_agree_with_memory(truth, small_blocks):
    """Mini-batches over blocks of two rows, started from a third of the spectra."""
    counts = np.random.default_rng(3).poisson(truth[0] @ truth[1]).astype(np.float32)
    whole, blocks = nmf(signal(counts), 3), nmf(lazy(counts), 3)
    assert blocks.explained == pytest.approx(whole.explained, abs=2e-3)
    np.testing.assert_allclose(blocks.abundances.data, whole.abundances.data, atol=0.08)
    assert "mini-batches" in blocks.report[-1]
    for k in range(3):
        one, other = whole.endmembers.data[k], blocks.endmembers.data[k]
        assert np.corrcoef(one, other)[0, 1] > 0.995


def test_large_arrays_in_memory_are_read_by_blocks(spectra, small_blocks, monkeypatch):
    assert "converged" in nmf(signal(spectra), 3).report[-1]
    monkeypatch.setattr(eelscape.nmf_task, "WHOLE_BYTES", spectra.nbytes - 1)
    found, expected = nmf(signal(spectra), 3), nmf(lazy(spectra), 3)
    assert "mini-batches" in found.report[-1]
    # Blocks of a Dask array end where its chunks do: other batches, nearly the same result.
    np.testing.assert_allclose(found.abundances.data, expected.abundances.data, atol=0.08)


def test_blocks_agree_with_memory_under_poisson_scaling(truth, small_blocks):
    counts = np.random.default_rng(3).poisson(truth[0] @ truth[1]).astype(np.float32)
    whole = nmf(signal(counts), 3, scaling="poisson")
    blocks = nmf(lazy(counts), 3, scaling="poisson")
    assert blocks.explained == pytest.approx(whole.explained, abs=2e-3)
    np.testing.assert_allclose(blocks.abundances.data, whole.abundances.data, atol=0.08)


def test_lazy_spectra_are_read_in_parts(spectra, small_blocks):
    """[D2] Lazy spectra are never computed whole: a sample, then two rows at a time, twice."""
    array = da.from_array(spectra, chunks=(1, NX, CHANNELS))
    asked = []

    class Watched:
        """Stands for the array; notes what is asked for, and can't be computed whole."""

        shape, dtype, chunks = array.shape, array.dtype, array.chunks

        def __getitem__(self, key):
            asked.append(array[key].shape)
            return array[key]

    data = lazy(spectra)
    data.spectra = Watched()
    assert nmf(data, 2).abundances.shape == (NY, NX, 2)
    sample, *blocks = asked
    assert sample[0] * sample[1] <= 60
    assert max(shape[0] for shape in blocks) <= 2
    assert sum(shape[0] for shape in blocks) == 2 * NY


def test_sample_is_spread_and_bounded():
    for rows, columns, channels in ((1, 1, 10), (62, 75, 640), (1000, 1000, 2048), (3, 90000, 4)):
        chosen, step = rows_for_sample(rows, columns, channels)
        spectra = len(chosen) * len(range(0, columns, step))
        assert 1 <= spectra <= 8192 and spectra * channels * 4 <= 64 * 2**20
        assert chosen[0] == 0 and (rows < 2 or chosen[-1] in (0, rows - 1))
    chosen, step = rows_for_sample(1000, 1000, 2048)
    assert len(chosen) >= 8 and np.diff(chosen).max() < 250


def test_sample_without_usable_pixels(spectra, small_blocks):
    """Where the sampled rows hold nothing, spectra are looked for elsewhere."""
    chosen, _ = rows_for_sample(NY, NX, CHANNELS)
    mask = np.zeros((NY, NX), bool)
    mask[chosen] = True
    assert not mask.all()
    found = nmf(lazy(spectra, mask), 2)
    assert np.isfinite(found.abundances.data[~mask]).all()


@pytest.mark.parametrize("form", ["memory", "lazy"])
def test_progress_and_cancel(spectra, form, small_blocks):
    data = signal(spectra) if form == "memory" else lazy(spectra)
    told = []
    nmf(data, 3, progress=lambda fraction, text: told.append((fraction, text)))
    fractions = [fraction for fraction, _ in told]
    assert len(told) > 3 and all(text for _, text in told)
    assert fractions == sorted(fractions) and 0 <= fractions[0] and fractions[-1] <= 1
    for after in (0, 2, len(told) - 2):
        asked = []

        def cancelled(after=after, asked=asked):
            asked.append(None)
            return len(asked) > after

        with pytest.raises(Cancelled):
            nmf(data, 3, cancelled=cancelled)
        assert len(asked) == after + 1


def test_inputs_of_all_kinds(spectra):
    """Signal, array, integers, energy first, Dataset, SpectrumImage."""
    counts = spectra.round().astype(np.uint16)
    expected = nmf(signal(counts.astype(np.float32)), 2)
    first = Signal(np.moveaxis(counts, 2, 0), [AXES[2], *AXES[:2]], "a film", "counts")
    data = Dataset(counts, np.zeros((NY, NX)), *AXES, title="a film", spectra_units="counts")
    image = SpectrumImage(counts, np.zeros((NY, NX), np.float32), *AXES)
    for given in (counts, signal(counts), first, data, image):
        found = nmf(given, 2)
        np.testing.assert_allclose(found.abundances.data, expected.abundances.data, atol=1e-5)
    assert nmf(first, 2).endmembers.axes == expected.endmembers.axes


def test_descending_energies_come_back_ascending(spectra):
    """[D6] [D8] A descending axis is flipped; the result's axis says what its values are."""
    down = Signal(spectra[..., ::-1], [*AXES[:2], AXES[2].reversed()], units="counts")
    found, expected = nmf(down, 3), nmf(signal(spectra), 3)
    np.testing.assert_allclose(found.endmembers.data, expected.endmembers.data, rtol=1e-4, atol=0.1)
    assert (np.diff(found.endmembers.axes[1].array) > 0).all()


def test_hyperspy(spectra):
    """In from HyperSpy, lazy as well, and back with calibrated axes and the component first."""
    pytest.importorskip("hyperspy", reason="needs HyperSpy")
    source = signal(spectra, simulated=True).to_hyperspy()
    found = nmf(source, 3)
    expected = nmf(signal(spectra), 3)
    np.testing.assert_allclose(found.abundances.data, expected.abundances.data, atol=1e-5)
    assert found.endmembers.axes[1] == AXES[2] and found.abundances.axes[:2] == AXES[:2]
    assert found.endmembers.units == "counts" and found.endmembers.simulated
    assert "mini-batches" in nmf(source.as_lazy(), 3).report[-1]

    maps, parts = found.to_hyperspy()
    assert maps.axes_manager.navigation_shape == (3,) and maps.axes_manager.signal_shape == (NX, NY)
    assert parts.axes_manager.navigation_shape == (3,)
    assert parts.axes_manager.signal_axes[0].units == "eV"
    np.testing.assert_array_equal(maps.data[1], found.abundances.data[..., 1])
    np.testing.assert_array_equal(parts.inav[2].data, found.endmembers.data[2])
    assert found.endmembers.to_hyperspy().axes_manager.signal_dimension == 1


def test_components_one_by_one(spectra):
    found = nmf(signal(spectra), 3)
    picture, spectrum = found.component(2)
    np.testing.assert_array_equal(picture.data, found.abundances.data[..., 2])
    np.testing.assert_array_equal(spectrum.data, found.endmembers.data[2])
    assert picture.axes == AXES[:2] and spectrum.axes == AXES[2:]
    with pytest.raises(ValueError, match="from 0 to 2"):
        found.component(3)


def test_any_number_of_components():
    rng = np.random.default_rng(4)
    counts = rng.poisson(20, (4, 5, 7)).astype(np.float32)
    data = Signal(counts, [Axis("y", "", 4), Axis("x", "", 5), Axis("Energy", "eV", 7)])
    explained = []
    for components in range(1, 8):
        found = nmf(data, components)
        assert found.abundances.shape == (4, 5, components)
        explained.append(found.explained)
    assert (np.diff(explained) > -1e-3).all() and explained[-1] > explained[0] + 0.01


def test_spectra_of_zeros_have_no_abundance(spectra):
    spectra[5, 5] = 0
    for data in (signal(spectra), lazy(spectra)):
        found = nmf(data, 3)
        np.testing.assert_allclose(found.abundances.data[5, 5], 0, atol=1e-4)
    parts = peaks([15, 40, 62]).astype(np.float32)
    assert (amounts_of(np.zeros((2, CHANNELS), np.float32), parts) == 0).all()
    assert amounts_of(np.zeros((0, CHANNELS), np.float32), parts).shape == (0, 3)


def test_amounts_are_non_negative_least_squares():
    """As SciPy finds them spectrum by spectrum, parts that resemble each other included."""
    rng = np.random.default_rng(6)
    parts = peaks([20, 26, 50, 70], 8.0).astype(np.float32)
    spectra = rng.normal(rng.uniform(-0.3, 1, (200, 4)) @ parts, 0.1).astype(np.float32)
    expected = np.array([nnls(parts.T.astype(float), s.astype(float))[0] for s in spectra])
    assert (expected == 0).sum() > 100
    np.testing.assert_allclose(amounts_of(spectra, parts), expected, atol=1e-4)
    parts[1] = 0  # a part that nothing is made of
    assert (amounts_of(spectra, parts)[:, 1] == 0).all()


def test_sum_of_squares_of_large_arrays(monkeypatch):
    monkeypatch.setattr(eelscape.nmf_solver, "_SIZE", 64)
    rng = np.random.default_rng(5)
    data, amounts, parts = (
        rng.random(shape).astype(np.float32) for shape in ((9, 20), (9, 2), (2, 20))
    )
    whole, rest = squares(data, amounts, parts)
    assert whole == pytest.approx(float((data.astype(float) ** 2).sum()))
    assert rest == pytest.approx(float(((data - amounts @ parts).astype(float) ** 2).sum()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"components": 0}, r"components is 0; 12 x 15 spectra of 80 channels have 1 to 80"),
        ({"components": 81}, "1 to 80"),
        ({"components": 2.5}, "components is 2.5"),
        ({"components": True}, "components is True"),
        ({"negative": "keep"}, "'clip', 'refuse'"),
        ({"scaling": "sqrt"}, "None, 'poisson'"),
    ],
)
def test_wrong_arguments(spectra, arguments, message):
    with pytest.raises(ValueError, match=message):
        nmf(signal(spectra), **arguments)


@pytest.mark.parametrize("form", ["memory", "lazy"])
def test_nothing_to_factorise(spectra, form):
    def make(values, mask=None):
        if form == "lazy":
            return lazy(values, mask)
        return SpectrumImage(values, np.zeros((NY, NX), np.float32), *AXES, mask=mask)

    with pytest.raises(ValueError, match="All 180 pixels are masked or hold NaN"):
        nmf(make(np.full_like(spectra, np.nan)))
    with pytest.raises(ValueError, match="No value of the spectra is above 0"):
        nmf(make(-spectra))
    mask = np.ones((NY, NX), bool)
    mask[0, :3] = False
    with pytest.raises(ValueError, match="4 components need as many spectra; 3 of 180"):
        nmf(make(spectra, mask))
    with pytest.raises(ValueError, match="3 are needed"):
        nmf(spectra[0])


def test_picture_in_the_notebook(spectra):
    """[F4] Titles and units are shown as text."""
    evil = "<script>alert(1)</script> $\\frac{"
    axes = [AXES[0], AXES[1], Axis("<b>E</b>", "$eV", CHANNELS, 0.01, 0.2)]
    found = nmf(Signal(spectra, axes, evil, "<i>$counts", simulated=True), 3)
    html = found._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "<i>" not in html
    assert html.count("data:image/png;base64,") == 1 and "Simulated data" in html
    assert "3 components explain" in html
    assert "3 components" in repr(found)
    many = nmf(signal(spectra), 9)._repr_html_()
    assert "The picture shows the first 8 components" in many
