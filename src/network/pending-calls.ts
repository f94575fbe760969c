/** Calls to a worker that wait for their replies. */
import type { Call, Response } from './messages';
import type { IEvaluation } from './types';

interface IPending {
  readonly call: Call;
  resolve(value: Float32Array | IEvaluation): void;
  reject(error: Error): void;
}

/** Numbers calls and hands every reply to the call that it answers. */
export class PendingCalls {
  /** @param send - hands a call to the worker. */
  constructor(send: (id: number, call: Call) => void) {
    this._send = send;
  }

  /** Rejects with why the calls ended where they have. */
  ask(call: Call): Promise<Float32Array | IEvaluation> {
    return new Promise((resolve, reject) => {
      if (this._ended) {
        reject(this._ended);
        return;
      }
      const id = this._next++;
      this._pending.set(id, { call, resolve, reject });
      this._send(id, call);
    });
  }

  /** Sends what waits once more: another worker has taken over. */
  repeat(): void {
    this._pending.forEach(({ call }, id) => this._send(id, call));
  }

  /** Takes a reply or a failure; other responses are none of its business. */
  answer(response: Response): void {
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

  /** Rejects what waits, and whatever is asked later. */
  end(error: Error): void {
    this._ended ??= error;
    const pending = [...this._pending.values()];
    this._pending.clear();
    pending.forEach(({ reject }) => reject(error));
  }

  private readonly _send: (id: number, call: Call) => void;
  private readonly _pending = new Map<number, IPending>();
  private _next = 0;
  private _ended: Error | null = null;
}

/** A view's own values: a message would carry the whole buffer behind it. */
export function compact(values: Float32Array): Float32Array {
  return values.byteLength === values.buffer.byteLength
    ? values
    : values.slice();
}
