/** Notices a lost GPU, after which TF.js goes on and returns garbage. */
import * as tf from '@tensorflow/tfjs-core';

const ADVICE =
  'the driver was reset or the GPU ran out of memory. ' +
  'Train again, with a smaller batch or with backend="wasm".';

/** Calls back once when the GPU of the backend in use is lost. */
export function watchDevice(lost: (message: string) => void): void {
  const backend: unknown = tf.backend();
  const name = tf.getBackend();
  if (name === 'webgpu') {
    const { device } = backend as { device: GPUDevice };
    void device.lost.then(({ reason }) => {
      if (reason !== 'destroyed') {
        lost(`The WebGPU device was lost: ${ADVICE}`);
      }
    });
  } else if (name === 'webgl') {
    const { gpgpu } = backend as { gpgpu: { gl: WebGL2RenderingContext } };
    gpgpu.gl.canvas.addEventListener(
      'webglcontextlost',
      () => lost(`The WebGL context was lost: ${ADVICE}`),
      { once: true }
    );
  }
}
