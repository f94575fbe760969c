/** One piece of work in the kernel at a time: progress, cancelling, the reason why not now. */
import type { JSONObject } from '@lumino/coreutils';
import type { ILink, ITaskProgress, ITaskResult } from '../kernel/types';

/** Why the kernel cannot be asked for anything; '' where it can. */
export function kernelProblem(link: ILink | null): string {
  if (!link) {
    return 'No kernel: run the cell with explore.';
  }
  return link.state === 'gone'
    ? 'The kernel is gone: run the cell with explore again.'
    : '';
}

/** True for the rejection of a task that this side cancelled. */
export function isCancelled(error: unknown): boolean {
  return (error as Error | null)?.name === 'AbortError';
}

/** A task that can be cancelled; a new one ends the one before. */
export class KernelWork {
  /** True while the kernel is at it. */
  get running(): boolean {
    return this._abort !== null;
  }

  /** Rejects as `ILink.runTask` does. */
  async run(
    link: ILink,
    kind: string,
    params: JSONObject,
    onProgress: (progress: ITaskProgress) => void
  ): Promise<ITaskResult> {
    this.cancel();
    const abort = new AbortController();
    this._abort = abort;
    try {
      return await link.runTask(kind, params, {
        abort: abort.signal,
        onProgress: progress => {
          if (this._abort === abort) {
            onProgress(progress);
          }
        }
      });
    } finally {
      if (this._abort === abort) {
        this._abort = null;
      }
    }
  }

  cancel(): void {
    const abort = this._abort;
    this._abort = null;
    abort?.abort();
  }

  private _abort: AbortController | null = null;
}
