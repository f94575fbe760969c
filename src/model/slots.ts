/** How many runs may train at once: by what they compute on, and by memory. */
import type { BackendName, IPair, ISetup } from '../signal/types';

/** What this machine offers to runs. */
export interface IMachine {
  readonly cores: number;
  /** Bytes that all runs together may take. */
  readonly bytes: number;
}

/** A run as far as room for it goes. */
export interface IDemand {
  /** What it computes on; null while nobody knows. */
  readonly backend: BackendName | null;
  readonly bytes: number;
}

const GIB = 1024 ** 3;
/** Activations of a step that are kept for the way back, counted in layers of the widest kind. */
const KEPT_LAYERS = 40;

/** The machine as the browser tells of it; half of its memory is left to everything else. */
export function thisMachine(): IMachine {
  const known = globalThis.navigator as
    { hardwareConcurrency?: number; deviceMemory?: number } | undefined;
  return {
    cores: Math.max(1, known?.hardwareConcurrency ?? 1),
    bytes: ((known?.deviceMemory ?? 8) * GIB) / 2
  };
}

/** Bytes that a run takes, roughly: its copies of the data and the activations of a step. */
export function bytesOf(pair: IPair, setup: ISetup): number {
  const { ny, nx, channels } = pair;
  const area = setup.window ** 2;
  const pairs = ny * nx * (area + channels);
  const outputs = ny * nx * (setup.kind === 'im2spec' ? channels : area);
  const activations =
    setup.batchSize * setup.filters * Math.max(area, channels) * KEPT_LAYERS;
  return 4 * (ny * nx * channels + pairs + 2 * outputs + activations);
}

/** Threads of WebAssembly for a run beside others; undefined: all that there are. */
export function threadsOf(
  runsAtOnce: number,
  { cores }: IMachine
): number | undefined {
  return runsAtOnce > 1
    ? Math.max(1, Math.floor(cores / runsAtOnce))
    : undefined;
}

/**
 * True where another run finds room beside those that train. A graphics card
 * serves one; processor cores serve one each. While a run's backend is not known,
 * it may be either.
 */
export function mayStart(
  next: IDemand,
  running: readonly IDemand[],
  { cores, bytes }: IMachine
): boolean {
  if (running.length === 0) {
    return true;
  }
  const taken = running.reduce((sum, run) => sum + run.bytes, next.bytes);
  if (next.backend === null || taken > bytes) {
    return false;
  }
  const beside = running.filter(
    run => run.backend === null || onGpu(run.backend) === onGpu(next.backend!)
  );
  return beside.length < (onGpu(next.backend) ? 1 : cores);
}

function onGpu(backend: BackendName): boolean {
  return backend === 'webgpu' || backend === 'webgl';
}
