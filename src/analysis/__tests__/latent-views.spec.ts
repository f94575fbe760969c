import vectors from '../../../tests/fixtures/explorer-latent.json';
import { nearest } from '../back-projection';
import { latentDistribution, windowsInBins } from '../latent-distributions';
import {
  windowsInBox,
  windowsInside,
  windowsNear,
  windowsWhere
} from '../latent-selection';

const latents = Float32Array.from(vectors.latents);
const positions = Int32Array.from(vectors.positions);
const size = vectors.ny * vectors.nx;
const encodings = { latents, z: 3, positions, size };
type Point = readonly [number, number];

function pixelsOf(mask: Uint8Array): number[] {
  return Array.from(mask.keys()).filter(pixel => mask[pixel]);
}

describe('distributions of the encodings', () => {
  const input = {
    latents,
    z: 3,
    positions,
    split: vectors.split,
    selected: vectors.selected
  };

  it.each([0, 1, 2])('of latent %i equal numpy.histogram', axis => {
    const found = latentDistribution(input, axis, vectors.bins);
    const wanted = vectors.distributions[axis];
    expect(Array.from(found.train)).toEqual(wanted.train);
    expect(Array.from(found.guard)).toEqual(wanted.guard);
    expect(Array.from(found.test)).toEqual(wanted.test);
    expect(Array.from(found.selected!)).toEqual(wanted.selected);
    found.edges.forEach((edge, i) =>
      expect(Math.abs(edge - wanted.edges[i])).toBeLessThan(1e-9)
    );
    expect(Math.abs(found.mean - wanted.mean)).toBeLessThan(1e-9);
    expect(Math.abs(found.sd - wanted.sd)).toBeLessThan(1e-9);
  });

  it('hold no selection without one', () => {
    const found = latentDistribution({ ...input, selected: null }, 0, 4);
    expect(found.selected).toBeNull();
  });

  it('leave out encodings that are not finite', () => {
    const broken = latents.slice();
    broken[0] = NaN;
    const one = { ...input, latents: broken };
    const counts = (values: Int32Array): number =>
      values.reduce((a, b) => a + b, 0);
    const found = latentDistribution(one, 0, 4);
    const all = counts(found.train) + counts(found.guard) + counts(found.test);
    expect(all).toBe(positions.length - 1);
    expect(found.mean).not.toBeNaN();
  });

  it.each([
    [0, 0],
    [2, 5],
    [11, 11],
    [0, 11]
  ])('select the windows that bins %i to %i count', (first, last) => {
    const found = latentDistribution(input, 1, vectors.bins);
    const mask = windowsInBins(encodings, 1, found.edges, [first, last], size);
    let counted = 0;
    for (let bin = first; bin <= last; bin++) {
      counted += found.train[bin] + found.guard[bin] + found.test[bin];
    }
    expect(pixelsOf(mask)).toHaveLength(counted);
  });
});

describe('windows of a part of the latent space', () => {
  it('inside a lasso', () => {
    const { points, pixels } = vectors.lasso;
    const mask = windowsInside(encodings, [0, 1], points as unknown as Point[]);
    expect(pixels.length).toBeGreaterThan(5);
    expect(pixelsOf(mask)).toEqual(pixels);
  });

  it('in a box, whichever corners are given', () => {
    const [a, b] = vectors.box.corners as unknown as Point[];
    expect(pixelsOf(windowsInBox(encodings, [0, 1], a, b))).toEqual(
      vectors.box.pixels
    );
    expect(
      pixelsOf(windowsInBox(encodings, [0, 1], [b[0], a[1]], [a[0], b[1]]))
    ).toEqual(vectors.box.pixels);
  });

  it('around a point', () => {
    const { centre, reach, pixels } = vectors.near;
    const mask = windowsNear(
      encodings,
      [0, 1],
      centre as unknown as Point,
      reach as unknown as Point
    );
    expect(pixelsOf(mask)).toEqual(pixels);
  });

  it('around a point of a latent that does not vary', () => {
    const flat = { ...encodings, latents: new Float32Array(latents.length) };
    expect(pixelsOf(windowsNear(flat, [0, 0], [0, 0], [0, 0]))).toHaveLength(
      positions.length
    );
    expect(pixelsOf(windowsNear(flat, [0, 0], [1, 0], [0, 0]))).toEqual([]);
  });

  it('are never those without an encoding', () => {
    const broken = { ...encodings, latents: latents.map(() => NaN) };
    expect(pixelsOf(windowsWhere(broken, [0, 1], () => true))).toEqual([]);
  });
});

it('neighbours of grid nodes equal those of scikit-learn', () => {
  const { grid } = vectors;
  const nodes = Float64Array.from(grid.nodes);
  const k = grid.neighbours.length / grid.size ** 2;
  const found = nearest(latents, positions.length, 3, nodes, grid.size ** 2, k);
  expect(Array.from(found.indices)).toEqual(grid.neighbours);
  grid.distance.forEach((distance, node) =>
    expect(Math.abs(found.distances[node * k] - distance)).toBeLessThan(1e-6)
  );
});
