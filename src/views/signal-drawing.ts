import { type ScaleLinear, scaleLinear, scaleLog } from 'd3-scale';
import { energyFactor, isEnergy } from '../signal/axis';
import { drawBaseline, drawBottomAxis, keepLeftAxis } from './marks/axes';
import type { Clip } from './marks/clip';
import type { ICurvePen } from './marks/curve-pen';
import type { IBox } from './marks/curve-raster';
import { drawLegend, type ILegendEntry, legendWidth } from './marks/legend';
import { extentOf, intensityLimits, logLimits, logTicks } from './marks/limits';
import { drawLineLabels } from './marks/line-labels';
import { drawNote, wrapText } from './marks/note';
import {
  drawOutside,
  drawRangeBand,
  drawRangeWords,
  drawWindowWords,
  type IPlotFrame
} from './marks/range-band';
import type { GroupSelection, Surface } from './marks/surface';
import type { ISignalContent } from './signal-content';
import type { ISignalCurve } from './signal-curves';
import {
  drawResidualAxis,
  residualText,
  residualTicks
} from './signal-residual';
import type { IViewContext } from './view';
import { significant } from './wording';

export interface ISignalRoom {
  readonly width: number;
  readonly height: number;
  /** Room at the right that the readout takes, px. */
  readonly right: number;
  readonly log: boolean;
  /** True where residuals are drawn in a low plot too. */
  readonly residual: boolean;
}

/** Where the plot stands and how energies (in the display unit) lie on it. */
export interface ISignalPlace {
  readonly frame: IPlotFrame;
  readonly x: ScaleLinear<number, number>;
  /** Height of an intensity, px; NaN where the scale has none. */
  readonly y: (value: number) => number;
  /** Lower end of the intensities, px. */
  readonly bottom: number;
  /** True where residuals are drawn below. */
  readonly residual: boolean;
}

/** What the plot is drawn on: axes and bands below the curves, words above them. */
export interface ISignalSurfaces {
  readonly below: Surface;
  readonly above: Surface;
  readonly pen: ICurvePen;
}

type Scale = (value: number) => number;

/** Least room at the left for the numbers and the title of the intensities, px. */
const LEFT = 46;
/** Names in a legend before it says how many more there are. */
const LEGEND = 8;

