"""Clusters and veracity of a model against scikit-learn, SciPy and plain NumPy."""

import numpy as np
import pytest
from model_case import Case, close
from scipy.stats import spearmanr
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _estimate_gaussian_parameters
from sklearn.neighbors import NearestNeighbors

from eelscape.cluster_task import clusters, clusters_bic
from eelscape.mixture import COVARIANCES, fit_mixture, moments
from eelscape.spectrum_image import Cancelled
from eelscape.veracity import dispersions, nearest_others


@pytest.fixture(scope="module", params=["im2spec", "spec2im"])
def case(request):
    return Case(request.param)


def three_groups(n=300, z=2):
    random = np.random.default_rng(3)
    centres = np.array([[0.0, 0.0], [6.0, 1.0], [-4.0, 5.0]])
    which = random.choice(3, n, p=[0.5, 0.3, 0.2])
    return (centres[which] + random.normal(size=(n, 2)) * [0.5, 0.8])[:, :z], which


def test_a_mixture_finds_groups_in_the_order_of_their_sizes():
    points, which = three_groups()
    found = fit_mixture(points, 3)
    # Group 0 was drawn most often, and so on: the labels are the groups.
    np.testing.assert_array_equal(found.labels, which)
    assert found.converged and found.labels.dtype == np.int32
    again = fit_mixture(points, 3)
    np.testing.assert_array_equal(again.responsibilities, found.responsibilities)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_a_mixture_is_scikit_learns(covariance):
    points, _ = three_groups()
    found = fit_mixture(points, 3, 5, covariance)
    expected = GaussianMixture(
        3, covariance_type=covariance, n_init=3, max_iter=300, random_state=5
    ).fit(points)
    order = np.argsort(-np.bincount(expected.predict(points)), kind="stable")
    close(found.means, expected.means_[order])
    close(found.weights, expected.weights_[order])
    close(found.responsibilities, expected.predict_proba(points)[:, order])
    close(found.bic, expected.bic(points))
    covariances = np.asarray(expected.covariances_)
    if covariance == "tied":
        covariances = np.stack([covariances] * 3)
    for part, given in zip(found.covariances, covariances[order], strict=True):
        close(part, given if np.ndim(given) == 2 else np.eye(2) * given)


def test_moments_of_given_responsibilities_are_scikit_learns():
    points, _ = three_groups()
    shares = np.random.default_rng(0).dirichlet([1, 1, 1, 1], len(points))
    means, covariances = moments(points, shares)
    _, expected_means, expected = _estimate_gaussian_parameters(points, shares, 0, "full")
    close(means, expected_means)
    close(covariances, expected)


def test_encodings_that_are_not_finite_belong_to_no_cluster():
    points, _ = three_groups()
    points[7] = np.nan
    found = fit_mixture(points, 2)
    assert found.labels[7] == -1 and np.isnan(found.responsibilities[7]).all()
    assert (np.delete(found.labels, 7) >= 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 0}, "1 to 64 clusters"),
        ({"k": 65}, "1 to 64 clusters"),
        ({"k": 2.0}, "1 to 64 clusters"),
        ({"covariance": "round"}, "'full', 'tied'"),
        ({"seed": -1}, "whole number"),
    ],
)
def test_a_mixture_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_mixture(three_groups()[0], **arguments)


def test_clusters_of_a_model(case):
    found = case.model.clusters(4, seed=2, neighbours=2)
    positions, latents = case.positions, case.model.latents().reshape(-1, case.spec.latent_dims)
    expected = fit_mixture(latents[positions], 4, 2)
    labels = found.labels.ravel()
    np.testing.assert_array_equal(labels[positions], expected.labels)
    assert (np.delete(labels, positions) == -1).all()
    np.testing.assert_array_equal(found.sizes, np.bincount(expected.labels, minlength=4))
    assert found.sizes.sum() == len(positions) and (np.diff(found.sizes) <= 0).all()
    close(found.decoded, case.model.decode(expected.means.astype("f4")))
    near = NearestNeighbors(n_neighbors=2).fit(latents[positions].astype("f8"))
    indices = near.kneighbors(expected.means, return_distance=False)
    close(found.back_projected, case.features[indices].mean(axis=1))
    shares = found.responsibilities.reshape(-1, 4)[positions]
    close(shares.sum(axis=1), np.ones(len(positions)))
    assert found.mask(1).sum() == found.sizes[1]
    with pytest.raises(ValueError, match="0 to 3"):
        found.mask(4)
    assert "4 Gaussians" in repr(found)


