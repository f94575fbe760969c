import * as React from 'react';
import type { IStudyPoint } from '../../model/explorer/types';
import type { Kind } from '../../signal/types';
import { MetricChoice } from '../error-choices';
import { metricFactor, metricName, metricTitle } from '../error-metric';
import { drawNote, wrapText } from '../marks/note';
import { Surface } from '../marks/surface';
import { setupLeaks } from '../run-strip';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import { type IViewContext, Rendering, View } from '../view';
import { fixed, significant } from '../wording';
import { StudyControls, timeText } from './study-controls';
import { drawStudy, type IStudyMark, type IStudyPlace } from './study-drawing';
import { reasonText } from './study-reason';

/** Width from which the plots stand side by side, px. */
const ACROSS = 900;
/** Height of the controls, px. */
const CONTROLS = 30;
/** How near to a point a click must be, px. */
const REACH = 14;

/** Latent-size study: error and structure in the errors against the number of latents. */
export class StudyView extends View {
  constructor(context: IViewContext) {
    super(context, {
      name: 'study',
      title: slotTitle('study', context.trans),
      tools: () => <MetricChoice context={context} />
    });
    const { trans, workspace } = context;
    const { data, explorer, models } = workspace;
    this.addClass('jp-Eelscape-study');
    this._surface = new Surface(this.body.node);
    this.makeApplication(
      this.headingText,
      trans.__(
        'Left and right arrow keys go from one trained size to the next, up and down to the other direction. Enter shows the model.'
      )
    );
    this._controls = new Rendering('jp-Eelscape-studyControls', () => (
      <StudyControls context={context} />
    ));
    this.addWidget(this._controls);
    explorer.study.changed.connect(this._studyChanged, this);
    explorer.display.changed.connect(this.refresh, this);
    workspace.expected.changed.connect(this._studyChanged, this);
    data.pairChanged.connect(this.refresh, this);
    data.setupChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.redraw, this);
    models.itemsChanged.connect(this.redraw, this);
    this.body.node.addEventListener('click', event => this._click(event));
    this.body.node.addEventListener('keydown', event => this._press(event));
    this.body.node.addEventListener('pointermove', event => this._hover(event));
    this.body.node.addEventListener('pointerleave', () =>
      context.tooltip.hide()
    );
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const { shown, trans } = this.context;
    const points = this._curves().flatMap(curve => curve.points);
    if (!points.length) {
      return null;
    }
    const name = metricName(shown.metric, trans);
    const units =
      shown.metric === 'mse_raw' ? trans.__('squared data units') : 'fraction';
    return {
      title: trans.__('Latent-size study'),
      columns: [
        trans.__('Direction'),
        trans.__('Latents'),
        trans.__('Train, mean %1 (%2)', name, units),
        trans.__('Train, standard deviation (%1)', units),
        trans.__('Test, mean %1 (%2)', name, units),
        trans.__('Test, standard deviation (%1)', units),
        trans.__('Pearson r of error map and HAADF'),
        trans.__('MSE of error map and HAADF')
      ],
      rows: points.map(({ kind, latents, train, test, r, mse }) => [
        kind,
        latents,
        train.mean,
        train.sd,
        test.mean,
        test.sd,
        r,
        mse
      ])
    };
  }

  protected describe(): void {
    const { workspace, trans } = this.context;
    const { study } = workspace.explorer;
    const { entries, missing } = study;
    const done = entries.filter(entry => entry.state === 'done').length;
    const time = timeText(workspace, missing);
    this.subtitle =
      done > 0 || missing < entries.length
        ? trans.__('%1 of %2 networks', done, entries.length)
        : trans.__('not run: trains %1 networks%2', missing, time);
  }

  protected draw(): void {
    const { shown, trans, workspace } = this.context;
    const { study } = workspace.explorer;
    const { metric } = shown;
    this._controls.update();
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._places = [];
    const curves = this._curves();
    if (curves.every(({ points }) => points.length === 0)) {
      this._drawEmpty();
      return;
    }
    const lines = this._notes();
    const note = 14 * lines.length + (lines.length ? 8 : 0);
    this._places = drawStudy(this._surface, {
      left: 0,
      top: CONTROLS,
      width: this.width,
      height: this.height - CONTROLS - note,
      sizes: study.sizes,
      curves,
      marks: this._marks(),
      factor: metricFactor(metric),
      apart: metric === 'mse_raw',
      across: this.width >= ACROSS,
      names: {
        errors: metricTitle(metric, shown.targetUnits, trans),
        r: trans.__('Pearson r'),
        mse: trans.__('MSE to HAADF'),
        latents: trans.__('Number of latents'),
        train: trans.__('train'),
        test: trans.__('test')
      }
    });
    drawNote(this._surface.group('note'), lines, 10, this.height - note);
    this._drawCursor();
  }

  /** Why a size is suggested, and what the errors say less than they seem to. */
  private _notes(): { text: string; warning: boolean }[] {
    const { shown, trans, workspace } = this.context;
    const { study } = workspace.explorer;
    const room = this.width - 24;
    const leak = setupLeaks(workspace.data.setup)
      ? trans.__(
          'Test windows overlap training windows: the test errors read low, and so does the size.'
        )
      : '';
    const lines = (text: string, most: number, warning: boolean) =>
      wrapText(text, room, most).map(line => ({ text: line, warning }));
    const reason = reasonText(
      study.suggestion(shown.kind, shown.metric),
      shown,
      trans
    );
    return [
      ...(leak ? lines(leak, 2, true) : []),
      ...(reason ? lines(reason, 4, false) : [])
    ];
  }

  private _curves(): {
    kind: Kind;
    shown: boolean;
    points: readonly IStudyPoint[];
  }[] {
    const { shown, workspace } = this.context;
    const { study } = workspace.explorer;
    return study.kinds.map(kind => ({
      kind,
      shown: kind === shown.kind,
      points: study.points(kind, shown.metric)
    }));
  }

  /** The active model and, while they are few, the others that are shown. */
  private _marks(): IStudyMark[] {
    const { shown } = this.context;
    const { models, active } = shown;
    return models
      .filter(model => model === active || models.length < 4)
      .map(model => ({
        latents: model.setup.latentDims,
        label: shown.labelOf(model),
        style: shown.styleOf(model)
      }));
  }

  private _drawEmpty(): void {
    const { trans } = this.context;
    const text = trans.__(
      'No network of these sizes was trained with the present setup yet. Run study trains them, then error, Pearson r and MSE between error map and HAADF are drawn against the number of latents.'
    );
    drawNote(
      this._surface.group('note'),
      wrapText(text, this.width - 48, 6).map(line => ({
        text: line,
        warning: false
      })),
      24,
      CONTROLS + 24
    );
  }

  private _drawCursor(): void {
    const chosen = this._chosen;
    const at = chosen && this._places.find(({ point }) => point === chosen);
    if (at) {
      this._surface
        .group('lines')
        .append('circle')
        .attr('class', 'jp-Eelscape-studyCursor')
        .attr('cx', at.x)
        .attr('cy', at.y)
        .attr('r', 7);
    }
  }

  private _press(event: KeyboardEvent): void {
    const { models } = this.context.workspace;
    const curves = this._curves().filter(({ points }) => points.length > 0);
    if (event.target !== this.body.node || !curves.length) {
      return;
    }
    const row = Math.max(
      0,
      curves.findIndex(({ kind }) => kind === this._chosen?.kind)
    );
    const { points } = curves[row];
    const at = points.findIndex(point => point === this._chosen);
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) {
      const next = at < 0 && by < 0 ? points.length - 1 : at + by;
      this._choose(points[Math.max(0, Math.min(points.length - 1, next))]);
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const other = curves[(row + 1) % curves.length].points;
      this._choose(
        other.find(point => point.latents === this._chosen?.latents) ?? other[0]
      );
    } else if (event.key === 'Enter' && this._chosen) {
      models.activate(this._chosen.model);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private _choose(point: IStudyPoint): void {
    this._chosen = point;
    this.body.node.setAttribute('aria-label', this._lines(point).join(', '));
    this.redraw();
  }

  /** What a point says: "im2spec, 4 latents", "test 6.1 ± 0.7 %". */
  private _lines(point: IStudyPoint): string[] {
    const { shown, trans } = this.context;
    return [
      trans.__('%1, %2 latents', point.kind, point.latents),
      trans.__('train %1', shown.errorText(point.train.mean)),
      trans.__('test %1', shown.errorText(point.test.mean)),
      trans.__('Pearson r %1', fixed(point.r, 2)),
      trans.__('MSE %1', significant(point.mse, 3))
    ];
  }

  private _near(event: MouseEvent): IStudyPoint | null {
    const box = this.body.node.getBoundingClientRect();
    let best: IStudyPlace | null = null;
    let least = REACH;
    for (const place of this._places) {
      const far = Math.hypot(
        event.clientX - box.left - place.x,
        event.clientY - box.top - place.y
      );
      if (far < least) {
        least = far;
        best = place;
      }
    }
    return best?.point ?? null;
  }

  private _click(event: MouseEvent): void {
    const point = this._near(event);
    if (point) {
      this._chosen = point;
      this.context.workspace.models.activate(point.model);
      this.redraw();
    }
  }

  private _hover(event: MouseEvent): void {
    const { tooltip, trans } = this.context;
    const point = this._near(event);
    if (point) {
      tooltip.show(event.clientX, event.clientY, [
        ...this._lines(point),
        trans.__('Click: show this model')
      ]);
    } else {
      tooltip.hide();
    }
  }

  private _studyChanged(): void {
    this.redraw();
  }

  private _surface: Surface;
  private _controls: Rendering;
  private _places: readonly IStudyPlace[] = [];
  /** The point that the keys stand on. */
  private _chosen: IStudyPoint | null = null;
}
