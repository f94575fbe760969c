import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { metricName } from '../error-metric';
import { drawBaseline, drawBottomAxis } from '../marks/axes';
import { curvePath } from '../marks/curve';
import { intensityLimits } from '../marks/limits';
import type { IPalette } from '../marks/palette';
import { drawPin } from '../marks/pins';
import type { GroupSelection, Surface } from '../marks/surface';
import { partName } from '../part-name';
import type { IViewContext } from '../view';
import { significant } from '../wording';
import { type IPinEntry, pinTitle } from './pins-content';
import { AXIS, CAPTION, type IImagesLayout, TITLE } from './pins-layout';
import { drawImage, drawNoImage, drawWindow, sharedCurves } from './pins-marks';
import type { IPinsRoom } from './pins-spectra';

/** Each location's spectrum, below it its window and the image of each model, all on one scale (Fig. 6 of the paper). */
export function drawPinnedImages(
  surface: Surface,
  context: IViewContext,
  entries: readonly IPinEntry[],
  layout: IImagesLayout,
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
  // The gallery of spectra clips this group to its own width.
  lines.attr('clip-path', null);
  const { side, spectrum } = layout;
  const tops = rowTops(layout, entries[0]?.predictions.length ?? 0);
  entries.forEach((entry, i) => {
    const cell = layout.cells[i];
    const left = cell.left + Math.floor((cell.width - side) / 2);
    const right = left + side;
    drawTitle(words, context, entry, cell.left, cell.top, cell.width);
    const x = scaleLinear()
      .domain([...energy.domain])
      .range([left, right]);
    const y = scaleLinear()
      .domain([low, high])
      .range([cell.top + TITLE + spectrum, cell.top + TITLE]);
    drawBaseline(axes, left, right, y(Math.max(0, low)));
    drawBottomAxis(axes, {
      scale: x,
      at: cell.top + TITLE + spectrum,
      values: ticksOf(x)
    });
    lines
      .append('path')
      .attr('class', 'jp-Eelscape-measured')
      .attr('stroke', palette.measured)
      .attr('stroke-width', 1)
      .attr(
        'd',
        curvePath(
          entry.spectrum.length,
          k => x(energy.position(k)),
          k => y(entry.spectrum[k])
        )
      );
    drawWindow(
      room.canvas,
      windows,
      shown,
      entry,
      { left, top: cell.top + tops[0], side },
      room.hatch
    );
    entry.predictions.forEach(({ values, style, error }, m) => {
      const square = { left, top: cell.top + tops[m + 1], side };
      if (values) {
        drawImage(room.canvas, windows, shown, values, square);
      } else {
        drawNoImage(windows, square, room.hatch);
      }
      words
        .append('text')
        .attr('class', 'jp-Eelscape-pinError')
        .attr('x', left + side / 2)
        .attr('y', square.top + side + 12)
        .attr('text-anchor', 'middle')
        .style('fill', `var(--eelscape-model-text-${style + 1})`)
        .text(error);
    });
  });
  const first = entries[0];
  const bands = new Set(layout.cells.map(cell => cell.top));
  for (const top of bands) {
    nameRows(words, context, first, layout, tops, top, energy.units);
  }
  const [from, to] = shown.imageLimits();
  words
    .append('text')
    .attr('class', 'jp-Eelscape-label')
    .attr('x', 10)
    .attr('y', room.height - 6)
    .text(
      [
        trans
          .__(
            'images on one scale, %1\u2013%2 %3',
            significant(from, 2),
            significant(to, 2),
            shown.pair?.imageUnits ?? ''
          )
          .trim(),
        ...(first.predictions.length ? [metricName(shown.metric, trans)] : []),
        ...(shown.pair?.absent
          ? [trans.__('measured spectra: not in this file')]
          : [])
      ].join(' \u00b7 ')
    );
}

/** Two or three ticks, one where their numbers would run into each other. */
function ticksOf(x: ScaleLinear<number, number>): number[] {
  const [left, right] = x.range();
  const values = x.ticks(Math.max(2, Math.round((right - left) / 40)));
  const format = x.tickFormat();
  // Digits of 11 px are about 6.4 px wide.
  const fits = values.every((value, i) => {
    const width = 3.2 * (format(values[i - 1] ?? 0) + format(value)).length;
    return i === 0 || x(value) - x(values[i - 1]) > width + 5;
  });
  return fits ? values : values.slice(-1);
}

/** Tops of the window and of the images of the models, from the top of a band. */
function rowTops({ side, spectrum }: IImagesLayout, models: number): number[] {
  const first = TITLE + spectrum + AXIS + 2;
  return Array.from({ length: models + 1 }, (_, m) =>
    m === 0 ? first : first + side + 6 + (m - 1) * (side + CAPTION + 3)
  );
}

function drawTitle(
  group: GroupSelection,
  { trans }: IViewContext,
  { pin, part, excluded }: IPinEntry,
  left: number,
  top: number,
  width: number
): void {
  drawPin(group, pin.letter, [left + 13, top + 10]);
  const note = excluded
    ? trans.__('excluded')
    : part
      ? partName(part, trans)
      : trans.__('no window');
  const text = (y: number, className: string, value: string): void => {
    group
      .append('text')
      .attr('class', `jp-Eelscape-pinWords ${className}`)
      .attr('x', left + 25)
      .attr('y', top + y)
      .text(value);
  };
  const name = pinTitle(pin);
  const room = (width - 27) / 6.6;
  // A place that is cut off says nothing; the beginning of a name does.
  const shown = pin.name || name.length <= room ? cut(name, room) : '';
  text(14, 'jp-Eelscape-pinName', shown);
  text(27, `jp-Eelscape-pinPart jp-mod-${part ?? 'none'}`, note);
}

function cut(text: string, letters: number): string {
  const room = Math.max(3, Math.floor(letters));
  return text.length > room ? `${text.slice(0, room - 1)}\u2026` : text;
}

/** Names of the rows of a band at its left. */
function nameRows(
  group: GroupSelection,
  { trans, shown }: IViewContext,
  { predictions }: IPinEntry,
  { side, spectrum }: IImagesLayout,
  tops: readonly number[],
  top: number,
  units: string
): void {
  const text = (y: number, value: string, className: string): GroupSelection =>
    group
      .append('text')
      .attr('class', className)
      .attr('x', 10)
      .attr('y', top + y)
      .text(value) as unknown as GroupSelection;
  const bold = 'jp-Eelscape-pinWords jp-Eelscape-pinName';
  text(TITLE + spectrum / 2, trans.__('spectrum'), bold);
  text(
    TITLE + spectrum / 2 + 13,
    units ? trans.__('input, %1', units) : trans.__('input'),
    'jp-Eelscape-label'
  );
  text(tops[0] + side / 2, trans.__('window'), bold);
  text(tops[0] + side / 2 + 13, trans.__('measured'), 'jp-Eelscape-label');
  predictions.forEach(({ model, label, style }, m) => {
    text(tops[m + 1] + side / 2 + 4, label, bold).style(
      'fill',
      `var(--eelscape-model-text-${style + 1})`
    );
    text(tops[m + 1] + side + 12, trans.__('error'), 'jp-Eelscape-label')
      .append('title')
      .text(`${shown.labelOf(model)}: ${metricName(shown.metric, trans)}`);
  });
}
