import { type ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Panel, PanelLayout, Widget } from '@lumino/widgets';
import * as React from 'react';
import type { IWorkspace } from '../model/types';
import { DrawQueue } from './draw-queue';
import { Highlight } from './highlight';
import { panelIcon } from './icon';
import {
  type FormName,
  type ILayout,
  layoutFor,
  type ViewName
} from './layout';
import { LiveRegion } from './live-region';
import { onTheme } from './marks/theme';
import { focusNextView } from './next-view';
import { framePicture } from './navigator-frame';
import { createBars } from './panel-bars';
import {
  createViews,
  type IPlacing,
  type Views,
  placeViews
} from './panel-views';
import { Shown } from './shown';
import {
  DEFAULT_SLOTS,
  type ISlots,
  type SlotName,
  type SlotView,
  withView
} from './slots';
import { SquaresChoice } from './squares-choice';
import { isAsking } from './states';
import { Tooltip } from './tooltip';
import type { IPanelFiles, IViewContext, Rendering } from './view';

export interface IPanelOptions extends IPanelFiles {
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
      highlight: new Highlight(),
      files: options,
      mode: () =>
        this._plan?.mode ?? (this.node.clientWidth < 1360 ? 'medium' : 'wide'),
      compact: () => this._plan?.compact ?? this.node.clientWidth < 900,
      show: name => this._showView(name)
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
    this._endThemes?.();
    this._queue.dispose();
    super.dispose();
  }

  protected onAfterAttach(): void {
    if (typeof ResizeObserver !== 'undefined') {
      this._sizes = new ResizeObserver(() => this._arrange());
      this._sizes.observe(this._stage.node);
    }
    this._endThemes = onTheme(() => this._redrawAll());
    document.addEventListener('visibilitychange', this._tellVisible);
    this._tellVisible();
    this._arrange();
  }

  protected onBeforeDetach(): void {
    this._sizes?.disconnect();
    this._endThemes?.();
    document.removeEventListener('visibilitychange', this._tellVisible);
    this._context.workspace.setVisible(false);
  }

  protected onAfterShow(): void {
    this._tellVisible();
    this._arrange();
  }

  protected onAfterHide(): void {
    this._tellVisible();
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
    const layout = (this.layout = new PanelLayout());
    this._bars = createBars(context, {
      shows: name => this._shows(name),
      toggle: name => this._toggleForm(name),
      views: () => this._views
    });
    const [toolbar, strip, state, provenance] = this._bars;
    this._stripKeys(strip.node);
    this._views = createViews(context);
    this._stage = new Panel();
    this._stage.addClass('jp-Eelscape-stage');
    this._sheet = new Panel();
    this._sheet.addClass('jp-Eelscape-sheet');
    this._stage.addWidget(this._sheet);
    for (const view of Object.values(this._views)) {
      this._sheet.addWidget(view);
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
    const { data, expected, models, navigation, preprocessing, training } =
      workspace;
    for (const form of [this._views.data, this._views.setup]) {
      form.heightChanged.connect(this._formResized, this);
    }
    workspace.changed.connect(this._workspaceChanged, this);
    workspace.disposed.connect(this.dispose, this);
    data.pairChanged.connect(this._workspaceChanged, this);
    data.setupChanged.connect(this._updateBars, this);
    models.itemsChanged.connect(this._updateBars, this);
    models.activeChanged.connect(this._updateBars, this);
    models.gridChanged.connect(this._gridChanged, this);
    navigation.displayChanged.connect(this._updateBars, this);
    workspace.explorer.display.changed.connect(this._updateBars, this);
    preprocessing.changed.connect(this._updateBars, this);
    training.changed.connect(this._trainingChanged, this);
    expected.changed.connect(this._updateBars, this);
    workspace.interrupted.changed.connect(this._updateBars, this);
    workspace.source.changed.connect(this._updateBars, this);
  }

  /** Says whether somebody can see the panel. */
  private _tellVisible = (): void => {
    this._context.workspace.setVisible(this.isVisible && !document.hidden);
  };

  private _workspaceChanged(): void {
    const { workspace, trans } = this._context;
    this.node.dataset.eelscapeStatus = workspace.status;
    this.node.setAttribute(
      'aria-label',
      workspace.title || trans.__('eelscape')
    );
    this.title.label = workspace.title || trans.__('eelscape');
    this.title.caption = trans.__('eelscape: %1', this.title.label);
    const shown = workspace.data.pair !== null && !isAsking(workspace);
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

  private _formResized(): void {
    // A column scrolls by itself; a row and a section grow.
    if (this._stage.node.clientWidth < 900) {
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

  /** The form that takes the column or row beside the views; narrow panels have sections instead. */
  private get _column(): FormName | null {
    const width = this._stage.node.clientWidth;
    return this._chosen === undefined
      ? width >= 900 && width < 1360
        ? 'setup'
        : null
      : this._chosen;
  }

  private _shows(name: FormName): boolean {
    // The plan knows; asking for the width would have the page laid out at every rendering.
    return this._plan?.mode === 'sections'
      ? this._open.has(name)
      : Boolean(this._plan?.rects[name]);
  }

  private _toggleForm(name: FormName): void {
    if (this._plan?.mode === 'sections') {
      this._toggleSection(name);
      const place = this._plan.rects[name];
      if (place && this._open.has(name)) {
        // It lies below the views: bring it to where the button was.
        this._stage.node.scrollTop = place.top;
      }
      return;
    }
    this._chosen = this._column === name ? null : name;
    this._arrange();
  }

  private _toggleSection(name: ViewName): void {
    if (!this._open.delete(name)) {
      this._open.add(name);
    }
    this._arrange();
  }

  /** Puts a view into one of the two places; the choice takes the focus along. */
  private _choose(slot: SlotName, name: SlotView): void {
    this._slots = withView(this._slots, slot, name);
    this._arrange();
    this._views[name].node
      .querySelector<HTMLElement>('.jp-Eelscape-viewChoice')
      ?.focus();
  }

  private _showView(name: SlotView): void {
    if (this._plan?.mode === 'sections') {
      this._open.add(name);
    } else if (!Object.values(this._slots).includes(name)) {
      const slot = name === 'pins' || name === 'errors' ? 'upper' : 'lower';
      this._slots = withView(this._slots, slot, name);
    }
    this._alone = null;
    this._arrange();
  }

  private _toggleAlone(name: ViewName): void {
    if (!['data', 'setup', 'readout'].includes(name)) {
      this._alone = this._alone === name ? null : name;
      this._arrange();
    }
  }

  /** Gives every view its place for the present size. */
  private _arrange(): void {
    const { clientWidth, clientHeight } = this._stage.node;
    const pair = this._context.shown.pair;
    if (!clientWidth || !clientHeight || !pair) {
      this._updateBars();
      return;
    }
    const layout = layoutFor({
      width: clientWidth,
      height: clientHeight,
      column: this._column,
      formHeights: {
        data: this._views.data.neededHeight,
        setup: this._views.setup.neededHeight
      },
      pictureHeight: width => framePicture(pair, 0, 0, width, 1e4).height,
      gridSize: this._gridSize,
      open: this._open,
      squares: this._squares,
      alone: this._alone,
      slots: this._slots
    });
    this._plan = layout;
    this._sheet.node.style.width = `${layout.width}px`;
    this._sheet.node.style.height = `${layout.height}px`;
    this.node.dataset.eelscapeLayout = layout.mode;
    const placing: IPlacing = {
      open: this._open,
      slots: this._slots,
      choose: (slot, name) => this._choose(slot, name),
      toggleSection: name => this._toggleSection(name),
      latentTools: () => (
        <SquaresChoice
          context={this._context}
          chosen={this._squares}
          onChange={squares => {
            this._squares = squares;
            this._arrange();
          }}
        />
      )
    };
    placeViews(this._views, layout, placing, this._context.trans);
    this._updateBars();
    this._views.signal.refresh();
    this._views.navigator.refresh();
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
  /** As large as the layout; the stage scrolls over it. */
  private _sheet!: Panel;
  private _plan: ILayout | null = null;
  private _sizes: ResizeObserver | null = null;
  private _endThemes: (() => void) | null = null;
  /** Chosen by hand; undefined: as the width suggests. */
  private _chosen: FormName | null | undefined = undefined;
  private _open = new Set<ViewName>(['navigator', 'signal', 'latent']);
  private _squares: ReadonlySet<ViewName> = new Set<ViewName>(['decoded']);
  private _alone: ViewName | null = null;
  private _gridSize = 16;
  private _slots: ISlots = DEFAULT_SLOTS;
}
