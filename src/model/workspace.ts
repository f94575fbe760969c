/** The root model of a panel: its data, its line to Python, its sub-models. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { ILink, KernelRequest } from '../kernel/types';
import type { INetworkClient } from '../network/types';
import type { IPair } from '../signal/types';
import { VERSION } from '../version';
import { DataModel } from './data-model';
import { defaultEnergyRange, defaultPointer } from './default-view';
import type { IModelFiles } from './model-files';
import { ModelsModel } from './models-model';
import { NavigationModel } from './navigation-model';
import { PairTransfer } from './pair-transfer';
import { RunResults } from './run-results';
import { Sessions } from './sessions';
import {
  DEFAULT_SETTINGS,
  evaluationInterval,
  type IWorkspaceSettings
} from './settings';
import { showModel } from './show-model';
import { StateReport } from './state-report';
import { messageOf, TrainingModel } from './training-model';
import type { ITransferState, IWorkspace, PanelStatus } from './types';

/** The parts a workspace is made of. */
export interface IWorkspaceOptions {
  readonly id: string;
  readonly link: ILink | null;
  /** Disposed with the workspace. */
  readonly network: INetworkClient;
  readonly files: IModelFiles;
  readonly settings?: IWorkspaceSettings;
  /** Versions of further software that model files name. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** Receives the data, answers Python, and ties the sub-models together. */
export class Workspace implements IWorkspace {
  constructor(options: IWorkspaceOptions) {
    this.id = options.id;
    this._files = options.files;
    this._network = options.network;
    this._settings = options.settings ?? DEFAULT_SETTINGS;
    const { setup, energyUnit, gridSize, k } = this._settings;
    this.data = new DataModel(setup);
    this.navigation = new NavigationModel(energyUnit);
    this._sessions = new Sessions(options.network);
    this.models = new ModelsModel({
      navigation: this.navigation,
      sessions: this._sessions,
      kind: setup.kind,
      gridSize,
      k,
      onError: error => this.training.report(messageOf(error))
    });
    this._results = new RunResults({
      data: this.data,
      models: this.models,
      navigation: this.navigation,
      sessions: this._sessions,
      files: options.files,
      versions: { eelscape: VERSION, ...options.versions },
      link: () => this._link,
      report: message => this.training.report(message),
      onUnsent: () => this._changed.emit()
    });
    this.training = new TrainingModel({
      client: options.network,
      listener: this._results,
      pair: () => this.data.pair,
      setup: () => this.data.setup,
      evaluateEvery: epochs =>
        evaluationInterval(this._settings.evaluateEvery, epochs)
    });
    this.data.setupChanged.connect(this._onSetup, this);
    this.models.activeChanged.connect(this._onActive, this);
    this.models.itemsChanged.connect(this._onItems, this);
    this.training.changed.connect(this._refreshStatus, this);
    this._stateReport = new StateReport({
      data: this.data,
      navigation: this.navigation,
      link: () => this._link
    });
    this.attach(options.link);
  }

  readonly id: string;
  readonly data: DataModel;
  readonly navigation: NavigationModel;
  readonly models: ModelsModel;
  readonly training: TrainingModel;

  get title(): string {
    const pair = this.data.pair;
    return pair?.title || pair?.name || 'eelscape';
  }

  get status(): PanelStatus {
    return this._status;
  }

  get transfer(): ITransferState | null {
    return this._transfer.state;
  }

  get linkState(): 'connected' | 'busy' | 'gone' | 'none' {
    return this._link?.state ?? 'none';
  }

  get error(): string {
    return this._error;
  }

  /** How many models Python does not have yet. */
  get unsent(): number {
    return this._results.unsent;
  }

  get changed(): ISignal<IWorkspace, void> {
    return this._changed;
  }

