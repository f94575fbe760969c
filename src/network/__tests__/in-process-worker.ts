/** A network worker without a thread: messages are cloned and cross by macrotasks. */
import * as path from 'path';
import type { IWorkerLike, IWorkerScope, Request, Response } from '../messages';
import { serveNetwork } from '../server';
import { locateKernels } from '../wasm/kernels';
import { kernelFiles } from './kernel-files';

/** Folder of the wasm binaries in Node. */
export const WASM_FOLDER = path.join(
  path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
  'dist',
  path.sep
);

export class InProcessWorker implements IWorkerLike {
  constructor() {
    this._scope = {
      onmessage: null,
      postMessage: message => this._deliver(structuredClone(message))
    };
    locateKernels(kernelFiles());
    serveNetwork(this._scope, WASM_FOLDER);
    InProcessWorker.all.push(this);
  }

  static readonly all: InProcessWorker[] = [];

  onmessage: IWorkerLike['onmessage'] = null;
  onerror: IWorkerLike['onerror'] = null;
  onmessageerror: IWorkerLike['onmessageerror'] = null;
  readonly received: string[] = [];
  /** Slices of spectra that were sent. */
  readonly slices: Extract<Request, { type: 'spectra' }>[] = [];
  terminated = false;

  postMessage(message: Request): void {
    const copy = structuredClone(message);
    if (copy.type === 'spectra') {
      this.slices.push(copy);
    }
    setImmediate(() => {
      if (!this.terminated) {
        this._scope.onmessage?.({ data: copy } as MessageEvent<Request>);
      }
    });
  }

  terminate(): void {
    this.terminated = true;
    // Nothing ends the code of a worker without a thread but its own consent.
    this._scope.onmessage?.({
      data: { type: 'stop' }
    } as MessageEvent<Request>);
  }

  private _deliver(message: Response): void {
    setImmediate(() => {
      if (!this.terminated) {
        this.received.push(message.type);
        this.onmessage?.({ data: message } as MessageEvent<Response>);
      }
    });
  }

  private readonly _scope: IWorkerScope;
}
