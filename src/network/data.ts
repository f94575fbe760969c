/** Features and targets of windows on the [0, 1] scale, as flat arrays and as tensors. */
import * as tf from '@tensorflow/tfjs-core';
import { scaleTo } from '../signal/scaling';
import type { IRange, IScaling } from '../signal/types';
import { extractSpectra, extractWindows } from '../signal/windows';
import type { IDataset, INetworkSpec } from './types';

/** Ranges of a kind's features and targets. */
export function ranges(
  spec: INetworkSpec,
  scaling: IScaling
): { features: IRange; targets: IRange } {
  return spec.kind === 'im2spec'
    ? { features: scaling.image, targets: scaling.spectrum }
    : { features: scaling.spectrum, targets: scaling.image };
}

/** Why a dataset does not fit a network or itself; '' where it does. */
export function datasetProblem(spec: INetworkSpec, dataset: IDataset): string {
  const { ny, nx, channels, image, spectra } = dataset;
  if (channels !== spec.channels) {
    return (
      `The data have spectra of ${channels} channels, the network takes ` +
      `${spec.channels}: bin or crop the data, or train a network for them.`
    );
  }
  if (image.length !== ny * nx || spectra.length !== ny * nx * channels) {
    return (
      `The data do not fit their shape: ${image.length} image values for ` +
      `${ny} x ${nx} pixels and ${spectra.length} spectrum values for ` +
      `${ny * nx * channels}.`
    );
  }
  return '';
}

/** (n, window * window) or (n, channels) scaled features at the positions. */
export function features(
  spec: INetworkSpec,
  dataset: IDataset,
  positions: Int32Array
): Float32Array {
  return spec.kind === 'im2spec'
    ? windowsAt(spec, dataset, positions)
    : spectraAt(dataset, positions);
}

/** (n, channels) or (n, window * window) scaled targets at the positions. */
export function targets(
  spec: INetworkSpec,
  dataset: IDataset,
  positions: Int32Array
): Float32Array {
  return spec.kind === 'im2spec'
    ? spectraAt(dataset, positions)
    : windowsAt(spec, dataset, positions);
}

function windowsAt(
  spec: INetworkSpec,
  { image, ny, nx, scaling }: IDataset,
  positions: Int32Array
): Float32Array {
  const windows = extractWindows(image, ny, nx, spec.window, positions);
  return scaleTo(windows, scaling.image, windows);
}

function spectraAt(dataset: IDataset, positions: Int32Array): Float32Array {
  const spectra = extractSpectra(dataset.spectra, dataset.channels, positions);
  return scaleTo(spectra, dataset.scaling.spectrum, spectra);
}

/** Features and targets of a part on the device. */
export interface IPart {
  readonly n: number;
  /** (n, feature size). */
  readonly x: tf.Tensor2D;
  /** (n, target size). */
  readonly y: tf.Tensor2D;
}

/** Uploads a part once; its owner disposes of `x` and `y`. */
export function upload(x: Float32Array, y: Float32Array, n: number): IPart {
  return {
    n,
    x: tf.tensor2d(x, [n, x.length / n]),
    y: tf.tensor2d(y, [n, y.length / n])
  };
}
