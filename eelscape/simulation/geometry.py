"""Positions and shapes of the particles in a film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from .constants import rotate
from .scene import Crack, Edge, Scene


@dataclass(frozen=True)
class Particles:
    """Superellipsoids sum |x_i / s_i|^n = 1 with their centres in the plane z = 0.

    Attributes
    ----------
    centres : (N, 2) array
        x and y in nm; the origin is the upper left corner of the scanned field.
    semi_axes : (N, 3) array
        s_i in nm.
    exponents : (N,) array
        n: 2 to 2.6 for spheroids, 6 to 11 for cubes.
    angles : (N,) array
        In-plane rotation, radians.
    """

    centres: np.ndarray
    semi_axes: np.ndarray
    exponents: np.ndarray
    angles: np.ndarray

    def __len__(self) -> int:
        return len(self.centres)

    def thickness(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What a vertical line passes through at `positions` (n, 2) nm.

        Returns
        -------
        thickness : (n,) array
            Length inside particles in nm.
        depth : (n,) array
            Length scale to the particle's side surface, s (1 - f^(2/n)) with the in-plane
            superellipse function f: the conformal radius of a disc when n = 2. Near zero outside.
        """
        thickness = np.zeros(len(positions))
        depth = np.full(len(positions), 1e-6)
        tree = cKDTree(positions)
        reach = self.semi_axes[:, :2].max(1) * np.sqrt(2)
        for p, near in enumerate(tree.query_ball_point(self.centres, reach)):
            near = np.array(near, dtype=int)
            if not len(near):
                continue
            x, y = rotate(*(positions[near] - self.centres[p]).T, -self.angles[p])
            semi, n = self.semi_axes[p], self.exponents[p]
            level = (np.abs(x) / semi[0]) ** n + (np.abs(y) / semi[1]) ** n
            inside = level < 1
            chosen = near[inside]
            thickness[chosen] += 2 * semi[2] * (1 - level[inside]) ** (1 / n)
            depth[chosen] = np.maximum(semi[:2].mean() * (1 - level[inside] ** (2 / n)), 1e-6)
        return thickness, depth


def _lattice(rng: np.random.Generator, scene: Scene) -> np.ndarray:
    """Square lattice with a long-wave distortion, larger than field and margin: (N, 2) nm."""
    width, height = scene.field
    half = int((max(width, height) + 4 * scene.margin) / scene.pitch) + 6
    column, row = np.meshgrid(np.arange(-half, half + 1), np.arange(-half, half + 1), indexing="ij")
    points = np.column_stack([column.ravel(), row.ravel()]) * scene.pitch
    points = np.column_stack(rotate(*points.T, np.deg2rad(scene.lattice_angle)))
    points += np.array([width, height]) / 2 + rng.uniform(-scene.pitch / 2, scene.pitch / 2, 2)
    for _ in range(3):
        wave = rng.normal(0, 2 * np.pi / 120, 2)
        phase = rng.uniform(0, 2 * np.pi)
        points = points + rng.normal(0, 1.0, 2) * np.sin(points @ wave + phase)[:, None]
    return points


def _open_crack(
    rng: np.random.Generator, points: np.ndarray, crack: Crack, field: np.ndarray
) -> np.ndarray:
    """Move and rotate the points on the far side of a jagged line."""
    angle = np.deg2rad(crack.angle)
    along = np.array([np.cos(angle), np.sin(angle)])
    normal = np.array([-along[1], along[0]])
    relative = points - np.array([crack.x, crack.y]) * field
    jag = 2.5 * np.sin(relative @ along / 17 + rng.uniform(0, 6))
    far = relative @ normal + jag > 0
    turned = np.column_stack(rotate(*relative.T, np.deg2rad(crack.rotation)))
    moved = turned - relative + normal * crack.opening
    return np.where(far[:, None], points + moved, points)


def _within_edge(
    rng: np.random.Generator, points: np.ndarray, edge: Edge, field: np.ndarray
) -> np.ndarray:
    """Which points lie on the film's side of a wavy line."""
    angle = np.deg2rad(edge.angle)
    outwards = np.array([np.cos(angle), np.sin(angle)])
    relative = points - np.array([edge.x, edge.y]) * field
    along = relative @ np.array([-outwards[1], outwards[0]])
    wave = 6 * np.sin(along / 38 + rng.uniform(0, 6)) + 3 * np.sin(along / 15 + rng.uniform(0, 6))
    return relative @ outwards + wave < 0


