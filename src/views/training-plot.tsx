import { scaleLinear, scaleLog } from 'd3-scale';
import * as React from 'react';
import type { IHistory } from '../signal/types';
import { HeaderSelect } from './fields';
import { drawBottomAxis, drawLeftAxis } from './marks/axes';
import { curvePath } from './marks/curve';
import { Surface } from './marks/surface';
import { ModelView } from './model-view';
import type { IViewContext } from './view';
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

  protected describe(): void {
    const { workspace, shown, trans } = this.context;
    const { training } = workspace;
    const active = shown.active;
    if (this.height > 0) {
      this.subtitle = training.running
        ? trans.__('loss of %1', training.label)
        : active
          ? trans.__('loss of %1', shown.labelOf(active))
          : trans.__('loss');
      return;
    }
    this.subtitle = shown.models
      .map(model => {
        const test = model.history.test;
        return trans.__(
          '%1 test %2',
          shown.labelOf(model),
          lossText(test[test.length - 1])
        );
      })
      .join(' \u00b7 ');
  }

  protected draw(): void {
    const { workspace, shown, trans } = this.context;
    const { training } = workspace;
    const active = shown.active;
    const live = training.running;
    const history: IHistory | null = live
      ? training.history
      : (active?.history ?? null);
    const epochs = live ? training.epochs : (active?.setup.epochs ?? 0);
    const done = history?.train.length ?? 0;
    this._surface.begin(this.width, this.height);
    this._surface.clear();
    if (this.showMissing(!history || (!live && done === 0))) {
      return;
    }
    const train = history!.train;
    const test = history!.test;
    this.body.node.setAttribute(
      'aria-label',
      trans.__(
        'Loss after epoch %1: train %2, test %3',
        done,
        lossText(train[done - 1]),
        lossText(test[test.length - 1])
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
    const values = [...train, ...test].filter(
      value => Number.isFinite(value) && (!this._log || value > 0)
    );
    const low = values.length ? Math.min(...values) : 1e-3;
    const high = values.length ? Math.max(...values) : 1;
    const y = this._log
      ? scaleLog()
          .domain([
            Math.pow(10, Math.floor(Math.log10(low))),
            Math.pow(
              10,
              Math.max(
                Math.ceil(Math.log10(high)),
                Math.floor(Math.log10(low)) + 1
              )
            )
          ])
          .range([frame.bottom, frame.top])
      : scaleLinear().domain([0, high]).nice().range([frame.bottom, frame.top]);
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
    const ends: { name: 'train' | 'test'; text: string; at: number }[] = [];
    for (const [name, list] of [
      ['train', train],
      ['test', test]
    ] as const) {
      const last = list.length - 1;
      if (last < 0) {
        continue;
      }
      lines
        .append('path')
        .attr('class', `jp-Eelscape-loss jp-mod-${name}`)
        .attr(
          'd',
          curvePath(
            list.length,
            i => x(i + 1),
            i => (this._log && !(list[i] > 0) ? NaN : y(list[i]))
          )
        );
      const at = y(list[last]);
      if (!Number.isFinite(at)) {
        continue;
      }
      lines
        .append('circle')
        .attr('class', `jp-Eelscape-lossEnd jp-mod-${name}`)
        .attr('cx', x(last + 1))
        .attr('cy', at)
        .attr('r', 3);
      const word = name === 'train' ? trans.__('train') : trans.__('test');
      ends.push({ name, text: `${word} ${lossText(list[last])}`, at });
    }
    this._drawEnds(ends, x(done), frame);
  }

  /** Writes the last values beside the line ends, apart from each other and within the plot. */
  private _drawEnds(
    ends: { name: string; text: string; at: number }[],
    x: number,
    frame: { top: number; bottom: number; right: number }
  ): void {
    const before = x > frame.right - 92;
    ends.sort((a, b) => a.at - b.at);
    // Beside the end while there is room; at the end of the plot above and below the lines.
    const places = ends.map((end, i) => {
      if (!before) {
        return end.at;
      }
      return i === 0 || end.at + 14 > frame.bottom - 8
        ? end.at - 12
        : end.at + 14;
    });
    if (places.length === 2 && places[1] - places[0] < 15) {
      const middle = (places[0] + places[1]) / 2;
      places[0] = middle - 7.5;
      places[1] = middle + 7.5;
    }
    const least = frame.top + 8;
    const most = frame.bottom - 8;
    if (places.length && places[places.length - 1] > most) {
      const by = places[places.length - 1] - most;
      places.forEach((_, i) => (places[i] -= by));
    }
    if (places.length && places[0] < least) {
      const by = least - places[0];
      places.forEach((_, i) => (places[i] += by));
    }
    ends.forEach((end, i) => {
      this._surface
        .group('lines')
        .append('text')
        .attr('class', `jp-Eelscape-lossText jp-mod-${end.name}`)
        .attr('x', before ? x : x + 8)
        .attr('y', places[i])
        .attr('dy', '0.35em')
        .attr('text-anchor', before ? 'end' : 'start')
        .text(end.text);
    });
  }

  private _surface: Surface;
  private _log = true;
}

/** Powers of ten from `low` to `high`, as many as fit. */
function decades(low: number, high: number, height: number): number[] {
  const first = Math.round(Math.log10(low));
  const last = Math.round(Math.log10(high));
  const step = Math.max(
    1,
    Math.ceil((last - first) / Math.max(1, height / 18))
  );
  const values: number[] = [];
  for (let exponent = first; exponent <= last; exponent += step) {
    values.push(Math.pow(10, exponent));
  }
  return values;
}

const RAISED = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';

/** "10⁻³". */
function power(value: number): string {
  const exponent = Math.round(Math.log10(value));
  const digits = String(Math.abs(exponent))
    .split('')
    .map(digit => RAISED[Number(digit)])
    .join('');
  return `10${exponent < 0 ? '\u207b' : ''}${digits}`;
}
