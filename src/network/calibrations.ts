/** What was measured of this machine in the page's session, a network's shape each. */
import type { BackendName } from '../signal/types';
import { wasReset } from './obstacles';
import type { Task } from './task';
import { batchEnds } from './training';
import type { ICalibration, ICalibrationRequest, INetworkSpec } from './types';

/** Milliseconds after which a backend that hangs is given up. */
const PATIENCE = 60_000;

/** What shapes the work of a step. */
interface IShape {
  readonly spec: INetworkSpec;
  readonly batchSize: number;
  readonly backend: BackendName | 'auto';
  readonly threads?: number;
}

/** What was measured, and with which batch: half of it where memory ran out. */
interface IMeasured {
  readonly calibration: ICalibration;
  readonly batchSize: number;
}

interface IEntry {
  readonly result: Promise<IMeasured>;
  /** Callers that have not given up. */
  waiting: number;
  /** Ends the worker; the result becomes one without figures. */
  cancel(why: string): void;
  /** Set once it is there. */
  known: ICalibration | null;
}

export class Calibrations {
  /** @param start - makes a worker. */
  constructor(start: () => Task) {
    this._start = start;
  }

  async get(
    request: ICalibrationRequest,
    signal?: AbortSignal
  ): Promise<ICalibration> {
    signal?.throwIfAborted();
    const { windows, batchSize } = request;
    // Fewer windows than a batch make a smaller one.
    const shape = { ...request, batchSize: Math.min(batchSize, windows) };
    const key = keyOf(shape);
    const entry = this._entries.get(key) ?? this._measure(key, shape);
    const { calibration, ...used } = await abandonable(entry, signal);
    const steps = batchEnds(windows, used.batchSize).length;
    return {
      ...calibration,
      secondsPerEpoch: (calibration.millisecondsPerStep * steps) / 1000
    };
  }

  /** Which backend 'auto' was found to do best with; null where it was not measured. */
  fastest(shape: IShape & { readonly train: Int32Array }): BackendName | null {
    if (shape.backend !== 'auto') {
      return null;
    }
    const batchSize = Math.min(shape.batchSize, shape.train.length);
    const entry = this._entries.get(keyOf({ ...shape, batchSize }));
    return entry?.known?.backend ?? null;
  }

  /** Ends what is under way. */
  cancel(why: string): void {
    for (const entry of this._entries.values()) {
      entry.cancel(why);
    }
  }

  private _measure(key: string, request: ICalibrationRequest): IEntry {
    let task = this._start();
    let settle: (measured: IMeasured) => void = () => undefined;
    const result = new Promise<IMeasured>(resolve => {
      settle = resolve;
    });
    const end = (
      calibration: ICalibration,
      batchSize = request.batchSize
    ): void => {
      clearTimeout(timer);
      task.end();
      if (Number.isFinite(calibration.millisecondsPerStep)) {
        entry.known = calibration;
      } else {
        // Asked again, it is tried again.
        this._entries.delete(key);
      }
      settle({ calibration, batchSize });
    };
    const cancel = (why: string): void => {
      if (!task.ended) {
        end(withoutFigures(request, `Not measured: ${why}.`));
      }
    };
    const timer = setTimeout(
      () => cancel(`no step was done within ${PATIENCE / 1000} s`),
      PATIENCE
    );
    const entry: IEntry = { result, waiting: 0, cancel, known: null };
    this._entries.set(key, entry);
    const ask = (again: boolean): void => {
      task.onFailure = error => {
        if (again && wasReset(error.message)) {
          task = this._start();
          ask(false);
          return;
        }
        end(withoutFigures(request, `Not measured: ${error.message}`));
      };
      task.onResponse = response => {
        if (response.type === 'calibrated') {
          end(response.calibration, response.batchSize);
        }
      };
      task.worker.postMessage({ type: 'calibrate', request });
    };
    ask(true);
    return entry;
  }

  private readonly _start: () => Task;
  private readonly _entries = new Map<string, IEntry>();
}

function keyOf({ spec, batchSize, backend, threads }: IShape): string {
  const { kind, latentDims, filters, window, channels } = spec;
  return [
    ...[kind, latentDims, filters, window, channels],
    ...[batchSize, backend, threads]
  ].join();
}

/** An entry's result for one caller, whose giving up ends it where nobody else waits. */
function abandonable(entry: IEntry, signal?: AbortSignal): Promise<IMeasured> {
  entry.waiting++;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      entry.waiting--;
      if (entry.waiting === 0) {
        entry.cancel('it was given up');
      }
      reject(signal!.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    void entry.result.then(measured => {
      signal?.removeEventListener('abort', abort);
      resolve(measured);
    });
  });
}

function withoutFigures(
  { backend }: ICalibrationRequest,
  reason: string
): ICalibration {
  return {
    backend: backend === 'auto' ? 'cpu' : backend,
    reason,
    notice: '',
    millisecondsPerStep: NaN,
    secondsPerEpoch: NaN,
    device: ''
  };
}
