/** Notices a lost GPU, after which TF.js goes on and returns garbage. */
import * as tf from '@tensorflow/tfjs-core';
import { DeviceLoss, MemoryProblem, RefusedWork } from './obstacles';

const ADVICE =
  'the driver was reset or the GPU ran out of memory. ' +
  'Train again, with a smaller batch or with backend="wasm".';
/** Milliseconds in which a loss is reported after what fails for it. */
const REPORTED_WITHIN = 1000;
/** Values that the GPU adds to show that it is there: so many that TF.js leaves them to it. */
const COUNTED = 256;

/** Whether the GPU of the backend in use is still there. */
export interface IDeviceWatch {
  /** The GPU's loss where that is why something failed, else the error itself. */
  explain(error: unknown): Promise<unknown>;
  /** Rejects when the GPU refuses what nobody asked it about: what it computes from then on is garbage. */
  readonly refusal: Promise<never>;
  /**
   * To be awaited after reading from the device: rejects where it has gone, since WebGL may then
   * answer with zeros, and announces its loss later.
   */
  check(): Promise<void>;
}

/** Calls back once when the GPU of the backend in use is lost. */
export function watchDevice(lost: (error: DeviceLoss) => void): IDeviceWatch {
  const backend: unknown = tf.backend();
  const name = tf.getBackend();
  let loss: DeviceLoss | null = null;
  let announce: (error: DeviceLoss) => void = () => undefined;
  const announced = new Promise<DeviceLoss>(resolve => {
    announce = resolve;
  });
  const gone = (what: string): DeviceLoss => {
    if (!loss) {
      loss = new DeviceLoss(`The ${what} was lost: ${ADVICE}`);
      announce(loss);
      lost(loss);
    }
    return loss;
  };
  let refusal = new Promise<never>(() => undefined);
  let check = async (): Promise<void> => {
    if (loss) {
      throw loss;
    }
  };
  if (name === 'webgpu') {
    const { device } = backend as { device: GPUDevice };
    // Whatever the reason: nobody here destroys the device that a network is on.
    void device.lost.then(() => gone('WebGPU device'));
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
    const { gl } = (backend as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu;
    gl.canvas.addEventListener(
      'webglcontextlost',
      () => void gone('WebGL context'),
      { once: true }
    );
    check = async () => {
      if (loss || gl.isContextLost() || !(await counts())) {
        throw gone('WebGL context');
      }
    };
  }
  return {
    refusal,
    check,
    explain: error =>
      Promise.race([
        announced,
        // A read of a lost device may fail before its loss is announced.
        new Promise(resolve => {
          const gpu = name === 'webgpu' || name === 'webgl';
          setTimeout(() => resolve(error), gpu ? REPORTED_WITHIN : 0);
        })
      ])
  };
}

/** Whether the GPU still computes: a context that has gone reads as zeros before it says so. */
async function counts(): Promise<boolean> {
  const sum = tf.tidy(() => tf.sum(tf.range(0, COUNTED)));
  try {
    return (await sum.data())[0] === (COUNTED * (COUNTED - 1)) / 2;
  } finally {
    sum.dispose();
  }
}
