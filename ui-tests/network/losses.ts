/**
 * A page whose runs lose their GPU, and its worker too: the same script. In a worker it serves the
 * network as the extension's does, and takes the GPU away after so many calls to it.
 */
import {
  smallDataset,
  smallPositions,
  smallRequest
} from '../../src/network/__tests__/small-data';
import { NetworkClient } from '../../src/network/client';
import type {
  IWorkerLike,
  IWorkerScope,
  Response
} from '../../src/network/messages';
import { serveNetwork } from '../../src/network/server';
import type {
  ICalibration,
  ITrainRequest,
  ITrainResult
} from '../../src/network/types';
import { locateKernels } from '../../src/network/wasm/kernels';
import type { BackendName, IHistory } from '../../src/signal/types';

/** What a run came to. */
export interface ILost {
  readonly backend: string;
  readonly notice: string;
  readonly epoch: number;
  readonly history: IHistory;
  /** What it reported on the way: the longest history of each report. */
  readonly reported: readonly IHistory[];
  /** Encodings and predictions in the end. */
  readonly latents: readonly number[];
  readonly predictions: readonly number[];
  /** Workers that it took, and the calls to the GPU that the last of them made. */
  readonly workers: number;
  readonly calls: number;
}

/** What a run that was stopped left. */
export interface IStopped {
  readonly epoch: number;
  readonly stopped: boolean;
  readonly train: readonly number[];
  /** Windows that were evaluated. */
  readonly evaluated: number;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/naming-convention -- the browser's own name
  interface Window {
    /**
     * Trains; the GPU of the n-th worker goes after as many calls as the n-th number says, or
     * that worker fails where it is negative.
     */
    trainLosing(
      changes: Partial<ITrainRequest>,
      after: readonly (number | null)[]
    ): Promise<ILost>;
    /** Trains and stops after so many milliseconds. */
    stopAfter(
      changes: Partial<ITrainRequest>,
      milliseconds: number
    ): Promise<IStopped>;
    /** Calibrates in the same way. */
    calibrateLosing(
      backend: BackendName | 'auto',
      after: readonly (number | null)[]
    ): Promise<ICalibration & { readonly workers: number }>;
    /** Opens a trained network and asks it the same in turn, losing its GPUs; the largest difference from what it first said. */
    askLosing(
      backend: BackendName,
      after: readonly (number | null)[],
      times: number
    ): Promise<{
      readonly backends: readonly string[];
      readonly difference: number;
      readonly workers: number;
    }>;
  }
}

/** In the worker: counts calls to the GPU, and loses it after so many; fails itself where the number is negative. */
function lose(after: number): void {
  let calls = 0;
  const count = (gone: () => void): void => {
    if (++calls === Math.abs(after)) {
      if (after > 0) {
        gone();
        return;
      }
      setTimeout(() => {
        throw new Error('out of luck');
      });
    }
  };
  const { drawElements } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.drawElements = function (...values) {
    drawElements.apply(this, values);
    count(() => this.getExtension('WEBGL_lose_context')!.loseContext());
  };
  const devices = new Map<GPUQueue, GPUDevice>();
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.set(device.queue, device);
    return device;
  };
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) {
    submit.call(this, buffers);
    count(() => devices.get(this)!.destroy());
  };
  const scope = self as unknown as IWorkerScope;
  const post = scope.postMessage.bind(scope);
  scope.postMessage = (message: Response, transfer) => {
    const counted =
      message.type === 'result'
        ? { ...message, result: { ...message.result, calls } }
        : message;
    post(counted, transfer);
  };
}

function servePage(): void {
  let plan: (number | null)[] = [];
  let workers = 0;
  const client = new NetworkClient(() => {
    workers++;
    return new Worker(
      `/oracle.js?after=${plan.shift() ?? Infinity}`
    ) as unknown as IWorkerLike;
  });
  const begin = (after: readonly (number | null)[]): void => {
    plan = [...after];
    workers = 0;
  };
  const { spec, train } = smallRequest();
  const wide = { ...spec, filters: 8 };

  window.trainLosing = async (changes, after) => {
    begin(after);
    const reported: IHistory[] = [];
    const run = client.train(smallRequest({ spec: wide, ...changes }), {
      onProgress: ({ history }) => reported.push(history)
    });
    const { backend, notice, epoch, history, evaluation, calls } =
      (await run.done) as ITrainResult & { readonly calls: number };
    return {
      backend,
      notice,
      epoch,
      history,
      reported,
      latents: [...evaluation.latents],
      predictions: [...evaluation.predictions],
      workers,
      calls
    };
  };

  window.stopAfter = async (changes, milliseconds) => {
    begin([]);
    const run = client.train(smallRequest({ spec: wide, ...changes }), {});
    await new Promise(resolve => setTimeout(resolve, milliseconds));
    run.stop();
    const { epoch, stopped, history, evaluation } = await run.done;
    const evaluated = evaluation.latents.length / wide.latentDims;
    return { epoch, stopped, train: history.train, evaluated };
  };

  window.calibrateLosing = async (backend, after) => {
    begin(after);
    const found = await client.calibrate({
      spec: wide,
      windows: train.length,
      batchSize: 8,
      backend
    });
    return { ...found, workers };
  };

  window.askLosing = async (backend, after, times) => {
    begin([]);
    const request = smallRequest({ spec: wide, epochs: 1, backend: 'wasm' });
    const { parameters } = await client.train(request, {}).done;
    const dataset = smallDataset();
    begin([null, ...after]);
    const open = () => client.open(wide, parameters, dataset.scaling, backend);
    const sound = await open();
    const z = Float32Array.from({ length: 2 * 40 }, (_, i) => Math.sin(i));
    const wanted = await sound.decode(z, 40);
    const evaluated = (await sound.evaluate(dataset, smallPositions()))
      .predictions;
    sound.dispose();
    const session = await open();
    const backends: string[] = [];
    let difference = 0;
    const compare = (found: Float32Array, right: Float32Array): void =>
      found.forEach((value, i) => {
        // Not a number is no small difference.
        const apart = Math.abs(value - right[i]) / Math.abs(right[i]);
        difference = apart <= difference ? difference : apart;
      });
    for (let i = 0; i < times; i++) {
      compare(await session.decode(z, 40), wanted);
      compare(
        (await session.evaluate(dataset, smallPositions())).predictions,
        evaluated
      );
      backends.push(session.backend);
    }
    session.dispose();
    return { backends, difference, workers };
  };
}

if (typeof window === 'undefined') {
  lose(Number(new URLSearchParams(self.location.search).get('after')));
  locateKernels({
    plain: '/kernels/kernels.wasm',
    relaxed: '/kernels/kernels-relaxed.wasm'
  });
  serveNetwork(self as unknown as IWorkerScope, '/wasm/');
} else {
  servePage();
}