def test_bic_of_several_numbers(case):
    curve = case.model.cluster_bic([3, 1])
    assert list(curve) == [3, 1]
    assert curve[1] == case.model.clusters(1).bic
    assert curve[3] == case.model.clusters(3).bic


def test_veracity_of_a_model(case):
    found = case.model.veracity(5)
    positions = case.positions
    latents = case.model.latents().reshape(-1, case.spec.latent_dims)[positions].astype("f8")
    low, high = case.model.scaling[case.names[0]]
    features = (case.features.reshape(len(positions), -1).astype("f8") - low) / (high - low)
    near = NearestNeighbors(n_neighbors=6).fit(latents).kneighbors(latents)[1][:, 1:]

    def spread(values):
        picked = values[near]
        away = picked - picked.mean(axis=1, keepdims=True)
        return np.sqrt((away**2).sum(axis=2).mean(axis=1))

    feature, latent = found.feature.ravel(), found.latent.ravel()
    close(feature[positions], spread(features))
    close(latent[positions], spread(latents))
    assert np.isnan(np.delete(feature, positions)).all()
    close(found.whole_feature, np.sqrt(features.var(axis=0).sum()))
    close(found.whole_latent, np.sqrt(latents.var(axis=0).sum()))
    expected = spearmanr(spread(features), spread(latents)).statistic
    assert abs(found.rank_correlation - expected) < 1e-3  # ranks of float32 may change places
    ratio = spread(features) / found.whole_feature / (spread(latents) / found.whole_latent)
    close(found.ratio.ravel()[positions], ratio)
    assert "5 neighbours" in repr(found)
    with pytest.raises(ValueError, match="neighbours"):
        case.model.veracity(1)


def test_a_point_is_no_neighbour_of_itself_even_among_equals():
    points = np.zeros((6, 2))
    found = nearest_others(points, 3)
    assert (found != np.arange(6)[:, None]).all()
    np.testing.assert_array_equal(dispersions(points, found), np.zeros(6))


class _Progress(list):
    def __call__(self, fraction, text):
        self.append((fraction, text))


def params(points, **more):
    import base64

    raw = np.asarray(points, "<f4").tobytes()
    texts = [base64.b64encode(raw[i : i + 6000]).decode() for i in range(0, len(raw), 6000)]
    return {"encodings": texts, "latents": points.shape[1], "seed": 0, "covariance": "full"} | more


def test_tasks_of_the_panel():
    points = three_groups(2000)[0].astype("f4")
    result = clusters(None, None, params(points, components=3), _Progress(), lambda: False)
    expected = fit_mixture(points, 3)
    np.testing.assert_array_equal(result.arrays["labels"], expected.labels)
    assert result.fields == {"bic": expected.bic, "converged": True}
    progress = _Progress()
    curve = clusters_bic(None, None, params(points[:200], most=4), progress, lambda: False)
    np.testing.assert_array_equal(curve.arrays["components"], [1, 2, 3, 4])
    assert curve.arrays["bic"].argmin() == 2 and [f for f, _ in progress] == [0, 0.25, 0.5, 0.75]
    with pytest.raises(Cancelled):
        clusters_bic(None, None, params(points, most=4), progress, lambda: True)
    with pytest.raises(Cancelled):
        clusters(None, None, params(points, components=2), progress, lambda: True)


@pytest.mark.parametrize(
    "change", [{"encodings": ["??"]}, {"encodings": None}, {"latents": 0}, {"components": "3"}]
)
def test_tasks_refuse(change):
    asked = params(three_groups()[0], components=3) | change
    with pytest.raises(ValueError):
        clusters(None, None, asked, _Progress(), lambda: False)
