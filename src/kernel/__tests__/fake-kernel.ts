/** A kernel connection in memory, with the kernel's side of the protocol. */
import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import {
  BlockSink,
  cutBlock,
  describeArray,
  type BlockArray,
  type IArrayDescription
} from '../array-blocks';
import { crc32 } from '../crc32';
import {
  CONTROL_PREFIX,
  PROTOCOL_VERSION,
  type DataMessage,
  type TaskMessage
} from '../protocol';
import type { IPanelState } from '../types';

export type Json = Record<string, unknown>;

/** What happens to a message of the kernel on its way: the messages that arrive. */
export type Fault = (data: Json, buffer?: Uint8Array) => [Json, Uint8Array?][];

export const NY = 20;
export const NX = 24;
export const CHANNELS = 50;

const axis = (name: string, size: number) => ({
  name,
  units: name === 'energy' ? 'eV' : 'nm',
  size,
  scale: 0.5,
  offset: 0
});

/** The state of a panel that has said nothing yet. */
export const NO_STATE: IPanelState = {
  pointer: null,
  secondPointer: null,
  energyRange: null,
  regions: [],
  region: null,
  pins: [],
  selection: [],
  metric: 'relative',
  analysis: { gridSize: null, axes: null, k: null, clusters: null }
};

class FakeComm {
  constructor(
    private _kernel: FakeKernel,
    readonly commId: string,
    readonly subshellId: string | null
  ) {}
  isDisposed = false;
  commsOverSubshells = 'perCommTarget';
  subshellStarted = Promise.resolve();
  onMsg: (message: object) => void = () => undefined;
  onClose: () => void = () => undefined;
  open(data: { hello: DataMessage }): void {
    this._kernel.receive(this, data.hello);
  }
  send(
    data: DataMessage,
    _metadata: unknown,
    buffers: ArrayBuffer[] = []
  ): void {
    this._kernel.receive(this, data, buffers);
  }
  close(data?: object): void {
    this._kernel.closed.push(this.commId);
    this._kernel.closedWith.push(data);
    this.dispose();
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

/** Answers as eelscape/connection.py does; `faults` spoils what it sends. */
export class FakeKernel {
  constructor(options: { subshells?: boolean; block?: number } = {}) {
    this.supportsSubshells = options.subshells ?? true;
    const block = options.block ?? 4096;
    const spectra = Float32Array.from(
      { length: NY * NX * CHANNELS },
      (_, i) => Math.sin(i) * 100
    );
    const image = Float32Array.from({ length: NY * NX }, (_, i) => i % 97);
    this.arrays.set('spectra', [
      spectra,
      describeArray('spectra', spectra, [NY, NX, CHANNELS], block)
    ]);
    this.arrays.set('image', [
      image,
      describeArray('image', image, [NY, NX], block)
    ]);
  }

  readonly arrays = new Map<string, [BlockArray, IArrayDescription]>();
  readonly received: DataMessage[] = [];
  readonly closed: string[] = [];
  /** What comms were closed with, as `closed`. */
  readonly closedWith: unknown[] = [];
  /** Data comms, oldest first. */
  readonly comms: FakeComm[] = [];
  readonly controls: string[] = [];
  /** Bytes of finished transfers by array name. */
  readonly stored: Map<string, Uint8Array>[] = [];
  readonly supportsSubshells: boolean;
  handleComms = true;
  isDisposed = false;
  status = 'idle';
  connectionStatus = 'connected';
  info = Promise.resolve({});
  source = 'pair:1';
  /** Described in place of the pair. */
  offer: Json | null = null;
  state: Json = { ...NO_STATE };
  /** What the kernel answers to messages about tasks, without id and type. */
  taskState: (message: TaskMessage) => Json | null = () => null;
  role = 'leader';
  /** False while the kernel swallows everything. */
  answers = true;
  fault: Fault = (data, buffer) => [[data, buffer]];
  /** What happens to a message of the front end on its way: the messages that arrive. */
  faultIn: Fault = (data, buffer) => [[data, buffer]];
  statusChanged = new Signal<object, unknown>(this);
  connectionStatusChanged = new Signal<object, unknown>(this);
  disposed = new Signal<object, void>(this);
  iopubMessage = new Signal<object, unknown>(this);
  targets: string[] = [];
  reject = '';
  /** True where the arrays of models and tasks are no longer held. */
  forgets = false;

  get connection(): Kernel.IKernelConnection {
    return this as unknown as Kernel.IKernelConnection;
  }

  createComm(_target: string): FakeComm {
    const id = `data-${this._count++}`;
    const subshell = this.supportsSubshells ? 'subshell-1' : null;
    const comm = new FakeComm(this, id, subshell);
    this.comms.push(comm);
    return comm;
  }

  registerCommTarget(target: string, opened: (comm: FakeComm) => void): void {
    this.targets.push(target);
    this._opened = opened;
  }

  /** A cell calls explore; the page gets a comm. */
  openControl(id: string): FakeComm {
    const comm = new FakeComm(this, CONTROL_PREFIX + id, null);
    this._opened(comm);
    return comm;
  }

  removeCommTarget(target: string): void {
    this.targets = this.targets.filter(item => item !== target);
  }

  async requestCommInfo(): Promise<Json> {
    const comms: Json = Object.fromEntries(
      this.controls.map(id => [
        CONTROL_PREFIX + id,
        { target_name: 'eelscape' }
      ])
    );
    comms['data-of-an-earlier-page'] = { target_name: 'eelscape' };
    return { content: { status: 'ok', comms } };
  }

  setStatus(status: string): void {
    this.status = status;
    this.statusChanged.emit(status);
  }

  /** A process of the kernel says that it works or rests. */
  tellState(session: string, state: 'busy' | 'idle'): void {
    this.iopubMessage.emit({
      header: { msg_type: 'status', session },
      content: { execution_state: state }
    });
  }

  /** A cell calls explore. */
  explore(id: string): void {
    this._iopub('comm_open', id, { type: 'open', id });
  }

  /** A cell sends on the control comm. */
  control(id: string, data: Json): void {
    this._iopub('comm_msg', id, data);
  }

  /** Clients that said hello, oldest first. */
  get clients(): string[] {
    return this.received.flatMap(m => (m.type === 'hello' ? [m.client] : []));
  }

  of<T extends DataMessage['type']>(
    type: T
  ): Extract<DataMessage, { type: T }>[] {
    return this.received.filter(
      (m): m is Extract<DataMessage, { type: T }> => m.type === type
    );
  }

  receive(
    comm: FakeComm,
    data: DataMessage,
    buffers: ArrayBuffer[] = []
  ): void {
    // What travels is JSON and whole buffers.
    const sent = JSON.parse(JSON.stringify(data)) as Json;
    const bytes = buffers[0] && new Uint8Array(buffers[0]);
    for (const [arrived, buffer] of this.faultIn(sent, bytes)) {
      const message = arrived as unknown as DataMessage;
      this.received.push(message);
      if (this.answers) {
        this._serve(comm, message, buffer ? [buffer] : []);
      }
    }
  }

  private _serve(comm: FakeComm, m: DataMessage, buffers: Uint8Array[]): void {
    const reply = (data: Json, buffer?: Uint8Array) => {
      for (const [d, b] of this.fault(data, buffer)) {
        this._deliver(comm, d, b);
      }
    };
    const { source } = this;
    if (m.type === 'hello') {
      reply({
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        role: this.role,
        pair: this.offer ?? this.pair(),
        state: this.state
      });
    } else if (m.type === 'pull') {
      const found = this.arrays.get(m.array);
      const made = /^(model|task):/.test(m.source) && !this.forgets;
      if (!found || (m.source !== source && !made)) {
        reply({ type: 'unavailable', source: m.source });
        return;
      }
      const bytes = cutBlock(found[0], found[1], m.block);
      const fields = {
        array: m.array,
        block: m.block,
        of: found[1].blocks,
        bytes: bytes.length,
        crc32: crc32(bytes)
      };
      reply({ type: 'block', source: m.source, ...fields }, bytes);
    } else if ('task' in m) {
      const state = this.taskState(m);
      if (state) {
        const empty = { fraction: null, message: '', fields: {}, arrays: [] };
        reply({ type: 'task-state', task: m.task, ...empty, ...state });
      }
    } else if ('transfer' in m) {
      this._serveTransfer(m, buffers, reply);
    }
  }

  private _serveTransfer(
    m: Extract<DataMessage, { transfer: string }>,
    buffers: Uint8Array[],
    reply: (data: Json) => void
  ): void {
    const { transfer } = m;
    if (m.type === 'model') {
      this._sink ??= { sink: new BlockSink(m.arrays), arrays: m.arrays };
      reply({ type: 'started', transfer });
    } else if (!this._sink) {
      reply({ type: 'unknown', transfer });
    } else if (m.type === 'block') {
      const { array, block } = m;
      const good = this._sink.sink.accept(array, block, m.crc32, buffers[0]);
      const reason = good ? {} : { reason: 'checksum' };
      reply({
        type: good ? 'ack' : 'resend',
        transfer,
        array,
        block,
        ...reason
      });
    } else if (m.type === 'finish') {
      if (this.reject) {
        reply({ type: 'rejected', transfer, message: this.reject });
      } else if (this._sink.sink.complete) {
        const { sink, arrays } = this._sink;
        this.stored.push(new Map(arrays.map(a => [a.name, sink.take(a.name)])));
        reply({ type: 'stored', transfer, message: '' });
      } else {
        reply({ type: 'incomplete', transfer });
      }
    }
  }

  pair() {
    return {
      source: this.source,
      id: 'ex1',
      name: 's',
      title: 'FT:IO <b>',
      simulated: true,
      y: axis('y', NY),
      x: axis('x', NX),
      energy: axis('energy', CHANNELS),
      spectraUnits: 'counts',
      imageUnits: '',
      report: ['spectra: uint16 -> float32, exact'],
      sha256: 'a'.repeat(64),
      arrays: [...this.arrays.values()].map(([, description]) => description)
    };
  }

  private _deliver(comm: FakeComm, data: Json, buffer?: Uint8Array): void {
    setTimeout(() => {
      if (!comm.isDisposed) {
        // services hands out views into a larger buffer.
        const buffers = buffer ? [viewInside(buffer)] : [];
        comm.onMsg({ content: { comm_id: comm.commId, data }, buffers });
      }
    }, 0);
  }

  private _iopub(type: string, id: string, data: Json): void {
    this.iopubMessage.emit({
      header: { msg_type: type },
      content: { comm_id: CONTROL_PREFIX + id, target_name: 'eelscape', data }
    });
  }

  private _count = 0;
  private _opened: (comm: FakeComm) => void = () => undefined;
  private _sink: {
    sink: BlockSink;
    arrays: readonly IArrayDescription[];
  } | null = null;
}

function viewInside(bytes: Uint8Array): DataView {
  const larger = new Uint8Array(bytes.length + 16);
  larger.set(bytes, 8);
  return new DataView(larger.buffer, 8, bytes.length);
}
