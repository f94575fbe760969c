"""Real regular solid harmonics as polynomials: the trial potentials inside a particle."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

Polynomial = dict[tuple[int, int, int], float]
"""Coefficient by exponents (i, j, k) of x^i y^j z^k."""


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for (i, j, k), c in a.items():
        for (p, q, r), d in b.items():
            key = (i + p, j + q, k + r)
            result[key] = result.get(key, 0.0) + c * d
    return result


def _sum(a: Polynomial, b: Polynomial, factor: float = 1.0) -> Polynomial:
    result = dict(a)
    for key, value in b.items():
        result[key] = result.get(key, 0.0) + factor * value
    return result


def _scaled(a: Polynomial, factor: float) -> Polynomial:
    return {key: factor * value for key, value in a.items()}


def _legendre_factors(m: int, degree: int) -> list[Polynomial]:
    """Polynomials Q_l(z, r^2), l = m ... `degree`, with r^l P_l^m = (x + iy)^m Q_l up to a factor.

    Source: the three-term recurrence of the associated Legendre functions (NIST DLMF 14.10.3).
    """
    z: Polynomial = {(0, 0, 1): 1.0}
    r2: Polynomial = {(2, 0, 0): 1.0, (0, 2, 0): 1.0, (0, 0, 2): 1.0}
    factors: list[Polynomial] = [{(0, 0, 0): 1.0}, _scaled(z, 2 * m + 1.0)]
    for l in range(m + 1, degree):  # noqa: E741 - the degree's usual letter
        rising = _scaled(_product(z, factors[-1]), 2 * l + 1.0)
        falling = _scaled(_product(r2, factors[-2]), float(l + m))
        factors.append(_scaled(_sum(rising, falling, -1.0), 1 / (l - m + 1.0)))
    return factors


def solid_harmonics(degree: int) -> list[tuple[int, int, Polynomial]]:
    """Real regular solid harmonics of degree 1 to `degree`.

    The constant (degree 0) is left out: it carries no field. Each polynomial is harmonic and has
    unit Euclidean norm of its coefficients.

    Returns
    -------
    list of (l, m, polynomial)
        Sorted by degree l, then order m; cosine before sine.
    """
    x: Polynomial = {(1, 0, 0): 1.0}
    y: Polynomial = {(0, 1, 0): 1.0}
    cosine: list[Polynomial] = [{(0, 0, 0): 1.0}]
    sine: list[Polynomial] = [{}]
    for _ in range(degree):  # real and imaginary part of (x + iy)^m
        c, s = cosine[-1], sine[-1]
        cosine.append(_sum(_product(x, c), _product(y, s), -1.0))
        sine.append(_sum(_product(x, s), _product(y, c)))
    found = []
    for m in range(degree + 1):
        factors = _legendre_factors(m, degree)
        for l in range(max(m, 1), degree + 1):  # noqa: E741
            for base in (cosine[m], sine[m]) if m else (cosine[0],):
                polynomial = _product(factors[l - m], base)
                polynomial = {k: v for k, v in polynomial.items() if abs(v) > 1e-12}
                norm = float(np.sqrt(sum(v * v for v in polynomial.values())))
                found.append((l, m, _scaled(polynomial, 1 / norm)))
    return sorted(found, key=lambda item: item[:2])


class HarmonicBasis:
    """Solid harmonics of one parity in z, evaluated together with their gradients.

    Parameters
    ----------
    degree : int
        Highest degree.
    parity : {0, 1}
        0: even in z (l + m even), 1: odd in z. For particles whose centres share one plane the
        two do not mix.

    Attributes
    ----------
    degrees : (n,) int array
        Degree l of each function.
    """

    def __init__(self, degree: int, parity: int):
        functions = [item for item in solid_harmonics(degree) if (item[0] + item[1]) % 2 == parity]
        self.degree = degree
        self.degrees = np.array([item[0] for item in functions])
        exponents = {key for item in functions for key in item[2]}
        for i, j, k in list(exponents):
            lowered = ((i - 1, j, k), (i, j - 1, k), (i, j, k - 1))
            exponents.update(key for key in lowered if min(key) >= 0)
        self._exponents = np.array(sorted(exponents))
        row = {tuple(key): n for n, key in enumerate(self._exponents.tolist())}
        self._values = np.zeros((len(row), len(functions)))
        self._gradients = np.zeros((3, len(row), len(functions)))
        for column, (_, _, polynomial) in enumerate(functions):
            for key, value in polynomial.items():
                self._values[row[key], column] += value
                for axis in range(3):
                    if key[axis]:
                        lower = list(key)
                        lower[axis] -= 1
                        self._gradients[axis, row[tuple(lower)], column] += value * key[axis]

    def __len__(self) -> int:
        return len(self.degrees)

    def evaluate(self, points: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values and normal derivatives at `points` (N, 3): two arrays (N, n)."""
        powers = points[:, :, None] ** np.arange(self.degree + 1)
        i, j, k = self._exponents.T
        monomials = powers[:, 0, i] * powers[:, 1, j] * powers[:, 2, k]
        slopes = sum(
            normals[:, axis : axis + 1] * (monomials @ self._gradients[axis]) for axis in range(3)
        )
        return monomials @ self._values, slopes


@lru_cache(maxsize=16)
def harmonic_basis(degree: int, parity: int) -> HarmonicBasis:
    """The basis of that degree and parity, built once."""
    return HarmonicBasis(degree, parity)
