/** Web Locks name the runs of all pages of this browser; a page that goes lets go of them. */
import type { IRunLocks } from './kept-run';

const PREFIX = 'eelscape-run:';

export class BrowserLocks implements IRunLocks {
  hold(run: string): () => void {
    let release = (): void => undefined;
    const until = new Promise<void>(resolve => {
      release = resolve;
    });
    // Plain http from another machine has no locks.
    navigator.locks?.request(PREFIX + run, () => until).catch(() => undefined);
    return release;
  }

  async held(): Promise<ReadonlySet<string> | null> {
    if (!navigator.locks) {
      return null;
    }
    const { held } = await navigator.locks.query();
    return new Set(
      (held ?? []).flatMap(({ name }) =>
        name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []
      )
    );
  }
}
