import * as React from 'react';
import { drawNote, wrapText } from '../marks/note';
import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import { type IViewContext, Rendering } from '../view';
import { significant } from '../wording';
import { shownClusters } from './cluster-map';
import { ClusterFacts, clusterLines, clusterTable } from './clusters-content';
import { ClustersControls } from './clusters-controls';
import {
  drawBic,
  type IBicFrame,
  type ICardPlace,
  lowestBic
} from './clusters-drawing';
import { drawClusterCards } from './clusters-picture';

/** Height of the controls, of the line below the cards and of the curve of BIC, px. */
const CONTROLS = 30;
const CAPTION = 32;
const BIC = 122;
/** Width from which the curve stands beside the cards, px. */
const BESIDE = 720;

/** Clusters: a Gaussian mixture of the encodings, each component decoded and back-projected. */
export class ClustersView extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'clusters',
      title: slotTitle('clusters', context.trans)
    });
    const { trans, workspace } = context;
    const { data, explorer, models, navigation } = workspace;
    this.addClass('jp-Eelscape-clusters');
    this._surface = new Surface(this.body.node);
    this.makeApplication(
      this.headingText,
      trans.__(
        'Arrow keys choose a cluster, Home and End the first and the last. Enter selects its windows, Escape clears the selection.'
      )
    );
    this._controls = new Rendering('jp-Eelscape-exploreControls', () => (
      <ClustersControls context={context} />
    ));
    this.addWidget(this._controls);
    explorer.clusters.changed.connect(this.redraw, this);
    explorer.display.changed.connect(this.redraw, this);
    explorer.selection.changed.connect(this.redraw, this);
    navigation.pointerChanged.connect(this._markChanged, this);
    navigation.displayChanged.connect(this.redraw, this);
    data.pairChanged.connect(this.redraw, this);
    models.activeChanged.connect(this.redraw, this);
    models.itemsChanged.connect(this.redraw, this);
    const { node } = this.body;
    node.addEventListener('click', event => this._click(event));
    node.addEventListener('keydown', event => this._press(event));
    node.addEventListener('pointermove', event => this._hover(event));
    node.addEventListener('pointerleave', () => this._leave());
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const found = shownClusters(this.context);
    if (!found) {
      return null;
    }
    return clusterTable(
      this.context,
      found,
      this._facts.of(this.context, found)
    );
  }

  redraw(): void {
    this._stale = true;
    super.redraw();
  }

  protected describe(): void {
    const { shown, trans } = this.context;
    const found = shownClusters(this.context);
    this.subtitle = found
      ? trans.__('%1, %2 Gaussians', shown.labelOf(shown.active!), found.k)
      : shown.active
        ? shown.labelOf(shown.active)
        : '';
  }

  protected draw(): void {
    if (this._stale) {
      this._stale = false;
      this._drawAll();
    }
    this._drawMarks();
  }

  private _drawAll(): void {
    const { shown, workspace } = this.context;
    const { clusters } = workspace.explorer;
    const context = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._places = [];
    this._bic = null;
    const missing = this.showMissing(!shown.active || !shown.pair);
    this._controls.setHidden(missing || this.height < 1);
    if (missing) {
      return;
    }
    clusters.want();
    const found = shownClusters(this.context);
    if (found) {
      clusters.wantCurve();
    }
    this._controls.update();
    if (!found) {
      this._note(clusters.error || clusters.blocked || this._waiting());
      return;
    }
    const beside = this.width >= BESIDE;
    const right = beside ? Math.min(300, Math.round(0.34 * this.width)) : 0;
    const below = beside ? 0 : BIC;
    const cards = {
      left: 12,
      top: CONTROLS + 6,
      width: this.width - 24 - right,
      height: this.height - CONTROLS - 10 - CAPTION - below
    };
    this._places = drawClusterCards(this.context, this._surface, context, {
      found,
      facts: this._facts.of(this.context, found),
      place: cards
    });
    const { curve } = clusters;
    const place = beside
      ? {
          left: this.width - right,
          top: CONTROLS,
          width: right,
          height: Math.min(200, this.height - CONTROLS)
        }
      : { left: 0, top: this.height - BIC, width: this.width, height: BIC };
    this._drawCurve(curve.length ? place : null, place, found.k);
  }

  private _drawCurve(
    place: ICardPlace | null,
    room: ICardPlace,
    k: number
  ): void {
    const { trans, workspace } = this.context;
    const { clusters } = workspace.explorer;
    const { curve } = clusters;
    if (!place) {
      const text = clusters.error || clusters.busy?.text || '';
      drawNote(
        this._surface.group('bic'),
        wrapText(text, room.width - 24, 3).map(line => ({
          text: line,
          warning: clusters.error !== ''
        })),
        room.left + 12,
        room.top + 20
      );
      return;
    }
    this._bic = drawBic(this._surface, {
      ...place,
      points: curve,
      k,
      names: {
        clusters: trans.__('Number of clusters'),
        bic: trans.__('BIC / 1000'),
        lowest: trans.__('lowest at %1', lowestBic(curve))
      }
    });
  }

  /** Outlines of what is selected, where the pointer's window belongs and where the keys are. */
  private _drawMarks(): void {
    const { shown, workspace } = this.context;
    const { clusters, selection } = workspace.explorer;
    const group = this._surface.group('marks');
    group.selectAll('*').remove();
    const found = shownClusters(this.context);
    if (!found || !shown.pair || !this._places.length) {
      return;
    }
    const [row, column] = shown.pointer;
    const here = found.map[row * shown.pair.nx + column];
    const outline = (cluster: number, name: string, out: number): void => {
      const place = this._places[cluster];
      if (place) {
        group
          .append('rect')
          .attr('class', `jp-Eelscape-cardMark ${name}`)
          .attr('x', place.left - out)
          .attr('y', place.top - out)
          .attr('width', place.width + 2 * out)
          .attr('height', place.height + 2 * out);
      }
    };
    this._places.forEach((_, i) => {
      if (selection.mask && selection.mask === clusters.maskOf(i)) {
        outline(i, 'jp-mod-selected', 2);
      }
    });
    if (Number.isFinite(here)) {
      const { left, top, height } = this._places[here];
      group
        .append('circle')
        .attr('class', 'jp-Eelscape-cardHere')
        .attr('cx', left + 13)
        .attr('cy', top + height - 7)
        .attr('r', 3.5);
    }
    if (this._chosen >= 0) {
      outline(this._chosen, 'jp-mod-chosen', 2);
    }
  }

  private _note(text: string): void {
    const { clusters } = this.context.workspace.explorer;
    drawNote(
      this._surface.group('note'),
      wrapText(text, this.width - 48, 6).map(line => ({
        text: line,
        warning: clusters.error !== ''
      })),
      24,
      CONTROLS + 24
    );
  }

  private _waiting(): string {
    const { trans, workspace } = this.context;
    const { busy } = workspace.explorer.clusters;
    return (
      busy?.text ??
      trans.__(
        'Find clusters groups the windows by their encodings: a Gaussian mixture, with the decoded and the back-projected centroid of each group.'
      )
    );
  }

  private _press(event: KeyboardEvent): void {
    const { selection } = this.context.workspace.explorer;
    const count = this._places.length;
    if (event.target !== this.body.node || !count) {
      return;
    }
    const rows = this._places.filter(
      ({ left }) => left === this._places[0].left
    ).length;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      ArrowRight: rows,
      ArrowLeft: -rows
    };
    const hold = (i: number): number => Math.max(0, Math.min(count - 1, i));
    if (event.key in steps) {
      this._choose(
        this._chosen < 0 ? 0 : hold(this._chosen + steps[event.key])
      );
    } else if (event.key === 'Home' || event.key === 'End') {
      this._choose(event.key === 'Home' ? 0 : count - 1);
    } else if (event.key === 'Enter' && this._chosen >= 0) {
      this._select(this._chosen);
    } else if (event.key === 'Escape' && selection.mask) {
      selection.set(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private _choose(cluster: number): void {
    this._chosen = cluster;
    const lines = this._lines(cluster);
    this.body.node.setAttribute('aria-label', lines.join(', '));
    this._markChanged();
  }

  /** Its windows become the selection; those that are selected already are let go. */
  private _select(cluster: number): void {
    const { clusters, selection } = this.context.workspace.explorer;
    const mask = clusters.maskOf(cluster);
    selection.set(selection.mask === mask ? null : mask);
  }

  private _lines(cluster: number): string[] {
    const found = shownClusters(this.context);
    const facts = found && this._facts.of(this.context, found);
    return found && facts && cluster < found.k
      ? clusterLines(this.context, found, facts, cluster)
      : [];
  }

  private _cardAt(event: MouseEvent): number {
    const box = this.body.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    return this._places.findIndex(
      ({ left, top, width, height }) =>
        x >= left && y >= top && x < left + width && y < top + height
    );
  }

  /** The number of clusters under the mouse in the curve of BIC; null elsewhere. */
  private _numberAt(event: MouseEvent): number | null {
    const frame = this._bic;
    const box = this.body.node.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (!frame || y < frame.top || y > frame.bottom) {
      return null;
    }
    const [from, to] = frame.x.range();
    const number = Math.round(frame.x.invert(x));
    return x > from - 10 && x < to + 10 && frame.numbers.includes(number)
      ? number
      : null;
  }

  private _click(event: MouseEvent): void {
    const card = this._cardAt(event);
    const number = this._numberAt(event);
    if (card >= 0) {
      this._chosen = card;
      this._select(card);
    } else if (number !== null) {
      this.context.workspace.explorer.clusters.setK(number);
    }
  }

  private _hover(event: PointerEvent): void {
    const { tooltip, trans, workspace } = this.context;
    const card = this._cardAt(event);
    const number = this._numberAt(event);
    if (card >= 0) {
      tooltip.show(event.clientX, event.clientY, [
        ...this._lines(card),
        trans.__('Click: select its windows')
      ]);
    } else if (number !== null) {
      const { curve } = workspace.explorer.clusters;
      const bic = curve.find(({ k }) => k === number)?.bic ?? NaN;
      tooltip.show(event.clientX, event.clientY, [
        trans.__('%1 clusters: BIC %2', number, significant(bic, 5)),
        trans.__('The lower, the better. Click: take this number')
      ]);
    } else {
      tooltip.hide();
    }
  }

  private _leave(): void {
    this.context.tooltip.hide();
  }

  private _markChanged(): void {
    super.redraw();
  }

  private _surface: Surface;
  private _controls: Rendering;
  private _facts = new ClusterFacts();
  private _places: readonly ICardPlace[] = [];
  private _bic: IBicFrame | null = null;
  /** The cluster that the keys stand on; -1 for none. */
  private _chosen = -1;
  /** True where more than the marks has to be drawn. */
  private _stale = true;
}
