/**
 * Masks as runs: start, length, start, length, ... of the pixels that are set,
 * in row-major order; mirrored in eelscape/mask_runs.py.
 */

/** The runs of a mask; empty where nothing is set. */
export function runsOf(mask: Uint8Array): number[] {
  const runs: number[] = [];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) {
      continue;
    }
    const start = i;
    while (i < mask.length && mask[i]) {
      i++;
    }
    runs.push(start, i - start);
  }
  return runs;
}

/** The mask of `size` pixels that runs describe; what lies beyond is cut off. */
export function maskOf(runs: readonly number[], size: number): Uint8Array {
  const mask = new Uint8Array(size);
  for (let i = 0; i + 1 < runs.length; i += 2) {
    mask.fill(1, runs[i], runs[i] + runs[i + 1]);
  }
  return mask;
}
