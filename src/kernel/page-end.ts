/** When the page goes. */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

/**
 * Calls a function when the page is closed or loaded again; what it sends may still get out, or
 * may not. A page that the browser keeps to show it again is not gone.
 */
export function onPageEnd(act: () => void): IDisposable {
  if (typeof addEventListener !== 'function') {
    // Outside of a page nothing of the kind happens.
    return new DisposableDelegate(() => undefined);
  }
  const look = (event: PageTransitionEvent) => {
    if (!event.persisted) {
      act();
    }
  };
  addEventListener('pagehide', look);
  return new DisposableDelegate(() => removeEventListener('pagehide', look));
}
