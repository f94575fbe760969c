/** The page's side of the network room: workers behind plain calls. */
import type { BackendName, IScaling } from '../signal/types';
import type { Call, IWorkerLike, Response } from './messages';
import type {
  IDataset,
  IEvaluation,
  INetworkClient,
  INetworkSpec,
  IRun,
  IRunHandlers,
  ISession,
  ITrainRequest,
  ITrainResult,
  Parameters
} from './types';

/** Trains and infers in workers, one for each run and session. */
export class NetworkClient implements INetworkClient {
  /** @param workerFactory - `createNetworkWorker` of worker-factory.ts. */
  constructor(workerFactory: () => IWorkerLike) {
    this._factory = workerFactory;
  }

  train(request: ITrainRequest, handlers: IRunHandlers): IRun {
    const task = this._start();
    const done = new Promise<ITrainResult>((resolve, reject) => {
      task.onFailure = reject;
      task.onResponse = response => {
        switch (response.type) {
          case 'progress':
            handlers.onProgress?.(response.progress);
            break;
          case 'evaluation':
            handlers.onEvaluation?.(response.evaluation);
            break;
          case 'result':
            task.end();
            resolve(response.result);
            break;
        }
      };
    });
    task.worker.postMessage({ type: 'train', request });
    const tell = (type: 'pause' | 'resume' | 'stop') => () => {
      if (!task.ended) {
        task.worker.postMessage({ type });
      }
    };
    return {
      pause: tell('pause'),
      resume: tell('resume'),
      stop: tell('stop'),
      done
    };
  }

  async open(
    spec: INetworkSpec,
    parameters: Parameters,
    scaling: IScaling,
    backend: BackendName | 'auto'
  ): Promise<ISession> {
    const task = this._start();
    const taken = await new Promise<BackendName>((resolve, reject) => {
      task.onFailure = reject;
      task.onResponse = response => {
        if (response.type === 'opened') {
          resolve(response.backend);
        }
      };
      task.worker.postMessage({
        type: 'open',
        spec,
        parameters,
        scaling,
        backend
      });
    });
    return new Session(task, spec, taken);
  }

  async probe(): Promise<{ backend: BackendName; reason: string }> {
    const task = this._start();
    return new Promise((resolve, reject) => {
      task.onFailure = reject;
      task.onResponse = response => {
        if (response.type === 'probed') {
          task.end();
          resolve({ backend: response.backend, reason: response.reason });
        }
      };
      task.worker.postMessage({ type: 'probe' });
    });
  }

  /** Ends every worker; what was under way is rejected. */
  dispose(): void {
    for (const task of [...this._tasks]) {
      task.fail('The panel was closed before the network was done.');
    }
  }

  private _start(): Task {
    const task = new Task(this._factory(), () => this._tasks.delete(task));
    this._tasks.add(task);
    return task;
  }

  private readonly _factory: () => IWorkerLike;
  private readonly _tasks = new Set<Task>();
}

/** A worker and what it was started for. */
class Task {
  constructor(worker: IWorkerLike, ended: () => void) {
    this.worker = worker;
    this._onEnd = ended;
    worker.onmessage = ({ data }) => {
      if (data.type === 'failed' && data.id === null) {
        this.fail(data.message);
      } else if (!this._ended) {
        this.onResponse(data);
      }
    };
    worker.onerror = event => {
      event.preventDefault?.();
      const what = event.message || 'its code could not be loaded';
      this.fail(
        `The network's worker stopped: ${what}. Train again; if it happens ` +
          'again, choose a smaller batch or another backend.'
      );
    };
    worker.onmessageerror = () => {
      this.fail(
        "The network's worker sent something that could not be read: " +
          'the browser may be out of memory. Close other tabs and train again.'
      );
    };
  }

  readonly worker: IWorkerLike;
  onResponse: (response: Response) => void = () => undefined;
  onFailure: (error: Error) => void = () => undefined;

  get ended(): boolean {
    return this._ended;
  }

  /** Terminates the worker, which gives the GPU's memory back. */
  end(): void {
    if (!this._ended) {
      this._ended = true;
      this.worker.terminate();
      this._onEnd();
    }
  }

  fail(message: string): void {
    if (!this._ended) {
      this.end();
      this.onFailure(new Error(message));
    }
  }

  private readonly _onEnd: () => void;
  private _ended = false;
}

interface IPending {
  resolve(value: Float32Array | IEvaluation): void;
  reject(error: Error): void;
}

class Session implements ISession {
  constructor(task: Task, spec: INetworkSpec, backend: BackendName) {
    this.spec = spec;
    this.backend = backend;
    this._task = task;
    task.onResponse = response => this._answer(response);
    task.onFailure = error => {
      this._problem = error;
      const pending = [...this._pending.values()];
      this._pending.clear();
      pending.forEach(({ reject }) => reject(error));
    };
  }

  readonly spec: INetworkSpec;
  readonly backend: BackendName;

  encode(values: Float32Array, n: number): Promise<Float32Array> {
    const call = { method: 'encode', values: compact(values), n } as const;
    return this._ask(call) as Promise<Float32Array>;
  }

  decode(values: Float32Array, n: number): Promise<Float32Array> {
    const call = { method: 'decode', values: compact(values), n } as const;
    return this._ask(call) as Promise<Float32Array>;
  }

  evaluate(dataset: IDataset, positions: Int32Array): Promise<IEvaluation> {
    return this._ask({
      method: 'evaluate',
      dataset,
      positions
    }) as Promise<IEvaluation>;
  }

  dispose(): void {
    this._task.fail('The network was closed.');
  }

  private _ask(call: Call): Promise<Float32Array | IEvaluation> {
    return new Promise((resolve, reject) => {
      if (this._task.ended) {
        reject(this._problem ?? new Error('The network was closed.'));
        return;
      }
      const id = this._next++;
      this._pending.set(id, { resolve, reject });
      this._task.worker.postMessage({ type: 'call', id, call });
    });
  }

  private _answer(response: Response): void {
    if (response.type !== 'reply' && response.type !== 'failed') {
      return;
    }
    const pending = this._pending.get(response.id ?? -1);
    this._pending.delete(response.id ?? -1);
    if (response.type === 'reply') {
      pending?.resolve(response.value);
    } else {
      pending?.reject(new Error(response.message));
    }
  }

  private readonly _task: Task;
  private readonly _pending = new Map<number, IPending>();
  private _problem: Error | null = null;
  private _next = 0;
}

/** A view's own values: a message would carry the whole buffer behind it. */
function compact(values: Float32Array): Float32Array {
  return values.byteLength === values.buffer.byteLength
    ? values
    : values.slice();
}
