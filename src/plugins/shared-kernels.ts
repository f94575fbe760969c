/** Which connection of this page hears the comms of a kernel that several notebooks share. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { WatchKernel } from './notebooks';

interface IUser {
  readonly kernel: Kernel.IKernelConnection;
  readonly notebook: NotebookPanel;
}

interface IHeard {
  readonly user: IUser;
  /** Ends watching, and the connection where it was made for this. */
  readonly watch: IDisposable;
}

/**
 * JupyterLab gives the comms of a kernel to the first connection, and to no other one when that is
 * closed. Then a notebook that is left gets a connection of its own for them; when JupyterLab gives
 * the comms to one that comes later, that is taken instead.
 */
export class SharedKernels {
  /** @param watch - Opens panels for what a connection hears. */
  constructor(watch: WatchKernel) {
    this._watch = watch;
  }

  /** Take the connection of a notebook; disposing takes it back. */
  add(kernel: Kernel.IKernelConnection, notebook: NotebookPanel): IDisposable {
    const { id } = kernel;
    const user = { kernel, notebook };
    this._users.set(id, [...(this._users.get(id) ?? []), user]);
    const remove = () => {
      kernel.disposed.disconnect(remove);
      const left = (this._users.get(id) ?? []).filter(item => item !== user);
      if (left.length > 0) {
        this._users.set(id, left);
      } else {
        this._users.delete(id);
      }
      this._settle(id);
    };
    kernel.disposed.connect(remove);
    this._settle(id);
    return new DisposableDelegate(remove);
  }

  private _settle(id: string): void {
    const users = this._users.get(id) ?? [];
    const heard = this._heard.get(id);
    const given = users.find(({ kernel }) => kernel.handleComms);
    // Before a notebook had the comms, somebody else has them, a console for instance.
    const user = given ?? (heard && users[0]);
    if (user === heard?.user) {
      return;
    }
    this._heard.delete(id);
    heard?.watch.dispose();
    if (user) {
      this._heard.set(id, { user, watch: this._hear(user) });
    }
  }

  private _hear({ kernel, notebook }: IUser): IDisposable {
    if (kernel.handleComms) {
      return this._watch(kernel, notebook);
    }
    const own = kernel.clone({ handleComms: true });
    own.commsOverSubshells = kernel.commsOverSubshells;
    const watch = this._watch(own, notebook);
    return new DisposableDelegate(() => {
      watch.dispose();
      own.dispose();
    });
  }

  private _watch: WatchKernel;
  /** Notebooks that are open, by kernel, in the order in which they came. */
  private _users = new Map<string, readonly IUser[]>();
  private _heard = new Map<string, IHeard>();
}
