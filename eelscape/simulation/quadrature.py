"""Points and weights on the surface of a superellipsoid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True)
class Surface:
    """Quadrature of a closed surface: points (N, 3) nm, unit normals (N, 3), weights (N,) nm^2."""

    points: np.ndarray
    normals: np.ndarray
    weights: np.ndarray


@lru_cache(maxsize=16)
def cube_sphere(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions and solid angles on the unit sphere.

    Each face of the cube is mapped by X = tan(pi u / 4), Y = tan(pi v / 4) with Gauss-Legendre
    nodes u, v, so that nodes crowd neither at the corners nor at the centre (equiangular
    cubed sphere; Ronchi, Iacono, Paolucci 1996, unverified source).

    Parameters
    ----------
    order : int
        Nodes along each side of a face. Must be even: an odd order puts nodes at z = 0, where
        folding the surface onto its upper half would count them twice.

    Returns
    -------
    directions : (6 order^2, 3) array
        Unit vectors.
    solid_angles : (6 order^2,) array
        Sum is 4 pi.

    Raises
    ------
    ValueError
        For an odd order or one below 2.
    """
    if order < 2 or order % 2:
        raise ValueError(f"The quadrature order must be even and at least 2, not {order}.")
    nodes, weights = np.polynomial.legendre.leggauss(order)
    x, y = (np.tan(np.pi * t / 4).ravel() for t in np.meshgrid(nodes, nodes, indexing="ij"))
    jacobian = (np.pi / 4) ** 2 * (1 + x * x) * (1 + y * y) / (1 + x * x + y * y) ** 1.5
    one = np.ones_like(x)
    faces = []
    for sign in (1, -1):
        faces.append(np.column_stack([sign * one, x, y]))
        faces.append(np.column_stack([x, sign * one, y]))
        faces.append(np.column_stack([x, y, sign * one]))
    directions = np.vstack(faces)
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    return directions, np.tile(jacobian * np.outer(weights, weights).ravel(), 6)


def superellipsoid(semi_axes: np.ndarray, exponent: float, order: int) -> Surface:
    """Surface sum |x_i / s_i|^n = 1 about the origin, axes along x, y, z.

    n = 2 is an ellipsoid, a larger n a cuboid with ever sharper edges.

    Parameters
    ----------
    semi_axes : (3,) array
        s_i in nm.
    exponent : float
        n >= 2.
    order : int
        Nodes along each side of the six faces, even; see `cube_sphere`.
    """
    directions, solid_angles = cube_sphere(order)
    radii = ((np.abs(directions) / semi_axes) ** exponent).sum(1) ** (-1 / exponent)
    points = directions * radii[:, None]
    normals = np.sign(directions) * (np.abs(points) / semi_axes) ** (exponent - 1) / semi_axes
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    cosines = np.einsum("ij,ij->i", normals, directions)
    return Surface(points, normals, radii**2 * solid_angles / cosines)