/** Draws the content onto empty surfaces. */
export function drawSignal(
  surfaces: ISignalSurfaces,
  clip: Clip,
  context: IViewContext,
  content: ISignalContent,
  room: ISignalRoom
): ISignalPlace {
  const { shown, workspace, trans } = context;
  const { energy, curves } = content;
  const { below, above, pen } = surfaces;
  // Groups lie in the order of their first use: the words stand over the curves.
  below.group('energies');
  below.group('intensities');
  below.group('residuals');
  const axes = below.group('axes');
  below.group('range');
  const band = below.group('band');
  const lines = above.group('lines');
  above.group('range');
  const words = above.group('words');
  const right = room.width - room.right - 14;
  const most = room.height >= 380 ? 3 : 1;
  const top = 6 + drawNotes(above, content, [LEFT, right], most);
  const least = room.residual ? 150 : 234;
  const residual = content.residuals.length > 0 && room.height - top >= least;
  const residualHeight = residual
    ? Math.max(38, Math.min(76, Math.round(room.height * 0.19)))
    : 0;
  const bottom = room.height - 42 - (residual ? residualHeight + 14 : 0);
  const y = intensityScale(content, top, bottom, room.log);
  const [low, high] = y.domain();
  const count = Math.max(2, Math.round((bottom - top) / 48));
  const ticks = room.log ? logTicks(low, high, count + 2) : y.ticks(count);
  // The title stands left of the longest number; digits of 11 px are about 6.4 px wide.
  const residuals = residual ? residualTicks(content) : null;
  const longest = Math.max(
    ...ticks.map(tick => intensityText(tick).length),
    // Room for "+0.05" all along: the plot must not move with the pointer.
    ...(residuals ? [5] : []),
    ...(residuals?.values ?? []).map(tick => residualText(tick).length)
  );
  const titleGap = Math.max(LEFT - 8, Math.ceil(6.4 * longest) + 15);
  const left = titleGap + 8;
  const whole = { left, right, top, bottom: room.height - 42 };
  const frame = { ...whole, bottom };
  const x = scaleLinear()
    .domain([...energy.domain])
    .range([left, right]);
  const units = shown.pair?.spectraUnits;
  keepLeftAxis(below, 'intensities', {
    scale: y,
    at: left,
    values: ticks,
    title: units ? trans.__('Intensity (%1)', units) : trans.__('Intensity'),
    titleGap,
    line: false,
    gridLength: right - left,
    format: intensityText
  });
  const { title } = energy;
  const key = [...x.domain(), left, right, whole.bottom, title].join();
  below.keep('energies', key, group =>
    drawBottomAxis(group, {
      scale: x,
      at: whole.bottom,
      ticks: Math.max(2, Math.round((right - left) / 70)),
      title,
      titleGap: 32
    })
  );
  if (!room.log && (residual || low < 0)) {
    drawBaseline(axes, left, right, y(Math.max(0, low)));
  }
  const legend = legendEntries(context, content, residual, bottom - top);
  const legendLeft = right - legendWidth(legend);
  if (content.drafting) {
    below.keep('range', '', () => undefined);
    above.keep('range', '', () => undefined);
    drawWindows(band, words, content, whole, x, [
      legendLeft,
      16 * legend.length + 4
    ]);
  } else {
    const range = workspace.navigation.energyRange;
    const ends = range.map(channel => x(energy.position(channel)));
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    const free = { ...whole, right: legend.length ? legendLeft - 6 : right };
    const name = trans.__('energy range');
    const text = energy.rangeText(...range);
    const place = Object.values(free).concat(from, to).join();
    below.keep('range', [place, right].join(), group =>
      drawRangeBand(group, whole, from, to)
    );
    above.keep('range', [place, name, text].join(), group =>
      drawRangeWords(group, free, from, to, name, text)
    );
  }
  const box = { left, top: frame.top - 4, right, bottom: frame.bottom + 2 };
  clip.apply(lines, box.left, box.top, box.right, box.bottom);
  const height = (value: number): number =>
    room.log && !(value > 0) ? NaN : y(value);
  drawCurves(pen, lines, curves, x, height, box);
  drawLineLabels(
    words,
    curves
      .filter(curve => curve.label)
      .map(curve => ({
        text: curve.label,
        colour: curve.colour,
        count: curve.values.length,
        x: i => x(curve.energy.position(i)),
        y: i => height(curve.values[i])
      })),
    frame
  );
  const rest = above.group('residual').attr('data-eelscape-curves', null);
  if (residuals) {
    const low = { ...whole, top: whole.bottom - residualHeight };
    const residualY = drawResidualAxis(
      below,
      context,
      residuals,
      low,
      titleGap
    );
    drawCurves(pen, rest, content.residuals, x, residualY, low);
  } else {
    below.keep('residuals', '', () => undefined);
  }
  const entries = [...legend.flatMap(Object.values), legendLeft, frame.top];
  above.keep('legend', entries.join('|'), group =>
    drawLegend(group, legend, legendLeft, frame.top)
  );
  return { frame: whole, x, y: height, bottom, residual };
}

/** A tick of the intensities: "150", "2.5e4"; the room beside the axis is small. */
function intensityText(value: number): string {
  const size = Math.abs(value);
  if (size < 1e4) {
    return significant(value, 4);
  }
  const power = Math.floor(Math.log10(size) + 1e-9);
  return `${significant(value / Math.pow(10, power), 3)}e${power}`;
}

/** Writes the notes and returns the height they take. */
function drawNotes(
  surface: Surface,
  content: ISignalContent,
  [left, right]: readonly [number, number],
  most: number
): number {
  const notes = content.notes.slice(0, most).flatMap(note =>
    wrapText(note.text, right - left, note.warning ? 2 : most).map(text => ({
      text,
      warning: note.warning
    }))
  );
  const height = drawNote(surface.group('notes'), notes, left, 0);
  return height ? height + 4 : 0;
}

