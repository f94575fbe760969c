/** The WebAssembly kernels against TF.js's cpu backend, at sizes that do not fit vectors or blocks. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { compareWithTensors } from '../../__tests__/comparison';
import { kernelFiles } from '../../__tests__/kernel-files';
import { wasmSubject } from '../../__tests__/oracle-subjects';
import type { INetworkSpec } from '../../types';
import { hasRelaxedSimd, locateKernels } from '../kernels';

const im2spec = (
  filters: number,
  latentDims: number,
  window: number,
  channels: number
): INetworkSpec => ({ kind: 'im2spec', filters, latentDims, window, channels });

const spec2im = (
  filters: number,
  latentDims: number,
  window: number,
  channels: number
): INetworkSpec => ({ kind: 'spec2im', filters, latentDims, window, channels });

beforeAll(async () => {
  locateKernels(kernelFiles());
  expect(await tf.setBackend('cpu')).toBe(true);
});

it.each([
  [im2spec(8, 2, 8, 20), 3],
  [im2spec(2, 1, 4, 2), 5],
  [im2spec(3, 3, 6, 97), 2],
  [im2spec(9, 10, 10, 33), 7],
  [im2spec(20, 4, 12, 50), 1],
  [spec2im(8, 2, 8, 64), 3],
  [spec2im(2, 1, 4, 16), 5],
  [spec2im(9, 10, 12, 50), 7],
  [spec2im(17, 3, 16, 100), 2]
] as [INetworkSpec, number][])('%j, %i samples', async (spec, n) => {
  const variant = hasRelaxedSimd() ? 'relaxed' : 'plain';
  const all = await compareWithTensors(spec, n, wasmSubject(variant));
  expect(all).toHaveLength(5);
  expect(all.filter(d => !(d.error <= d.tolerance))).toEqual([]);
});
