/**
 * The numbers of the panel against NumPy, SciPy and scikit-learn to 1e-5:
 * tests/fixtures/explorer-numbers.json, written by tools/make_explorer_fixtures_numbers.py.
 */
import numbers from '../../../tests/fixtures/explorer-numbers.json';
import type { Slices } from '../../signal/slices';
import type { Kind, Metric } from '../../signal/types';
import {
  extractSpectra,
  extractWindow,
  extractWindows,
  validWindows
} from '../../signal/windows';
import {
  backProjectSpectra,
  backProjectWindows,
  nearest
} from '../back-projection';
import { partHistogram, partSpreads } from '../error-histogram';
import { errorOf, partMeans, toMap } from '../error-map';
import { encodingSpread, nearestDistances } from '../latent-distance';
import { latentDistribution } from '../latent-distributions';
import { latentGrid, latentRanges } from '../latent-space';
import { histogram, percentiles } from '../statistics';
import { structureOf } from '../structure';
import { veracity } from '../veracity';
import { worstRegions } from '../worst-regions';

const { expected, unit, window } = numbers;
const [NY, NX, CHANNELS] = numbers.shape;
const Z = 3;

const real = (whole: unknown): Float32Array =>
  Float32Array.from((whole as number[]).flat(3), value => value / unit);

const image = real(numbers.image);
const spectra = real(numbers.spectra);
const latents = real(numbers.latents);
const positions = Int32Array.from(numbers.positions);
const split = Int8Array.from(numbers.split);
const n = positions.length;

/** Every number within 1e-5 of the largest. */
function expectClose(
  found: ArrayLike<number>,
  wanted: readonly number[]
): void {
  expect(found.length).toBe(wanted.length);
  const scale = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-30);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    // NaN must not pass as close.
    const away = Math.abs(found[i] - wanted[i]);
    worst = Math.max(worst, Number.isNaN(away) ? Infinity : away);
  }
  expect(worst / scale).toBeLessThan(1e-5);
}

const range = (name: 'image' | 'spectrum') => {
  const [min, max] = expected.scaling[name];
  return { min, max };
};

function errorsOf(kind: Kind, metric: Metric): Float64Array {
  const im2spec = kind === 'im2spec';
  const length = im2spec ? CHANNELS : window * window;
  const truth = im2spec
    ? extractSpectra(spectra, CHANNELS, positions)
    : extractWindows(image, NY, NX, window, positions);
  const predicted = real(
    im2spec ? numbers.predicted_spectra : numbers.predicted_windows
  );
  return Float64Array.from({ length: n }, (_, i) =>
    errorOf(
      predicted,
      i * length,
      truth,
      i * length,
      length,
      metric,
      range(im2spec ? 'spectrum' : 'image')
    )
  );
}

/** The map as the panel holds it, in float32. */
const errorMap = toMap(errorsOf('im2spec', 'relative'), positions, NY, NX);

test('windows lie where the whole window fits', () => {
  const grid = validWindows(NY, NX, window, { set: 'all', mask: null });
  expect([...grid.positions]).toEqual(numbers.positions);
});

test.each(
  (['im2spec', 'spec2im'] as const).flatMap(kind =>
    (['relative', 'rmse', 'mse', 'mse_raw'] as const).map(
      metric => [kind, metric] as const
    )
  )
)('errors of %s by the measure %s', (kind, metric) => {
  expectClose(errorsOf(kind, metric), expected.errors[kind][metric]);
});

test('means and spreads of the parts of the split', () => {
  const means = partMeans(errorMap, split);
  const spreads = partSpreads(errorMap, split);
  for (const part of ['train', 'guard', 'test'] as const) {
    const { count, mean, sd } = expected.parts[part];
    expect(spreads[part].count).toBe(count);
    expectClose(
      [means[part], spreads[part].mean, spreads[part].sd],
      [mean, mean, sd]
    );
  }
  expectClose([means.all], [expected.all]);
});

test('histograms of the parts', () => {
  const { counts } = partHistogram(
    // In float64: in float32 the largest error may lie above the last edge.
    toDoubleMap(errorsOf('im2spec', 'relative')),
    split,
    expected.bins,
    0,
    expected.highest * (1 + 1e-8)
  );
  for (const part of ['train', 'guard', 'test'] as const) {
    expect([...counts[part]]).toEqual(expected.parts[part].histogram);
  }
});

test('values on the edges of bins fall where NumPy puts them', () => {
  for (const { whole, unit: one, counts } of expected.on_edges) {
    const found = histogram(
      whole.map(value => value / one),
      counts.length
    );
    expect([...found.counts]).toEqual(counts);
  }
});