  get disposed(): ISignal<IWorkspace, void> {
    return this._disposedSignal;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Take a line to a kernel, in place of the earlier one, and receive its data. */
  attach(link: ILink | null): void {
    if (this._isDisposed || link === this._link) {
      return;
    }
    this._transfer.cancel();
    this._dropLink();
    this._link = link;
    if (link) {
      link.stateChanged.connect(this._onLinkState, this);
      link.requested.connect(this._onRequest, this);
      this._forgotten = true;
      this.reload();
    }
    this._changed.emit();
  }

  cancelTransfer(): void {
    this._transfer.cancel();
  }

  reload(): void {
    const link = this._link;
    if (link && !this._isDisposed) {
      void this._receive(link);
    }
  }

  sendToPython(): Promise<void> {
    return this._results.sendUnsent();
  }

  exportModel(): Uint8Array | null {
    const active = this.models.active;
    return active ? this._results.file(active.id) : null;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stateReport.dispose();
    this._transfer.dispose();
    this._dropLink();
    this.training.dispose();
    this.models.dispose();
    this._sessions.dispose();
    this.navigation.dispose();
    this.data.dispose();
    this._network.dispose();
    this._disposedSignal.emit();
    Signal.clearData(this);
  }

  private async _receive(link: ILink): Promise<void> {
    this._error = '';
    const received = this._transfer.receive(link);
    this._refreshStatus();
    const end = await received;
    if (this._isDisposed || end.type === 'superseded') {
      return;
    }
    if (end.type === 'received') {
      this._setPair(end.pair);
    } else if (this.data.pair) {
      // What is open stays open; the strip says what did not work.
      this.training.report(end.message);
      this.training.resumeQueue();
    } else {
      this._error = end.message;
      this.training.failQueued(end.message);
    }
    this._refreshStatus();
    this._changed.emit();
  }

  private _setPair(pair: IPair): void {
    const old = this.data.pair;
    if (old && sameData(old, pair)) {
      // A page or a cell ran again over the same data: keep what is shown.
      if (this._forgotten) {
        this._results.markUnsent();
        this._stateReport.schedule();
      }
    } else {
      this._replaceData(old, pair);
    }
    this._forgotten = false;
    this.training.resumeQueue();
  }

  /** Models belong to the data they were trained on, and go with them. */
  private _replaceData(old: IPair | null, pair: IPair): void {
    this.training.abandon(
      'The data were replaced while this network trained: the run was ended. ' +
        'Train again.'
    );
    [...this.models.items].forEach(model => this.models.remove(model.id));
    this.navigation.setBounds(pair.ny, pair.nx, pair.channels);
    this.data.setPair(pair);
    if (!old || !sameShape(old, pair)) {
      this.navigation.setEnergyRange(...defaultEnergyRange(pair));
      const split = this.data.windows?.map ?? null;
      this.navigation.setPointer(...defaultPointer(pair, split));
    }
    this._stateReport.schedule();
  }

  private _onRequest(_: ILink, request: KernelRequest): void {
    switch (request.type) {
      case 'train':
        this._onTrain(request.run, request.setup);
        break;
      case 'stop':
        this.training.stopRun(request.run);
        break;
      case 'show':
        void this._show(request.model, request.file);
        break;
      case 'reload':
        this._forgotten = true;
        this.reload();
        break;
    }
  }

  private _onTrain(run: string, setup: DataModel['setup']): void {
    if (this._status === 'error') {
      // No data have come; a run that waits for them would wait for ever.
      this._link?.sendFailure(run, this._error);
      return;
    }
    if (!this.training.running) {
      this.data.change(setup);
    }
    this.training.enqueue({ run, setup, fromPython: true });
  }

  private async _show(id: string, file: Uint8Array): Promise<void> {
    const known = this.models.items.some(item => item.id === id);
    if (known) {
      this.models.activate(id);
      return;
    }
    try {
      const pair = this.data.pair ?? (await this._pairArrived());
      const model = await showModel({
        id,
        file,
        pair,
        sessions: this._sessions,
        files: this._files,
        backend: this._settings.setup.backend,
        label: (kind, latents) => this.models.freeLabel(kind, latents)
      });
      if (!this._isDisposed) {
        this._results.keepFile(id, file);
        this.models.add(model);
        this.models.activate(id);
        this.navigation.setLayer('error');
      }
    } catch (error) {
      if (!this._isDisposed) {
        this.training.report(messageOf(error));
        this._link?.sendFailure(id, messageOf(error));
      }
    }
  }

  /** The data, when they have come; rejects where they do not. */
  private _pairArrived(): Promise<IPair> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const pair = this.data.pair;
        if (!pair && this._status === 'loading' && !this._isDisposed) {
          return;
        }
        this._changed.disconnect(check);
        if (pair) {
          resolve(pair);
        } else {
          reject(
            new Error(this._error || 'There are no data to show it over.')
          );
        }
      };
      this._changed.connect(check);
      check();
    });
  }

  private _onSetup(): void {
    this.models.setKind(this.data.setup.kind);
  }

  private _onActive(): void {
    const kind = this.models.active?.kind;
    if (kind && kind !== this.data.setup.kind) {
      this.data.change({ kind });
    }
  }

  private _onItems(): void {
    this._results.prune();
    this._refreshStatus();
  }

  private _onLinkState(): void {
    this._changed.emit();
  }

  private _refreshStatus(): void {
    const status = this._statusNow();
    if (status !== this._status) {
      this._status = status;
      this._changed.emit();
    }
  }

  private _statusNow(): PanelStatus {
    if (this.training.running) {
      return this.training.paused ? 'paused' : 'training';
    }
    if (this._transfer.state) {
      return 'loading';
    }
    if (!this.data.pair) {
      return this._error ? 'error' : 'empty';
    }
    return this.models.items.length > 0 ? 'done' : 'ready';
  }

  private _dropLink(): void {
    const link = this._link;
    this._link = null;
    link?.stateChanged.disconnect(this._onLinkState, this);
    link?.requested.disconnect(this._onRequest, this);
    link?.dispose();
  }

  private _settings: IWorkspaceSettings;
  private _network: INetworkClient;
  private _files: IModelFiles;
  private _sessions: Sessions;
  private _results: RunResults;
  private _link: ILink | null = null;
  private _status: PanelStatus = 'empty';
  private _transfer = new PairTransfer(() => this._changed.emit());
  private _error = '';
  /** True where the kernel behind the line does not know earlier models. */
  private _forgotten = false;
  private _isDisposed = false;
  private _stateReport: StateReport;
  private _changed = new Signal<IWorkspace, void>(this);
  private _disposedSignal = new Signal<IWorkspace, void>(this);
}

/** True where two pairs have the same (ny, nx, channels). */
function sameShape(a: IPair, b: IPair): boolean {
  return a.ny === b.ny && a.nx === b.nx && a.channels === b.channels;
}

/** True where two pairs hold the same values, mask, axes and names. */
function sameData(a: IPair, b: IPair): boolean {
  const text = ({ name, title, y, x, energy, spectraUnits, mask }: IPair) =>
    JSON.stringify([name, title, y, x, energy, spectraUnits, mask?.join('')]);
  return a.sha256 === b.sha256 && sameShape(a, b) && text(a) === text(b);
}
