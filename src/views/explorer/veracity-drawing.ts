/** Dispersion in feature space over dispersion in latent space, as counts of windows in hexagons. */
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { drawBottomAxis, drawLeftAxis } from '../marks/axes';
import { drawColourBar } from '../marks/colour-bar';
import { colourOf } from '../marks/colour-table';
import type { GroupSelection, Surface } from '../marks/surface';
import { significant } from '../wording';

export interface IVeracityPlot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** (n) dispersions as shares. */
  readonly latent: Float32Array;
  readonly feature: Float32Array;
  /** Colour of the outlines: dense and empty places differ from any background by them. */
  readonly outline: string;
  readonly names: {
    readonly latent: string;
    readonly feature: string;
    readonly windows: string;
    readonly equal: string;
    readonly correlation: string;
  };
}

/** Where the plot stands, px, and its scales in shares. */
export interface IVeracityFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Where the rank correlation is written: left and bottom end. */
  readonly number: readonly [number, number];
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
  /** Place of a window on screen, px; those beyond the axes stand at their ends. */
  place(window: number): readonly [number, number];
}

/** Windows in one hexagon. */
export interface IHexagon {
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

/** Distance from the middle of a hexagon to a corner, px. */
const RADIUS = 5;
const LEFT = 50;
const RIGHT = 76;
const BELOW = 36;

/** Counts of places in a honeycomb; places that are not finite are left out. */
export function hexagons(
  count: number,
  place: (i: number) => readonly [number, number],
  radius: number
): IHexagon[] {
  const wide = Math.sqrt(3) * radius;
  const high = 1.5 * radius;
  const found = new Map<string, { x: number; y: number; count: number }>();
  for (let i = 0; i < count; i++) {
    const [x, y] = place(i);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      continue;
    }
    // Of the rows above and below, the hexagon whose middle is nearest.
    let best: readonly [number, number, number] = [0, 0, Infinity];
    const base = Math.floor(y / high);
    for (const row of [base, base + 1]) {
      const shift = row % 2 ? 0.5 : 0;
      const column = Math.round(x / wide - shift);
      const dx = x - (column + shift) * wide;
      const dy = y - row * high;
      const far = dx * dx + dy * dy;
      if (far < best[2]) {
        best = [column, row, far];
      }
    }
    const [column, row] = best;
    const key = `${column},${row}`;
    const hexagon = found.get(key);
    if (hexagon) {
      hexagon.count++;
    } else {
      const shift = row % 2 ? 0.5 : 0;
      found.set(key, {
        x: (column + shift) * wide,
        y: row * high,
        count: 1
      });
    }
  }
  return [...found.values()];
}

/** Draws onto the canvas and into the groups "axes", "bar" and "notes" of a cleared surface. */
export function drawVeracity(
  surface: Surface,
  context: CanvasRenderingContext2D | null,
  plot: IVeracityPlot
): IVeracityFrame {
  const { latent, feature, names } = plot;
  const left = plot.left + LEFT;
  const right = plot.left + plot.width - RIGHT;
  const top = plot.top + 24;
  const bottom = plot.top + plot.height - BELOW;
  const x = scaleLinear().domain(axisOf(latent)).range([left, right]);
  const y = scaleLinear().domain(axisOf(feature)).range([bottom, top]);
  const frame: IVeracityFrame = {
    left,
    right,
    top,
    bottom,
    number: [right - 150, plot.top + 18],
    x,
    y,
    place: i => [
      Math.max(left, Math.min(right, x(latent[i]))),
      Math.max(top, Math.min(bottom, y(feature[i])))
    ]
  };
  drawAxes(surface.group('axes'), plot, frame);
  const cells = hexagons(feature.length, frame.place, RADIUS);
  const most = cells.reduce((high, { count }) => Math.max(high, count), 1);
  // By the logarithm, so that single windows are seen beside hundreds.
  const high = Math.log10(Math.max(2, most));
  if (context) {
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.strokeStyle = plot.outline;
    context.lineWidth = 0.5;
    for (const cell of cells) {
      context.fillStyle = colourOf('viridis', Math.log10(cell.count), 0, high);
      hexagonPath(context, cell, RADIUS);
      context.fill();
      context.stroke();
    }
    context.restore();
  }
  drawColourBar(context, surface.group('bar'), {
    left: right + 14,
    top,
    width: 10,
    height: bottom - top,
    colours: 'viridis',
    low: 0,
    high,
    format: value => significant(Math.pow(10, value), 2),
    title: names.windows,
    titleGap: 40
  });
  surface
    .group('notes')
    .append('text')
    .attr('class', 'jp-Eelscape-veracityNumber')
    .attr('x', right)
    .attr('y', plot.top + 15)
    .attr('text-anchor', 'end')
    .text(names.correlation);
  return frame;
}

/** Ends of an axis around 99 % of the values: from 0 where they reach far down. */
function axisOf(values: Float32Array): [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  const last = sorted.length - 1;
  const low = sorted[Math.floor(0.005 * last)] ?? 0;
  const high = sorted[Math.ceil(0.995 * last)] ?? 1;
  const room = 0.06 * (high - low) || 0.1 * high || 0.1;
  return [low < 0.4 * high ? 0 : low - room, high + room];
}

function drawAxes(
  group: GroupSelection,
  { names }: IVeracityPlot,
  { left, right, top, bottom, x, y }: IVeracityFrame
): void {
  const inPercent = (scale: ScaleLinear<number, number>) =>
    scaleLinear()
      .domain(scale.domain().map(value => 100 * value))
      .range(scale.range());
  drawLeftAxis(group, {
    scale: inPercent(y),
    at: left,
    ticks: Math.max(2, Math.round((bottom - top) / 44)),
    title: names.feature,
    titleGap: 38
  });
  drawBottomAxis(group, {
    scale: inPercent(x),
    at: bottom,
    ticks: Math.max(2, Math.round((right - left) / 60)),
    title: names.latent,
    titleGap: 31
  });
  const start = Math.max(x.domain()[0], y.domain()[0]);
  const end = Math.min(x.domain()[1], y.domain()[1]);
  if (start >= end) {
    return;
  }
  group
    .append('line')
    .attr('class', 'jp-Eelscape-veracityEqual')
    .attr('x1', x(start))
    .attr('y1', y(start))
    .attr('x2', x(end))
    .attr('y2', y(end))
    .append('title')
    .text(names.equal);
}

function hexagonPath(
  context: CanvasRenderingContext2D,
  { x, y }: IHexagon,
  radius: number
): void {
  context.beginPath();
  for (let corner = 0; corner < 6; corner++) {
    const angle = (Math.PI / 3) * corner + Math.PI / 6;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
}
