/** The root model of a panel: its data, its line to Python, its sub-models. */
import { Signal } from '@lumino/signaling';
import type { ILink, IQuestion, KernelRequest } from '../kernel/types';
import type { INetworkClient } from '../network/types';
import type { IPair } from '../signal/types';
import { VERSION } from '../version';
import type { IInterruptedModel } from './checkpoints/interrupted-types';
import { keepRuns, type IKeptRuns } from './checkpoints/keep-runs';
import { DataArrival } from './data-arrival';
import { DataExchange, sameData } from './data-exchange';
import { DataModel } from './data-model';
import { ExpectedTime } from './expected-time';
import { Explorer } from './explorer/explorer';
import { KernelParts } from './kernel-parts';
import { answerRequest } from './kernel-requests';
import { ModelsModel } from './models-model';
import { NavigationModel } from './navigation-model';
import { panelStatus } from './panel-status';
import { RegionsModel } from './regions-model';
import { RunResults } from './run-results';
import { Sessions } from './sessions';
import {
  DEFAULT_SETTINGS,
  evaluationInterval,
  type IWorkspaceSettings
} from './settings';
import { Shelf } from './shelf';
import { ShownModels } from './shown-models';
import { StateReport } from './state-report';
import { messageOf } from './message-of';
import { TrainingModel } from './training-model';
import type { ITransferState, IWorkspace, PanelStatus } from './types';
import { WorkspaceFileModel } from './workspace-file/workspace-file-model';
import type { IWorkspaceOptions } from './workspace-options';

/** Receives the data, answers Python, and ties the sub-models together. */
export class Workspace implements IWorkspace {
  constructor(options: IWorkspaceOptions) {
    this.id = options.id;
    this._network = options.network;
    this._settings = options.settings ?? DEFAULT_SETTINGS;
    const { setup, energyUnit, gridSize, k } = this._settings;
    const report = (message: string): void => this.training.report(message);
    this.data = new DataModel(setup);
    this.navigation = new NavigationModel(energyUnit);
    this._sessions = new Sessions(options.network);
    this.regions = new RegionsModel();
    this.models = new ModelsModel({
      navigation: this.navigation,
      sessions: this._sessions,
      kind: setup.kind,
      gridSize,
      k,
      onError: error => report(messageOf(error))
    });
    this._results = new RunResults({
      data: this.data,
      models: this.models,
      navigation: this.navigation,
      sessions: this._sessions,
      shelf: this._shelf,
      files: options.files,
      versions: { eelscape: VERSION, ...options.versions },
      link: () => this._link,
      report,
      onUnsent: () => this.changed.emit()
    });
    this._kept = keepRuns({
      ...options.checkpoints,
      data: this.data,
      report,
      link: () => this._link,
      enqueue: job => this.training.enqueue(job)
    });
    this.interrupted = this._kept.interrupted;
    this.training = new TrainingModel({
      client: options.network,
      keeper: this._kept.keeper,
      checkpointEvery: this._settings.checkpointEvery,
      listener: this._results,
      machine: options.machine,
      pair: () => (this.transfer ? null : this.data.pair),
      setups: () => this.data.setups,
      shown: () => this.models.active?.id ?? null,
      evaluateEvery: epochs =>
        evaluationInterval(this._settings.evaluateEvery, epochs)
    });
    this.expected = new ExpectedTime({
      client: options.network,
      data: this.data,
      training: this.training
    });
    const kernelPart = {
      data: this.data,
      navigation: this.navigation,
      training: this.training,
      models: this.models,
      regions: this.regions,
      link: () => this._link
    };
    this.explorer = new Explorer({
      ...kernelPart,
      networks: this._sessions,
      library: this._results.library
    });
    this._parts = new KernelParts(kernelPart);
    this.preprocessing = this._parts.preprocessing;
    this.factorisation = this._parts.factorisation;
    this.source = this._parts.source;
    this._exchange = new DataExchange({
      ...kernelPart,
      results: this._results,
      shelf: this._shelf
    });
    this.file = new WorkspaceFileModel({
      ...kernelPart,
      explorer: this.explorer,
      factorisation: this.factorisation,
      exchange: this._exchange,
      results: this._results,
      sessions: this._sessions,
      files: options.files,
      workspaceFiles: options.workspaceFiles ?? null,
      backend: setup.backend,
      versions: { eelscape: VERSION, ...options.versions },
      report
    });
    this._shown = new ShownModels({
      ...kernelPart,
      results: this._results,
      sessions: this._sessions,
      files: options.files,
      backend: setup.backend,
      workspace: this,
      report: message => this.training.report(message)
    });
    this._arrival = new DataArrival({
      training: this.training,
      pair: () => this.data.pair,
      onPair: (pair, link) => this._setPair(pair, link),
      onChange: () => this._refresh()
    });
    this.data.setupChanged.connect(this._onSetup, this);
    this.models.activeChanged.connect(this._onActive, this);
    this.models.itemsChanged.connect(this._onItems, this);
    this.training.changed.connect(this._refreshStatus, this);
    this._stateReport = new StateReport({
      data: this.data,
      navigation: this.navigation,
      regions: this.regions,
      models: this.models,
      explorer: this.explorer,
      link: () => this._link,
      report
    });
    this.attach(options.link);
  }

