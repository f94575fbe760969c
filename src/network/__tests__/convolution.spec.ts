/** Convolutions and their gradients against sums in double precision. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import {
  convolve,
  convolveAndLeak,
  filterGradientByConvolution,
  filterGradientByProducts,
  inputGradient
} from '../convolution';
import { mean } from '../norm';
import { averageChannels, upsample, upsampleGradient } from '../resample';
import { uniforms } from '../../signal/random';
import { relative } from './oracle';
import { WASM_FOLDER } from './in-process-worker';

setWasmPaths(WASM_FOLDER);

interface ISizes {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: readonly [number, number];
  readonly dilation: readonly [number, number];
}

const SIZES: { readonly [name: string]: ISizes } = {
  'image, first layer': {
    n: 3,
    h: 6,
    w: 6,
    inputs: 1,
    outputs: 4,
    kernel: [3, 3],
    dilation: [1, 1]
  },
  'image, dilation 4 on 4 pixels': {
    n: 2,
    h: 4,
    w: 4,
    inputs: 3,
    outputs: 2,
    kernel: [3, 3],
    dilation: [4, 4]
  },
  'spectrum, dilation 3': {
    n: 2,
    h: 1,
    w: 11,
    inputs: 3,
    outputs: 5,
    kernel: [1, 3],
    dilation: [1, 3]
  },
  'spectrum of 2 channels, dilation 2': {
    n: 2,
    h: 1,
    w: 2,
    inputs: 2,
    outputs: 1,
    kernel: [1, 3],
    dilation: [1, 2]
  }
};

function random(shape: readonly number[], index: number): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  return uniforms(5, 'convolution', index, size).map(u => u - 0.5);
}

/** Calls back with flat indices of output, input and weight of every product. */
function eachProduct(
  s: ISizes,
  visit: (y: number, x: number, weight: number) => void
): void {
  const [kh, kw] = s.kernel;
  const [dh, dw] = s.dilation;
  for (let n = 0; n < s.n; n++) {
    for (let i = 0; i < s.h; i++) {
      for (let j = 0; j < s.w; j++) {
        for (let a = 0; a < kh; a++) {
          for (let b = 0; b < kw; b++) {
            const row = i + (a - (kh >> 1)) * dh;
            const column = j + (b - (kw >> 1)) * dw;
            if (row < 0 || row >= s.h || column < 0 || column >= s.w) {
              continue;
            }
            for (let p = 0; p < s.inputs; p++) {
              for (let q = 0; q < s.outputs; q++) {
                visit(
                  ((n * s.h + i) * s.w + j) * s.outputs + q,
                  ((n * s.h + row) * s.w + column) * s.inputs + p,
                  ((a * kw + b) * s.inputs + p) * s.outputs + q
                );
              }
            }
          }
        }
      }
    }
  }
}

describe.each(['cpu', 'wasm'])('on %s', backend => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it.each(Object.keys(SIZES))('convolution and gradients: %s', async name => {
    const s = SIZES[name];
    const xShape = [s.n, s.h, s.w, s.inputs];
    const yShape = [s.n, s.h, s.w, s.outputs];
    const wShape = [...s.kernel, s.inputs, s.outputs];
    const x = random(xShape, 0);
    const weight = random(wShape, 1);
    const bias = random([s.outputs], 2);
    const dy = random(yShape, 3);
    const y = new Float64Array(dy.length).map((_, i) => bias[i % s.outputs]);
    const dx = new Float64Array(x.length);
    const dWeight = new Float64Array(weight.length);
    eachProduct(s, (o, i, k) => {
      y[o] += x[i] * weight[k];
      dx[i] += dy[o] * weight[k];
      dWeight[k] += dy[o] * x[i];
    });
    const tensor = (values: Float32Array, shape: number[]): tf.Tensor4D =>
      tf.tensor<tf.Rank.R4>(values, shape as [number, number, number, number]);
    const tx = tensor(x, xShape);
    const tw = tensor(weight, wShape);
    const tb = tf.tensor1d(bias);
    const ty = tensor(dy, yShape);
    const near = async (
      found: tf.Tensor,
      wanted: Float64Array
    ): Promise<void> => {
      expect(relative(await found.data(), wanted)).toBeLessThan(2e-6);
    };
    await near(convolve(tx, tw, tb, s.dilation), y);
    await near(
      convolveAndLeak(tx, tw, tb, s.dilation),
      y.map(v => (v > 0 ? v : 0.1 * v))
    );
    await near(inputGradient(ty, tw, s.dilation), dx);
    await near(
      filterGradientByConvolution(tx, ty, s.kernel, s.dilation),
      dWeight
    );
    await near(filterGradientByProducts(tx, ty, s.kernel, s.dilation), dWeight);
  });

  it('means over all but the channels', async () => {
    const shape: [number, number, number, number] = [3, 2, 5, 2];
    const values = random(shape, 4);
    const wanted = new Float64Array(2);
    values.forEach((v, i) => {
      wanted[i % 2] += v / 30;
    });
    const found = await mean(tf.tensor4d(values, shape)).data();
    expect(relative(found, wanted)).toBeLessThan(2e-6);
  });

  it('upsamples batches, with the gradient of a sum', async () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2, 1]);
    expect([...(await upsample(x).data())]).toEqual([
      1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4, 5, 5, 6, 6, 5, 5, 6, 6, 7,
      7, 8, 8, 7, 7, 8, 8
    ]);
    const dy = tf.tensor4d(
      Array.from({ length: 32 }, (_, i) => i),
      [2, 4, 4, 1]
    );
    expect([...(await upsampleGradient(dy).data())]).toEqual([
      0 + 1 + 4 + 5,
      2 + 3 + 6 + 7,
      8 + 9 + 12 + 13,
      10 + 11 + 14 + 15,
      16 + 17 + 20 + 21,
      18 + 19 + 22 + 23,
      24 + 25 + 28 + 29,
      26 + 27 + 30 + 31
    ]);
  });

  it('drops the tail in pooling', async () => {
    const x = tf.tensor4d([1, 3, 5, 7, 100], [1, 1, 5, 1]);
    expect([...(await averageChannels(x, 2).data())]).toEqual([2, 6]);
  });
});