function intensityScale(
  content: ISignalContent,
  top: number,
  bottom: number,
  log: boolean
): ScaleLinear<number, number> {
  const range = [bottom, top + 6];
  const followed = content.curves.filter(curve => curve.limits);
  const values = (followed.length ? followed : content.curves).map(
    curve => curve.values
  );
  if (log) {
    // d3's scales differ in nothing that is used here.
    return scaleLog()
      .domain(logLimits(values))
      .range(range) as unknown as ScaleLinear<number, number>;
  }
  let [low, high] = intensityLimits(values);
  if (content.high !== null) {
    high = content.high * 1.05;
    low = extentOf(values)[0];
    low = low > -0.1 * high ? 0 : Math.max(low, -0.3 * high);
  }
  return scaleLinear().domain([low, high]).range(range);
}

/** Draws bands, then curves over them; the group says whose curves they are. */
function drawCurves(
  pen: ICurvePen,
  group: GroupSelection,
  curves: readonly ISignalCurve[],
  x: Scale,
  y: Scale,
  box: IBox
): void {
  for (const { values, band, energy, colour } of curves) {
    if (band) {
      const area = {
        className: 'jp-Eelscape-spread',
        colour,
        count: values.length,
        x: (i: number) => x(energy.position(i)),
        low: (i: number) => y(values[i] - band[i]),
        high: (i: number) => y(values[i] + band[i])
      };
      pen.area(group, area, box);
    }
  }
  for (const { className, colour, dash, width, values, energy } of curves) {
    const stroke = {
      className,
      colour,
      dash,
      width,
      count: values.length,
      x: (i: number) => x(energy.position(i)),
      y: (i: number) => y(values[i])
    };
    pen.stroke(group, stroke, box);
  }
  group.attr('data-eelscape-curves', curves.map(curve => curve.text).join('|'));
}

/** The energy windows of the step, their names one below the other: they may stand close. */
function drawWindows(
  band: GroupSelection,
  words: GroupSelection,
  content: ISignalContent,
  frame: IPlotFrame,
  x: Scale,
  [legendLeft, legendHeight]: readonly [number, number]
): void {
  const { energy } = content;
  const factor = isEnergy(energy.units) ? energyFactor('eV', energy.units) : 1;
  const hold = (at: number): number =>
    Math.max(frame.left, Math.min(frame.right, at));
  const placed = content.windows.map(window => {
    const energies = [factor * window.from, factor * window.to];
    const ends = energies.map(at => x(at)).sort((a, b) => a - b);
    const text = energies.map(energy.label).join('\u2013');
    return {
      key: window.key,
      from: hold(ends[0]),
      to: hold(ends[1]),
      shown: ends[1] >= frame.left && ends[0] <= frame.right,
      text: `${window.name} ${text} ${energy.units}`.trim()
    };
  });
  for (const { key, from, to, shown } of placed) {
    if (shown) {
      drawRangeBand(band, frame, from, to, `jp-mod-${key}`);
    }
    if (key === 'kept') {
      drawOutside(band, frame, from, to);
    }
  }
  drawWindowWords(
    words,
    frame,
    [
      Math.min(...placed.map(window => window.from)),
      Math.max(...placed.map(window => window.to))
    ],
    placed.map(window => window.text),
    legendLeft,
    legendHeight
  );
}

function legendEntries(
  { trans }: IViewContext,
  content: ISignalContent,
  residual: boolean,
  height: number
): ILegendEntry[] {
  const legend = content.legend.filter(
    curve => residual || !content.residuals.includes(curve)
  );
  // Not over the lower half of the plot: curves stand there.
  const most = Math.max(3, Math.min(LEGEND, Math.floor(height / 32)));
  const entries: ILegendEntry[] = legend
    .slice(0, legend.length > most ? most - 1 : most)
    .map(({ text, colour, dash, width }) => ({ text, colour, dash, width }));
  if (legend.length > most) {
    entries.push({
      text: trans.__('and %1 more', legend.length - entries.length),
      colour: 'none',
      dash: null,
      width: 0
    });
  }
  return entries;
}
