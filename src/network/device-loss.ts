/** Notices a lost GPU, after which TF.js goes on and returns garbage. */
import * as tf from '@tensorflow/tfjs-core';

const ADVICE =
  'the driver was reset or the GPU ran out of memory. ' +
  'Train again, with a smaller batch or with backend="wasm".';
/** Milliseconds in which a loss is reported after what fails for it. */
const REPORTED_WITHIN = 1000;

/** Whether the GPU of the backend in use is still there. */
export interface IDeviceWatch {
  /** The GPU's loss where that is why something failed, else the error itself. */
  explain(error: unknown): Promise<unknown>;
}

/** Calls back once when the GPU of the backend in use is lost. */
export function watchDevice(lost: (message: string) => void): IDeviceWatch {
  const backend: unknown = tf.backend();
  const name = tf.getBackend();
  let loss = new Promise<string>(() => undefined);
  if (name === 'webgpu') {
    const { device } = backend as { device: GPUDevice };
    loss = new Promise(resolve => {
      void device.lost.then(({ reason }) => {
        if (reason !== 'destroyed') {
          resolve(`The WebGPU device was lost: ${ADVICE}`);
        }
      });
    });
  } else if (name === 'webgl') {
    const { gpgpu } = backend as { gpgpu: { gl: WebGL2RenderingContext } };
    loss = new Promise(resolve => {
      gpgpu.gl.canvas.addEventListener(
        'webglcontextlost',
        () => resolve(`The WebGL context was lost: ${ADVICE}`),
        { once: true }
      );
    });
  }
  void loss.then(lost);
  return {
    explain: error =>
      Promise.race([
        loss.then(message => new Error(message)),
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
