/** Makes the worker. Alone here, because only bundlers know `import.meta.url`. */
import type { IWorkerLike } from './messages';

/** A new worker; its chunk loads with the first one. */
export function createNetworkWorker(): IWorkerLike {
  return new Worker(
    new URL('./worker.js', import.meta.url)
  ) as unknown as IWorkerLike;
}