  readonly id: string;
  readonly data: DataModel;
  readonly navigation: NavigationModel;
  readonly models: ModelsModel;
  readonly training: TrainingModel;
  readonly interrupted: IInterruptedModel;
  readonly expected: ExpectedTime;
  readonly preprocessing: KernelParts['preprocessing'];
  readonly factorisation: KernelParts['factorisation'];
  readonly source: KernelParts['source'];
  readonly regions: RegionsModel;
  readonly explorer: Explorer;
  readonly file: WorkspaceFileModel;
  readonly changed: Signal<IWorkspace, void> = new Signal(this);
  readonly disposed: Signal<IWorkspace, void> = new Signal(this);

  get title(): string {
    const pair = this.data.pair;
    return pair?.title || pair?.name || this.question?.name || 'eelscape';
  }

  get status(): PanelStatus {
    return this._status;
  }

  get transfer(): ITransferState | null {
    return this._arrival.transfer;
  }

  get question(): IQuestion | null {
    return this._arrival.question;
  }

  get shelved(): number {
    return this._shelf.count;
  }

  get linkState(): 'connected' | 'busy' | 'gone' | 'none' {
    return this._link?.state ?? 'none';
  }

  get error(): string {
    return this._arrival.error;
  }

  get unsent(): number {
    return this._results.unsent;
  }

  /** Take a line to a kernel, in place of the earlier one, and receive its data. */
  attach(link: ILink | null): void {
    if (this._isDisposed || link === this._link) {
      return;
    }
    this._arrival.forget();
    this._dropLink();
    this._link = link;
    if (link) {
      link.stateChanged.connect(this._onLinkState, this);
      link.requested.connect(this._onRequest, this);
      this._forgotten = true;
      this._parts.takeReload();
      this.reload();
    }
    this._onLinkState();
  }

  setVisible(visible: boolean): void {
    this.expected.setVisible(visible);
  }

  cancelTransfer(): void {
    this._arrival.cancel();
  }

  reload(): void {
    const link = this._link;
    if (link && !this._isDisposed) {
      void this._arrival.receive(link);
    }
  }

  choose(answers: Readonly<Record<string, number>>): void {
    const link = this._link;
    if (link && !this._isDisposed) {
      void this._arrival.choose(link, answers);
    }
  }

  sendToPython(abort?: AbortSignal): Promise<void> {
    return this._results.sendUnsent(abort);
  }

  exportModel(): Uint8Array | null {
    const active = this.models.active;
    return active && this._results.fileToSave(active);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stateReport.dispose();
    this.file.dispose();
    this.explorer.dispose();
    this._arrival.dispose();
    this._parts.dispose();
    this._dropLink();
    this.expected.dispose();
    this.training.dispose();
    this._kept.dispose();
    this.regions.dispose();
    this._shelf.clear();
    this.models.dispose();
    this._sessions.dispose();
    this.navigation.dispose();
    this.data.dispose();
    this._network.dispose();
    this.disposed.emit();
    Signal.clearData(this);
  }

  private _setPair(pair: IPair, link: ILink): void {
    const old = this.data.pair;
    if (old && sameData(old, pair)) {
      // A page or a cell ran again over the same data: keep what is shown.
      if (this._forgotten) {
        this._results.markUnsent();
        this._stateReport.schedule();
      }
    } else {
      const fresh = this._link !== this._known;
      const loss = this._exchange.replace(pair);
      if (fresh) {
        // Another kernel, or the same for a page that was loaded again.
        this._results.markUnsent();
        this._stateReport.place(link.panelState);
        void this._shown.restore(link);
      }
      this._stateReport.schedule();
      this.preprocessing.report(loss);
    }
    this._known = link;
    this._forgotten = false;
    this._parts.refresh();
    this.training.resumeQueue();
  }

  private _onRequest(_: ILink, request: KernelRequest): void {
    answerRequest(request, {
      data: this.data,
      training: this.training,
      shown: this._shown,
      parts: this._parts,
      stateReport: this._stateReport,
      settings: this._settings,
      link: () => this._link,
      status: () => this._status,
      error: () => this.error,
      reload: forgotten => {
        this._forgotten ||= forgotten;
        this.reload();
      }
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
    this._parts.refreshBlocked();
    this._refresh();
  }

  private _refresh(): void {
    this._status = this._statusNow();
    this.changed.emit();
  }

  private _refreshStatus(): void {
    const status = this._statusNow();
    if (status !== this._status) {
      this._status = status;
      this.changed.emit();
    }
  }

  private _statusNow(): PanelStatus {
    return panelStatus({
      training: this.training,
      transfer: this.transfer,
      question: this.question,
      pair: this.data.pair,
      error: this.error,
      models: this.models.items.length
    });
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
  private _kept: IKeptRuns;
  private _parts: KernelParts;
  private _sessions: Sessions;
  private _results: RunResults;
  private _shown: ShownModels;
  private _link: ILink | null = null;
  private _status: PanelStatus = 'empty';
  private _shelf = new Shelf();
  private _arrival: DataArrival;
  private _exchange: DataExchange;
  /** The line that the present data came over. */
  private _known: ILink | null = null;
  /** True where the kernel behind the line does not know earlier models. */
  private _forgotten = false;
  private _isDisposed = false;
  private _stateReport: StateReport;
}
