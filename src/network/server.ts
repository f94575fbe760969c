/** What a network worker does with the messages it gets. */
import {
  locateWasm,
  messageOf,
  probeBackend,
  startBackend,
  type WasmFiles
} from './backends';
import { architecture, type IArchitecture } from './architecture';
import { datasetProblem } from './data';
import { checkRows, type IPredictor } from './inference';
import { watchDevice, type IDeviceWatch } from './device-loss';
import { calibrate } from './calibrate';
import type { Call, IWorkerScope, Request, Response } from './messages';
import { DeviceLoss, obstacleOf } from './obstacles';
import { openPredictor } from './predictors';
import { ENDED, TrainingRun } from './run';
import { SpectraInbox } from './spectra-transfer';
import type { BackendName } from '../signal/types';
import type { IDataset, IEvaluation } from './types';
import { wantThreads } from './wasm/crew';

/** Serves one run, session, calibration or probe through a worker's scope. */
export function serveNetwork(scope: IWorkerScope, wasm: WasmFiles): void {
  const server = new Server(scope);
  locateWasm(wasm);
  scope.onmessage = event => {
    void server.handle(event.data);
  };
}

class Server {
  constructor(scope: IWorkerScope) {
    this._scope = scope;
  }

  async handle(message: Request): Promise<void> {
    const id = message.type === 'call' ? message.id : null;
    try {
      switch (message.type) {
        case 'train':
          this._running = new Promise(resolve => {
            this._started = resolve;
          });
          this._trained = this._train(message);
          return await this._trained;
        case 'spectra':
          this._spectra.put(message);
          return;
        case 'calibrate':
          return this._send({
            type: 'calibrated',
            ...(await calibrate(message.request))
          });
        case 'pause':
          this._paused = true;
          this._run?.pause();
          return;
        case 'resume':
          this._paused = false;
          this._run?.resume();
          return;
        case 'stop':
          this._stopped = true;
          this._run?.stop();
          return;
        case 'open':
          return await this._open(message);
        case 'call':
          return await (this._running
            ? this._askRun(message.id, message.call)
            : this._queueCall(message.id, message.call));
        case 'probe':
          return this._send({ type: 'probed', ...(await probeBackend()) });
      }
    } catch (error) {
      if (error instanceof DeviceLoss) {
        return this._gone(error);
      }
      this._send({ type: 'failed', id, message: messageOf(error) });
    }
  }

  private async _train({
    request: { dataset, ...wishes },
    before
  }: Extract<Request, { type: 'train' }>): Promise<void> {
    wantThreads(wishes.threads);
    const [choice, complete] = await Promise.all([
      startBackend(wishes.backend, before),
      this._complete(dataset)
    ]);
    const { backend } = choice;
    const notice = [choice.notice, before.notice].filter(Boolean).join(' ');
    let epochs = 0;
    const failed = (error: unknown): void =>
      this._send({
        type: 'failed',
        id: null,
        message: messageOf(error),
        obstacle: obstacleOf(error, backend, epochs) ?? undefined,
        backend
      });
    const watch = watchDevice(failed);
    const request = { ...wishes, dataset: complete };
    const run = new TrainingRun(
      request,
      { ...choice, notice },
      {
        onProgress: progress => {
          epochs = progress.epoch - (request.resume?.epoch ?? 0);
          this._send({ type: 'progress', progress });
        },
        onEvaluation: evaluation =>
          this._send({ type: 'evaluation', evaluation }, buffersOf(evaluation)),
        onCheckpoint: checkpoint =>
          this._send({ type: 'checkpoint', checkpoint })
      },
      watch.check
    );
    this._run = run;
    this._started(run);
    // Messages may have come while the backend started.
    if (this._paused) {
      run.pause();
    }
    if (this._stopped) {
      run.stop();
    }
    try {
      const result = await Promise.race([run.run(), watch.refusal]);
      this._send({ type: 'result', result }, buffersOf(result.evaluation));
    } catch (error) {
      failed(await watch.explain(error));
    } finally {
      run.dispose();
      this._run = null;
    }
  }

