/** The page's side of the network room: workers behind plain calls. */
import type { BackendName, IScaling } from '../signal/types';
import { Calibrations } from './calibrations';
import type { IWorkerLike } from './messages';
import { WorkerSession } from './session';
import { Task } from './task';
import type {
  ICalibration,
  ICalibrationRequest,
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

  open(
    spec: INetworkSpec,
    parameters: Parameters,
    scaling: IScaling,
    backend: BackendName | 'auto'
  ): Promise<ISession> {
    const network = { spec, parameters, scaling, backend };
    return WorkerSession.open(() => this._start(), network);
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
