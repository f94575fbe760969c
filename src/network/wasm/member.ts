/** Entry of a crew member's bundle: computes its range of every call until it is terminated. */
import {
  CALLED,
  FAILED,
  NAMES,
  Orders,
  PENDING,
  TURN,
  type IEnlistment
} from './crew-calls';
import type { IKernels } from './kernels';

self.onmessage = async ({ data }: MessageEvent<IEnlistment>) => {
  const { kernels, memory, member } = data;
  const orders = new Orders(data.orders);
  const { control } = orders;
  const instance = await WebAssembly.instantiate(kernels, { env: { memory } });
  const exports = instance.exports as unknown as IKernels;
  self.postMessage('ready');
  for (let turn = 0; ; turn++) {
    Atomics.wait(control, TURN, turn);
    try {
      exports[NAMES[control[CALLED]]](...orders.read(member));
    } catch {
      Atomics.store(control, FAILED, 1);
    }
    if (Atomics.sub(control, PENDING, 1) === 1) {
      Atomics.notify(control, PENDING);
    }
  }
};
