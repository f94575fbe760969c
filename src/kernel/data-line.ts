/** The front end's data comm: handshake, sending, and what becomes of the kernel. */
import type { Kernel, KernelMessage as Jupyter } from '@jupyterlab/services';
import { PromiseDelegate, UUID, type JSONValue } from '@lumino/coreutils';
import { VERSION } from '../version';
import { kernelFate, servedDuringCells, startComm } from './data-comm';
import { otherProtocol } from './handshake';
import { assertSendable, ownBuffer } from './outgoing';
import { onPageEnd } from './page-end';
import {
  PROTOCOL_VERSION,
  readKernelMessage,
  TARGET,
  type DataMessage,
  type KernelMessage
} from './protocol';
import { tabId } from './tab';
import type { IElsewhere, LinkState } from './types';

/** Milliseconds between hellos that are not answered. */
const HELLO_INTERVAL = 3000;
/** Milliseconds between hellos of a tab that watches: the one that leads may have gone unseen. */
const WATCH_INTERVAL = 10_000;
/** Milliseconds without news after which another tab's run is not spoken of. */
const NEWS_LAST = 15_000;
/** Milliseconds that a kernel without a subshell is at work before it counts as busy. */
const BUSY_AFTER = 1000;

/** What the kernel answers to a hello. */
export type Welcome = Extract<KernelMessage, { type: 'welcome' }>;

/** Messages that the handshake does not use itself. */
export type LineMessage = Exclude<
  KernelMessage,
  { type: 'welcome' | 'refused' | 'error' | 'who' }
>;

export interface IDataLineListener {
  /** @param bytes - of the message's buffer, empty where it has none. */
  onMessage(message: LineMessage, bytes: Uint8Array): void;
  onState(state: LinkState): void;
  /** Everything under way ends with this error. */
  onLost(error: Error): void;
  /** The connection is there again: what was said meanwhile may be lost. */
  onBack(): void;
  /**
   * A sentence about what is lost and what to do.
   * @param data - Whether the kernel still has the data.
   */
  describeLoss(what: string, data?: boolean): string;
}

export class DataLine {
  constructor(
    kernel: Kernel.IKernelConnection,
    id: string,
    listener: IDataLineListener
  ) {
    this._kernel = kernel;
    this._id = id;
    this._listener = listener;
    kernel.statusChanged.connect(this._onKernel, this);
    kernel.connectionStatusChanged.connect(this._onKernel, this);
    kernel.disposed.connect(this._onKernelDisposed, this);
    kernel.iopubMessage.connect(this._onIOPub, this);
    void this._connect();
  }

  /** Names this line to the kernel; a reloaded page has another. */
  readonly client = UUID.uuid4();
  state: LinkState = 'connected';
  /** 'watcher' while another tab leads: it gets the requests of cells. */
  role: 'leader' | 'watcher' = 'leader';
  /** Why the line is gone. */
  failure: Error | null = null;

  /** What the tab does that leads; null where this one leads. */
  get elsewhere(): IElsewhere | null {
    return this.role === 'watcher' ? { training: this._training } : null;
  }

  /** The kernel says what the tab trains that leads. */
  hearOf(training: IElsewhere['training']): void {
    this._heardAt = Date.now();
    this._training = training;
    this._listener.onState(this.state);
  }

  /** The kernel's latest answer to a hello, or the next one. */
  get welcome(): Promise<Welcome> {
    return this._welcome.promise;
  }

  /** Say hello again: the next `welcome` describes the data as they are now. */
  askWelcome(): void {
    if (this._welcomed) {
      this._welcome = newDelegate();
      this._welcomed = false;
    }
    this._helloAt = Date.now();
    this.send(this._hello());
  }

  /** @throws Error with a sentence for the user where the kernel would not get it as it is. */
  send(message: DataMessage, buffer?: Uint8Array): void {
    assertSendable(message, buffer);
    const comm = this._comm;
    if (!this._open || !comm || comm.isDisposed || this._kernel.isDisposed) {
      return;
    }
    comm.send(
      message as unknown as JSONValue,
      undefined,
      buffer ? [ownBuffer(buffer)] : []
    );
  }

  /** Called now and then; true where the kernel can be expected to answer. */
  tick(): boolean {
    if (this._training && Date.now() - this._heardAt > NEWS_LAST) {
      this.hearOf(null);
    }
    // A kernel that is busy without a subshell answers later.
    if (this.state !== 'connected' || !this._open) {
      return false;
    }
    const watching = this.role === 'watcher' ? WATCH_INTERVAL : Infinity;
    const wait = this._welcomed ? watching : HELLO_INTERVAL;
    if (Date.now() - this._helloAt >= wait) {
      this.askWelcome();
    }
    return true;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._lose(new Error('The panel was closed.'));
    this._disposed = true;
    this._pageEnd.dispose();
    this._kernel.statusChanged.disconnect(this._onKernel, this);
    this._kernel.connectionStatusChanged.disconnect(this._onKernel, this);
    this._kernel.disposed.disconnect(this._onKernelDisposed, this);
    this._kernel.iopubMessage.disconnect(this._onIOPub, this);
    const comm = this._comm;
    this._comm = null;
    if (!comm) {
      return;
    }
    // The kernel connection keeps its comms in memory, closed ones too.
    comm.onMsg = () => undefined;
    comm.onClose = () => undefined;
    if (!comm.isDisposed && !this._kernel.isDisposed) {
      if (this._open) {
        comm.close();
      } else {
        comm.dispose();
      }
    }
  }

