/** One name for trained weights, the same in Python (eelscape/recipe.py). */
import { inSlices } from '../signal/slices';
import { sha256Slices } from './sha256';
import type { Parameters } from './types';

/** sha256 of weights and batch-norm buffers: names, shapes and float32 bytes, in order of the names. */
export function weightsSha256(parameters: Parameters): Promise<string> {
  const parts: Uint8Array[] = [];
  for (const name of [...parameters.keys()].sort()) {
    const { shape, data } = parameters.get(name)!;
    const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
    parts.push(new TextEncoder().encode(`${name} (${sizes})\n`));
    const values = Float32Array.from(data);
    parts.push(new Uint8Array(values.buffer));
  }
  const bytes = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return inSlices(sha256Slices(bytes));
}
