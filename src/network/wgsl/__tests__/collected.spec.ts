import { collected } from '../collected';
import type { Gpu, ICopy } from '../gpu';

/** A GPU whose buffers are arrays; counts what is mapped at once. */
function fakeGpu(): { gpu: Gpu; sizes: number[]; staging: Float32Array } {
  const fake = {
    sizes: [] as number[],
    staging: new Float32Array(0),
    gpu: {
      collect: async (size: number, fill: (to: unknown) => Promise<void>) => {
        fake.sizes.push(size);
        fake.staging = new Float32Array(size);
        await fill(fake.staging);
        return fake.staging;
      }
    } as unknown as Gpu
  };
  return fake;
}

describe('collected', () => {
  // Widths, samples, largest batch: one chunk, several of them, a last batch that is short.
  it.each([
    [[2, 3], 7, 4],
    [[1], 1, 8],
    [[2, 500_000], 21, 4],
    [[3, 1], 0, 4]
  ])(
    'gives every row its place: widths %p, %p rows, batches of %p',
    async (widths, n, most) => {
      const fake = fakeGpu();
      const buffers = widths.map(width => new Float32Array(most * width));
      const value = (output: number, row: number, i: number): number =>
        output * 0.5 + row + i / 2 ** 20;
      const results = await collected(fake.gpu, {
        n,
        most,
        outputs: widths.map((width, i) => ({
          buffer: buffers[i] as unknown as GPUBuffer,
          width
        })),
        run: (start, rows) =>
          buffers.forEach((buffer, output) => {
            for (let at = 0; at < rows * widths[output]; at++) {
              const row = Math.floor(at / widths[output]);
              buffer[at] = value(output, start + row, at % widths[output]);
            }
          }),
        submit: async (copies: readonly ICopy[]) => {
          for (const { from, at, size } of copies) {
            const values = from as unknown as Float32Array;
            fake.staging.set(values.subarray(0, size), at);
          }
        }
      });
      results.forEach((result, output) => {
        const width = widths[output];
        expect(result).toHaveLength(n * width);
        for (let row = 0; row < n; row++) {
          for (const i of [0, width - 1]) {
            const wanted = Math.fround(value(output, row, i));
            expect(result[row * width + i]).toBe(wanted);
          }
        }
      });
      expect(fake.sizes).toHaveLength(n === 0 ? 0 : widths[1] > 1000 ? 3 : 1);
    }
  );
});
