/** What the driver (benchmarks/training.py) asks for, and what it gets back, in JSON. */
import type { INetworkSpec } from '../../src/network/types';
import type { IKernelTime } from '../../src/network/wgsl/profile';
import type { BackendName } from '../../src/signal/types';

/** One kernel of a step. */
export type IProfileRow = IKernelTime;

/** A network, a data set and the kernels to train with. */
export interface IJob {
  readonly id: number;
  readonly backend: BackendName;
  /** TF.js's kernels where the product would take others. */
  readonly tfjs: boolean;
  /** Threads of WebAssembly at most; 0 for as many as the product takes. */
  readonly threads: number;
  readonly spec: INetworkSpec;
  readonly batchSize: number;
  /** Training windows, and windows whose loss ends an epoch. */
  readonly windows: number;
  readonly tests: number;
  /** Seconds of timed steps, in `repeats` stretches. */
  readonly seconds: number;
  readonly repeats: number;
  /** Batch and batches of the two epochs that PyTorch repeats; 0 batches for none. */
  readonly check: { readonly batchSize: number; readonly batches: number };
  readonly profile: boolean;
}

export interface IMachine {
  readonly browser: string;
  readonly cores: number;
  readonly isolated: boolean;
  readonly webgpu: string;
  readonly webgl: string;
  /** What WebGPU says about its adapter. */
  readonly adapter: { readonly [key: string]: string };
}

export type Report =
  | { readonly type: 'machine'; readonly machine: IMachine }
  | { readonly type: 'progress'; readonly id: number; readonly text: string }
  | { readonly type: 'row'; readonly id: number; readonly row: IRow }
  | { readonly type: 'failed'; readonly id: number; readonly text: string };

export interface IRow {
  /** Class of the trainer: which kernels were measured. */
  readonly trainer: string;
  readonly notice: string;
  /** Name of the adapter or of the renderer, or how many cores. */
  readonly device: string;
  readonly software: boolean;
  /** Threads that computed on the CPU. */
  readonly threads: number;
  /** Milliseconds a step, of each stretch. */
  readonly milliseconds: readonly number[];
  readonly steps: number;
  /** Seconds of whole epochs with their test; empty where they would take too long. */
  readonly epochs: readonly number[];
  /** Milliseconds from the request to the end of the first step. */
  readonly start: number;
  /** GPU dispatches and submissions a step; 0 where there are none. */
  readonly dispatches: number;
  readonly submissions: number;
  /** Bytes of the WebGPU buffers that there are after the steps. */
  readonly gpuBytes: number;
  readonly heapBytes: number;
  /** Losses of epochs, which make sense where they are finite and fall. */
  readonly losses: readonly number[];
  readonly profile: readonly IProfileRow[];
}

/** Sends a report to the driver. */
export async function report(message: Report): Promise<void> {
  await fetch('/report', { method: 'POST', body: JSON.stringify(message) });
}
