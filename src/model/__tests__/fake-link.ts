/** A line to a kernel that does what the test says. */
import { Signal } from '@lumino/signaling';
import type {
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
} from '../../kernel/types';
import type { IPair } from '../../signal/types';

/** A task that waits for the test to say how it ends. */
export interface IFakeTask {
  readonly kind: string;
  readonly params: Record<string, unknown>;
  readonly options: ITaskOptions;
  resolve(result: ITaskResult): void;
  reject(error: Error): void;
  aborted: boolean;
}

export class FakeLink implements ILink {
  constructor(readonly id = 'ex-1') {
    this.stateChanged = new Signal<ILink, LinkState>(this);
    this.requested = new Signal<ILink, KernelRequest>(this);
  }

  readonly stateChanged: Signal<ILink, LinkState>;
  readonly requested: Signal<ILink, KernelRequest>;
  state: LinkState = 'connected';
  progress: IRunProgress[] = [];
  models: IModelPayload[] = [];
  failures: [string, string][] = [];
  states: IPanelState[] = [];
  disposals = 0;
  /** Set to make sendModel reject. */
  broken = '';
  panelState: IPanelState | null = null;
  /** Every task asked for, in order. */
  readonly tasks: IFakeTask[] = [];
  resolve!: (pair: IPair | IQuestion) => void;
  reject!: (error: Error) => void;
  report!: (p: ITransferProgress) => void;
  transfers = 0;

  receivePair(
    onProgress: (p: ITransferProgress) => void,
    abort: AbortSignal
  ): Promise<IPair | IQuestion> {
    this.transfers++;
    this.report = onProgress;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      abort.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  runTask(
    kind: string,
    params: Record<string, unknown>,
    options: ITaskOptions = {}
  ): Promise<ITaskResult> {
    return new Promise((resolve, reject) => {
      const task = { kind, params, options, resolve, reject, aborted: false };
      this.tasks.push(task);
      options.abort?.addEventListener('abort', () => {
        task.aborted = true;
        reject(new DOMException('The work was cancelled.', 'AbortError'));
      });
    });
  }

  /** The latest task of a kind. */
  task(kind: string): IFakeTask {
    const found = this.tasks.filter(task => task.kind === kind).pop();
    if (!found) {
      throw new Error(`No task ${kind} was asked for.`);
    }
    return found;
  }

  sendProgress(progress: IRunProgress): void {
    this.progress.push(progress);
  }

  async sendModel(payload: IModelPayload): Promise<void> {
    if (this.broken) {
      throw new Error(this.broken);
    }
    this.models.push(payload);
  }

  sendFailure(run: string, message: string): void {
    this.failures.push([run, message]);
  }

  sendState(state: IPanelState): void {
    this.states.push(state);
  }

  change(state: LinkState): void {
    this.state = state;
    this.stateChanged.emit(state);
  }

  dispose(): void {
    this.disposals++;
  }
}
