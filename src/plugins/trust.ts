/** Whether a notebook may be active: an untrusted one shows its static pictures only. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';

/** What is asked of a cell. */
export interface ICell {
  readonly type: string;
  readonly trusted: boolean;
  readonly sharedModel: { getSource(): string };
  /** Of a code cell. */
  readonly outputs?: {
    readonly length: number;
    get(index: number): { readonly type: string };
  };
}

/**
 * True where no output of the notebook needs trust: as Jupyter itself has it, every code cell is
 * trusted or holds nothing but text.
 */
export function isTrusted(cells: Iterable<ICell>): boolean {
  for (const cell of cells) {
    if (cell.type === 'code' && !cell.trusted && isRich(cell)) {
      return false;
    }
  }
  return true;
}

function isRich({ outputs }: ICell): boolean {
  for (let i = 0; outputs && i < outputs.length; i++) {
    if (['display_data', 'execute_result'].includes(outputs.get(i).type)) {
      return true;
    }
  }
  return false;
}

/** True where a notebook has to do with eelscape. */
export function mentions(cells: Iterable<ICell>): boolean {
  return [...cells].some(
    cell =>
      cell.type === 'code' && cell.sharedModel.getSource().includes('eelscape')
  );
}

/**
 * Opens once: when the notebook is trusted, or when its user runs a cell in this page, which is
 * more than any panel does.
 */
export class TrustGate {
  /**
   * @param onOpened - the notebook is active from now on.
   * @param onClosed - it is loaded and may not be; called once.
   */
  constructor(
    notebook: NotebookPanel,
    onOpened: () => void,
    onClosed: () => void
  ) {
    this._notebook = notebook;
    this._onOpened = onOpened;
    notebook.disposed.connect(() => this._end());
    void notebook.context.ready.then(() => {
      if (this._isOpen || notebook.isDisposed) {
        return;
      }
      notebook.model?.contentChanged.connect(this._look, this);
      this._look();
      if (!this._isOpen) {
        onClosed();
      }
    });
  }

  get isOpen(): boolean {
    return this._isOpen;
  }

  /** Take the connection on which the notebook's cells run. */
  follow(kernel: Kernel.IKernelConnection | null): void {
    this._kernel?.anyMessage.disconnect(this._onMessage, this);
    this._kernel = this._isOpen ? null : kernel;
    this._kernel?.anyMessage.connect(this._onMessage, this);
  }

  private _look(): void {
    const cells = this._notebook.model?.cells;
    if (cells && isTrusted(cells)) {
      this._open();
    }
  }

  /** Before the kernel can answer: what the cell opens is met. */
  private _onMessage(
    _: unknown,
    { msg, direction }: Kernel.IAnyMessageArgs
  ): void {
    if (direction === 'send' && msg.header.msg_type === 'execute_request') {
      const content =
        msg.content as KernelMessage.IExecuteRequestMsg['content'];
      if (!content.silent) {
        this._open();
      }
    }
  }

  private _open(): void {
    if (!this._isOpen) {
      this._isOpen = true;
      this._end();
      this._onOpened();
    }
  }

  private _end(): void {
    this.follow(null);
    this._notebook.model?.contentChanged.disconnect(this._look, this);
  }

  private _notebook: NotebookPanel;
  private _onOpened: () => void;
  private _kernel: Kernel.IKernelConnection | null = null;
  private _isOpen = false;
}
