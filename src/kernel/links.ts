/** Finds the explorers of a kernel and opens a link to each. */
import type { Kernel, KernelMessage as Jupyter } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { Link } from './link';
import { onPageEnd } from './page-end';
import { CONTROL_PREFIX, readControlMessage, TARGET } from './protocol';

/**
 * The links of one kernel connection. A link is opened when a cell calls
 * `explore`, when this page meets a kernel that already has explorers (after a
 * reload), and when Python asks for a panel that was closed.
 */
export class KernelLinks implements IDisposable {
  constructor(kernel: Kernel.IKernelConnection) {
    this._kernel = kernel;
    if (!kernel.handleComms) {
      // Another connection to the same kernel takes its comms.
      return;
    }
    kernel.registerCommTarget(TARGET, this._onTarget);
    kernel.iopubMessage.connect(this._onIOPub, this);
    void this._adopt();
  }

  /** A link was opened; it receives nothing before `receivePair` is called. */
  get opened(): ISignal<KernelLinks, Link> {
    return this._opened;
  }

  /** The links that are open, oldest first. */
  get links(): readonly Link[] {
    return [...this._links.values()];
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Stop looking for explorers; links that are open stay. */
  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._pageEnd.dispose();
    this._letGo([...this._controls.keys()]);
    this._kernel.iopubMessage.disconnect(this._onIOPub, this);
    if (!this._kernel.isDisposed && this._kernel.handleComms) {
      this._kernel.removeCommTarget(TARGET, this._onTarget);
    }
    Signal.clearData(this);
  }

  /** Explorers that were there before this page was. */
  private async _adopt(): Promise<void> {
    try {
      await this._kernel.info;
      const reply = await this._kernel.requestCommInfo({ target_name: TARGET });
      if (this._disposed || reply.content.status !== 'ok') {
        return;
      }
      Object.keys(reply.content.comms)
        .filter(comm => comm.startsWith(CONTROL_PREFIX))
        .map(comm => comm.slice(CONTROL_PREFIX.length))
        .filter(id => !this._seen.has(id))
        .forEach(id => this._openLink(id));
    } catch {
      // The kernel went away; its next one has no explorers.
    }
  }

  /** Services closes comms whose target nobody has; the work is in _onIOPub. */
  private _onTarget = (comm: Kernel.IComm): void => {
    this._controls.set(comm.commId, comm);
  };

  /** Each comm holds the kernel's subshell, which ends with the last of them. */
  private _letGo(controls: readonly string[]): void {
    for (const id of controls) {
      const comm = this._controls.get(id);
      this._controls.delete(id);
      if (comm && !comm.isDisposed && !this._kernel.isDisposed) {
        comm.dispose();
      }
    }
  }

  // Control messages are read here and not from a comm: after a reload there is
  // no comm object, and while a cell waits for training none could be looked up.
  private _onIOPub(_: unknown, message: Jupyter.IIOPubMessage): void {
    const type = message.header.msg_type;
    if (type !== 'comm_open' && type !== 'comm_msg') {
      return;
    }
    const content = message.content as Jupyter.ICommMsgMsg['content'];
    if (!content.comm_id.startsWith(CONTROL_PREFIX)) {
      return;
    }
    const id = content.comm_id.slice(CONTROL_PREFIX.length);
    const known = this._links.get(id);
    const alive = known && known.state !== 'gone';
    if (type === 'comm_open') {
      // A kernel that was restarted opens the explorers of its cells again.
      if (!alive) {
        this._openLink(id);
      }
      return;
    }
    const control = readControlMessage(content.data)?.type;
    if (control === 'closed') {
      this._letGo([content.comm_id]);
      return;
    }
    if (known && alive) {
      known.onControl(content.data);
      return;
    }
    // A panel that the user closed opens again for work, not for a question.
    const work =
      control === 'train' || control === 'show' || control === 'reload';
    if (work || (control === 'ping' && !this._seen.has(id))) {
      this._openLink(id);
    }
  }

  private _openLink(id: string): void {
    const link = new Link(this._kernel, id);
    this._seen.add(id);
    this._links.set(id, link);
    link.disposed.connect(() => {
      // What a panel leaves behind would be kept with it.
      if (this._links.get(id) === link) {
        this._links.delete(id);
      }
    });
    this._opened.emit(link);
  }

  private _kernel: Kernel.IKernelConnection;
  /** The links that are open, by explorer. */
  private _links = new Map<string, Link>();
  /** Explorers that had a panel, closed ones included. */
  private _seen = new Set<string>();
  /** Comms that the kernel opened while this page was there. */
  private _controls = new Map<string, Kernel.IComm>();
  private _pageEnd = onPageEnd(() => this._letGo([...this._controls.keys()]));
  private _disposed = false;
  private _opened = new Signal<KernelLinks, Link>(this);
}
