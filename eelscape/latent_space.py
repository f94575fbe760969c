"""The latent space of a model: encodings, grids, back-projection, clusters, veracity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .clusters import Clusters
from .evaluation import WindowTable
from .latent import BackProjection, LatentGrid, grid_nodes
from .mixture import bic_curve, fit_mixture
from .prediction import Predictor
from .veracity import Veracity, dispersions, nearest_others, rank_correlation, whole_dispersion
from .windows import scatter

if TYPE_CHECKING:
    from .axes import Axis


class LatentSpace(Predictor):
    """What a model says of the latent space; `Model` documents what it is made of."""

    y: Axis
    x: Axis
    _table: WindowTable

    def latents(self, as_signal: bool = False) -> Any:
        """Encodings of every window of the data, from the browser where it sent them.

        Returns
        -------
        (ny, nx, latent_dims) array of float32
            NaN where no whole, unmasked window fits; a HyperSpy signal where `as_signal`.
        """
        positions, latents = self._table.latents()
        out = scatter(latents, positions, self.y.size, self.x.size)
        return self._signal(out, "latents", "latents") if as_signal else out

    def latent_grid(
        self, size: int = 16, axes: tuple[int, ...] = (0, 1), at: Any = None
    ) -> LatentGrid:
        """A uniform grid over the latent space, decoded in the kernel.

        Parameters
        ----------
        size : int
            Nodes along each axis.
        axes : pair of int
            The latents along the columns and along the rows.
        at : (latent_dims,) array, optional
            Where the other latents are held; the mean of all encodings by default.

        Returns
        -------
        LatentGrid
            Named tuple (nodes (size, size, n), decoded (size, size, ...)). Node [r, c] has
            latent axes[1] at step r and latent axes[0] at step c, from the minimum to the
            maximum over all valid, unmasked windows, whatever their part. With one latent, a
            line: (size, 1) and (size, ...).
        """
        _, latents = self._table.latents()
        nodes = grid_nodes(latents, size, axes, at)
        decoded = self.decode(nodes.reshape(-1, self.latent_dims))
        return LatentGrid(nodes, decoded.reshape(*nodes.shape[:-1], *decoded.shape[1:]))

    def back_project(self, points: Any, k: int = 3) -> BackProjection:
        """The measured features whose encodings lie nearest to points of the latent space.

        Parameters
        ----------
        points : (m, latent_dims) or (latent_dims,) array
            Any number of leading axes; the results have the same.
        k : int
            Number of neighbours.

        Returns
        -------
        BackProjection
            Named tuple (mean, positions, distances, dispersion). Neighbours are sought among all
            valid, unmasked windows by Euclidean distance in float64; ties go to the lowest
            row-major index.
        """
        found = self._table.back_project(points, k)
        return found._replace(mean=self._features_in_order(found.mean))

    def clusters(
        self, k: int = 8, seed: int = 0, covariance: str = "full", neighbours: int = 3
    ) -> Clusters:
        """A Gaussian mixture of the encodings of every window, whatever their part.

        scikit-learn's `GaussianMixture` from three starts, on the encodings as they are; the panel
        shows the same.

        Parameters
        ----------
        k : int
            Number of clusters.
        seed : int
            Of the starts; the same seed gives the same clusters.
        covariance : {"full", "tied", "diag", "spherical"}
            Shape of the Gaussians.
        neighbours : int
            Windows that the back-projection of a centroid is the mean of.

        Returns
        -------
        Clusters
            Labels and responsibilities on the navigation axes, means, covariances, sizes, BIC,
            decoded and back-projected centroids; cluster 0 has most windows.
        """
        positions, latents = self._table.latents()
        found = fit_mixture(latents, k, seed, covariance)
        ny, nx = self.y.size, self.x.size
        labels = np.full(ny * nx, -1, np.int32)
        labels[positions] = found.labels
        return Clusters(
            labels=labels.reshape(ny, nx),
            responsibilities=scatter(found.responsibilities, positions, ny, nx),
            means=found.means,
            covariances=found.covariances,
            weights=found.weights,
            sizes=np.bincount(found.labels, minlength=k),
            decoded=self.decode(found.means.astype(np.float32)),
            back_projected=self.back_project(found.means, neighbours).mean,
            bic=found.bic,
            converged=found.converged,
            seed=seed,
            neighbours=neighbours,
            covariance=covariance,
        )

    def cluster_bic(
        self, components: Iterable[int] = range(1, 17), seed: int = 0, covariance: str = "full"
    ) -> dict[int, float]:
        """Bayesian information criterion of mixtures with different numbers of clusters.

        Parameters
        ----------
        components : int
            Numbers of clusters.
        seed, covariance : as for `clusters`

        Returns
        -------
        dict
            BIC by number of clusters; the lower, the better.
        """
        _, latents = self._table.latents()
        return bic_curve(latents, components, seed, covariance)

    def veracity(self, k: int = 10) -> Veracity:
        """Whether windows whose encodings are near are alike in feature space too.

        Parameters
        ----------
        k : int
            Nearest others of each window, by Euclidean distance of their encodings.

        Returns
        -------
        Veracity
            Dispersions (ny, nx) in feature and latent space, and their rank correlation.
        """
        positions, latents = self._table.latents()
        neighbours = nearest_others(latents, k)
        features, span = self._table.unit_features()
        feature = dispersions(features, neighbours) / span
        latent = dispersions(latents, neighbours)
        ny, nx = self.y.size, self.x.size
        return Veracity(
            scatter(feature, positions, ny, nx),
            scatter(latent, positions, ny, nx),
            whole_dispersion(features) / span,
            whole_dispersion(latents),
            rank_correlation(feature, latent),
            int(k),
        )
