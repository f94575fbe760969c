/** The page's side of the network room: workers behind plain calls. */
import type { BackendName, IScaling } from '../signal/types';
import { Calibrations } from './calibrations';
import type { IWorkerLike } from './messages';
import { PendingCalls, compact } from './pending-calls';
import { Task, withoutSpectra } from './task';
import type {
  ICalibration,
  ICalibrationRequest,
  IDataset,
  IEvaluation,
  INetworkClient,
  INetworkSpec,
  IRun,
  IRunHandlers,
  ISession,
  ITrainRequest,
  Parameters
} from './types';
import { WorkerRun } from './worker-run';

/** Trains and infers in workers, one for each run and session. */
export class NetworkClient implements INetworkClient {
  /** @param workerFactory - `createNetworkWorker` of worker-factory.ts. */
  constructor(workerFactory: () => IWorkerLike) {
    this._factory = workerFactory;
  }

  train(request: ITrainRequest, handlers: IRunHandlers): IRun {
    this._calibrations.cancel('A run has started');
    return new WorkerRun(
      () => this._start(),
      request,
      handlers,
      this._calibrations.fastest(request)
    );
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

  calibrate(
    request: ICalibrationRequest,
    signal?: AbortSignal
  ): Promise<ICalibration> {
    return this._calibrations.get(request, signal);
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
    this._calibrations.cancel('The panel was closed');
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
  private readonly _calibrations = new Calibrations(() => this._start());
}

class Session implements ISession {
  constructor(task: Task, spec: INetworkSpec, backend: BackendName) {
    this.spec = spec;
    this.backend = backend;
    this._task = task;
    this._calls = new PendingCalls((id, call) =>
      task.worker.postMessage({ type: 'call', id, call })
    );
    task.onResponse = response => this._calls.answer(response);
    task.onFailure = error => this._calls.end(error);
  }

  readonly spec: INetworkSpec;
  readonly backend: BackendName;

  encode(values: Float32Array, n: number): Promise<Float32Array> {
    const call = { method: 'encode', values: compact(values), n } as const;
    return this._calls.ask(call) as Promise<Float32Array>;
  }

  decode(values: Float32Array, n: number): Promise<Float32Array> {
    const call = { method: 'decode', values: compact(values), n } as const;
    return this._calls.ask(call) as Promise<Float32Array>;
  }

  evaluate(dataset: IDataset, positions: Int32Array): Promise<IEvaluation> {
    const answer = this._calls.ask({
      method: 'evaluate',
      dataset: withoutSpectra(dataset),
      positions
    }) as Promise<IEvaluation>;
    this._task.sendSpectra(dataset.spectra);
    return answer;
  }

  dispose(): void {
    this._task.fail('The network was closed.');
  }

  private readonly _task: Task;
  private readonly _calls: PendingCalls;
}