  private async _connect(): Promise<void> {
    try {
      const comm = this._kernel.createComm(TARGET);
      this._comm = comm;
      comm.onMsg = message => this._onMessage(message);
      comm.onClose = () => this._end('The kernel closed the line.');
      await startComm(this._kernel, comm);
      if (this._disposed || this._ended) {
        return;
      }
      this._served = servedDuringCells(comm);
      this._helloAt = Date.now();
      const data = { role: 'data', id: this._id, hello: this._hello() };
      comm.open(data as JSONValue);
      this._open = true;
      this._onKernel();
    } catch (error) {
      this._end(`The line to the kernel could not be opened: ${error}.`);
    }
  }

  private _hello(): DataMessage {
    return {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      version: VERSION,
      client: this.client,
      tab: tabId(),
      subshell: this._served
    };
  }

  private _onMessage(raw: Jupyter.ICommMsgMsg): void {
    const refusal = otherProtocol(raw.content.data);
    const message = readKernelMessage(raw.content.data);
    if (refusal || !message || this._disposed) {
      return refusal ? this._end(refusal) : undefined;
    }
    switch (message.type) {
      case 'welcome':
        if (this.role !== message.role) {
          this.role = message.role;
          this._listener.onState(this.state);
        }
        this._welcomed = true;
        this._welcome.resolve(message);
        break;
      case 'refused':
        this._end(message.message);
        // The kernel's side has ended; a message that closes it would find nothing.
        this._comm?.dispose();
        break;
      case 'error':
        console.warn(`eelscape: ${message.message}`);
        break;
      case 'who':
        this.askWelcome();
        break;
      default:
        this._listener.onMessage(message, bytesOf(raw.buffers?.[0]));
    }
  }

  private _onKernel(): void {
    if (this._disposed || this._ended) {
      return;
    }
    const fate = kernelFate(this._kernel);
    const cut = this._kernel.connectionStatus !== 'connected';
    const rejoined = this._cut && !cut && !fate;
    this._cut = cut;
    if (fate === 'disconnected') {
      // The socket may come back, and the kernel with all its data.
      const what = 'The server was disconnected';
      this._lose(new Error(this._listener.describeLoss(what, true)));
      this._welcome = newDelegate();
      this._welcomed = false;
      this._setState('gone');
    } else if (fate) {
      this._end(this._listener.describeLoss(fate));
    } else {
      const back = this.state === 'gone';
      const unserved = this._open && !this._served;
      const busy = this._kernel.status === 'busy' && unserved;
      this._setBusy(busy);
      if (back) {
        this.failure = null;
        this.askWelcome();
      }
      if (rejoined) {
        this._listener.onBack();
      }
    }
  }

  /** The kernel need not wait for an answer; it keeps this tab's place for the page that follows. */
  private _leave(): void {
    const comm = this._comm;
    if (this._open && comm && !comm.isDisposed && !this._kernel.isDisposed) {
      comm.onClose = () => undefined;
      comm.close({ page: true });
    }
  }

  /** A kernel is busy for a moment with each of this line's own messages. */
  private _setBusy(busy: boolean): void {
    clearTimeout(this._busyTimer);
    if (!busy) {
      this._setState('connected');
    } else if (this.state !== 'busy') {
      this._setState('connected');
      this._busyTimer = setTimeout(() => this._setState('busy'), BUSY_AFTER);
    }
  }

  /** A kernel that somebody else restarts says nothing of it, but has another session. */
  private _onIOPub(
    _: unknown,
    { header, content }: Jupyter.IIOPubMessage
  ): void {
    const state = 'execution_state' in content ? content.execution_state : '';
    // The server's own messages have a session as well.
    if (header.session && (state === 'busy' || state === 'idle')) {
      this._session ||= header.session;
      if (header.session !== this._session) {
        this._end(this._listener.describeLoss('Kernel restarted'));
      }
    }
  }

  private _onKernelDisposed(): void {
    this._end(this._listener.describeLoss('The kernel was shut down'));
  }

  /** The line is at its end; nothing brings it back. */
  private _end(why: string): void {
    if (!this._disposed && !this._ended) {
      this._ended = true;
      this._lose(new Error(why));
      this._setState('gone');
    }
  }

  private _lose(error: Error): void {
    clearTimeout(this._busyTimer);
    this.failure = error;
    this._welcome.reject(error);
    this._listener.onLost(error);
  }

  private _setState(state: LinkState): void {
    if (state !== this.state) {
      this.state = state;
      this._listener.onState(state);
    }
  }

  private _kernel: Kernel.IKernelConnection;
  private _id: string;
  private _listener: IDataLineListener;
  private _comm: Kernel.IComm | null = null;
  private _open = false;
  /** True where the kernel answers while a cell runs. */
  private _served = false;
  private _welcome = newDelegate();
  private _welcomed = false;
  private _helloAt = 0;
  private _training: IElsewhere['training'] = null;
  private _heardAt = 0;
  private _busyTimer: ReturnType<typeof setTimeout> | undefined;
  /** Of the kernel's process; '' before its first message. */
  private _session = '';
  /** True while the socket is away, for a moment or for good. */
  private _cut = false;
  private _pageEnd = onPageEnd(() => this._leave());
  private _ended = false;
  private _disposed = false;
}

function newDelegate(): PromiseDelegate<Welcome> {
  const delegate = new PromiseDelegate<Welcome>();
  // Nobody may be waiting when the line ends.
  delegate.promise.catch(() => undefined);
  return delegate;
}

function bytesOf(view: ArrayBuffer | ArrayBufferView | undefined): Uint8Array {
  if (!view) {
    return new Uint8Array(0);
  }
  return ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view);
}
