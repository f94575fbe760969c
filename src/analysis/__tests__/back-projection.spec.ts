import { uniforms } from '../../signal/random';
import {
  extractSpectra,
  extractWindows,
  validWindows
} from '../../signal/windows';
import {
  backProject,
  backProjectSpectra,
  backProjectWindows,
  farNodes,
  nearest
} from '../back-projection';
import { latentGrid, latentRanges } from '../latent-space';

describe('nearest', () => {
  it.each([
    [1, 1],
    [2, 3],
    [5, 4]
  ])('agrees with a sort of all distances (z %i, k %i)', (z, k) => {
    const [n, m] = [60, 25];
    // A few values only, so that ties are many.
    const coarse = (index: number, count: number): Float32Array =>
      uniforms(1, 'latents', index, count).map(v => Math.floor(v * 4));
    const latents = coarse(0, n * z);
    const points = coarse(1, m * z);
    const { indices, distances } = nearest(latents, n, z, points, m, k);
    for (let point = 0; point < m; point++) {
      const all = Array.from({ length: n }, (_, i) => {
        const p = points.slice(point * z, (point + 1) * z);
        const parts = Array.from(p, (v, axis) => v - latents[i * z + axis]);
        return { i, d: Math.hypot(...parts) };
      }).sort((a, b) => (Math.abs(a.d - b.d) < 1e-9 ? a.i - b.i : a.d - b.d));
      for (let j = 0; j < k; j++) {
        expect(indices[point * k + j]).toBe(all[j].i);
        expect(distances[point * k + j]).toBeCloseTo(all[j].d, 12);
      }
    }
  });

  it('takes ties from the lowest index', () => {
    const { indices } = nearest([1, -1, 1, 0.5, -1], 5, 1, [0], 1, 4);
    expect(Array.from(indices)).toEqual([3, 0, 1, 2]);
  });

  it('tells apart what float32 sums would not', () => {
    const { indices } = nearest([1 + 2 ** -40, 1], 2, 1, [0], 1, 1);
    expect(indices[0]).toBe(1);
  });

  it('has no neighbour beyond the encodings', () => {
    const { indices, distances } = nearest([3, 1], 2, 1, [0], 1, 3);
    expect(Array.from(indices)).toEqual([1, 0, -1]);
    expect(Array.from(distances)).toEqual([1, 3, Infinity]);
    expect(Array.from(nearest([], 0, 2, [0, 0], 1, 1).indices)).toEqual([-1]);
  });

  it('passes over encodings that are not finite', () => {
    const latents = [NaN, 0, 5, 5, 0, Infinity];
    const { indices } = nearest(latents, 3, 2, [0, 0], 1, 2);
    expect(Array.from(indices)).toEqual([1, -1]);
    expect(nearest([1], 1, 1, [NaN], 1, 1).indices[0]).toBe(-1);
  });
});

