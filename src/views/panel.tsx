import { type ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Panel, PanelLayout, Widget } from '@lumino/widgets';
import * as React from 'react';
import type { IWorkspace } from '../model/types';
import { DrawQueue } from './draw-queue';
import { ErrorMap } from './error-map';
import { ExportMenu } from './export-menu';
import { panelIcon } from './icon';
import { LatentGrid } from './latent-grid';
import { LatentPlot } from './latent-plot';
import { type ILayout, layoutFor, type ViewName } from './layout';
import { LiveRegion } from './live-region';
import { focusNextView } from './next-view';
import { Navigator } from './navigator';
import { framePicture } from './navigator-frame';
import { Provenance } from './provenance';
import { Readout } from './readout';
import { RunStrip } from './run-strip';
import { SetupView } from './setup-view';
import { Shown } from './shown';
import { SignalPlot } from './signal-plot';
import { SquaresChoice } from './squares-choice';
import { PanelState } from './states';
import { canSend, PanelToolbar } from './toolbar';
import { Tooltip } from './tooltip';
import { TrainingPlot } from './training-plot';
import { type IViewContext, Rendering, type View } from './view';

export interface IPanelOptions {
  readonly translator?: ITranslator;
}

/** Builds the panel of a workspace: a widget for the main area. It disposes itself with the workspace. */
export function createPanel(
  workspace: IWorkspace,
  options: IPanelOptions = {}
): Widget {
  return new EelscapePanel(workspace, options);
}

class EelscapePanel extends Widget {
  constructor(workspace: IWorkspace, options: IPanelOptions) {
    super();
    const trans = (options.translator ?? nullTranslator).load('eelscape');
    const tooltip = new Tooltip();
    this._queue = new DrawQueue();
    this._context = {
      workspace,
      shown: new Shown(workspace),
      queue: this._queue,
      trans,
      tooltip,
      mode: () => this._plan?.mode ?? 'wide',
      compact: () => this._plan?.compact ?? false
    };
    this.addClass('jp-EelscapePanel');
    this.node.setAttribute('role', 'region');
    this.node.dataset.eelscapeId = workspace.id;
    this.title.icon = panelIcon;
    this.title.closable = true;
    this._build(tooltip);
    this._connect();
    this._workspaceChanged();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._sizes?.disconnect();
    this._themes?.disconnect();
    this._queue.dispose();
    super.dispose();
  }

