/**
 * Convolution of stride 1 that keeps the size, with its gradients.
 *
 * TF.js has no gradient for dilated convolutions, and its wasm backend none for
 * any; these forms run on every backend.
 */
import * as tf from '@tensorflow/tfjs-core';
import { LEAK } from './architecture';
import { constant } from './constants';
import { mean } from './norm';
import { strategy } from './strategy';

export type Dilation = readonly [number, number];

/**
 * (n, h, w, in) -> (n, h, w, out).
 * @param filter - (kh, kw, in, out).
 * @param bias - (out).
 */
export function convolve(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  dilation: Dilation,
  activation: 'linear' | 'leakyrelu' | 'prelu' = 'linear'
): tf.Tensor4D {
  const preluActivationWeights = constant(LEAK);
  return tf
    .engine()
    .runKernel(
      'FusedConv2D',
      activation === 'prelu'
        ? { x, filter, bias, preluActivationWeights }
        : { x, filter, bias },
      {
        strides: [1, 1],
        pad: 'same',
        dataFormat: 'NHWC',
        dilations: [...dilation],
        activation,
        leakyreluAlpha: LEAK
      }
    ) as tf.Tensor4D;
}

/** x where it is above 0, else 0.1 x. */
export function leak(x: tf.Tensor4D): tf.Tensor4D {
  switch (strategy().leak) {
    case 'fused':
      return tf.leakyRelu(x, LEAK);
    case 'prelu':
      return tf.prelu(x, constant(LEAK) as tf.Tensor as tf.Tensor4D);
    case 'step':
      return tf.mul(x, tf.step(x, LEAK));
  }
}

/** A convolution followed by the leaky ReLU. */
export function convolveAndLeak(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  dilation: Dilation
): tf.Tensor4D {
  switch (strategy().leak) {
    case 'fused':
      return convolve(x, filter, bias, dilation, 'leakyrelu');
    case 'prelu':
      return convolve(x, filter, bias, dilation, 'prelu');
    case 'step':
      return leak(convolve(x, filter, bias, dilation));
  }
}

/**
 * Gradient in front of a leaky ReLU from the one behind it.
 * @param x - what went into the leaky ReLU, or what came out: the signs agree.
 */
export function leakGradient(dy: tf.Tensor4D, x: tf.Tensor4D): tf.Tensor4D {
  return tf.mul(dy, tf.step(x, LEAK));
}

/** Gradient for the input, (n, h, w, in), from the one for the output. */
export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  dilation: Dilation
): tf.Tensor4D {
  const [kh, kw] = filter.shape;
  const flipped = kh * kw > 1 ? tf.reverse(filter, [0, 1]) : filter;
  return tf.conv2d(dy, tf.transpose(flipped, [0, 1, 3, 2]), 1, 'same', 'NHWC', [
    ...dilation
  ]);
}

/** Gradient for the bias, (out). */
export function biasGradient(dy: tf.Tensor4D): tf.Tensor1D {
  const [n, h, w] = dy.shape;
  return tf.mul(mean(dy), constant(n * h * w));
}

/** Gradient for the filter, (kh, kw, in, out). */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  kernel: readonly [number, number],
  dilation: Dilation
): tf.Tensor4D {
  return strategy().weightGradient === 'product'
    ? filterGradientByProducts(x, dy, kernel, dilation)
    : filterGradientByConvolution(x, dy, kernel, dilation);
}

/**
 * The filter gradient as a convolution: channels become samples, samples become
 * channels, the output's gradient is the filter and the dilation the stride.
 */
export function filterGradientByConvolution(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [kh, kw]: readonly [number, number],
  [dh, dw]: Dilation
): tf.Tensor4D {
  const ph = (kh >> 1) * dh;
  const pw = (kw >> 1) * dw;
  const taps = tf.conv2d(
    tf.transpose(x, [3, 1, 2, 0]),
    tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D,
    [kh > 1 ? dh : 1, kw > 1 ? dw : 1],
    [
      [0, 0],
      [ph, ph],
      [pw, pw],
      [0, 0]
    ]
  );
  return tf.transpose(taps as tf.Tensor4D, [1, 2, 0, 3]);
}

/** The filter gradient as one product a sample of its patches with the output's gradient. */
export function filterGradientByProducts(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  [kh, kw]: readonly [number, number],
  [dh, dw]: Dilation
): tf.Tensor4D {
  const [n, h, w, inputs] = x.shape;
  const outputs = dy.shape[3];
  const ph = (kh >> 1) * dh;
  const pw = (kw >> 1) * dw;
  const padded = tf.pad(x, [
    [0, 0],
    [ph, ph],
    [pw, pw],
    [0, 0]
  ]);
  const taps: tf.Tensor4D[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      taps.push(tf.slice(padded, [0, i * dh, j * dw, 0], [n, h, w, inputs]));
    }
  }
  const patches = tf.reshape(tf.concat(taps, 3), [n, h * w, kh * kw * inputs]);
  const products = tf.matMul(
    patches,
    tf.reshape(dy, [n, h * w, outputs]),
    true,
    false
  );
  return tf.reshape(tf.sum(products, 0), [kh, kw, inputs, outputs]);
}
