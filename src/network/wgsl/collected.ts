/** Reading what batches leave on the device, many batches at a time. */
import type { Gpu, ICopy } from './gpu';

/** Floats that are read back at once: 16 MiB. */
const COLLECTED = 1 << 22;

/** A buffer that every batch writes, and its values of one sample. */
export interface IOutputRows {
  readonly buffer: GPUBuffer;
  readonly width: number;
}

export interface IBatches {
  /** Samples in all, and of the largest batch. */
  readonly n: number;
  readonly most: number;
  readonly outputs: readonly IOutputRows[];
  /** Asks for a batch of samples from `start` on. */
  run(start: number, n: number): void;
  /** Submits what was asked for with copies behind it, and waits as `Engine.settle`. */
  submit(copies: readonly ICopy[]): Promise<void>;
}

/** All samples' rows of every output. */
export async function collected(
  gpu: Gpu,
  { n, most, outputs, run, submit }: IBatches
): Promise<Float32Array[]> {
  const results = outputs.map(({ width }) => new Float32Array(n * width));
  const width = outputs.reduce((sum, output) => sum + output.width, 0);
  const together = most * Math.max(1, Math.floor(COLLECTED / (most * width)));
  for (let done = 0; done < n; done += together) {
    const rows = Math.min(together, n - done);
    // The rows of one output behind those of the other.
    const places = outputs.map((_, i) =>
      outputs.slice(0, i).reduce((sum, before) => sum + rows * before.width, 0)
    );
    const found = await gpu.collect(rows * width, async staging => {
      for (let first = 0; first < rows; first += most) {
        const batch = Math.min(most, rows - first);
        run(done + first, batch);
        await submit(
          outputs.map((output, i) => ({
            from: output.buffer,
            to: staging,
            at: places[i] + first * output.width,
            size: batch * output.width
          }))
        );
      }
    });
    results.forEach((result, i) => {
      const size = rows * outputs[i].width;
      const part = found.subarray(places[i], places[i] + size);
      result.set(part, done * outputs[i].width);
    });
  }
  return results;
}
