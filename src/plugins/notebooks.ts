/** Watches the kernels of all notebooks for explorers. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';

/** Starts watching a kernel connection; disposing ends it. */
export type WatchKernel = (
  kernel: Kernel.IKernelConnection,
  notebook: NotebookPanel
) => IDisposable;

/**
 * Watch the kernel connection of every notebook, now and later. A restarted
 * kernel keeps its connection and its watch.
 */
export function watchNotebooks(
  notebooks: INotebookTracker,
  watchKernel: WatchKernel
): void {
  const follow = (notebook: NotebookPanel): void => {
    let watch: IDisposable | null = null;
    const { sessionContext } = notebook;
    const take = (kernel: Kernel.IKernelConnection | null | undefined) => {
      watch?.dispose();
      watch = kernel ? watchKernel(kernel, notebook) : null;
    };
    sessionContext.kernelChanged.connect((_, { newValue }) => take(newValue));
    notebook.disposed.connect(() => take(null));
    take(sessionContext.session?.kernel);
  };
  notebooks.forEach(follow);
  notebooks.widgetAdded.connect((_, notebook) => follow(notebook));
}
