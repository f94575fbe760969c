/** A page whose GPU has little memory, or a compiler that fails; runs go through the client as in the panel. */
import { smallRequest } from '../../src/network/__tests__/small-data';
import { NetworkClient } from '../../src/network/client';
import type { IWorkerLike, IWorkerScope } from '../../src/network/messages';
import { serveNetwork } from '../../src/network/server';
import type { ICalibration, ITrainRequest } from '../../src/network/types';

/** What a run ended with. */
export interface IEnd {
  readonly backend: string;
  readonly notice: string;
  readonly train: readonly number[];
  /** Steps of an epoch. */
  readonly steps: number;
  /** Most bytes that the GPU's buffers took at once. */
  readonly bytes: number;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/naming-convention -- the browser's own name
  interface Window {
    /** Trains the small data set, twice its windows, on a GPU that has `memory` bytes. */
    trainWith(changes: Partial<ITrainRequest>, memory: number): Promise<IEnd>;
    /** The same where no compute shader compiles. */
    trainWithoutCompiler(changes: Partial<ITrainRequest>): Promise<IEnd>;
    /** Calibrates for the small data set. */
    calibrateSmall(
      backend: 'webgpu' | 'auto',
      memory: number
    ): Promise<ICalibration>;
  }
}

let memory = Infinity;
let used = 0;
let most = 0;
let exceeded = false;
let compiles = true;

const { createBuffer, createShaderModule, pushErrorScope, popErrorScope } =
  GPUDevice.prototype;
const scopes: string[] = [];

GPUDevice.prototype.createBuffer = function (descriptor) {
  const buffer = createBuffer.call(this, descriptor);
  const destroy = buffer.destroy.bind(buffer);
  let there = descriptor.size;
  used += there;
  most = Math.max(most, used);
  exceeded ||= used > memory;
  buffer.destroy = () => {
    used -= there;
    there = 0;
    destroy();
  };
  return buffer;
};

GPUDevice.prototype.pushErrorScope = function (filter) {
  scopes.push(filter);
  return pushErrorScope.call(this, filter);
};

/** What a GPU whose memory is full says to who asks; the buffers themselves look as always. */
GPUDevice.prototype.popErrorScope = async function () {
  const filter = scopes.pop();
  const error = await popErrorScope.call(this);
  const full = filter === 'out-of-memory' && exceeded;
  return error ?? (full ? new GPUOutOfMemoryError('no memory') : null);
};

GPUDevice.prototype.createShaderModule = function (descriptor) {
  return createShaderModule.call(
    this,
    compiles ? descriptor : { ...descriptor, code: 'not a shader' }
  );
};

/** A worker's code in the page: the faults above are the page's. */
class PageWorker implements IWorkerLike {
  constructor() {
    const scope: IWorkerScope = {
      onmessage: null,
      postMessage: data =>
        this._later(() => this.onmessage?.({ data } as MessageEvent))
    };
    this._scope = scope;
    exceeded = false;
    serveNetwork(scope, '/wasm/');
  }

  onmessage: IWorkerLike['onmessage'] = null;
  onerror: IWorkerLike['onerror'] = null;
  onmessageerror: IWorkerLike['onmessageerror'] = null;

  postMessage(data: Parameters<IWorkerLike['postMessage']>[0]): void {
    this._later(() => this._scope.onmessage?.({ data } as MessageEvent));
  }

  terminate(): void {
    this._ended = true;
  }

  private _later(what: () => void): void {
    setTimeout(() => this._ended || what());
  }

  private readonly _scope: IWorkerScope;
  private _ended = false;
}

const client = new NetworkClient(() => new PageWorker());

window.trainWith = async (changes, bytes) => {
  memory = bytes;
  most = used;
  const { train } = smallRequest();
  let steps = 0;
  const run = client.train(
    smallRequest({
      train: Int32Array.of(...train, ...train),
      epochs: 1,
      ...changes
    }),
    {
      onProgress: progress => {
        steps = progress.steps;
      }
    }
  );
  const { backend, notice, history } = await run.done;
  memory = Infinity;
  return { backend, notice, steps, train: [...history.train], bytes: most };
};

window.trainWithoutCompiler = async changes => {
  compiles = false;
  try {
    return await window.trainWith(changes, Infinity);
  } finally {
    compiles = true;
  }
};

window.calibrateSmall = async (backend, bytes) => {
  memory = bytes;
  const { spec, train, batchSize } = smallRequest();
  const found = await client.calibrate({
    spec: { ...spec, filters: 8 },
    windows: train.length,
    batchSize,
    backend
  });
  memory = Infinity;
  return found;
};
