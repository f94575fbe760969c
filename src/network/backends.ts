/** Which of TF.js's backends to compute on, and why. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { BackendName } from '../signal/types';

/** Addresses of the wasm binaries by file name, or the folder that holds them. */
export type WasmFiles = string | { readonly [file: string]: string };

export interface IBackendChoice {
  readonly backend: BackendName;
  /** One sentence for the user: why this one. */
  readonly reason: string;
  /** A sentence where it is not what was asked for, else ''. */
  readonly notice: string;
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

const LABEL: { readonly [name in BackendName]: string } = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript'
};

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

/**
 * Tells TF.js where its wasm binaries are; to be called once, first.
 *
 * One thread: on cross-origin isolated pages TF.js starts its threads from the
 * source text of a function, which a minified bundle has broken.
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
  probes: IProbes = PROBES
): Promise<IBackendChoice> {
  const passed: string[] = [];
  const order: BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];
  if (wanted !== 'auto') {
    order.splice(order.indexOf(wanted), 1);
    order.unshift(wanted);
  }
  for (const backend of order) {
    const asked = backend === wanted;
    const gpu = await gpuOf(backend, probes);
    const problem =
      gpu?.problem ||
      (gpu?.software && !asked
        ? `${LABEL[backend]} runs on a software renderer (${gpu.name})`
        : '') ||
      (await startProblem(backend, probes));
    if (problem) {
      passed.push(problem);
      continue;
    }
    return {
      backend,
      reason: reasonOf(backend, gpu, passed),
      notice: noticeOf(wanted, backend, gpu, passed)
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
  const { backend, reason } = await startBackend('auto', probes);
  return { backend, reason };
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
  passed: readonly string[]
): string {
  if (wanted !== 'auto' && wanted !== backend) {
    return `${LABEL[wanted]} was asked for, ${LABEL[backend]} is used: ${passed.join('; ')}.`;
  }
  if (gpu?.software) {
    return (
      `${LABEL[backend]} runs on a software renderer (${gpu.name}) here, ` +
      'which is slower than WebAssembly.'
    );
  }
  return '';
}

export function messageOf(error: unknown): string {
  if (error instanceof Error) {
    return error.message;
  }
  // TF.js rejects with plain objects that hold a message.
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : String(error);
}
