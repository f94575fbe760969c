/** What the compiled kernels and the code that calls them have to agree about. */
import { kernelFiles } from '../../__tests__/kernel-files';
import { paddedChannels } from '../parameters';
import {
  BLOCK,
  BLOCK_SUMS,
  hasRelaxedSimd,
  type IKernelFiles
} from '../kernels';

const files = kernelFiles();

async function open(variant: keyof IKernelFiles): Promise<WebAssembly.Exports> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { instance } = await WebAssembly.instantiate(
    files[variant] as BufferSource,
    { env: { memory } }
  );
  return instance.exports;
}

it('have blocks of one size', async () => {
  const { BLOCK: block, PARTIAL: sums } = await open('plain');
  expect((block as WebAssembly.Global).value).toBe(BLOCK);
  expect((sums as WebAssembly.Global).value).toBe(BLOCK_SUMS);
});

it('hold relaxed SIMD in one variant only', () => {
  expect(WebAssembly.validate(files.plain as BufferSource)).toBe(true);
  expect(WebAssembly.validate(files.relaxed as BufferSource)).toBe(
    hasRelaxedSimd()
  );
});

it('ask for nothing but a memory', async () => {
  const compiled = await WebAssembly.compile(files.plain as BufferSource);
  expect(WebAssembly.Module.imports(compiled)).toEqual([
    { module: 'env', name: 'memory', kind: 'memory' }
  ]);
});

it.each([
  [2, 8],
  [8, 8],
  [9, 16],
  [64, 64]
])('take %i filters as %i channels', (filters, channels) => {
  expect(paddedChannels(filters)).toBe(channels);
});
