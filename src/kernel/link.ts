/** One panel's line to one kernel: data in, models out, requests of cells. */
import type { Kernel } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IPair } from '../signal/types';
import { DataLine, type LineMessage } from './data-line';
import { describeLoss } from './loss';
import { BlockPull } from './block-pull';
import { CheckpointSender } from './checkpoint-sender';
import { readWelcome } from './expected';
import { ModelPush } from './model-push';
import type { BlockSink, IArrayDescription } from './array-blocks';
import {
  lossesToJSON,
  readControlMessage,
  type ControlMessage,
  type DataMessage
} from './protocol';
import { assertSendable } from './outgoing';
import { Retold } from './retold';
import { FORGOTTEN, Tasks } from './tasks';
import { Throttle } from './throttle';
import type {
  ICheckpointOffer,
  IElsewhere,
  ILink,
  IModelPayload,
  IPanelState,
  IQuestion,
  IRunProgress,
  ITaskOptions,
  ITaskResult,
  ITransferProgress,
  KernelRequest,
  LinkState
} from './types';

/** Milliseconds between looks at transfers and the handshake. */
const TICK = 1000;
/** Milliseconds between messages of one sort that the user's work makes. */
const MESSAGE_INTERVAL = 250;

/** Losses of a part in one message at most: 25 characters each. */
const MOST_LOSSES = 100_000;
/** How often data that are replaced while they come are asked for anew. */
const ATTEMPTS = 3;

/** What was pulled is no longer offered. */
class ReplacedError extends Error {}

/**
 * Speaks the protocol for one explorer. Requests of the kernel wait until the
 * first `receivePair`: by then somebody listens.
 */
export class Link implements ILink {
  constructor(kernel: Kernel.IKernelConnection, id: string) {
    this.id = id;
    this._line = new DataLine(kernel, id, {
      onMessage: (message, bytes) => this._onMessage(message, bytes),
      onState: state => this._stateChanged.emit(state),
      onLost: error => this._onLost(error),
      onBack: () => this._retold.messages.forEach(this._sendLatest),
      describeLoss: (what, data) => {
        const under = [...this._pulls].map(pull => pull.sink);
        return describeLoss(what, this._name, under, data);
      }
    });
    this._timer = setInterval(() => this._tick(), TICK);
  }

  readonly id: string;

  get state(): LinkState {
    return this._line.state;
  }

