/** The page's side of an opened network, through as many workers as it takes. */
import type { BackendName, IScaling } from '../signal/types';
import type { Call, Response } from './messages';
import {
  nextAttempt,
  wasReset,
  type IAttempt,
  type IFailure
} from './obstacles';
import { PendingCalls, compact } from './pending-calls';
import { withoutSpectra, type Task } from './task';
import type {
  IDataset,
  IEvaluation,
  INetworkSpec,
  ISession,
  Parameters
} from './types';

/** What it takes to open a network, again and again. */
export interface IOpened {
  readonly spec: INetworkSpec;
  readonly parameters: Parameters;
  readonly scaling: IScaling;
  readonly backend: BackendName | 'auto';
}

/** Interruptions in a row, without an answer between them, after which the next backend is taken. */
const MOST_RESTARTS = 2;

/**
 * A network in a worker. Where its GPU is reset or its worker ends, another worker opens it
 * again and is asked what was not answered yet.
 */
export class WorkerSession implements ISession {
  /** @param start - makes a worker. */
  static async open(start: () => Task, network: IOpened): Promise<ISession> {
    const session = new WorkerSession(start, network);
    await session._opened;
    return session;
  }

  private constructor(start: () => Task, network: IOpened) {
    this._start = start;
    this._network = network;
    this.spec = network.spec;
    this._calls = new PendingCalls((id, call) => this._send(id, call));
    this._opened = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    this._task = this._begin({ batchSize: 1, obstacles: {}, notice: '' });
  }

  readonly spec: INetworkSpec;

  get backend(): BackendName {
    return this._backend!;
  }

  encode(values: Float32Array, n: number): Promise<Float32Array> {
    const call = { method: 'encode', values: compact(values), n } as const;
    return this._calls.ask(call) as Promise<Float32Array>;
  }

  decode(values: Float32Array, n: number): Promise<Float32Array> {
    const call = { method: 'decode', values: compact(values), n } as const;
    return this._calls.ask(call) as Promise<Float32Array>;
  }

  evaluate(dataset: IDataset, positions: Int32Array): Promise<IEvaluation> {
    const call = { method: 'evaluate', dataset, positions } as const;
    return this._calls.ask(call) as Promise<IEvaluation>;
  }

  dispose(): void {
    this._task.fail('The network was closed.');
  }

  private _begin(attempt: IAttempt): Task {
    const task = this._start();
    this._ready = false;
    task.onResponse = response => this._take(response);
    task.onFailure = (error, failure) => this._failed(error, attempt, failure);
    const { obstacles } = attempt;
    task.worker.postMessage({ type: 'open', ...this._network, obstacles });
    return task;
  }

  private _take(response: Response): void {
    if (response.type === 'opened') {
      this._backend = response.backend;
      this._ready = true;
      this._resolve();
      this._calls.repeat();
      return;
    }
    this._restarts = 0;
    this._calls.answer(response);
  }

  private _failed(error: Error, attempt: IAttempt, failure?: IFailure): void {
    const next = failure && this._next(attempt, failure);
    if (next) {
      this._task = this._begin(next);
      return;
    }
    this._reject(error);
    this._calls.end(error);
  }

  /** The same again after an interruption, then the next backend; null where that is no remedy. */
  private _next(attempt: IAttempt, failure: IFailure): IAttempt | null {
    const reset = wasReset(failure.message);
    // Code that could not be loaded would not be loaded again.
    if (failure.obstacle !== 'interrupted' || !(reset || this._backend)) {
      return null;
    }
    if (++this._restarts <= MOST_RESTARTS) {
      return attempt;
    }
    this._restarts = 0;
    return nextAttempt(1, attempt, failure);
  }

  /** Hands a call to the worker; before it has opened the network the calls wait. */
  private _send(id: number, call: Call): void {
    const { worker } = this._task;
    if (!this._ready) {
      return;
    }
    if (call.method !== 'evaluate') {
      worker.postMessage({ type: 'call', id, call });
      return;
    }
    const dataset = withoutSpectra(call.dataset);
    worker.postMessage({ type: 'call', id, call: { ...call, dataset } });
    this._task.sendSpectra(call.dataset.spectra);
  }

  private readonly _start: () => Task;
  private readonly _network: IOpened;
  private readonly _calls: PendingCalls;
  private readonly _opened: Promise<void>;
  private _task: Task;
  private _backend: BackendName | null = null;
  /** Whether the worker has opened the network. */
  private _ready = false;
  /** Interruptions since the last answer. */
  private _restarts = 0;
  private _resolve: () => void = () => undefined;
  private _reject: (error: Error) => void = () => undefined;
}
