"""Latent grids and nearest encodings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eelscape.latent import grid_nodes, mean_and_dispersion, nearest_encodings


def test_grid_rows_run_along_the_second_axis():
    encodings = np.array([[0.0, 10.0, 5.0], [1.0, 30.0, 7.0], [0.5, 11.0, 9.0]])
    nodes = grid_nodes(encodings, 5, (0, 1))
    assert nodes.shape == (5, 5, 3) and nodes.dtype == np.float32
    np.testing.assert_allclose(nodes[0, :, 0], [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(nodes[:, 0, 1], [10, 15, 20, 25, 30])
    # The third latent is held at its mean.
    np.testing.assert_allclose(nodes[..., 2], 7)
    swapped = grid_nodes(encodings, 5, (1, 2), at=[0.3, 99, 99])
    np.testing.assert_allclose(swapped[:, 0, 2], [5, 6, 7, 8, 9])
    np.testing.assert_allclose(swapped[3, :, 1], [10, 15, 20, 25, 30])
    np.testing.assert_allclose(swapped[..., 0], 0.3, rtol=1e-6)


def test_one_latent_makes_a_line():
    nodes = grid_nodes(np.array([[2.0], [4.0]]), 3)
    np.testing.assert_array_equal(nodes, [[2], [3], [4]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 1}, "at least 2"),
        ({"size": 2.5}, "at least 2"),
        ({"axes": (0, 0)}, "two different latents"),
        ({"axes": (0, 2)}, "latents 0 to 1"),
        ({"axes": (-1, 0)}, "latents 0 to 1"),
        ({"axes": (0, 1, 1)}, "two different latents"),
        ({"at": [1.0]}, "2 finite values"),
        ({"at": [1.0, np.nan]}, "2 finite values"),
    ],
)
def test_grid_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        grid_nodes(np.eye(2), **arguments)


@given(seed=st.integers(0, 50), k=st.integers(1, 6), n=st.integers(1, 4), coarse=st.booleans())
def test_nearest_by_sorting_everything(seed, k, n, coarse):
    random = np.random.default_rng(seed)
    if coarse:
        # Whole numbers make many ties.
        encodings, points = random.integers(0, 3, (40, n)), random.integers(0, 3, (5, n))
    else:
        encodings, points = random.normal(size=(40, n)), random.normal(size=(5, n))
    indices, distances = nearest_encodings(points, encodings, k)
    for row, point in enumerate(points):
        squares = [
            sum((float(p) - float(v)) ** 2 for p, v in zip(point, encoding, strict=True))
            for encoding in encodings
        ]
        order = sorted(range(40), key=lambda i: (squares[i], i))[:k]
        assert indices[row].tolist() == order
        np.testing.assert_allclose(distances[row], np.sqrt([squares[i] for i in order]))


def test_small_differences_far_from_zero_are_seen():
    # Expanding the square, |p|^2 - 2 p.e + |e|^2, would lose all of these digits.
    encodings = np.array([[1e6 + 3e-4], [1e6 + 1e-4], [1e6 + 2e-4]])
    indices, distances = nearest_encodings(np.array([[1e6]]), encodings, 3)
    assert indices.tolist() == [[1, 2, 0]]
    np.testing.assert_allclose(distances, [[1e-4, 2e-4, 3e-4]], rtol=1e-5)


def test_many_points_are_taken_in_pieces():
    random = np.random.default_rng(0)
    encodings, points = random.normal(size=(2_000_000, 1)), random.normal(size=(5, 1))
    indices, _ = nearest_encodings(points, encodings, 1)
    expected = [np.argmin(np.abs(encodings[:, 0] - point[0])) for point in points]
    assert indices[:, 0].tolist() == expected


def test_dispersion_is_not_divided_by_the_length():
    features = np.zeros((1, 2, 4))
    features[0, 1] = 2.0
    mean, dispersion = mean_and_dispersion(features, 10.0)
    np.testing.assert_array_equal(mean, np.ones((1, 4)))
    # Each lies sqrt(4 * 0.1^2) = 0.2 from the mean on the [0, 1] scale.
    np.testing.assert_allclose(dispersion, [0.2])
    assert mean_and_dispersion(features[:, :1], 10.0)[1] == [0]
