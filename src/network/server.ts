/** What a network worker does with the messages it gets. */
import {
  locateWasm,
  messageOf,
  probeBackend,
  startBackend,
  type WasmFiles
} from './backends';
import { architecture } from './architecture';
import { datasetProblem } from './data';
import { evaluatePositions, Predictor } from './inference';
import { watchDevice } from './device-loss';
import type { Call, IWorkerScope, Request, Response } from './messages';
import { Network } from './network';
import { TrainingRun } from './run';
import { NetworkState } from './state';
import type { IEvaluation, ITrainRequest } from './types';

/** Serves one run, session or probe through a worker's scope. */
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
          return await this._train(message.request);
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
          return await this._queueCall(message.id, message.call);
        case 'probe':
          return this._send({ type: 'probed', ...(await probeBackend()) });
      }
    } catch (error) {
      this._send({ type: 'failed', id, message: messageOf(error) });
    }
  }

  private async _train(request: ITrainRequest): Promise<void> {
    const choice = await startBackend(request.backend);
    const watch = watchDevice(message =>
      this._send({ type: 'failed', id: null, message })
    );
    const run = new TrainingRun(request, choice, {
      onProgress: progress => this._send({ type: 'progress', progress }),
      onEvaluation: evaluation =>
        this._send({ type: 'evaluation', evaluation }, buffersOf(evaluation))
    });
    this._run = run;
    // Messages may have come while the backend started.
    if (this._paused) {
      run.pause();
    }
    if (this._stopped) {
      run.stop();
    }
    try {
      const result = await run.run();
      this._send({ type: 'result', result }, buffersOf(result.evaluation));
    } catch (error) {
      throw await watch.explain(error);
    } finally {
      run.dispose();
      this._run = null;
    }
  }

  private async _open(
    message: Extract<Request, { type: 'open' }>
  ): Promise<void> {
    const { spec, parameters, scaling } = message;
    const network = new Network(architecture(spec));
    const { backend } = await startBackend(message.backend);
    watchDevice(text =>
      this._send({ type: 'failed', id: null, message: text })
    );
    this._network = network;
    this._state = new NetworkState(network.plan, parameters);
    this._predictor = new Predictor(network, this._state, scaling);
    this._send({ type: 'opened', backend });
  }

  /** One call after another: two at once would only fill the GPU's memory. */
  private async _queueCall(id: number, call: Call): Promise<void> {
    const turn = this._calls.then(() => this._call(call));
    this._calls = turn.catch(() => undefined);
    const value = await turn;
    this._send({ type: 'reply', id, value }, buffersOf(value));
  }

  private async _call(call: Call): Promise<Float32Array | IEvaluation> {
    const predictor = this._predictor;
    const network = this._network;
    const state = this._state;
    if (!predictor || !network || !state) {
      throw new Error('The session is not open yet.');
    }
    if (call.method === 'evaluate') {
      const problem = datasetProblem(network.plan.spec, call.dataset);
      if (problem) {
        throw new RangeError(problem);
      }
      return evaluatePositions(network, state, call.dataset, call.positions, 0);
    }
    const { spec, input } = network.plan;
    const size =
      call.method === 'encode' ? input[0] * input[1] : spec.latentDims;
    if (call.values.length !== call.n * size) {
      throw new RangeError(
        `${call.method} got ${call.values.length} values for ${call.n} rows ` +
          `of ${size}.`
      );
    }
    return predictor[call.method](call.values, call.n);
  }

  private _send(message: Response, transfer: Transferable[] = []): void {
    this._scope.postMessage(message, transfer);
  }

  private readonly _scope: IWorkerScope;
  private _run: TrainingRun | null = null;
  private _paused = false;
  private _stopped = false;
  private _network: Network | null = null;
  private _state: NetworkState | null = null;
  private _predictor: Predictor | null = null;
  private _calls: Promise<unknown> = Promise.resolve();
}

function buffersOf(value: Float32Array | IEvaluation): Transferable[] {
  return value instanceof Float32Array
    ? [value.buffer]
    : [value.latents.buffer, value.predictions.buffer];
}
