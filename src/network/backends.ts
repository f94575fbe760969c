/** Which of TF.js's backends to compute on, and why. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { BackendName } from '../signal/types';
import { LABEL, messageOf, type IObstacles } from './obstacles';
import { threadsHere } from './wasm/crew';

export { messageOf };

/** Addresses of the wasm binaries by file name, or the folder that holds them. */
export type WasmFiles = string | { readonly [file: string]: string };

export interface IBackendChoice {
  readonly backend: BackendName;
  /** One sentence for the user: why this one. */
  readonly reason: string;
  /** A sentence where it is not what was asked for, else ''. */
  readonly notice: string;
}

/** A backend at work. */
export interface IStartedBackend extends IBackendChoice {
  /** Name of the graphics adapter, or "2 cores". */
  readonly device: string;
  /** True where a GPU's work is done by the CPU. */
  readonly software: boolean;
}

/** What this machine says about its GPU through one interface. */
export interface IGpu {
  /** Name of the adapter or renderer; '' where there is none. */
  readonly name: string;
  /** True for a renderer that runs on the CPU. */
  readonly software: boolean;
  /** Why it cannot be used; '' where it can. */
  readonly problem: string;
}

/** Whether a renderer's name is that of one that draws on the CPU. */
export function isSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i.test(
    name
  );
}

/** What WebGPU finds here. */
export async function probeWebgpu(): Promise<IGpu> {
  const none = (problem: string): IGpu => ({
    name: '',
    software: false,
    problem
  });
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) {
    return none('this browser has no WebGPU');
  }
  try {
    const adapter = await gpu.requestAdapter({
      powerPreference: 'high-performance'
    });
    if (!adapter) {
      return none('WebGPU finds no graphics adapter');
    }
    const { info } = adapter;
    const name = [
      ...new Set([
        info?.vendor,
        info?.architecture,
        info?.device,
        info?.description
      ])
    ]
      .filter(Boolean)
      .join(' ');
    const software =
      isSoftware(name) ||
      (adapter as unknown as { isFallbackAdapter?: boolean })
        .isFallbackAdapter === true ||
      (info as unknown as { isFallbackAdapter?: boolean })
        ?.isFallbackAdapter === true;
    return { name: name || 'unnamed adapter', software, problem: '' };
  } catch (error) {
    return none(`WebGPU failed: ${messageOf(error)}`);
  }
}

/** What WebGL finds here. */
export function probeWebgl(): IGpu {
  const none = (problem: string): IGpu => ({
    name: '',
    software: false,
    problem
  });
  if (typeof OffscreenCanvas === 'undefined') {
    return none('this browser has no WebGL in workers');
  }
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) {
    return none('WebGL 2 is not available');
  }
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(
    gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER)
  );
  const floats = gl.getExtension('EXT_color_buffer_float') !== null;
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return {
    name,
    software: isSoftware(name),
    problem: floats ? '' : `WebGL cannot compute in 32-bit floats on ${name}`
  };
}

/** What is asked of a machine, replaceable in tests. */
export interface IProbes {
  webgpu(): Promise<IGpu>;
  webgl(): IGpu;
  /** Starts a backend; false or an error where it cannot. */
  start(backend: BackendName): Promise<boolean>;
}

const PROBES: IProbes = {
  webgpu: probeWebgpu,
  webgl: probeWebgl,
  start: async backend => {
    const started = await tf.setBackend(backend);
    await tf.ready();
    return started && tf.getBackend() === backend;
  }
};

/** What is known of this machine before a backend is chosen. */
export interface IExperience {
  /** What 'auto' tries first. */
  readonly fastest?: BackendName | null;
  /** Backends that are not to be tried, and why. */
  readonly obstacles?: IObstacles;
}

/**
 * Tells TF.js where its wasm binaries are; to be called once, first.
 *
 * One thread: TF.js's way to start more does not survive a minified bundle, and
 * where threads are to be had the kernels of our own use them.
 */
