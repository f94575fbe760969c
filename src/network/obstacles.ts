/** What stops a run on one machine and not on another, and what to try next. */
import type { BackendName } from '../signal/types';

/**
 * Too little memory, which a smaller batch may mend; a backend that does not do what it should;
 * or an interruption (a GPU that was reset, a worker that ended) after which the same may go on.
 */
export type Obstacle = 'memory' | 'backend' | 'interrupted';

/** Backends that failed here, each with a clause that says why. */
export type IObstacles = { readonly [name in BackendName]?: string };

/** Names of the backends as their makers write them. */
export const LABEL: { readonly [name in BackendName]: string } = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript'
};

/** A device or a heap that has no more memory. */
export class MemoryProblem extends Error {}

/** Work that a GPU did not do: what it trained so far is garbage. */
export class RefusedWork extends Error {}

/** A GPU that was reset or taken away. */
export class DeviceLoss extends Error {}

/** Halving ends here: smaller batches make norms too noisy to train with. */
const SMALLEST_BATCH = 8;

const MEMORY =
  /out of memory|memory access out of bounds|cannot enlarge memory|too little memory|allocation failed|invalid (typed )?array (buffer )?length|\boom\b/i;

/**
 * What of a failure another attempt may avoid; null where it would fail again.
 * @param epochs - complete ones: what worked so long is not in the way of a whole run.
 */
export function obstacleOf(
  error: unknown,
  backend: BackendName,
  epochs: number
): Obstacle | null {
  const full = error instanceof MemoryProblem;
  if (error instanceof DeviceLoss) {
    return 'interrupted';
  }
  if (epochs > 0 && !full && !(error instanceof RefusedWork)) {
    return null;
  }
  const memory = full || MEMORY.test(messageOf(error));
  const gpu = backend === 'webgpu' || backend === 'webgl';
  return memory ? 'memory' : gpu ? 'backend' : null;
}

/** A run or a calibration as it is tried. */
export interface IAttempt {
  readonly batchSize: number;
  readonly obstacles: IObstacles;
  /** What was changed for it, or ''. */
  readonly notice: string;
}

/** How an attempt ended. */
export interface IFailure {
  /** null where it is not known any more. */
  readonly backend: BackendName | null;
  readonly obstacle: Obstacle;
  readonly message: string;
}

/**
 * What to try after a failure: half the batch where memory ran out, then the next
 * backend with the batch that was asked for. Null where nothing is left.
 */
export function nextAttempt(
  wanted: number,
  attempt: IAttempt,
  { backend, obstacle, message }: IFailure
): IAttempt | null {
  const { batchSize, obstacles } = attempt;
  if (!backend) {
    return null;
  }
  const name = LABEL[backend];
  const memory = obstacle === 'memory';
  if (memory && batchSize >= 2 * SMALLEST_BATCH) {
    const half = Math.floor(batchSize / 2);
    return {
      batchSize: half,
      obstacles,
      notice:
        `${name} has too little memory for batches of ${wanted} windows: ` +
        `batches of ${half} are used.`
    };
  }
  if (backend === 'cpu') {
    return null;
  }
  const why = memory
    ? `${name} has too little memory even for batches of ${batchSize} windows`
    : `${name} failed (${message.replace(/\.$/, '')})`;
  return {
    batchSize: wanted,
    obstacles: { ...obstacles, [backend]: why },
    notice: ''
  };
}

/** Whether a message is that of a `DeviceLoss`, which may come from a worker. */
export function wasReset(message: string): boolean {
  return /\b(device|context) was lost\b/.test(message);
}

/** What is said of a run that goes on after an interruption; null: from its beginning. */
export function resumedNotice(message: string, epoch: number | null): string {
  const what = wasReset(message)
    ? 'GPU was reset'
    : message.split(/\. |\.$/)[0];
  return `${what}; ${
    epoch === null ? 'the run began again' : `resumed from epoch ${epoch}`
  }.`;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) {
    return error.message;
  }
  // TF.js rejects with plain objects that hold a message.
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : String(error);
}
