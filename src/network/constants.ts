/** Scalars kept on the device, since uploading one in every step costs as much as a kernel. */
import * as tf from '@tensorflow/tfjs-core';

const kept = new Map<string, tf.Scalar>();

/** A scalar tensor that must not be disposed. */
export function constant(value: number): tf.Scalar {
  const key = `${tf.getBackend()} ${value}`;
  let scalar = kept.get(key);
  if (!scalar) {
    scalar = tf.keep(tf.scalar(value));
    kept.set(key, scalar);
  }
  return scalar;
}

/** Frees all constants. */
export function disposeConstants(): void {
  kept.forEach(scalar => scalar.dispose());
  kept.clear();
}