def _shapes(
    rng: np.random.Generator, count: int, scene: Scene
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Semi-axes (N, 3) nm, exponents (N,), angles (N,) of unequal cubes and spheroids."""
    spheroid = rng.random(count) < scene.spheroids
    side = np.clip(rng.normal(scene.side, scene.side_spread, count), 10, 20)
    aspect = 1 + rng.normal(0, scene.aspect_spread, (count, 3))
    semi_axes = np.clip(side[:, None] * aspect / 2, 5, 10)
    semi_axes = np.where(spheroid[:, None], semi_axes * 1.06, semi_axes)
    exponents = np.where(spheroid, rng.uniform(2.0, 2.6, count), rng.uniform(6.0, 11.0, count))
    turn = rng.normal(0, np.deg2rad(scene.rotation_spread), count)
    angles = np.where(spheroid, rng.uniform(0, np.pi, count), turn)
    return semi_axes, exponents, angles + np.deg2rad(scene.lattice_angle)


def _perimeters(particles: Particles, margin: float, count: int = 72) -> np.ndarray:
    """Outline of each particle enlarged by `margin` nm, about its centre: (N, count, 2) nm."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    n = particles.exponents[:, None]
    semi = particles.semi_axes[:, :2] + margin
    radius = (
        (np.abs(np.cos(angle)) / semi[:, :1]) ** n + (np.abs(np.sin(angle)) / semi[:, 1:]) ** n
    ) ** (-1 / n)
    x, y = rotate(radius * np.cos(angle), radius * np.sin(angle), particles.angles[:, None])
    return np.stack([x, y], axis=-1)


def closest_approach(particles: Particles, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """How deep the outline of p reaches into q for all neighbours p, q.

    Both are enlarged by `margin` nm. Returns pairs (M, 2) and the smallest value (M,) of q's
    superellipse function over p's outline: below 1 they overlap.
    """
    pairs = cKDTree(particles.centres).query_pairs(26.0, output_type="ndarray")
    pairs = np.vstack([pairs, pairs[:, ::-1]])
    p, q = pairs.T
    outline = _perimeters(particles, margin)[p]
    offset = (particles.centres[p] - particles.centres[q])[:, None, :]
    x, y = rotate(*np.moveaxis(outline + offset, -1, 0), -particles.angles[q][:, None])
    semi, n = particles.semi_axes[q] + margin, particles.exponents[q][:, None]
    level = (np.abs(x) / semi[:, :1]) ** n + (np.abs(y) / semi[:, 1:2]) ** n
    return pairs, level.min(1)


def _push_apart(particles: Particles, gap: float, rounds: int = 400) -> Particles:
    """Move overlapping particles apart until `gap` nm is left; shrink the stubborn."""
    centres, semi_axes = particles.centres.copy(), particles.semi_axes.copy()
    for attempt in range(rounds):
        current = Particles(centres, semi_axes, particles.exponents, particles.angles)
        pairs, level = closest_approach(current, gap / 2)
        pairs, level = pairs[level < 0.97], level[level < 0.97]
        if not len(pairs):
            break
        p, q = pairs.T
        direction = centres[p] - centres[q]
        direction /= np.linalg.norm(direction, axis=1)[:, None]
        step = 0.35 * np.minimum(0.5, 0.6 * (1 - level) + 0.05)[:, None] * direction
        np.add.at(centres, p, step)
        np.add.at(centres, q, -step)
        if attempt > 120:
            semi_axes = semi_axes * 0.999
    return Particles(centres, semi_axes, particles.exponents, particles.angles)


def build_film(rng: np.random.Generator, scene: Scene) -> Particles:
    """Draw the particles that cover the scanned field and its margin.

    A square lattice, distorted, cracked, cut at the edges, with holes and vacancies, filled with
    cubes and a few spheroids that do not overlap.

    Raises
    ------
    ValueError
        If holes, edges and vacancies leave no particle.
    """
    field = np.array(scene.field)
    points = _lattice(rng, scene)
    for crack in scene.cracks:
        points = _open_crack(rng, points, crack, field)
    for edge in scene.edges:
        points = points[_within_edge(rng, points, edge, field)]
    points = points[((points > -scene.margin) & (points < field + scene.margin)).all(1)]
    for hole in scene.holes:
        distance = np.linalg.norm(points - np.array([hole.x, hole.y]) * field, axis=1)
        points = points[distance > hole.radius]
    points = points[rng.random(len(points)) > scene.vacancies]
    if not len(points):
        raise ValueError("No particle is left in or near the field: move the edge, or close holes.")
    points = points + rng.normal(0, scene.position_jitter, points.shape)
    return _push_apart(Particles(points, *_shapes(rng, len(points), scene)), scene.gap)
