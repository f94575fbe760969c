/** Changes of size without parameters. */
import * as tf from '@tensorflow/tfjs-core';
import { constant } from './constants';

/** Mean of every `size` channels of spectra, the tail dropped: (n, 1, l, 1) -> (n, 1, l / size, 1). */
export function averageChannels(x: tf.Tensor4D, size: number): tf.Tensor4D {
  return tf.avgPool(x, [1, size], [1, size], 'valid');
}

/**
 * Every pixel twice in both directions: (n, h, w, c) -> (n, 2h, 2w, c).
 * TF.js's own gradient of nearest-neighbour resizing is wrong for batches, and
 * its WebGPU backend tiles five axes on the CPU: two tiles of three axes.
 */
export function upsample(x: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const wide = tf.tile(tf.reshape(x, [n * h * w, 1, c]), [1, 2, 1]);
  const high = tf.tile(tf.reshape(wide, [n * h, 1, 2 * w * c]), [1, 2, 1]);
  return tf.reshape(high, [n, 2 * h, 2 * w, c]);
}

/** Gradient of `upsample`: the sum over each pixel's four copies. */
export function upsampleGradient(dy: tf.Tensor4D): tf.Tensor4D {
  return tf.mul(tf.avgPool(dy, 2, 2, 'valid'), constant(4));
}
