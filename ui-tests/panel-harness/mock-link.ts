/** A line to a kernel that groups encodings by k-means: enough for a look at the clusters. */
import type { ILink, ITaskResult } from '../../src/kernel/types';

interface IGroups {
  readonly labels: Int32Array;
  readonly means: Float32Array;
  /** Mean squared distance from the own mean, per latent. */
  readonly spread: number;
}

function bytesOf(texts: readonly string[]): Float32Array {
  const joined = texts.map(text => atob(text)).join('');
  const bytes = Uint8Array.from(joined, letter => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function group(values: Float32Array, z: number, k: number): IGroups {
  const n = values.length / z;
  const labels = new Int32Array(n);
  const means = new Float32Array(k * z);
  for (let i = 0; i < k; i++) {
    const start = Math.floor(((i + 0.5) * n) / k) * z;
    means.set(values.subarray(start, start + z), i * z);
  }
  let squares = 0;
  for (let round = 0; round < 12; round++) {
    squares = 0;
    const sums = new Float64Array(k * z);
    const counts = new Int32Array(k);
    for (let i = 0; i < n; i++) {
      let least = Infinity;
      for (let c = 0; c < k; c++) {
        let far = 0;
        for (let axis = 0; axis < z; axis++) {
          far += (values[i * z + axis] - means[c * z + axis]) ** 2;
        }
        if (far < least) {
          least = far;
          labels[i] = c;
        }
      }
      squares += least;
      counts[labels[i]]++;
      for (let axis = 0; axis < z; axis++) {
        sums[labels[i] * z + axis] += values[i * z + axis];
      }
    }
    for (let at = 0; at < k * z; at++) {
      means[at] = sums[at] / Math.max(1, counts[Math.floor(at / z)]);
    }
  }
  return { labels, means, spread: squares / (n * z) };
}

function mixture(values: Float32Array, z: number, k: number): ITaskResult {
  const found = group(values, z, k);
  const n = found.labels.length;
  const sizes = Array.from({ length: k }, (_, c) =>
    found.labels.reduce((sum, label) => sum + (label === c ? 1 : 0), 0)
  );
  const order = sizes.map((_, c) => c).sort((a, b) => sizes[b] - sizes[a]);
  const labels = found.labels.map(label => order.indexOf(label));
  const responsibilities = new Float32Array(n * k);
  labels.forEach((label, i) => (responsibilities[i * k + label] = 1));
  const means = new Float32Array(k * z);
  order.forEach((c, i) =>
    means.set(found.means.subarray(c * z, (c + 1) * z), i * z)
  );
  const float = (shape: number[], array: Float32Array) => ({
    shape,
    values: array
  });
  return {
    fields: { bic: 1000, converged: true },
    arrays: {
      labels: { shape: [n], values: labels },
      responsibilities: float([n, k], responsibilities),
      means: float([k, z], means),
      covariances: float(
        [k, z, z],
        // The same for all, along the axes: enough for a look.
        Float32Array.from({ length: k * z * z }, (_, i) =>
          (i % (z * z)) % (z + 1) === 0 ? 0.04 * (1 + (i % z)) : 0
        )
      ),
      weights: float(
        [k],
        Float32Array.from(order, c => sizes[c] / n)
      )
    }
  };
}

function curve(values: Float32Array, z: number, most: number): ITaskResult {
  const n = values.length / z;
  const numbers = Int32Array.from({ length: most }, (_, i) => i + 1);
  const bic = Float32Array.from(
    numbers,
    k =>
      n * z * Math.log(group(values, z, k).spread) +
      k * (1 + z + (z * (z + 1)) / 2) * Math.log(n)
  );
  return {
    fields: {},
    arrays: {
      components: { shape: [most], values: numbers },
      bic: { shape: [most], values: bic }
    }
  };
}

export function mockLink(): ILink {
  return {
    state: 'connected',
    runTask: async (
      kind: string,
      params: {
        encodings: string[];
        latents: number;
        components: number;
        most: number;
      }
    ) => {
      const values = bytesOf(params.encodings);
      return kind === 'clusters'
        ? mixture(values, params.latents, params.components)
        : curve(values, params.latents, params.most);
    }
  } as unknown as ILink;
}
