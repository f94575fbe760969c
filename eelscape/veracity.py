"""Veracity of back-projection: is near in latent space also near in feature space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Values of neighbours' features that are held at once.
_SIZE = 4_000_000


@dataclass(eq=False)
class Veracity:
    """Dispersions of each window's k nearest others, in feature and in latent space.

    A dispersion is sqrt(mean_i ||v_i - mean||^2), as of a back-projection. Divided by `whole_...`
    both are shares of what all windows spread: the panel shows these.

    Attributes
    ----------
    feature : (ny, nx) array of float32
        Of the neighbours' features on the [0, 1] scale; NaN where no window fits.
    latent : (ny, nx) array of float32
        Of their encodings.
    whole_feature, whole_latent : float
        The same of all windows together.
    rank_correlation : float
        Spearman's, of the two maps: 1 where windows spread the more in feature space, the more
        they do in latent space; 0 where one says nothing of the other. NaN where one is constant.
    k : int
    """

    feature: np.ndarray
    latent: np.ndarray
    whole_feature: float
    whole_latent: float
    rank_correlation: float
    k: int

    @property
    def ratio(self) -> np.ndarray:
        """(ny, nx) (feature / whole_feature) / (latent / whole_latent); NaN where latent is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            out = (self.feature / self.whole_feature) / (self.latent / self.whole_latent)
        return np.where(self.latent > 0, out, np.nan)

    def __repr__(self) -> str:
        windows = int(np.count_nonzero(np.isfinite(self.feature)))
        return (
            f"<Veracity: {self.k} neighbours of {windows} windows, "
            f"rank correlation {self.rank_correlation:.3f}>"
        )


def nearest_others(encodings: np.ndarray, k: int) -> np.ndarray:
    """(n, k) indices of the encodings (n, z) nearest to each, itself left out.

    Euclidean in float64, nearest first; by a tree, so that large scans take seconds. Of more than
    k at the same distance, which only equal encodings have, any may be left out.
    """
    from scipy.spatial import cKDTree

    encodings = np.asarray(encodings, np.float64)
    n = len(encodings)
    if isinstance(k, bool) or int(k) != k or not 2 <= k < n:
        raise ValueError(f"k is {k!r}; {n} windows allow 2 to {n - 1} neighbours.")
    _, found = cKDTree(encodings).query(encodings, int(k) + 1)
    itself = found == np.arange(n)[:, None]
    # Where k others lie at the same place, the point itself may be missing: the last one goes.
    itself[~itself.any(axis=1), -1] = True
    return found[~itself].reshape(n, int(k))


def dispersions(values: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """(n,) RMS distance of the values (n, d) of k neighbours (n, k) from their mean."""
    n, k = neighbours.shape
    out = np.empty(n)
    step = max(1, _SIZE // (k * max(1, values.shape[1])))
    for start in range(0, n, step):
        near = values[neighbours[start : start + step]].astype(np.float64)
        out[start : start + step] = np.sqrt(near.var(axis=1).sum(axis=1))
    return out


def whole_dispersion(values: np.ndarray) -> float:
    """RMS distance of values (n, d) from their mean."""
    mean = values.mean(axis=0, dtype=np.float64)
    step = max(1, _SIZE // max(1, values.shape[1]))
    parts = (values[start : start + step] for start in range(0, len(values), step))
    return float(np.sqrt(sum(((part - mean) ** 2).sum() for part in parts) / len(values)))


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation; NaN where either is constant."""
    from scipy.stats import spearmanr

    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(spearmanr(a, b).statistic)
