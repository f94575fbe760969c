/** Sending a finished model to the kernel. */
import type { BlockArray } from './array-blocks';
import { BlockPush, type IPushOptions } from './block-push';
import type { IModelPayload } from './types';

/** Blocks of a model sent and not yet acknowledged. */
const IN_FLIGHT = 3;

/** One transfer; `done` resolves when the kernel holds the model. */
export class ModelPush extends BlockPush {
  constructor(
    payload: IModelPayload,
    send: IPushOptions['send'],
    onProgress?: IPushOptions['onProgress']
  ) {
    const { run, title, backend, notice } = payload;
    const { file, positions, latents, predictions } = payload;
    const n = positions.length;
    const per = (array: BlockArray) => (n ? array.length / n : 1);
    super({
      arrays: [
        { name: 'file', data: file, shape: [file.length] },
        { name: 'positions', data: positions, shape: [n] },
        { name: 'latents', data: latents, shape: [n, per(latents)] },
        { name: 'predictions', data: predictions, shape: [n, per(predictions)] }
      ],
      inFlight: IN_FLIGHT,
      open: (transfer, arrays) => ({
        type: 'model',
        transfer,
        run,
        title,
        backend,
        notice,
        arrays
      }),
      send,
      onProgress
    });
  }
}
