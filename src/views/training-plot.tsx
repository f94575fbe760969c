import {
  scaleLinear,
  scaleLog,
  type ScaleLinear,
  type ScaleLogarithmic
} from 'd3-scale';
import * as React from 'react';
import { HeaderSelect } from './fields';
import {
  apart,
  decades,
  endText,
  type ILineEnd,
  type ILossCurve,
  lossCurve,
  power
} from './loss-curves';
import { drawBottomAxis, drawLeftAxis } from './marks/axes';
import { curvePath } from './marks/curve';
import { MODEL_DASHES, MODEL_WIDTHS } from './marks/palette';
import { Surface } from './marks/surface';
import { ModelView } from './model-view';
import type { ITable } from './table';
import type { IViewContext } from './view';
import { lossTable } from './view-tables';
import { lossText } from './wording';

/** Loss of train and test against epoch, with the last values at the line ends. */
export class TrainingPlot extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'training',
      title: context.trans.__('Training'),
      tools: () => (
        <HeaderSelect
          label={context.trans.__('Scale of the loss')}
          value={this._log ? 'log' : 'linear'}
          choices={[
            ['log', context.trans.__('log scale')],
            ['linear', context.trans.__('linear')]
          ]}
          onChange={value => {
            this._log = value === 'log';
            this.refresh();
          }}
        />
      )
    });
    const { workspace } = context;
    this._surface = new Surface(this.body.node);
    this.body.node.setAttribute('role', 'img');
    this.body.node.setAttribute('aria-label', this.headingText);
    workspace.training.changed.connect(this.redraw, this);
    workspace.models.activeChanged.connect(this.redraw, this);
    workspace.models.itemsChanged.connect(this.redraw, this);
    workspace.data.setupChanged.connect(this.redraw, this);
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const { trans } = this.context;
    return lossTable(this._content().curves, (text, ...values) =>
      trans.__(text, ...values)
    );
  }

  protected describe(): void {
    const { workspace, shown, trans } = this.context;
    const { runs } = workspace.training;
    const active = shown.active;
    if (this.height > 0) {
      const names = runs.length
        ? runs.map(run => (runs.length > 1 ? shown.nameOf(run) : run.label))
        : active
          ? [shown.labelOf(active)]
          : [];
      this.subtitle = names.length
        ? trans.__('loss of %1', names.join(', '))
        : trans.__('loss');
      return;
    }
    this.subtitle = shown.models
      .map(model => {
        const run = runs.find(({ id }) => id === model.id);
        const { test } = (run ?? model).history;
        return trans.__(
          '%1 test %2',
          shown.labelOf(model),
          lossText(test[test.length - 1])
        );
      })
      .join(' \u00b7 ');
  }

  protected draw(): void {
    const { trans } = this.context;
    const { curves, epochs, live } = this._content();
    const done = Math.max(0, ...curves.map(curve => curve.losses.length));
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    if (this.showMissing(curves.length === 0 || (!live && done === 0))) {
      return;
    }
    this.body.node.setAttribute(
      'aria-label',
      trans.__(
        'Loss after epoch %1: %2',
        done,
        curves.map(curve => endText(curve)).join(', ')
      )
    );
    const frame = {
      left: 54,
      right: this.width - 16,
      top: 8,
      bottom: this.height - 40
    };
    const x = scaleLinear()
      .domain([0, Math.max(1, epochs)])
      .range([frame.left, frame.right]);
    const y = this._lossScale(curves, frame);
    this._drawAxes(x, y, frame, done, epochs);
    const lines = this._surface.group('lines');
    if (done < epochs && done > 0) {
      lines
        .append('line')
        .attr('class', 'jp-Eelscape-now')
        .attr('x1', x(done))
        .attr('x2', x(done))
        .attr('y1', frame.top)
        .attr('y2', frame.bottom);
    }
    const ends: ILineEnd[] = [];
    for (const curve of curves) {
      const { losses } = curve;
      const last = losses.length - 1;
      if (last < 0) {
        continue;
      }
      const drawn = lines
        .append('path')
        .attr('class', `jp-Eelscape-loss ${curve.className}`)
        .attr(
          'd',
          curvePath(
            losses.length,
            i => x(i + 1),
            i => (this._log && !(losses[i] > 0) ? NaN : y(losses[i]))
          )
        );
      if (curve.look !== null) {
        drawn.style('stroke', `var(--eelscape-model-${curve.look + 1})`);
        if (curve.part === 'test') {
          drawn
            .style('stroke-width', MODEL_WIDTHS[curve.look] + 0.5)
            .style('stroke-dasharray', MODEL_DASHES[curve.look] ?? 'none');
        }
      }
      const at = y(losses[last]);
      if (!Number.isFinite(at)) {
        continue;
      }
      const dot = lines
        .append('circle')
        .attr('class', `jp-Eelscape-lossEnd ${curve.className}`)
        .attr('cx', x(last + 1))
        .attr('cy', at)
        .attr('r', 3);
      if (curve.look !== null) {
        dot.style('fill', `var(--eelscape-model-${curve.look + 1})`);
      }
      if (curve.labelled) {
        ends.push({ ...curve, text: endText(curve), at });
      }
    }
    this._drawEnds(ends, x(done), frame);
  }

  /** What is drawn: every run that trains, else the active model. */
  private _content(): {
    curves: readonly ILossCurve[];
    epochs: number;
    live: boolean;
  } {
    const { workspace, shown, trans } = this.context;
    const { runs } = workspace.training;
    const active = shown.active;
    const train = trans.__('train');
    const test = trans.__('test');
    if (runs.length > 1) {
      return {
        live: true,
        epochs: Math.max(...runs.map(run => run.epochs)),
        curves: runs.flatMap(run => {
          const name = shown.nameOf(run);
          const look =
            run.setup.kind === shown.kind ? shown.styleOf(run) : null;
          const { history } = run;
          const common = { look, labelled: runs.length < 3 };
          return [
            lossCurve('train', `${name} ${train}`, history, common),
            lossCurve('test', `${name} ${test}`, history, {
              look,
              labelled: true
            })
          ];
        })
      };
    }
    const history = runs[0]?.history ?? active?.history;
    const plain = { look: null, labelled: true };
    return {
      live: runs.length > 0,
      epochs: runs[0]?.epochs ?? active?.setup.epochs ?? 0,
      curves: history
        ? [
            lossCurve('train', train, history, plain),
            lossCurve('test', test, history, plain)
          ]
        : []
    };
  }

  private _lossScale(
    curves: readonly ILossCurve[],
    frame: IPlotFrame
  ): LossScale {
    let low = Infinity;
    let high = -Infinity;
    for (const { losses } of curves) {
      for (const value of losses) {
        if (Number.isFinite(value) && (!this._log || value > 0)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (low > high) {
      [low, high] = [1e-3, 1];
    }
    if (!this._log) {
      return scaleLinear()
        .domain([0, high])
        .nice()
        .range([frame.bottom, frame.top]);
    }
    const first = Math.floor(Math.log10(low));
    const last = Math.max(Math.ceil(Math.log10(high)), first + 1);
    return scaleLog()
      .domain([Math.pow(10, first), Math.pow(10, last)])
      .range([frame.bottom, frame.top]);
  }

  private _drawAxes(
    x: ScaleLinear<number, number>,
    y: LossScale,
    frame: IPlotFrame,
    done: number,
    epochs: number
  ): void {
    const { trans } = this.context;
    const axes = this._surface.group('axes');
    axes
      .append('rect')
      .attr('class', 'jp-Eelscape-tocome')
      .attr('x', x(done))
      .attr('y', frame.top)
      .attr('width', Math.max(0, frame.right - x(done)))
      .attr('height', frame.bottom - frame.top);
    const [from, to] = y.domain();
    drawLeftAxis(axes, {
      scale: y,
      at: frame.left,
      title: trans.__('Loss (MSE, scaled)'),
      titleGap: 44,
      line: false,
      gridLength: frame.right - frame.left,
      ...(this._log
        ? { values: decades(from, to, frame.bottom - frame.top), format: power }
        : { ticks: Math.max(2, Math.round((frame.bottom - frame.top) / 44)) })
    });
    drawBottomAxis(axes, {
      scale: x,
      at: frame.bottom,
      ticks: Math.max(
        2,
        Math.min(epochs, Math.round((frame.right - frame.left) / 64))
      ),
      format: value => (Number.isInteger(value) ? String(value) : ''),
      title: trans.__('Epoch'),
      titleGap: 31
    });
  }

  /** Writes the last values beside the line ends, apart from each other and within the plot. */
  private _drawEnds(ends: ILineEnd[], x: number, frame: IPlotFrame): void {
    const before =
      x > frame.right - (ends.some(end => end.look !== null) ? 130 : 92);
    ends.sort((a, b) => a.at - b.at);
    const wanted = ends.map((end, i) => {
      // Beside the end while there is room; at the end of the plot above and below the lines.
      if (!before) {
        return end.at;
      }
      return i === 0 || end.at + 14 > frame.bottom - 8
        ? end.at - 12
        : end.at + 14;
    });
    const places = apart(wanted, 15, frame.top + 8, frame.bottom - 8);
    ends.forEach((end, i) => {
      const text = this._surface
        .group('lines')
        .append('text')
        .attr('class', `jp-Eelscape-lossText ${end.className}`)
        .attr('x', before ? x : x + 8)
        .attr('y', places[i])
        .attr('dy', '0.35em')
        .attr('text-anchor', before ? 'end' : 'start')
        .text(end.text);
      if (end.look !== null) {
        text.style('fill', `var(--eelscape-model-text-${end.look + 1})`);
      }
    });
  }

  private _surface: Surface;
  private _log = true;
}

interface IPlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type LossScale = ScaleLinear<number, number> | ScaleLogarithmic<number, number>;