export function locateWasm(files: WasmFiles): void {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(files as Parameters<typeof setWasmPaths>[0]);
}

/**
 * Starts a backend. 'auto' takes WebGPU on hardware, WebGL on hardware,
 * WebAssembly, plain JavaScript, in this order; a backend asked for by name is
 * taken on a software renderer too, and where it is not there the order is
 * followed from the start.
 * Rejects where none starts.
 */
export async function startBackend(
  wanted: BackendName | 'auto',
  { fastest, obstacles = {} }: IExperience = {},
  probes: IProbes = PROBES
): Promise<IStartedBackend> {
  const passed: string[] = [];
  // Whether something that is there was not taken: no GPU at all is no news.
  let news = false;
  const order: BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];
  const first = wanted === 'auto' ? fastest : wanted;
  if (first) {
    order.splice(order.indexOf(first), 1);
    order.unshift(first);
  }
  for (const backend of order) {
    const gpu = obstacles[backend] ? null : await gpuOf(backend, probes);
    const absent =
      gpu?.problem ||
      (gpu?.software && backend !== wanted
        ? `${LABEL[backend]} runs on a software renderer (${gpu.name})`
        : '');
    const problem =
      absent || obstacles[backend] || (await startProblem(backend, probes));
    if (problem) {
      passed.push(problem);
      news ||= !absent;
      continue;
    }
    return {
      backend,
      reason: reasonOf(backend, gpu, passed),
      notice: noticeOf(wanted, backend, gpu, passed, news),
      device: gpu?.name || coresOf(backend),
      software: gpu?.software ?? false
    };
  }
  throw new Error(
    `No backend starts in this browser: ${passed.join('; ')}. ` +
      'Try a current Chromium or Firefox.'
  );
}

/** Which backend 'auto' takes here; it stays started. */
export async function probeBackend(
  probes: IProbes = PROBES
): Promise<{ backend: BackendName; reason: string }> {
  const { backend, reason } = await startBackend('auto', {}, probes);
  return { backend, reason };
}

/** What a backend without a GPU computes on. */
function coresOf(backend: BackendName): string {
  const cores = backend === 'wasm' ? threadsHere() : 1;
  return cores === 1 ? '1 core' : `${cores} cores`;
}

function sentence(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

async function gpuOf(
  backend: BackendName,
  probes: IProbes
): Promise<IGpu | null> {
  return backend === 'webgpu'
    ? probes.webgpu()
    : backend === 'webgl'
      ? probes.webgl()
      : null;
}

async function startProblem(
  backend: BackendName,
  probes: IProbes
): Promise<string> {
  try {
    return (await probes.start(backend))
      ? ''
      : `${LABEL[backend]} does not start`;
  } catch (error) {
    return `${LABEL[backend]} does not start (${messageOf(error)})`;
  }
}

function reasonOf(
  backend: BackendName,
  gpu: IGpu | null,
  passed: readonly string[]
): string {
  const on = gpu ? `${LABEL[backend]} on ${gpu.name}` : LABEL[backend];
  return passed.length > 0
    ? `${on}, because ${passed.join(' and ')}.`
    : `${on}.`;
}

function noticeOf(
  wanted: BackendName | 'auto',
  backend: BackendName,
  gpu: IGpu | null,
  passed: readonly string[],
  news: boolean
): string {
  if (wanted !== 'auto' && wanted !== backend) {
    return `${LABEL[wanted]} was asked for, ${LABEL[backend]} is used: ${passed.join('; ')}.`;
  }
  if (news) {
    return `${sentence(LABEL[backend])} is used: ${passed.join('; ')}.`;
  }
  if (gpu?.software) {
    return (
      `${LABEL[backend]} runs on a software renderer (${gpu.name}) here, ` +
      'which is slower than WebAssembly.'
    );
  }
  return '';
}