test('percentiles', () => {
  const wanted = expected.percentiles;
  expectClose(
    percentiles(
      errorMap,
      wanted.map(({ share }) => share)
    ),
    wanted.map(({ value }) => value)
  );
});

test('correlation and MSE between error map and image', () => {
  const { r, mse, count } = structureOf(errorMap, image);
  expect(count).toBe(n);
  expectClose([r, mse], [expected.structure.r, expected.structure.mse]);
});

test('worst regions', () => {
  const { percentile, threshold, regions } = expected.regions;
  const found = worstRegions(errorMap, NX, percentile);
  expectClose([found.threshold], [threshold]);
  expect(found.regions.map(({ pixels }) => [...pixels])).toEqual(
    regions.map(({ pixels }) => pixels)
  );
  expectClose(
    found.regions.map(({ mean }) => mean),
    regions.map(({ mean }) => mean)
  );
  expectClose(
    found.regions.map(({ excess }) => excess),
    regions.map(({ excess }) => excess)
  );
});

test('nodes of the latent grid', () => {
  const { size, axes, held, nodes } = expected.grid;
  const found = latentGrid(
    latentRanges(latents, n, Z),
    size,
    axes as [number, number],
    held
  );
  expectClose(found, nodes.flat());
});

test.each(['1', '3', '7'] as const)('back-projection with k = %s', text => {
  const k = Number(text);
  const wanted = expected.back[text];
  const nodes = Float32Array.from(expected.grid.nodes.flat());
  const m = nodes.length / Z;
  const { indices, distances } = nearest(latents, n, Z, nodes, m, k);
  expect([...indices]).toEqual(wanted.indices.flat());
  expectClose(distances, wanted.distances.flat());
  const windows = backProjectWindows(
    image,
    NX,
    window,
    positions,
    indices,
    k,
    range('image')
  );
  const spectral = backProjectSpectra(
    spectra,
    CHANNELS,
    positions,
    indices,
    k,
    range('spectrum')
  );
  expectClose(windows.dispersion, wanted.windows.dispersion);
  expectClose(spectral.dispersion, wanted.spectra.dispersion);
  if (text === '3') {
    expectClose(windows.mean, expected.back['3'].windows.mean.flat());
    expectClose(spectral.mean, expected.back['3'].spectra.mean.flat());
  }
});

test('distances from the training encodings, in their spread', () => {
  const train = numbers.positions.flatMap((pixel, i) =>
    split[pixel] === 0 ? [...latents.slice(i * Z, (i + 1) * Z)] : []
  );
  const m = train.length / Z;
  const spread = encodingSpread(train, m, Z);
  expectClose([spread], [expected.distances.spread]);
  const found = finished(nearestDistances(latents, n, Z, train, m));
  expectClose(found, expected.distances.nearest);
});

test('distributions of the latents', () => {
  expected.distributions.forEach((wanted, axis) => {
    const found = latentDistribution(
      { latents, z: Z, positions, split, selected: null },
      axis,
      expected.bins
    );
    expectClose([found.mean, found.sd], [wanted.mean, wanted.sd]);
    expectClose(found.edges, wanted.edges);
    for (const part of ['train', 'guard', 'test'] as const) {
      expect([...found[part]]).toEqual(wanted[part]);
    }
  });
});

test.each(['im2spec', 'spec2im'] as const)('veracity of %s', kind => {
  const wanted = expected.veracity[kind];
  const windows = kind === 'im2spec';
  const found = finished(
    veracity({
      latents,
      n,
      latentDims: Z,
      k: wanted.k,
      length: windows ? window * window : CHANNELS,
      read: (i, out) =>
        out.set(
          windows
            ? extractWindow(image, NX, window, positions[i])
            : extractSpectra(spectra, CHANNELS, positions.subarray(i, i + 1))
        ),
      range: range(windows ? 'image' : 'spectrum')
    })
  );
  expectClose(found.feature, wanted.feature);
  expectClose(found.latent, wanted.latent);
  expectClose(
    [found.wholeFeature, found.wholeLatent, found.correlation],
    [wanted.whole_feature, wanted.whole_latent, wanted.spearman]
  );
});

/** The result of work that is done in slices. */
function finished<T>(slices: Slices<T>): T {
  let step = slices.next();
  while (!step.done) {
    step = slices.next();
  }
  return step.value;
}

function toDoubleMap(values: Float64Array): Float64Array {
  const map = new Float64Array(NY * NX).fill(NaN);
  positions.forEach((pixel, i) => (map[pixel] = values[i]));
  return map;
}