  protected onAfterAttach(): void {
    if (typeof ResizeObserver !== 'undefined') {
      this._sizes = new ResizeObserver(() => this._arrange());
      this._sizes.observe(this._stage.node);
      this._sizes.observe(this._views.setup.form);
    }
    this._themes = new MutationObserver(() => this._redrawAll());
    this._themes.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name']
    });
    this._arrange();
  }

  protected onBeforeDetach(): void {
    this._sizes?.disconnect();
    this._themes?.disconnect();
  }

  protected onAfterShow(): void {
    this._arrange();
  }

  protected onResize(): void {
    this._arrange();
  }

  protected onActivateRequest(): void {
    if (!this.node.contains(document.activeElement)) {
      this.node.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }
  }

  private _build(tooltip: Tooltip): void {
    const context = this._context;
    const { trans, workspace } = context;
    const layout = (this.layout = new PanelLayout());
    const menu = new ExportMenu(context, () => this._views);
    this._bars = [
      new Rendering('jp-Eelscape-toolbar', () => (
        <PanelToolbar
          context={context}
          setupOpen={this._setupShown}
          toggleSetup={() => this._toggleSetup()}
          openExport={anchor => menu.open(anchor)}
          openMore={anchor =>
            menu.open(anchor, [
              {
                label: trans.__('Setup'),
                run: () => this._toggleSetup()
              },
              {
                label: trans.__('Send to Python'),
                enabled: canSend(workspace),
                run: () => {
                  workspace
                    .sendToPython()
                    .catch(reason => console.error(reason));
                }
              }
            ])
          }
        />
      )),
      new Rendering('jp-Eelscape-strip', () => <RunStrip context={context} />),
      new Rendering('jp-Eelscape-empty', () => (
        <PanelState context={context} />
      )),
      new Rendering('jp-Eelscape-provenance', () => (
        <Provenance context={context} />
      ))
    ];
    const [toolbar, strip, state, provenance] = this._bars;
    this._stripKeys(strip.node);
    this._views = {
      setup: new SetupView(context),
      navigator: new Navigator(context),
      signal: new SignalPlot(context),
      readout: new Readout(context),
      error: new ErrorMap(context),
      latent: new LatentPlot(context),
      decoded: new LatentGrid(context, 'decoded'),
      projected: new LatentGrid(context, 'projected'),
      training: new TrainingPlot(context)
    };
    this._stage = new Panel();
    this._stage.addClass('jp-Eelscape-stage');
    this._sizer = document.createElement('div');
    this._sizer.className = 'jp-Eelscape-sizer';
    this._stage.node.append(this._sizer);
    for (const view of Object.values(this._views)) {
      this._stage.addWidget(view);
      view.node.addEventListener('dblclick', (event: MouseEvent) => {
        if ((event.target as Element).closest('.jp-Eelscape-heading')) {
          this._toggleAlone(view.name);
        }
      });
    }
    for (const widget of [toolbar, strip, state, this._stage, provenance]) {
      layout.addWidget(widget);
    }
    layout.addWidget(new LiveRegion(context));
    this.node.append(tooltip.node);
    this.node.addEventListener('keydown', event => {
      if (event.key === 'F6') {
        focusNextView(this.node, event.shiftKey ? -1 : 1);
        event.preventDefault();
      }
    });
  }

  private _connect(): void {
    const { workspace } = this._context;
    const { data, models, navigation, training } = workspace;
    workspace.changed.connect(this._workspaceChanged, this);
    workspace.disposed.connect(this.dispose, this);
    data.pairChanged.connect(this._workspaceChanged, this);
    data.setupChanged.connect(this._updateBars, this);
    models.itemsChanged.connect(this._updateBars, this);
    models.activeChanged.connect(this._updateBars, this);
    models.gridChanged.connect(this._gridChanged, this);
    navigation.displayChanged.connect(this._updateBars, this);
    training.changed.connect(this._trainingChanged, this);
  }

  private _workspaceChanged(): void {
    const { workspace, trans } = this._context;
    this.node.dataset.eelscapeStatus = workspace.status;
    this.node.setAttribute(
      'aria-label',
      workspace.title || trans.__('eelscape')
    );
    this.title.label = workspace.title || trans.__('eelscape');
    this.title.caption = trans.__('eelscape: %1', this.title.label);
    const shown = workspace.data.pair !== null;
    this._stage.setHidden(!shown);
    this._bars[2].setHidden(shown);
    this._bars[1].setHidden(!shown);
    this._bars[3].setHidden(!shown);
    this._updateBars();
    if (shown) {
      this._arrange();
    }
  }

  private _trainingChanged(): void {
    this.node.dataset.eelscapeStatus = this._context.workspace.status;
    this._updateBars();
  }

  private _gridChanged(): void {
    const size = this._context.shown.grid?.size ?? 16;
    if (size !== this._gridSize) {
      this._gridSize = size;
      this._arrange();
    }
  }

  private _updateBars(): void {
    for (const bar of this._bars) {
      bar.update();
    }
  }

  private _redrawAll(): void {
    for (const view of Object.values(this._views)) {
      view.refresh();
    }
  }

  private get _setupShown(): boolean {
    return this._plan?.rects.setup !== undefined && this._setupIsOpen();
  }

  private _setupIsOpen(): boolean {
    const width = this._stage.node.clientWidth;
    if (this._plan?.mode === 'sections') {
      return this._open.has('setup');
    }
    return this._setupOpen ?? (width >= 900 && width < 1360);
  }

  private _toggleSetup(): void {
    if (this._plan?.mode === 'sections') {
      this._toggleSection('setup');
      return;
    }
    this._setupOpen = !this._setupIsOpen();
    this._arrange();
  }

  private _toggleSection(name: ViewName): void {
    if (!this._open.delete(name)) {
      this._open.add(name);
    }
    this._arrange();
  }

  private _toggleAlone(name: ViewName): void {
    if (name !== 'setup' && name !== 'readout') {
      this._alone = this._alone === name ? null : name;
      this._arrange();
    }
  }

  /** Gives every view its place for the present size. */
  private _arrange(): void {
    const { clientWidth, clientHeight } = this._stage.node;
    const pair = this._context.shown.pair;
    if (!clientWidth || !clientHeight || !pair) {
      return;
    }
    const layout = layoutFor({
      width: clientWidth,
      height: clientHeight,
      setupOpen: this._setupOpen ?? (clientWidth >= 900 && clientWidth < 1360),
      setupHeight: this._views.setup.neededHeight,
      pictureHeight: width => framePicture(pair, 0, 0, width, 1e4).height,
      gridSize: this._gridSize,
      open: this._open,
      squares: this._squares,
      alone: this._alone
    });
    this._plan = layout;
    this._sizer.style.width = `${layout.width}px`;
    this._sizer.style.height = `${layout.height}px`;
    this.node.dataset.eelscapeLayout = layout.mode;
    const views = this._views;
    const sections = layout.mode === 'sections';
    views.navigator.setInset(
      layout.navigatorRight,
      layout.navigatorBottom,
      sections
    );
    views.signal.setInset(layout.signalRight);
    views.readout.across = layout.readoutAcross;
    views.latent.tile = layout.tile;
    views.decoded.tile = layout.tile;
    views.projected.tile = layout.tile;
    views.latent.extraTools = sections
      ? () => (
          <SquaresChoice
            context={this._context}
            chosen={this._squares}
            onChange={squares => {
              this._squares = squares;
              this._arrange();
            }}
          />
        )
      : null;
    for (const view of Object.values(views) as View[]) {
      const { name } = view;
      const inLatent = name === 'decoded' || name === 'projected';
      view.setSection(
        this._open.has(name),
        sections && !inLatent ? () => this._toggleSection(name) : null
      );
      view.place(
        layout.rects[name] ?? null,
        sections && inLatent ? 0 : layout.headerHeight
      );
    }
    this._updateBars();
    views.signal.refresh();
    views.navigator.refresh();
  }

  /** Space trains or pauses while the run strip itself has the focus. */
  private _stripKeys(node: HTMLElement): void {
    const { training } = this._context.workspace;
    node.tabIndex = 0;
    node.setAttribute('role', 'group');
    node.setAttribute('aria-label', this._context.trans.__('Training'));
    node.addEventListener('keydown', event => {
      if (event.key !== ' ' || event.target !== node) {
        return;
      }
      event.preventDefault();
      if (!training.running) {
        training.start();
      } else if (training.paused) {
        training.resume();
      } else {
        training.pause();
      }
    });
  }

  private _context: IViewContext;
  private _queue: DrawQueue;
  private _bars: Rendering[] = [];
  private _views!: Views;
  private _stage!: Panel;
  private _sizer!: HTMLElement;
  private _plan: ILayout | null = null;
  private _sizes: ResizeObserver | null = null;
  private _themes: MutationObserver | null = null;
  private _setupOpen: boolean | null = null;
  private _open = new Set<ViewName>(['navigator', 'signal', 'latent']);
  private _squares: ReadonlySet<ViewName> = new Set<ViewName>(['decoded']);
  private _alone: ViewName | null = null;
  private _gridSize = 16;
}

/** The views of a panel by name. */
export type Views = {
  readonly setup: SetupView;
  readonly navigator: Navigator;
  readonly signal: SignalPlot;
  readonly readout: Readout;
  readonly error: ErrorMap;
  readonly latent: LatentPlot;
  readonly decoded: LatentGrid;
  readonly projected: LatentGrid;
  readonly training: TrainingPlot;
};