  /** A dataset with the spectra that follow its message. */
  private async _complete(dataset: IDataset): Promise<IDataset> {
    return { ...dataset, spectra: await this._spectra.take() };
  }

  private async _open(
    message: Extract<Request, { type: 'open' }>
  ): Promise<void> {
    const { spec, parameters, scaling, obstacles } = message;
    const plan = architecture(spec);
    const { backend } = await startBackend(message.backend, { obstacles });
    this._backend = backend;
    const watch = watchDevice(error => this._gone(error));
    this._watch = watch;
    try {
      this._plan = plan;
      this._predictor = await openPredictor(plan, parameters, scaling, backend);
      await watch.check();
    } catch (error) {
      throw await watch.explain(error);
    }
    this._send({ type: 'opened', backend });
  }

  /** Whatever this worker was at has ended: another one may go on with it. */
  private _gone({ message }: DeviceLoss): void {
    const obstacle = 'interrupted';
    const backend = this._backend;
    this._send({ type: 'failed', id: null, message, obstacle, backend });
  }

  /** The run answers between two steps. */
  private async _askRun(id: number, call: Call): Promise<void> {
    if (call.method !== 'decode') {
      throw new Error(`A run does not answer ${call.method}.`);
    }
    const run = await this._running!;
    try {
      const value = await run.decode(call.values, call.n);
      this._send({ type: 'reply', id, value }, buffersOf(value));
    } catch (error) {
      // The end of a run is told in front of the end of its calls, which
      // another attempt may answer.
      await (messageOf(error) === ENDED ? this._trained : undefined);
      throw error;
    }
  }

  /** One call after another: two at once would only fill the GPU's memory. */
  private async _queueCall(id: number, call: Call): Promise<void> {
    const turn = this._calls.then(() => this._checked(call));
    this._calls = turn.catch(() => undefined);
    const value = await turn;
    this._send({ type: 'reply', id, value }, buffersOf(value));
  }

  /** An answer of a GPU that was there; what it left unanswered another worker is asked. */
  private async _checked(call: Call): Promise<Float32Array | IEvaluation> {
    try {
      const value = await this._call(call);
      await this._watch?.check();
      return value;
    } catch (error) {
      throw (await this._watch?.explain(error)) ?? error;
    }
  }

  private async _call(call: Call): Promise<Float32Array | IEvaluation> {
    const predictor = this._predictor;
    const plan = this._plan;
    if (!predictor || !plan) {
      throw new Error('The session is not open yet.');
    }
    if (call.method === 'evaluate') {
      const dataset = await this._complete(call.dataset);
      const problem = datasetProblem(plan.spec, dataset);
      if (problem) {
        throw new RangeError(problem);
      }
      return predictor.evaluate(dataset, call.positions);
    }
    const { spec, input } = plan;
    const size =
      call.method === 'encode' ? input[0] * input[1] : spec.latentDims;
    checkRows(call.method, call.values, call.n, size);
    return predictor[call.method](call.values, call.n);
  }

  private _send(message: Response, transfer: Transferable[] = []): void {
    this._scope.postMessage(message, transfer);
  }

  private readonly _scope: IWorkerScope;
  private _run: TrainingRun | null = null;
  /** The run of a worker that trains, as soon as its backend has started. */
  private _running: Promise<TrainingRun> | null = null;
  private _trained: Promise<void> = Promise.resolve();
  private _started: (run: TrainingRun) => void = () => undefined;
  private readonly _spectra = new SpectraInbox();
  private _paused = false;
  private _stopped = false;
  private _plan: IArchitecture | null = null;
  private _watch: IDeviceWatch | null = null;
  private _backend: BackendName | undefined;
  private _predictor: IPredictor | null = null;
  private _calls: Promise<unknown> = Promise.resolve();
}

function buffersOf(value: Float32Array | IEvaluation): Transferable[] {
  return value instanceof Float32Array
    ? [value.buffer]
    : [value.latents.buffer, value.predictions.buffer];
}
