/** Work that the kernel does for the panel: asked for, followed, cancelled, fetched. */
import { UUID, type JSONObject } from '@lumino/coreutils';
import {
  MAX_ARRAY_BYTES,
  type BlockSink,
  type IArrayDescription
} from './array-blocks';
import type { ITaskState, TaskMessage } from './protocol';
import type { ITaskArray, ITaskOptions, ITaskResult } from './types';

/** Milliseconds from the first answer to the first look, and between later ones. */
const FIRST_POLL = 150;
const POLL = 400;
/** Milliseconds without an answer after which the last message is repeated. */
const QUIET = 5000;
/** Repetitions without any answer before a task is given up. */
const ATTEMPTS = 12;

const TYPED = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array
} as const;

/** What a task needs of the line. */
export interface ITaskLine {
  send(message: TaskMessage): void;
  /** Fetch the arrays of a source; resolves with all of them in place. */
  pull(
    source: string,
    arrays: readonly IArrayDescription[],
    abort: AbortSignal
  ): Promise<BlockSink>;
}

/** One task; `done` rejects with an Error whose message is for the user. */
class Task {
  constructor(
    line: ITaskLine,
    kind: string,
    params: JSONObject,
    options: ITaskOptions
  ) {
    this._line = line;
    this._request = { type: 'task', task: this.id, kind, params };
    this._options = options;
    this.done = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    // Whoever started it may already be gone when it fails.
    this.done.catch(() => undefined);
    options.abort?.addEventListener('abort', this._onAbort);
  }

  readonly id = UUID.uuid4();
  readonly done: Promise<ITaskResult>;

  /** True when nothing more is expected of the kernel. */
  get ended(): boolean {
    return this._phase === 'ended';
  }

  start(): void {
    try {
      this._say(this._request);
    } catch (error) {
      return this.fail(error as Error);
    }
    if (this._options.abort?.aborted) {
      this._onAbort();
    }
  }

  /** Take the kernel's answer. */
  receive(answer: ITaskState): void {
    this._heard = Date.now();
    this._attempts = 0;
    if (this._phase === 'cancelling') {
      this._release();
      return;
    }
    if (this._phase !== 'asked' && this._phase !== 'running') {
      return;
    }
    switch (answer.state) {
      case 'running': {
        const { fraction, message } = answer;
        this._options.onProgress?.({ fraction, message });
        this._pollLater(this._phase === 'asked' ? FIRST_POLL : POLL);
        this._phase = 'running';
        break;
      }
      case 'done':
        void this._fetch(answer);
        break;
      case 'failed':
        this._settle(() => this._reject(new Error(answer.message)));
        break;
      case 'cancelled':
        this._settle(() =>
          this._reject(
            new Error(answer.message || 'The kernel stopped the work.')
          )
        );
        break;
      case 'unknown':
        this._settle(() => this._reject(new Error(FORGOTTEN)));
        break;
    }
  }

  /** Called now and then while the kernel can answer. */
  tick(): void {
    const waiting = this._phase !== 'ended' && this._phase !== 'fetching';
    if (!waiting || Date.now() - this._heard <= QUIET) {
      return;
    }
    this._attempts += 1;
    if (this._attempts > ATTEMPTS) {
      this.fail(
        new Error(
          `The kernel did not answer for ${(ATTEMPTS * QUIET) / 1000} s. ` +
            'Check the connection to the server, then try again.'
        )
      );
      return;
    }
    this._say(this._last);
  }

  /** End without telling the kernel: it is not there. */
  fail(error: Error): void {
    this._end();
    this._reject(error);
  }

  private async _fetch(answer: ITaskState): Promise<void> {
    this._phase = 'fetching';
    clearTimeout(this._timer);
    try {
      const { fields, arrays } = answer;
      assertFits(arrays);
      const source = `task:${this.id}`;
      const sink = await this._line.pull(source, arrays, this._pulling.signal);
      const result = { fields, arrays: typedArrays(arrays, sink) };
      this._settle(() => this._resolve(result));
    } catch (error) {
      this._settle(() => this._reject(error));
    }
  }

