"""Clusters of a model's encodings, on the scan and in the units of its data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(eq=False)
class Clusters:
    """A Gaussian mixture of the encodings of every window; cluster 0 has most windows.

    Attributes
    ----------
    labels : (ny, nx) array of int32
        The cluster of the window at each pixel; -1 where no whole, unmasked window fits.
    responsibilities : (ny, nx, k) array of float32
        Share of a window that each cluster has: they sum to 1; NaN where no window fits.
    means : (k, latent_dims) array of float64
        Centroids in latent space.
    covariances : (k, latent_dims, latent_dims) array of float64
    weights : (k,) array of float64
        Shares of the mixture; sum 1.
    sizes : (k,) array of int64
        Windows of each cluster.
    decoded : (k, L) or (k, w, w) array of float32
        What the decoder makes of the centroids, in the units of the targets.
    back_projected : (k, w, w) or (k, L) array of float32
        Mean feature of the `neighbours` windows nearest to each centroid, in data units.
    bic : float
        Bayesian information criterion: the lower, the better.
    converged : bool
        False where the iterations ended before the fit did.
    seed, neighbours : int
    covariance : {"full", "tied", "diag", "spherical"}
    """

    labels: np.ndarray
    responsibilities: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    weights: np.ndarray
    sizes: np.ndarray
    decoded: np.ndarray
    back_projected: np.ndarray
    bic: float
    converged: bool
    seed: int
    neighbours: int
    covariance: str

    @property
    def k(self) -> int:
        """Number of clusters."""
        return len(self.weights)

    def mask(self, cluster: int) -> np.ndarray:
        """(ny, nx) bool: the windows of a cluster; the first is 0."""
        if not 0 <= cluster < self.k:
            raise ValueError(f"There is no cluster {cluster}: they run from 0 to {self.k - 1}.")
        return self.labels == cluster

    def __repr__(self) -> str:
        sizes = ", ".join(map(str, self.sizes))
        return (
            f"<Clusters: {self.k} Gaussians ({self.covariance}, seed {self.seed}) of "
            f"{int(self.sizes.sum())} windows: {sizes}; BIC {self.bic:.0f}"
            f"{'' if self.converged else '; not converged'}>"
        )