  get elsewhere(): IElsewhere | null {
    return this._line.elsewhere;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** The panel has let go of the link. */
  get disposed(): ISignal<Link, void> {
    return this._disposedSignal;
  }

  get stateChanged(): ISignal<ILink, LinkState> {
    return this._stateChanged;
  }

  get requested(): ISignal<ILink, KernelRequest> {
    return this._requested;
  }

  get panelState(): IPanelState | null {
    return this._known;
  }

  async receivePair(
    onProgress: (progress: ITransferProgress) => void,
    abort: AbortSignal
  ): Promise<IPair | IQuestion> {
    this._listening = true;
    void Promise.resolve().then(() => this._deliver());
    this._assertOpen();
    const cancelled = rejectsAtAbort(abort);
    for (let attempt = 1; ; attempt++) {
      // An earlier welcome may describe data that were replaced since.
      if (this._welcomeUsed) {
        this._line.askWelcome();
      }
      const welcome = await Promise.race([this._line.welcome, cancelled]);
      this._welcomeUsed = true;
      this._known = welcome.state;
      const expected = readWelcome(welcome.pair);
      this._name = expected.name;
      try {
        const { source, arrays } = expected;
        return expected.assemble(
          await this._fetch(source, arrays, cancelled, onProgress)
        );
      } catch (error) {
        if (!(error instanceof ReplacedError) || attempt === ATTEMPTS) {
          throw error;
        }
      }
    }
  }

  async runTask(
    kind: string,
    params: JSONObject,
    options?: ITaskOptions
  ): Promise<ITaskResult> {
    this._assertOpen();
    return this._tasks.run(kind, params, options);
  }

  sendProgress(progress: IRunProgress): void {
    const { history, secondsPerEpoch, ...rest } = progress;
    this._retold.goesOn(progress.run);
    this._progress.push({
      type: 'progress',
      ...rest,
      history: {
        train: lossesToJSON(history.train.slice(-MOST_LOSSES)),
        test: lossesToJSON(history.test.slice(-MOST_LOSSES))
      },
      secondsPerEpoch: Number.isFinite(secondsPerEpoch) ? secondsPerEpoch : null
    });
  }

  async sendModel(
    payload: IModelPayload,
    onProgress?: (progress: ITransferProgress) => void,
    abort?: AbortSignal
  ): Promise<void> {
    this._assertOpen();
    this._progress.flush();
    const push = new ModelPush(
      payload,
      (message, buffer) => this._line.send(message, buffer),
      onProgress
    );
    this._pushes.set(push.transfer, push);
    const cancel = () => push.cancel();
    abort?.addEventListener('abort', cancel);
    try {
      push.start();
      await push.done;
    } finally {
      abort?.removeEventListener('abort', cancel);
      this._pushes.delete(push.transfer);
    }
  }

  sendCheckpoint(offer: ICheckpointOffer): void {
    if (!this._disposed && this.state !== 'gone') {
      this._checkpoints.offer(offer);
    }
  }

  forgetCheckpoint(run: string): void {
    this._checkpoints.forget(run);
  }

  sendFailure(run: string, message: string): void {
    this._progress.flush();
    const text = message.slice(0, 10000);
    this._retold.keep({ type: 'failure', run, message: text });
    this._line.send({ type: 'failure', run, message: text });
  }

  sendState(state: IPanelState): void {
    if (state.energyRange?.every(Number.isFinite)) {
      const message: DataMessage = { type: 'state', state };
      assertSendable(message);
      this._retold.keep(message);
      this._panelState.push(message);
    }
  }

  /** Take a message on the explorer's control comm. */
  onControl(data: unknown): void {
    const message = readControlMessage(data);
    if (!message || this._disposed || this.state === 'gone') {
      return;
    }
    const mine = message.client === this._line.client;
    if (message.type === 'vacant') {
      this._line.askWelcome();
    } else if (message.type === 'elsewhere') {
      this._line.hearOf(message.training);
    } else if (message.type === 'ping') {
      if (mine) {
        this._line.send({ type: 'pong' });
      }
    } else if ('request' in message && (mine || message.type === 'reload')) {
      if (mine) {
        this._line.send({ type: 'accepted', request: message.request });
      }
      if (!this._seen.has(message.request)) {
        this._seen.add(message.request);
        void this._take(message);
      }
    }
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    clearInterval(this._timer);
    this._line.dispose();
    this._progress.cancel();
    this._panelState.cancel();
    this._disposedSignal.emit();
    Signal.clearData(this);
  }

  private _onMessage(message: LineMessage, bytes: Uint8Array): void {
    if (message.type === 'task-state') {
      this._tasks.receive(message);
      return;
    }
    if (message.type !== 'block' && message.type !== 'unavailable') {
      this._pushes.get(message.transfer)?.receive(message);
      this._checkpoints.receive(message);
      return;
    }
    for (const pull of this._pulls) {
      if (pull.source !== message.source) {
        continue;
      }
      if (message.type === 'block') {
        pull.receive(message, bytes);
      } else {
        pull.fail(
          message.source.startsWith('task:')
            ? new Error(FORGOTTEN)
            : new ReplacedError('The data changed in Python: Reload.')
        );
      }
    }
  }

  private async _take(message: ControlMessage): Promise<void> {
    if (message.type === 'train') {
      const { run, setup } = message;
      this._queue.push({ type: 'train', run, setup });
    } else if (message.type === 'stop') {
      this._queue.push({ type: 'stop', run: message.run });
    } else if (message.type === 'reload') {
      this._queue.push({ type: 'reload' });
    } else if (message.type === 'place') {
      this._queue.push({ type: 'place', state: message.state });
    } else if (message.type === 'changed') {
      this._queue.push({ type: 'changed', what: message.what });
    } else if (message.type === 'show') {
      const { model, arrays } = message;
      try {
        const sink = await this._fetch(`model:${model}`, arrays);
        this._queue.push({ type: 'show', model, file: sink.take('file') });
      } catch (error) {
        console.warn('eelscape: the model to show did not arrive.', error);
      }
    }
    this._deliver();
  }

  private _deliver(): void {
    while (this._listening && !this._disposed && this._queue.length > 0) {
      this._requested.emit(this._queue.shift()!);
    }
  }

  /** Pull the arrays of a source, unless `cancelled` rejects before. */
  private async _fetch(
    source: string,
    arrays: readonly IArrayDescription[],
    cancelled?: Promise<never>,
    onProgress?: (progress: ITransferProgress) => void
  ): Promise<BlockSink> {
    const pull = new BlockPull({
      source,
      arrays,
      onProgress,
      ask: (array, block) =>
        this._line.send({ type: 'pull', source, array, block })
    });
    this._pulls.add(pull);
    pull.start();
    try {
      return await (cancelled
        ? Promise.race([pull.done, cancelled])
        : pull.done);
    } finally {
      this._pulls.delete(pull);
    }
  }

  private _tick(): void {
    if (this._line.tick()) {
      this._pulls.forEach(pull => pull.tick());
      this._pushes.forEach(push => push.tick());
      this._checkpoints.tick();
      this._tasks.tick();
    }
  }

  private _onLost(error: Error): void {
    this._pulls.forEach(pull => pull.fail(error));
    this._pushes.forEach(push => push.fail(error));
    this._checkpoints.lose(error);
    this._tasks.fail(error);
    this._progress.cancel();
    this._panelState.cancel();
  }

  private _assertOpen(): void {
    if (this._disposed || this.state === 'gone') {
      throw this._line.failure ?? new Error('The panel was closed.');
    }
  }

  private _sendLatest = (message: DataMessage) => {
    try {
      this._line.send(message);
    } catch (error) {
      console.warn('eelscape: the kernel was not told.', error);
    }
  };
  private _line: DataLine;
  private _name = '';
  private _known: IPanelState | null = null;
  private _welcomeUsed = false;
  private _listening = false;
  private _queue: KernelRequest[] = [];
  private _seen = new Set<number>();
  private _pulls = new Set<BlockPull>();
  private _pushes = new Map<string, ModelPush>();
  private _tasks = new Tasks({
    send: message => this._line.send(message),
    pull: (source, arrays, abort) =>
      this._fetch(source, arrays, rejectsAtAbort(abort))
  });
  private _checkpoints = new CheckpointSender({
    send: (message, buffer) => this._line.send(message, buffer),
    held: () => this._pulls.size > 0 || this._pushes.size > 0
  });
  private _retold = new Retold();
  private _progress = new Throttle(this._sendLatest, MESSAGE_INTERVAL);
  private _panelState = new Throttle(this._sendLatest, MESSAGE_INTERVAL);
  private _timer: ReturnType<typeof setInterval>;
  private _disposed = false;
  private _disposedSignal = new Signal<Link, void>(this);
  private _stateChanged = new Signal<ILink, LinkState>(this);
  private _requested = new Signal<ILink, KernelRequest>(this);
}

function rejectsAtAbort(abort: AbortSignal): Promise<never> {
  const cancelled = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error('Receiving was cancelled.'));
    if (abort.aborted) {
      stop();
    }
    abort.addEventListener('abort', stop);
  });
  // It may be aborted when nobody waits any longer.
  cancelled.catch(() => undefined);
  return cancelled;
}
