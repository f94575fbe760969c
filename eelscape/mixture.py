"""Gaussian mixtures of encodings, by scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from .nmf_solver import Watch

COVARIANCES = ("full", "tied", "diag", "spherical")
"""Shapes that the components may have: scikit-learn's names."""
STARTS = 3
"""Fits from different starts, the best of which is taken: a single one ends in worse optima."""
ITERATIONS = 300
MOST_COMPONENTS = 64


class Mixture(NamedTuple):
    """A mixture of k Gaussians over n encodings of z latents; component 0 has most encodings.

    Attributes
    ----------
    labels : (n,) array of int32
        The component with the largest responsibility; -1 for an encoding that is not finite.
    responsibilities : (n, k) array of float64
        Share of an encoding that each component has: rows sum to 1, NaN where not finite.
    means : (k, z) array of float64
    covariances : (k, z, z) array of float64
    weights : (k,) array of float64
        Shares of the mixture; sum 1.
    bic : float
        Bayesian information criterion: the lower, the better.
    converged : bool
    """

    labels: np.ndarray
    responsibilities: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    weights: np.ndarray
    bic: float
    converged: bool


def fit_mixture(
    encodings: np.ndarray, k: int = 8, seed: int = 0, covariance: str = "full"
) -> Mixture:
    """Fit a mixture to encodings (n, z), as they are: in float64, not standardised.

    The same as `sklearn.mixture.GaussianMixture(k, covariance_type=covariance, n_init=3,
    max_iter=300, random_state=seed)`, with the components in the order of their sizes.

    Raises
    ------
    ValueError
        Where an argument is out of range or fewer than k encodings are finite.
    """
    encodings, finite = _checked(encodings, k, seed, covariance)
    fitted = _fit(encodings[finite], k, seed, covariance)
    inside = encodings[finite]
    shares = fitted.predict_proba(inside)
    sizes = np.bincount(shares.argmax(axis=1), minlength=k)
    order = np.argsort(-sizes, kind="stable")
    shares = shares[:, order]
    labels = np.full(len(encodings), -1, np.int32)
    labels[finite] = shares.argmax(axis=1)
    responsibilities = np.full((len(encodings), k), np.nan)
    responsibilities[finite] = shares
    return Mixture(
        labels,
        responsibilities,
        fitted.means_[order],
        _full(fitted.covariances_, covariance, k, encodings.shape[1])[order],
        fitted.weights_[order],
        float(fitted.bic(inside)),
        bool(fitted.converged_),
    )


def bic_curve(
    encodings: np.ndarray,
    components: Iterable[int],
    seed: int = 0,
    covariance: str = "full",
    watch: Watch | None = None,
) -> dict[int, float]:
    """BIC of mixtures with different numbers of components.

    Parameters
    ----------
    encodings : (n, z) array
    components : int
        Numbers of components, in any order.
    seed, covariance : as for `fit_mixture`
    watch : Watch, optional
        Told the share done; may end the work between two fits.

    Returns
    -------
    dict
        BIC by number of components.
    """
    numbers = [int(k) for k in components]
    found = {}
    for done, k in enumerate(numbers):
        if watch is not None:
            watch.say(done / len(numbers), f"BIC of {k} clusters")
        values, finite = _checked(encodings, k, seed, covariance)
        found[k] = float(_fit(values[finite], k, seed, covariance).bic(values[finite]))
    return found


def moments(encodings: np.ndarray, responsibilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means (k, z), covariances (k, z, z) of encodings (n, z) weighted by responsibilities (n, k).

    What one step of expectation maximisation takes them for, without its regularisation.
    """
    encodings = np.asarray(encodings, np.float64)
    shares = np.asarray(responsibilities, np.float64)
    totals = shares.sum(axis=0)
    means = shares.T @ encodings / totals[:, None]
    away = encodings[:, None, :] - means
    covariances = np.einsum("nk,nki,nkj->kij", shares, away, away) / totals[:, None, None]
    return means, covariances


def _fit(encodings: np.ndarray, k: int, seed: int, covariance: str):
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    # On encodings of few latents threads wait for one another longer than they work.
    with threadpool_limits(1), warnings.catch_warnings():
        # `converged` says it; fewer distinct points than components are told by k-means as well.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return GaussianMixture(
            k, covariance_type=covariance, n_init=STARTS, max_iter=ITERATIONS, random_state=seed
        ).fit(encodings)


def _checked(
    encodings: np.ndarray, k: int, seed: int, covariance: str
) -> tuple[np.ndarray, np.ndarray]:
    """The encodings in float64, and which are finite."""
    values = np.asarray(encodings, np.float64)
    if values.ndim != 2 or not values.shape[1]:
        raise ValueError(f"Encodings have shape (n, latents); got {values.shape}.")
    finite = np.isfinite(values).all(axis=1)
    most = min(MOST_COMPONENTS, int(np.count_nonzero(finite)))
    whole = isinstance(k, (int, np.integer)) and not isinstance(k, bool)
    if most < 2:
        raise ValueError(f"{most} windows have finite encodings: a mixture needs at least 2.")
    if not whole or not 1 <= k <= most:
        raise ValueError(f"k is {k!r}; {len(values)} encodings allow 1 to {most} clusters.")
    if covariance not in COVARIANCES:
        raise ValueError(
            f"covariance is {covariance!r}; allowed: {', '.join(map(repr, COVARIANCES))}."
        )
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise ValueError(f"seed is {seed!r}; it must be a whole number from 0 to 2**32 - 1.")
    return values, finite


def _full(covariances: np.ndarray, kind: str, k: int, z: int) -> np.ndarray:
    """Covariances of any kind as k matrices."""
    if kind == "full":
        return covariances
    if kind == "tied":
        return np.broadcast_to(covariances, (k, z, z))
    if kind == "diag":
        return covariances[:, :, None] * np.eye(z)
    return covariances[:, None, None] * np.eye(z)
