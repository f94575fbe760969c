/** Batch normalisation over samples, height and width, with its gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { NORM_EPSILON } from './architecture';
import { constant } from './constants';
import { strategy } from './strategy';

/** Mean over all but the channels: (n, h, w, c) -> (c). */
export function mean(x: tf.Tensor4D): tf.Tensor1D {
  const [n, h, w, c] = x.shape;
  if (strategy().mean === 'pool') {
    const samples = tf.avgPool(x, [h, w], 1, 'valid');
    const pooled = tf.avgPool(
      tf.reshape(samples, [1, n, 1, c]) as tf.Tensor4D,
      [n, 1],
      1,
      'valid'
    );
    return tf.reshape(pooled, [c]);
  }
  return tf.mean(tf.reshape(x, [n * h * w, c]), 0);
}

/** What the gradient of a batch norm needs. */
export interface INormPass {
  readonly y: tf.Tensor4D;
  /** (n, h, w, c), x minus its mean. */
  readonly centred: tf.Tensor4D;
  /** (c), 1 / sqrt(variance + epsilon). */
  readonly inverse: tf.Tensor1D;
  /** (c), weight times `inverse`. */
  readonly scale: tf.Tensor1D;
  /** (c) of the batch. */
  readonly mean: tf.Tensor1D;
  /** (c), biased. */
  readonly variance: tf.Tensor1D;
}

/** Normalises by the statistics of the batch. */
export function normalise(
  x: tf.Tensor4D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D
): INormPass {
  const batchMean = mean(x);
  const centred: tf.Tensor4D = tf.sub(x, batchMean);
  const variance = mean(tf.square(centred));
  const inverse = tf.rsqrt(
    tf.add<tf.Tensor1D>(variance, constant(NORM_EPSILON))
  );
  const scale: tf.Tensor1D = tf.mul(weight, inverse);
  const y: tf.Tensor4D = tf.add(tf.mul(centred, scale), bias);
  return { y, centred, inverse, scale, mean: batchMean, variance };
}

/** Normalises by the running statistics. */
export function normaliseByRunning(
  x: tf.Tensor4D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  runningMean: tf.Tensor1D,
  runningVariance: tf.Tensor1D
): tf.Tensor4D {
  const scale = tf.mul(
    weight,
    tf.rsqrt(tf.add(runningVariance, constant(NORM_EPSILON)))
  );
  return tf.add(tf.mul(tf.sub(x, runningMean), scale), bias);
}

export interface INormGradients {
  readonly dx: tf.Tensor4D;
  readonly weight: tf.Tensor1D;
  readonly bias: tf.Tensor1D;
}

/**
 * Gradients of a batch norm in train mode, through mean and variance:
 * dx = scale (dy - mean(dy) - centred inverse^2 mean(dy centred)).
 *
 * The mean of dx is 0, and the bias in front of a batch norm sees nothing but
 * that: what rounding leaves of it is taken off once more, which halves the
 * error of the gradients.
 */
export function normGradients(
  dy: tf.Tensor4D,
  pass: Pick<INormPass, 'centred' | 'inverse' | 'scale'>
): INormGradients {
  const { centred, inverse, scale } = pass;
  const [n, h, w] = dy.shape;
  const count = constant(n * h * w);
  const dyMean = mean(dy);
  const level: tf.Tensor4D = tf.sub(dy, dyMean);
  const slope = tf.mul(mean(tf.mul(level, centred)), inverse);
  const raw: tf.Tensor4D = tf.sub(
    level,
    tf.mul(centred, tf.mul(slope, inverse))
  );
  const dx: tf.Tensor4D = tf.mul(tf.sub(raw, mean(raw)), scale);
  return { dx, weight: tf.mul(slope, count), bias: tf.mul(dyMean, count) };
}
