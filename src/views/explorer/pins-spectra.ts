import { scaleLinear } from 'd3-scale';
import { metricName } from '../error-metric';
import { drawBaseline, drawBottomAxis } from '../marks/axes';
import type { Clip } from '../marks/clip';
import { curvePath } from '../marks/curve';
import { intensityLimits } from '../marks/limits';
import { type IPalette, MODEL_DASHES, MODEL_WIDTHS } from '../marks/palette';
import { drawPin } from '../marks/pins';
import type { GroupSelection, Surface } from '../marks/surface';
import { partName } from '../part-name';
import type { IViewContext } from '../view';
import { significant } from '../wording';
import { type IPinEntry, pinTitle } from './pins-content';
import { FOOT, type ISpectraLayout, LETTER } from './pins-layout';
import { drawWindow, sharedCurves } from './pins-marks';

export interface IPinsRoom {
  readonly width: number;
  readonly height: number;
  readonly canvas: CanvasRenderingContext2D | null;
  readonly clip: Clip;
  /** Fill where there is no value. */
  readonly hatch: string;
}

type Scale = (value: number) => number;

/** Height of a line of text. */
const LINE = 14;

/** Each location's window, beside it the measured and the predicted spectra, all on one scale (Fig. 4 of the paper). */
export function drawPinnedSpectra(
  surface: Surface,
  context: IViewContext,
  entries: readonly IPinEntry[],
  layout: ISpectraLayout,
  room: IPinsRoom,
  palette: IPalette
): void {
  const { shown, trans } = context;
  const energy = shown.energy()!;
  const [low, high] = intensityLimits(sharedCurves(entries));
  const axes = surface.group('axes');
  const windows = surface.group('windows');
  const lines = surface.group('lines');
  const words = surface.group('words');
  room.clip.apply(lines, 0, 0, room.width, room.height - FOOT + 2);
  entries.forEach((entry, i) => {
    const cell = layout.cells[i];
    const left = cell.left + LETTER + layout.side + 10;
    const right = cell.left + cell.width - 10;
    const bottom = cell.top + cell.height - 5;
    const x = scaleLinear()
      .domain([...energy.domain])
      .range([left, right]);
    const y = scaleLinear()
      .domain([low, high])
      .range([bottom, cell.top + 6]);
    const top = cell.top + Math.max(2, (cell.height - layout.side) / 2);
    drawPin(words, entry.pin.letter, [cell.left + 13, top + 8]);
    drawWindow(
      room.canvas,
      windows,
      shown,
      entry,
      { left: cell.left + LETTER, top, side: layout.side },
      room.hatch
    );
    drawBaseline(axes, left, right, y(Math.max(0, low)));
    const draw = (
      values: Float32Array,
      className: string,
      colour: string,
      width: number,
      dash: string | null
    ): void => {
      lines
        .append('path')
        .attr('class', className)
        .attr('stroke', colour)
        .attr('stroke-width', width)
        .attr('stroke-dasharray', dash)
        .attr(
          'd',
          pathOf(values, i => x(energy.position(i)), y)
        );
    };
    draw(entry.spectrum, 'jp-Eelscape-measured', palette.measured, 1, null);
    for (const { values, style } of entry.predictions) {
      if (values) {
        draw(
          values,
          'jp-Eelscape-curve',
          palette.models[style],
          MODEL_WIDTHS[style],
          MODEL_DASHES[style]
        );
      }
    }
    drawWords(words, context, entry, {
      ...cell,
      left,
      right,
      end: freeEnd(entry)
    });
    const last = (i + 1) % layout.rows === 0 || i === entries.length - 1;
    if (last) {
      drawBottomAxis(axes, {
        scale: x,
        at: bottom,
        ticks: Math.max(2, Math.round((right - left) / 56))
      });
    }
  });
  drawFoot(words, context, room, [low, high], energy.title, trans);
}

function pathOf(values: Float32Array, x: Scale, y: Scale): string {
  return curvePath(values.length, x, i => y(values[i]));
}

/** The end of the spectrum where curves stand lower: words find room there. */
function freeEnd({ spectrum, predictions }: IPinEntry): 'start' | 'end' {
  const curves = [
    spectrum,
    ...predictions.flatMap(({ values }) => (values ? [values] : []))
  ];
  const part = Math.floor(spectrum.length * 0.4);
  const highest = (from: number): number => {
    let high = -Infinity;
    for (const curve of curves) {
      for (let i = from; i < from + part; i++) {
        high = Math.max(high, curve[i]);
      }
    }
    return high;
  };
  return highest(spectrum.length - part) > 1.2 * highest(0) ? 'start' : 'end';
}

interface IWordsPlace {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
  readonly end: 'start' | 'end';
}

/** Name, part of the split and the error of each model; in one line where the row is low. */
function drawWords(
  group: GroupSelection,
  { trans }: IViewContext,
  { pin, part, excluded, predictions }: IPinEntry,
  place: IWordsPlace
): void {
  const at = place.end === 'end' ? place.right : place.left + 4;
  const line = (i: number): GroupSelection =>
    group
      .append('text')
      .attr('class', 'jp-Eelscape-pinWords')
      .attr('x', at)
      .attr('y', place.top + 13 + LINE * i)
      .attr('text-anchor', place.end) as unknown as GroupSelection;
  const title = line(0);
  title
    .append('tspan')
    .attr('class', 'jp-Eelscape-pinName')
    .text(pinTitle(pin));
  const note = excluded
    ? trans.__('excluded')
    : part
      ? partName(part, trans)
      : trans.__('no window fits');
  title
    .append('tspan')
    .attr('class', `jp-Eelscape-pinPart jp-mod-${part ?? 'none'}`)
    .attr('dx', 5)
    .text(note);
  const known = predictions.filter(({ values }) => values);
  const rows = LINE * (known.length + 1) + 6 <= place.height;
  let words = line(1);
  known.forEach(({ label, style, error }, i) => {
    if (rows && i > 0) {
      words = line(i + 1);
    }
    words
      .append('tspan')
      .attr('dx', !rows && i > 0 ? 7 : null)
      .style('fill', `var(--eelscape-model-text-${style + 1})`)
      .text(`${label} ${error}`);
  });
}

/** The scale that all share, which error is meant, and the title of the axis. */
function drawFoot(
  group: GroupSelection,
  { shown, trans: words }: IViewContext,
  { width, height }: IPinsRoom,
  [low, high]: readonly [number, number],
  title: string,
  trans: IViewContext['trans']
): void {
  const units = shown.pair?.spectraUnits ?? '';
  const scale = trans.__(
    'one scale, %1\u2013%2 %3',
    significant(low, 2),
    significant(high, 3),
    units
  );
  const note = shown.models.length
    ? `${scale.trim()} \u00b7 ${metricName(shown.metric, words)}`
    : scale.trim();
  const absent = shown.pair?.absent
    ? ` \u00b7 ${trans.__('measured: not in this file')}`
    : '';
  const text = (x: number, anchor: string, value: string): void => {
    group
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', x)
      .attr('y', height - 6)
      .attr('text-anchor', anchor)
      .text(value);
  };
  text(10, 'start', note + absent);
  // Letters of 11 px are about 6 px wide.
  if (6 * (note.length + absent.length + title.length) + 30 < width) {
    text(width - 14, 'end', title);
  } else {
    text(width - 14, 'end', title.replace(/^.*\(/, '').replace(')', ''));
  }
}
