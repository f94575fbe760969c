/** The kernels in WebAssembly (`kernels/` beside `src/`): where they are, which variant, and their signatures. */

/** Address or bytes of the two variants. */
export interface IKernelFiles {
  /** 128-bit vectors. */
  readonly plain: string | BufferSource;
  /** Relaxed SIMD: a multiplication and an addition in one instruction. */
  readonly relaxed: string | BufferSource;
}

type Call = (...values: number[]) => number;

/** Exports of a kernel module; addresses are byte offsets in its memory. */
export interface IKernels {
  readonly convolve: Call;
  readonly convolveGradient: Call;
  readonly weightGradient: Call;
  readonly pack: Call;
  readonly convolveFirst: Call;
  readonly convolveTail: Call;
  readonly tailGradient: Call;
  readonly thinWeightGradient: Call;
  readonly toLatents: Call;
  readonly fromLatents: Call;
  readonly denseGradient: Call;
  readonly latentSums: Call;
  readonly finishMoments: Call;
  readonly fromRunning: Call;
  readonly normalise: Call;
  readonly cascadeSum: Call;
  readonly gradientSumsOf: Call;
  readonly finishGradientSums: Call;
  readonly finishSums: Call;
  readonly outputMoments: Call;
  readonly predict: Call;
  readonly squaredError: Call;
  readonly outputGradient: Call;
  readonly upsampleGradient: Call;
  readonly adam: Call;
  readonly descend: Call;
  readonly finite: Call;
}

/** Positions of a block: what `BLOCK` of kernels/simd.ts says. */
export const BLOCK = 96;
/** Rows of sums that a block leaves: `PARTIAL` of kernels/simd.ts. */
export const BLOCK_SUMS = 3;
/** Entries that the convolution reads behind the end of a table of places. */
export const TILE_MARGIN = 5;

/** A module of one function that multiplies and adds in one instruction. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15],
  ...[253, 133, 2, 11]
);

let files: IKernelFiles | null = null;
type Modules = Map<string | BufferSource, Promise<WebAssembly.Module>>;
const modules: Modules = new Map();
/** Those for a shared memory. */
const sharing: Modules = new Map();

/** Whether this engine has relaxed SIMD. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}

/** Tells where the kernels are; to be called once, first. */
export function locateKernels(found: IKernelFiles): void {
  files = found;
}

/**
 * The kernels' module; rejects where they do not load.
 * @param variant - the faster one that the engine has by default.
 * @param shared - for a memory that threads share.
 */
export async function compiledKernels(
  variant: keyof IKernelFiles = hasRelaxedSimd() ? 'relaxed' : 'plain',
  shared = false
): Promise<WebAssembly.Module> {
  if (!files) {
    throw new Error('they are not in this build');
  }
  const source = files[variant];
  const known = shared ? sharing : modules;
  let compiled = known.get(source);
  if (!compiled) {
    compiled = compile(source, shared);
    known.set(source, compiled);
    compiled.catch(() => known.delete(source));
  }
  return compiled;
}

/** The kernels of a module on a memory. */
export async function loadKernels(
  memory: WebAssembly.Memory,
  compiled: WebAssembly.Module
): Promise<IKernels> {
  const { exports } = await WebAssembly.instantiate(compiled, {
    env: { memory }
  });
  return exports as unknown as IKernels;
}

async function compile(
  source: string | BufferSource,
  shared: boolean
): Promise<WebAssembly.Module> {
  const bytes = await bytesOf(source);
  return WebAssembly.compile(shared ? withSharedMemory(bytes) : bytes);
}

async function bytesOf(source: string | BufferSource): Promise<BufferSource> {
  if (typeof source !== 'string') {
    return source;
  }
  const answer = await fetch(source);
  if (!answer.ok) {
    throw new Error(`${source} is not there (${answer.status})`);
  }
  return answer.arrayBuffer();
}

/** A section of one import, "env" "memory" of any size, as the compiler writes it. */
const OWN_MEMORY = [
  ...[2, 15, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121],
  ...[2, 0, 0]
];
/** The same of shared memory, for which a limit must be given: 32,768 pages. */
const SHARED_MEMORY = [
  ...[2, 18, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121],
  ...[2, 3, 0, 128, 128, 2]
];

/** The same module for a memory that threads share: its code does not change. */
export function withSharedMemory(module: BufferSource): BufferSource {
  const bytes = ArrayBuffer.isView(module)
    ? new Uint8Array(
        module.buffer as ArrayBuffer,
        module.byteOffset,
        module.byteLength
      )
    : new Uint8Array(module);
  const at = bytes.findIndex((_, i) =>
    OWN_MEMORY.every((byte, k) => bytes[i + k] === byte)
  );
  if (at < 0) {
    throw new Error('the kernels import their memory in another way');
  }
  return Uint8Array.of(
    ...bytes.subarray(0, at),
    ...SHARED_MEMORY,
    ...bytes.subarray(at + OWN_MEMORY.length)
  );
}