  /** Let go of the result in the kernel, and tell how it ended. */
  private _settle(tell: () => void): void {
    if (this._phase !== 'ended') {
      this._release();
      tell();
    }
  }

  private _release(): void {
    this._end();
    this._line.send({ type: 'task-release', task: this.id });
  }

  private _end(): void {
    this._phase = 'ended';
    clearTimeout(this._timer);
    this._options.abort?.removeEventListener('abort', this._onAbort);
  }

  private _onAbort = (): void => {
    if (this._phase === 'ended') {
      return;
    }
    const fetching = this._phase === 'fetching';
    clearTimeout(this._timer);
    this._options.abort?.removeEventListener('abort', this._onAbort);
    if (fetching) {
      this._pulling.abort();
      this._release();
    } else {
      // The kernel's answer is waited for, so that a lost message is repeated.
      this._phase = 'cancelling';
      this._attempts = 0;
      this._say({ type: 'task-cancel', task: this.id });
    }
    this._reject(new DOMException('The work was cancelled.', 'AbortError'));
  };

  private _pollLater(delay: number): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(
      () => this._say({ type: 'task-poll', task: this.id }),
      delay
    );
  }

  private _say(message: TaskMessage): void {
    this._last = message;
    this._heard = Date.now();
    this._line.send(message);
  }

  private _line: ITaskLine;
  private _request: TaskMessage;
  private _last!: TaskMessage;
  private _options: ITaskOptions;
  private _phase: 'asked' | 'running' | 'fetching' | 'cancelling' | 'ended' =
    'asked';
  private _pulling = new AbortController();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _heard = 0;
  private _attempts = 0;
  private _resolve!: (result: ITaskResult) => void;
  private _reject!: (error: unknown) => void;
}

/** Why a result cannot be had any more. */
export const FORGOTTEN =
  'The kernel no longer knows this work: its data were replaced or its result ' +
  'made room for newer ones. Try again.';

/** Refuses arrays that together are more than one transfer may be. */
function assertFits(arrays: readonly IArrayDescription[]): void {
  const bytes = arrays.reduce((sum, array) => sum + array.bytes, 0);
  const names = new Set(arrays.map(array => array.name));
  if (bytes > MAX_ARRAY_BYTES || names.size < arrays.length) {
    throw new Error(
      `The kernel returned ${arrays.length} arrays of ${bytes} bytes in all; ` +
        `at most ${MAX_ARRAY_BYTES} bytes under different names are accepted. ` +
        'Crop or bin the data first.'
    );
  }
}

function typedArrays(
  arrays: readonly IArrayDescription[],
  sink: BlockSink
): Readonly<Record<string, ITaskArray>> {
  return Object.fromEntries(
    arrays.map(({ name, dtype, shape }) => [
      name,
      { shape, values: new TYPED[dtype](sink.take(name).buffer as ArrayBuffer) }
    ])
  );
}

/** The tasks of one line. */
export class Tasks {
  constructor(line: ITaskLine) {
    this._line = line;
  }

  /** As `ILink.runTask`. */
  run(
    kind: string,
    params: JSONObject,
    options: ITaskOptions = {}
  ): Promise<ITaskResult> {
    const task = new Task(this._line, kind, params, options);
    this._tasks.set(task.id, task);
    task.start();
    return task.done;
  }

  receive(answer: ITaskState): void {
    this._tasks.get(answer.task)?.receive(answer);
    this._sweep();
  }

  /** Called now and then while the kernel can answer. */
  tick(): void {
    this._tasks.forEach(task => task.tick());
    this._sweep();
  }

  /** Everything under way ends with this error. */
  fail(error: Error): void {
    this._tasks.forEach(task => task.fail(error));
    this._tasks.clear();
  }

  private _sweep(): void {
    for (const task of [...this._tasks.values()]) {
      if (task.ended) {
        this._tasks.delete(task.id);
      }
    }
  }

  private _line: ITaskLine;
  private _tasks = new Map<string, Task>();
}
