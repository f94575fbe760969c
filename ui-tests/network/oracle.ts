/** A page that runs golden cases on one of TF.js's GPU backends. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  tensorSubject,
  wgslSubject
} from '../../src/network/__tests__/oracle-subjects';
import {
  readCase,
  runOracle,
  type ICheck
} from '../../src/network/__tests__/oracle';

declare global {
  // eslint-disable-next-line @typescript-eslint/naming-convention -- the browser's own name
  interface Window {
    /** Runs a case whose files are served at `folder`. */
    runCase(
      backend: string,
      name: string,
      folder: string,
      steps: number
    ): Promise<ICheck[]>;
    /** Tensors that are left on the device. */
    tensorsLeft(): number;
  }
}

async function bytes(address: string): Promise<Uint8Array> {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new Error(`${address}: ${answer.status}`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

window.runCase = async (backend, name, folder, steps) => {
  const wgsl = backend === 'wgsl';
  const name_ = wgsl ? 'webgpu' : backend;
  if (!(await tf.setBackend(name_)) || tf.getBackend() !== name_) {
    throw new Error(`${backend} does not start in this browser.`);
  }
  const manifest = await (await fetch(`${folder}/manifest.json`)).json();
  return runOracle(
    readCase(name, manifest),
    await bytes(`${folder}/${name}.safetensors`),
    await bytes(`${folder}/${name}.grad_f64.safetensors`),
    false,
    steps,
    wgsl ? wgslSubject((tf.backend() as WebGPUBackend).device) : tensorSubject
  );
};

window.tensorsLeft = () => tf.memory().numTensors;
