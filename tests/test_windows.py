"""Where windows fit, cutting them out, and the error measures of one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eelscape.error_maps import window_errors
from eelscape.windows import cut_windows, positions_of_windows, scatter


def test_the_papers_counts():
    assert len(positions_of_windows(62, 75, 16)) == 2820
    assert len(positions_of_windows(62, 75, 16, windows="paper")) == 46 * 59
    rows, columns = np.divmod(positions_of_windows(62, 75, 16), 75)
    # 8 pixels without a value at the top and left, 7 at the bottom and right.
    assert (rows.min(), rows.max()) == (8, 54)
    assert (columns.min(), columns.max()) == (8, 67)


@given(
    ny=st.integers(1, 12),
    nx=st.integers(1, 12),
    half=st.integers(2, 4),
    paper=st.booleans(),
    seed=st.integers(0, 5),
)
def test_positions_by_definition(ny, nx, half, paper, seed):
    mask = np.random.default_rng(seed).random((ny, nx)) < 0.03
    expected = [
        i * nx + j
        for i in range(half, ny - half + 1 - paper)
        for j in range(half, nx - half + 1 - paper)
        if not mask[i - half : i + half, j - half : j + half].any()
    ]
    found = positions_of_windows(ny, nx, 2 * half, mask, "paper" if paper else "all")
    assert found.dtype == np.int32
    assert found.tolist() == expected


def test_unknown_set_is_refused():
    with pytest.raises(ValueError, match="'all', 'paper'"):
        positions_of_windows(20, 20, 4, windows="most")


def test_pixel_is_the_middle_element():
    image = np.arange(20 * 30, dtype=np.float32).reshape(20, 30)
    positions = positions_of_windows(20, 30, 6)
    windows = cut_windows(image, positions, 6)
    assert windows.shape == (15 * 25, 6, 6)
    np.testing.assert_array_equal(windows[:, 3, 3], image.ravel()[positions])
    np.testing.assert_array_equal(windows[0], image[:6, :6])
    np.testing.assert_array_equal(windows[-1], image[-6:, -6:])


def test_scatter_leaves_nan_elsewhere():
    out = scatter(np.array([[1.0, 2.0], [3.0, 4.0]]), [1, 5], 2, 3)
    assert out.shape == (2, 3, 2) and out.dtype == np.float32
    np.testing.assert_array_equal(out[0, 1], [1, 2])
    np.testing.assert_array_equal(out[1, 2], [3, 4])
    assert np.isnan(out).sum() == 8


def test_errors_by_formula():
    random = np.random.default_rng(3)
    p, t = random.normal(5, 3, (2, 7, 4, 5))
    low, high = -1.0, 9.0
    a, b = (p - low) / 10, (t - low) / 10
    mse = ((a - b) ** 2).mean(axis=(1, 2))
    expected = {
        "relative": np.sqrt(mse / ((a + b) ** 2).mean(axis=(1, 2))),
        "rmse": np.sqrt(mse),
        "mse": mse,
        "mse_raw": ((p - t) ** 2).mean(axis=(1, 2)),
    }
    for metric, values in expected.items():
        found = window_errors(p, t, (low, high), metric)
        np.testing.assert_allclose(found, values, rtol=1e-12)


def test_relative_error_of_nothing_is_nothing():
    zeros, ones = np.zeros((1, 5)), np.ones((1, 5))
    assert window_errors(zeros, zeros, (0, 1)) == [0]
    assert window_errors(ones, ones, (0, 1)) == [0]
    assert window_errors(zeros, ones, (0, 1)) == [1]
    assert np.isinf(window_errors(-ones, ones, (0, 1)))
    assert np.isnan(window_errors(np.full((1, 5), np.nan), ones, (0, 1)))


def test_a_detectors_offset_does_not_flatter():
    p, t = np.full((1, 4), 1010.0), np.full((1, 4), 1000.0)
    assert window_errors(p, t, (1000, 1020)) == pytest.approx([1.0])


def test_unknown_metric_is_refused():
    with pytest.raises(ValueError, match="'relative', 'rmse', 'mse', 'mse_raw'"):
        window_errors(np.ones((1, 2)), np.ones((1, 2)), (0, 1), "percent")
