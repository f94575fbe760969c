import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { ICandidate } from '../../model/explorer/inverse-types';
import { axisValue } from '../../signal/axis';
import type { IEnergyScale } from '../energy-scale';
import { errorText, metricName } from '../error-metric';
import { drawBaseline, drawBottomAxis, drawLeftAxis } from '../marks/axes';
import type { Clip } from '../marks/clip';
import { curvePath } from '../marks/curve';
import { intensityLimits } from '../marks/limits';
import { drawLegend, legendWidth } from '../marks/legend';
import { MODEL_DASHES, type IPalette } from '../marks/palette';
import type { IPlotFrame } from '../marks/range-band';
import { paintRaster } from '../marks/raster';
import type { GroupSelection, Surface } from '../marks/surface';
import type { IViewContext } from '../view';
import { percent, significant } from '../wording';
import { axisFactor, candidateError } from './inverse-controls';

/** Where plot and tiles stand, px. */
export interface IInverseLayout {
  readonly plot: IPlotFrame;
  readonly tiles: {
    readonly left: number;
    readonly top: number;
    readonly side: number;
    readonly step: number;
  };
}

export interface IInversePlot {
  readonly frame: IPlotFrame;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

/** A handle of a peak: its top, or where it has half of its height. */
export interface IPeakHandle {
  readonly peak: number;
  readonly part: 'top' | 'width';
  readonly x: number;
  readonly y: number;
}

/** Tiles beside each other: four structures and the image of spec2im. */
const TILES = 5;
const GAP = 8;
const CAPTION = 32;
const LEFT = 54;
const RIGHT = 14;

/** Room for everything below `top` px of the view. */
export function inverseLayout(
  width: number,
  height: number,
  top: number
): IInverseLayout {
  const left = 16;
  const room = width - left - RIGHT - (TILES - 1) * GAP;
  const side = Math.round(
    Math.max(36, Math.min(room / TILES, 0.24 * (height - top), 160))
  );
  const tilesTop = height - side - CAPTION - 2;
  return {
    plot: {
      left: LEFT,
      right: width - RIGHT,
      top: top + 6,
      bottom: tilesTop - 52
    },
    tiles: { left, top: tilesTop, side, step: side + GAP }
  };
}

/** Number of the tile at a place; -1 beside them. */
export function tileAt(
  { tiles }: IInverseLayout,
  x: number,
  y: number
): number {
  const tile = Math.floor((x - tiles.left) / tiles.step);
  return tile >= 0 &&
    tile < TILES &&
    x - tiles.left - tile * tiles.step < tiles.side &&
    y >= tiles.top &&
    y < tiles.top + tiles.side + CAPTION
    ? tile
    : -1;
}

/** Draws target and decoded spectra. */
export function drawInversePlot(
  surface: Surface,
  clip: Clip,
  context: IViewContext,
  energy: IEnergyScale,
  palette: IPalette,
  frame: IPlotFrame,
  draft: Float32Array | null
): IInversePlot {
  const { shown, workspace, trans } = context;
  const { inverse } = workspace.explorer;
  const target = draft ?? inverse.target;
  const curves = inverse.candidates.map(({ decoded }) => decoded);
  const [low, high] = intensityLimits([...(target ? [target] : []), ...curves]);
  const y = scaleLinear()
    .domain([low, high])
    .nice()
    .range([frame.bottom, frame.top]);
  const x = scaleLinear()
    .domain([...energy.domain])
    .range([frame.left, frame.right]);
  const axes = surface.group('axes');
  const units = shown.pair?.spectraUnits;
  drawLeftAxis(axes, {
    scale: y,
    at: frame.left,
    ticks: Math.max(2, Math.round((frame.bottom - frame.top) / 44)),
    title: units ? trans.__('Intensity (%1)', units) : trans.__('Intensity'),
    titleGap: 42,
    line: false,
    gridLength: frame.right - frame.left,
    format: value => significant(value, 4)
  });
  drawBottomAxis(axes, {
    scale: x,
    at: frame.bottom,
    ticks: Math.max(2, Math.round((frame.right - frame.left) / 70)),
    title: energy.title,
    titleGap: 30
  });
  if (low < 0) {
    drawBaseline(axes, frame.left, frame.right, y(0));
  }
  if (inverse.within === 'range') {
    drawRange(surface.group('band'), context, energy, frame, x);
  }
  const lines = surface.group('lines');
  clip.apply(lines, frame.left, frame.top - 4, frame.right, frame.bottom + 2);
  const path = (values: Float32Array): string =>
    curvePath(
      values.length,
      i => x(energy.position(i)),
      i => y(values[i])
    );
  const style = inverse.model ? shown.styleOf(inverse.model) : 0;
  const colour = palette.models[style];
  inverse.candidates.forEach((candidate, i) => {
    if (i !== inverse.chosen) {
      lines
        .append('path')
        .attr('class', 'jp-Eelscape-curve jp-Eelscape-otherStructure')
        .attr('stroke', colour)
        .attr('d', path(candidate.decoded));
    }
  });
  if (target) {
    lines
      .append('path')
      .attr('class', 'jp-Eelscape-measured jp-mod-target')
      .attr('d', path(target));
  }
  const chosen = inverse.candidates[inverse.chosen];
  if (chosen) {
    lines
      .append('path')
      .attr('class', 'jp-Eelscape-curve')
      .attr('stroke', colour)
      .attr('stroke-width', 2)
      .attr('stroke-dasharray', MODEL_DASHES[style])
      .attr('d', path(chosen.decoded));
  }
  const entries = [
    {
      text: trans.__('target'),
      colour: palette.measured,
      dash: null,
      width: 1.5
    },
    ...(chosen
      ? [
          {
            text: trans.__('decoded %1', inverse.chosen + 1),
            colour,
            dash: MODEL_DASHES[style],
            width: 2
          }
        ]
      : [])
  ];
  drawLegend(
    surface.group('words'),
    entries,
    frame.right - legendWidth(entries),
    frame.top
  );
  return { frame, x, y };
}

function drawRange(
  group: GroupSelection,
  { workspace }: IViewContext,
  energy: IEnergyScale,
  frame: IPlotFrame,
  x: ScaleLinear<number, number>
): void {
  const ends = workspace.explorer.inverse.channels.map(channel =>
    x(energy.position(channel))
  );
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-band')
    .attr('x', Math.min(...ends))
    .attr('y', frame.top)
    .attr('width', Math.max(1, Math.abs(ends[1] - ends[0])))
    .attr('height', frame.bottom - frame.top);
}

/** Places of the handles of all peaks. */
export function peakHandles(
  context: IViewContext,
  { x, y }: IInversePlot
): IPeakHandle[] {
  const { inverse } = context.workspace.explorer;
  if (inverse.source !== 'peaks') {
    return [];
  }
  const factor = axisFactor(context);
  return inverse.peaks.flatMap(({ position, width, height }, peak) => [
    {
      peak,
      part: 'top' as const,
      x: x(position * factor),
      y: y(inverse.base + height)
    },
    {
      peak,
      part: 'width' as const,
      x: x((position + width / 2) * factor),
      y: y(inverse.base + height / 2)
    }
  ]);
}

export function drawPeakHandles(
  group: GroupSelection,
  handles: readonly IPeakHandle[]
): void {
  for (const { part, x, y } of handles) {
    group
      .append('circle')
      .attr('class', `jp-Eelscape-peakHandle jp-mod-${part}`)
      .attr('cx', x)
      .attr('cy', y)
      .attr('r', part === 'top' ? 5 : 4);
  }
}

/** Where the keys would raise the target. */
export function drawPen(
  group: GroupSelection,
  { frame, x, y }: IInversePlot,
  energy: IEnergyScale,
  channel: number,
  target: Float32Array
): void {
  const at = x(energy.position(channel));
  group
    .append('line')
    .attr('class', 'jp-Eelscape-pen')
    .attr('x1', at)
    .attr('x2', at)
    .attr('y1', frame.top)
    .attr('y2', frame.bottom);
  group
    .append('circle')
    .attr('class', 'jp-Eelscape-peakHandle')
    .attr('cx', at)
    .attr('cy', y(target[channel]))
    .attr('r', 4);
}

/** Draws the back-projected windows of the structures, and the image of spec2im. */
export function drawStructures(
  surface: Surface,
  canvas: CanvasRenderingContext2D | null,
  context: IViewContext,
  { tiles }: IInverseLayout
): void {
  const { workspace, shown, trans } = context;
  const { inverse } = workspace.explorer;
  const group = surface.group('tiles');
  const window = inverse.model?.setup.window ?? 1;
  const units = shown.pair?.spectraUnits ?? '';
  const tile = (
    place: number,
    image: Float32Array,
    side: number,
    words: readonly string[],
    look: string
  ): void => {
    const left = tiles.left + place * tiles.step;
    if (canvas) {
      const [low, high] = shown.imageLimits();
      canvas.imageSmoothingEnabled = false;
      canvas.drawImage(
        paintRaster({
          values: image,
          width: side,
          height: side,
          colours: 'grey',
          low,
          high
        }),
        left,
        tiles.top,
        tiles.side,
        tiles.side
      );
    }
    group
      .append('rect')
      .attr('class', `jp-Eelscape-structure ${look}`)
      .attr('x', left + 0.5)
      .attr('y', tiles.top + 0.5)
      .attr('width', tiles.side - 1)
      .attr('height', tiles.side - 1);
    words.forEach((text, i) => {
      group
        .append('text')
        .attr('class', i === 0 ? 'jp-Eelscape-legendText' : 'jp-Eelscape-label')
        .attr('x', left)
        .attr('y', tiles.top + tiles.side + 13 + 14 * i)
        .text(text);
    });
  };
  const count = inverse.candidates[0]?.pixels.length ?? 0;
  if (count > 0) {
    group
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', tiles.left)
      .attr('y', tiles.top - 7)
      .text(
        trans.__(
          '%1, spread of the %2 nearest windows',
          metricName(shown.metric, trans),
          count
        )
      );
  }
  inverse.candidates.forEach((candidate: ICandidate, i) => {
    const error = candidateError(context, candidate);
    tile(
      i,
      candidate.backProjected,
      window,
      [
        `${i + 1}: ${errorText(error, shown.metric, units)}`,
        candidate.far
          ? trans.__('far')
          : trans.__('spread %1', percent(candidate.spread, 0))
      ],
      [
        i === inverse.chosen ? 'jp-mod-chosen' : '',
        inverse.stale ? 'jp-mod-stale' : '',
        candidate.far ? 'jp-mod-far' : ''
      ].join(' ')
    );
  });
  if (inverse.image) {
    const { image, window: side, label } = inverse.image;
    tile(
      TILES - 1,
      image,
      side,
      ['spec2im', trans.__('image, %1', label)],
      inverse.stale ? 'jp-mod-stale' : ''
    );
  }
}

/** Energy in the units of the axis for a position on screen. */
export function energyAt(
  context: IViewContext,
  { x }: IInversePlot,
  px: number
): number {
  const pair = context.shown.pair!;
  const value = x.invert(px) / axisFactor(context);
  const first = axisValue(pair.energy, 0);
  const last = axisValue(pair.energy, pair.energy.size - 1);
  return Math.max(
    Math.min(first, last),
    Math.min(Math.max(first, last), value)
  );
}
