/** What to install where a cell does not find the package. */
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

/**
 * Watch a kernel for cells that do not find the package.
 *
 * @param tell - Shows a sentence; called at each such cell.
 */
export function watchForMissing(
  kernel: Kernel.IKernelConnection,
  version: string,
  trans: TranslationBundle,
  tell: (text: string) => void
): IDisposable {
  const look = (_: unknown, message: KernelMessage.IIOPubMessage): void => {
    if (isMissing(message)) {
      tell(
        // JupyterLab shows 140 characters.
        trans.__(
          'This kernel has no eelscape. Run in a cell\n%pip install eelscape==%1\nthen run your cell again.',
          version
        )
      );
    }
  };
  kernel.iopubMessage.connect(look);
  return new DisposableDelegate(() => {
    kernel.iopubMessage.disconnect(look);
  });
}

/** True where a cell ended because there is no package of this name. */
function isMissing({ header, content }: KernelMessage.IIOPubMessage): boolean {
  if (header.msg_type !== 'error') {
    return false;
  }
  const { ename, evalue } = content as KernelMessage.IErrorMsg['content'];
  return (
    ename === 'ModuleNotFoundError' && evalue === "No module named 'eelscape'"
  );
}
