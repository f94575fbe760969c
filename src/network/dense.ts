/** Dense layers between images or spectra and the latents, with their gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { strategy } from './strategy';

/** a b, with factors transposed as asked. */
function product(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  transposeA = false,
  transposeB = false
): tf.Tensor2D {
  if (!strategy().transposeFirst) {
    return tf.matMul(a, b, transposeA, transposeB);
  }
  return tf.matMul(
    transposeA ? tf.transpose(a) : a,
    transposeB ? tf.transpose(b) : b
  );
}

/** Both dense layers hold their weight as (latents, values). */
function matrix(weight: tf.Tensor): tf.Tensor2D {
  return tf.reshape(weight, [weight.shape[0], -1]);
}

/**
 * Values to latents where `toLatents`, else latents to values.
 * @param x - (n, ...) values or (n, latents).
 * @param weight - (latents, ...values).
 * @param bias - of one output, in any shape.
 */
export function dense(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  toLatents: boolean
): tf.Tensor2D {
  const rows: tf.Tensor2D = tf.reshape(x, [x.shape[0], -1]);
  return tf.add(
    product(rows, matrix(weight), false, toLatents),
    tf.reshape(bias, [-1])
  );
}

/** Gradients of `dense` for its input, weight and bias, in their shapes. */
export function denseGradients(
  dy: tf.Tensor,
  x: tf.Tensor,
  weight: tf.Tensor,
  toLatents: boolean
): { dx: tf.Tensor; weight: tf.Tensor; bias: tf.Tensor } {
  const dyRows: tf.Tensor2D = tf.reshape(dy, [dy.shape[0], -1]);
  const rows: tf.Tensor2D = tf.reshape(x, [x.shape[0], -1]);
  const dWeight = toLatents
    ? product(dyRows, rows, true, false)
    : product(rows, dyRows, true, false);
  return {
    dx: tf.reshape(product(dyRows, matrix(weight), false, !toLatents), x.shape),
    weight: tf.reshape(dWeight, weight.shape),
    bias: tf.sum(dyRows, 0)
  };
}
