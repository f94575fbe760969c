/** What the kernels of a network ask of a device: WebGPU's default limits must do. */
import { architecture, type IArchitecture } from '../../architecture';
import type { INetworkSpec } from '../../types';
import type { Gpu, IKernel } from '../gpu';
import { engineProblem, featurePlane, wgslProblem } from '../limits';
import { codeOf } from '../pipelines';
import { ProgramBuilder, type IKernels } from '../program';

/** WebGPU's defaults. */
const LIMITS = {
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxComputeWorkgroupsPerDimension: 65535
} as GPUSupportedLimits;
const BINDINGS = 8;
const WORKGROUP_BYTES = 16384;

const BYTES: { readonly [type: string]: number } = {
  f32: 4,
  'vec2<f32>': 8,
  'vec3<f32>': 16,
  'vec4<f32>': 16,
  'atomic<u32>': 4
};

function planOf(changes: Partial<INetworkSpec>): IArchitecture {
  return architecture({
    kind: 'im2spec',
    latentDims: 2,
    filters: 64,
    window: 16,
    channels: 512,
    ...changes
  });
}

function kernelsOf(plan: IArchitecture, most: number, trains = true): IKernels {
  const gpu = {
    buffer: (size: number, label: string) => ({ size: 4 * size, label })
  } as unknown as Gpu;
  const rows = { values: gpu.buffer(1, 'x'), order: gpu.buffer(1, 'order') };
  return new ProgramBuilder(gpu, plan, most, {
    features: rows,
    targets: rows,
    plane: featurePlane(plan),
    trains
  }).kernels();
}

function all(kernels: IKernels): IKernel[] {
  return Object.values(kernels).flat();
}

/** Bytes of the variables that a workgroup shares. */
function shared(code: string): number {
  const found = code.matchAll(
    /var<workgroup> \w+: (?:array<(.+), (\d+)>|(.+));/g
  );
  return [...found].reduce(
    (sum, [, type, count, single]) =>
      sum + BYTES[type ?? single] * Number(count ?? 1),
    0
  );
}

describe.each([
  { filters: 8, window: 4, channels: 2, latentDims: 1 },
  { filters: 24, channels: 37, latentDims: 10 },
  { filters: 72, channels: 1496 },
  { filters: 104 },
  { filters: 256 },
  { kind: 'spec2im' as const, filters: 8, window: 4, channels: 16 },
  { kind: 'spec2im' as const, filters: 64, channels: 1496, latentDims: 10 },
  { kind: 'spec2im' as const, filters: 136, window: 24 }
])('kernels of %o', changes => {
  const plan = planOf(changes);
  const most = 64;

  it("ask for no more than WebGPU's defaults", () => {
    expect(engineProblem(plan, LIMITS, most, 3000)).toBe('');
    for (const kernel of all(kernelsOf(plan, most))) {
      expect(kernel.bindings.length).toBeLessThanOrEqual(BINDINGS);
      expect(kernel.threads).toBeLessThanOrEqual(256);
      expect(shared(codeOf(kernel))).toBeLessThanOrEqual(WORKGROUP_BYTES);
      for (const n of [1, 2, most]) {
        for (const groups of kernel.groups(n)) {
          expect(groups).toBeGreaterThan(0);
          expect(groups).toBeLessThanOrEqual(65535);
        }
      }
    }
  });

  it('bind parts that begin where they may and lie in their buffers', () => {
    for (const { bindings, label } of all(kernelsOf(plan, most))) {
      for (const { buffer, offset = 0, size, element } of bindings) {
        expect((4 * offset) % 256).toBe(0);
        const end = 4 * (size === undefined ? 0 : offset + size);
        expect([label, end <= buffer.size]).toEqual([label, true]);
        expect((4 * (size ?? 4)) % BYTES[element] || 0).toBe(0);
      }
    }
  });

  it('write nothing that they read under another name', () => {
    for (const { bindings, label } of all(kernelsOf(plan, most))) {
      for (const written of bindings.filter(b => b.write)) {
        const others = bindings.filter(
          b => b !== written && b.buffer === written.buffer
        );
        for (const other of others) {
          expect([label, other.write]).toEqual([label, true]);
          const [a, b] = [written, other].sort((p, q) => p.offset! - q.offset!);
          expect(a.offset! + a.size!).toBeLessThanOrEqual(b.offset!);
        }
      }
    }
  });
});

it('what only evaluates makes no room for gradients', () => {
  const kernels = kernelsOf(planOf({}), 64, false);
  expect(kernels.train).toEqual([]);
  const whole = kernelsOf(planOf({}), 64);
  for (const half of ['encode', 'decode'] as const) {
    expect(kernels[half].map(codeOf)).toEqual(whole[half].map(codeOf));
  }
  const labels = all(kernels).flatMap(({ bindings }) =>
    bindings.map(({ buffer }) => buffer.label)
  );
  expect(labels.filter(label => /gradient|grads|pieces/.test(label))).toEqual(
    []
  );
});

it('a step is a known number of kernels, some of one code', () => {
  const counts = (['im2spec', 'spec2im'] as const).map(kind => {
    const { train } = kernelsOf(planOf({ kind }), 64);
    return [train.length, new Set(train.map(codeOf)).size];
  });
  // The optimiser's kernel comes on top.
  expect(counts).toEqual([
    [55, 38],
    [69, 52]
  ]);
});

it('networks and data that do not fit are refused with the numbers', () => {
  expect(wgslProblem(planOf({ filters: 12 }))).toBe(
    'Filters 12: the WGSL kernels take multiples of 8'
  );
  expect(engineProblem(planOf({}), LIMITS, 64, 100_000)).toBe(
    'The WGSL kernels need 195 MiB in one buffer, this GPU grants 128 MiB'
  );
  expect(engineProblem(planOf({}), LIMITS, 2048, 100)).toMatch(/256 MiB/);
  const large = {
    ...LIMITS,
    maxStorageBufferBindingSize: 2 ** 31,
    maxBufferSize: 2 ** 31
  } as GPUSupportedLimits;
  expect(engineProblem(planOf({}), large, 3000, 100)).toBe(
    'Batches of 3000 are too large for the WGSL kernels'
  );
});
