/** Notices a lost GPU, after which TF.js goes on and returns garbage. */
import * as tf from '@tensorflow/tfjs-core';
import { DeviceLoss, MemoryProblem, RefusedWork } from './obstacles';

const ADVICE =
  'the driver was reset or the GPU ran out of memory. ' +
  'Train again, with a smaller batch or with backend="wasm".';
/** Milliseconds in which a loss is reported after what fails for it. */
const REPORTED_WITHIN = 1000;

/** Whether the GPU of the backend in use is still there. */
export interface IDeviceWatch {
  /** The GPU's loss where that is why something failed, else the error itself. */
  explain(error: unknown): Promise<unknown>;
  /** Rejects when the GPU refuses what nobody asked it about: what it computes from then on is garbage. */
  readonly refusal: Promise<never>;
}

/** Calls back once when the GPU of the backend in use is lost. */
export function watchDevice(lost: (error: DeviceLoss) => void): IDeviceWatch {
  const backend: unknown = tf.backend();
  const name = tf.getBackend();
  let loss = new Promise<DeviceLoss>(() => undefined);
  let refusal = new Promise<never>(() => undefined);
  if (name === 'webgpu') {
    const { device } = backend as { device: GPUDevice };
    loss = new Promise(resolve => {
      void device.lost.then(({ reason }) => {
        if (reason !== 'destroyed') {
          resolve(new DeviceLoss(`The WebGPU device was lost: ${ADVICE}`));
        }
      });
    });
    refusal = new Promise((_, reject) => {
      device.addEventListener('uncapturederror', ({ error }) => {
        const what = error.message.split('\n')[0];
        reject(
          error instanceof GPUOutOfMemoryError
            ? new MemoryProblem(`The GPU has too little memory: ${what}`)
            : new RefusedWork(`WebGPU refused a submission: ${what}`)
        );
      });
    });
    // Whoever waits for it hears of it; nobody else need.
    refusal.catch(() => undefined);
  } else if (name === 'webgl') {
    const { gpgpu } = backend as { gpgpu: { gl: WebGL2RenderingContext } };
    loss = new Promise(resolve => {
      gpgpu.gl.canvas.addEventListener(
        'webglcontextlost',
        () => resolve(new DeviceLoss(`The WebGL context was lost: ${ADVICE}`)),
        { once: true }
      );
    });
  }
  void loss.then(lost);
  return {
    refusal,
    explain: error =>
      Promise.race([
        loss,
        // A read of a lost device may fail before its loss is announced.
        new Promise(resolve => {
          setTimeout(
            () => resolve(error),
            name === 'webgpu' ? REPORTED_WITHIN : 0
          );
        })
      ])
  };
}
