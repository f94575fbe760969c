/** Watches the kernels of all notebooks for explorers. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { TrustGate } from './trust';

/** Starts watching a kernel connection; disposing ends it. */
export type WatchKernel = (
  kernel: Kernel.IKernelConnection,
  notebook: NotebookPanel
) => IDisposable;

/** Says that a notebook is not trusted; disposing takes it back. */
export type ShowUntrusted = (notebook: NotebookPanel) => IDisposable | null;

/**
 * Watch the kernel connection of every notebook, now and later. A restarted
 * kernel keeps its connection and its watch. Of an untrusted notebook nothing
 * is asked: it is watched once it is trusted, or its user runs a cell.
 */
export function watchNotebooks(
  notebooks: INotebookTracker,
  watchKernel: WatchKernel,
  showUntrusted: ShowUntrusted
): void {
  const follow = (notebook: NotebookPanel): void => {
    let watch: IDisposable | null = null;
    let banner: IDisposable | null = null;
    const { sessionContext } = notebook;
    const take = (kernel: Kernel.IKernelConnection | null | undefined) => {
      watch?.dispose();
      gate.follow(kernel ?? null);
      watch = kernel && gate.isOpen ? watchKernel(kernel, notebook) : null;
    };
    const gate = new TrustGate(
      notebook,
      () => {
        banner?.dispose();
        take(sessionContext.session?.kernel);
      },
      () => (banner = showUntrusted(notebook))
    );
    sessionContext.kernelChanged.connect((_, { newValue }) => take(newValue));
    notebook.disposed.connect(() => take(null));
    take(sessionContext.session?.kernel);
  };
  notebooks.forEach(follow);
  notebooks.widgetAdded.connect((_, notebook) => follow(notebook));
}