describe('backProject', () => {
  it('has a mean and a dispersion worked out by hand', () => {
    // Features (0, 0), (6, 8) and (3, 4): mean (3, 4), distances 5, 5, 0.
    const features = Float32Array.of(0, 0, 6, 8, 3, 4);
    const { mean, dispersion } = backProject(
      features,
      2,
      Int32Array.of(0, 1, 2),
      1,
      3
    );
    expect(Array.from(mean)).toEqual([3, 4]);
    expect(dispersion[0]).toBeCloseTo(Math.sqrt(50 / 3), 6);
  });

  it('measures the dispersion on the scale, the mean in data units', () => {
    const features = Float32Array.of(100, 300, 200);
    const range = { min: 100, max: 300 };
    const at = backProject(features, 1, Int32Array.of(0, 1), 1, 2, range);
    expect([at.mean[0], at.dispersion[0]]).toEqual([200, 0.5]);
    const flat = { min: 7, max: 7 };
    expect(
      backProject(features, 1, Int32Array.of(0, 1), 1, 2, flat).dispersion[0]
    ).toBe(100);
  });

  it('is the feature itself, without spread, for one neighbour', () => {
    const features = Float32Array.of(1, 2, 3, 4);
    const indices = Int32Array.of(1, 0);
    const { mean, dispersion } = backProject(features, 2, indices, 2, 1);
    expect(Array.from(mean)).toEqual([3, 4, 1, 2]);
    expect(Array.from(dispersion)).toEqual([0, 0]);
  });

  it('averages what there is where neighbours are missing', () => {
    const features = Float32Array.of(1, 3);
    const indices = Int32Array.of(1, 0, -1, -1, -1, -1);
    const { mean, dispersion } = backProject(features, 1, indices, 2, 3);
    expect(Array.from(mean)).toEqual([2, NaN]);
    expect(Array.from(dispersion)).toEqual([1, NaN]);
  });

  it('gives the same from image and spectra in place', () => {
    const [ny, nx, w, channels] = [7, 8, 4, 5];
    const image = uniforms(2, 'image', 0, ny * nx);
    const spectra = uniforms(2, 'spectra', 0, ny * nx * channels);
    const { positions } = validWindows(ny, nx, w);
    const indices = Int32Array.of(0, 5, 19, 3, 3, 1);
    const range = { min: 0.25, max: 0.75 };
    expect(
      backProjectWindows(image, nx, w, positions, indices, 3, range)
    ).toEqual(
      backProject(
        extractWindows(image, ny, nx, w, positions),
        w * w,
        indices,
        2,
        3,
        range
      )
    );
    expect(
      backProjectSpectra(spectra, channels, positions, indices, 2, range)
    ).toEqual(
      backProject(
        extractSpectra(spectra, channels, positions),
        channels,
        indices,
        3,
        2,
        range
      )
    );
  });
});

describe('farNodes', () => {
  it('marks nodes more than a step from every encoding', () => {
    // Nodes at 0, 1, 2, 3 on both axes; encodings at three of the corners.
    const latents = [0, 0, 3, 3, 0, 3];
    const ranges = latentRanges(latents, 3, 2);
    const nodes = latentGrid(ranges, 4, [0, 1]);
    expect(Array.from(farNodes(latents, 3, ranges, nodes, 4, [0, 1]))).toEqual(
      [
        [0, 0, 1, 1],
        [0, 0, 1, 1],
        [0, 0, 0, 0],
        [0, 0, 0, 0]
      ].flat()
    );
  });

  it('agrees with a search in steps on shown axes of several', () => {
    const [n, z, size] = [12, 3, 9];
    const latents = uniforms(3, 'latents', 0, n * z).map(v => v * 5 - 2);
    const ranges = latentRanges(latents, n, z);
    const nodes = latentGrid(ranges, size, [2, 0]);
    const far = farNodes(latents, n, ranges, nodes, size, [2, 0]);
    const steps = (node: number, k: number, axis: number): number =>
      Math.abs(nodes[node * z + axis] - latents[k * z + axis]) /
      ((ranges[axis].max - ranges[axis].min) / (size - 1));
    let count = 0;
    for (let node = 0; node < size * size; node++) {
      const distances = Array.from({ length: n }, (_, k) =>
        Math.max(steps(node, k, 2), steps(node, k, 0))
      );
      expect(far[node]).toBe(Math.min(...distances) > 1 + 1e-5 ? 1 : 0);
      count += far[node];
    }
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(size * size);
  });

  it('has no far node for constant latents and only such without encodings', () => {
    const latents = Float32Array.of(0.1, 0.2, 0.1, 0.2);
    const ranges = latentRanges(latents, 2, 2);
    const nodes = latentGrid(ranges, 3, [0, 1]);
    expect(Array.from(farNodes(latents, 2, ranges, nodes, 3, [0, 1]))).toEqual(
      new Array(9).fill(0)
    );
    expect(Array.from(farNodes([], 0, ranges, nodes, 3, [0, 1]))).toEqual(
      new Array(9).fill(1)
    );
  });
});
