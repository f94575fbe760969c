import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { ITransferred } from '../../model/explorer/transfer-types';
import type { IPair, SplitKind } from '../../signal/types';
import { metricFactor, metricTitle, metricUnits } from '../error-metric';
import { drawMapScale } from '../error-map-drawing';
import { drawBottomAxis, drawLeftAxis } from '../marks/axes';
import { drawColourBar } from '../marks/colour-bar';
import type { ColourName } from '../marks/colour-table';
import { drawNote, wrapText } from '../marks/note';
import { paintRaster } from '../marks/raster';
import type { GroupSelection, Surface } from '../marks/surface';
import { framePicture, type IPictureFrame } from '../navigator-frame';
import type { IViewContext } from '../view';
import { percent, significant, splitName } from '../wording';
import {
  distanceHistograms,
  trainedHere,
  transferFacts
} from './transfer-content';

/** A map that is drawn over the HAADF image. */
export interface ITransferMap {
  readonly values: Float32Array;
  readonly colours: ColourName;
  readonly limits: readonly [number, number];
  readonly title: string;
  /** Values are written with this factor and these units. */
  readonly factor: number;
  readonly units: string;
}

const LEFT = 16;
const RIGHT = 14;
const GAP = 10;
/** Room for the colour bar of a map with its ticks. */
const BAR = 46;
const TITLE = 17;
/** Room left of the histogram for its shares and their title. */
const SHARES = 44;
const FACTS = 36;
const LINE = 14;
/** Width from which the error of the model trained here stands beside. */
const WIDE = 640;

/** What is drawn: errors of the model, errors of the one trained here where there is room, distances. */
export function transferMaps(
  context: IViewContext,
  result: ITransferred,
  distances: Float32Array | null,
  width: number
): ITransferMap[] {
  const { shown, trans } = context;
  const { metric } = shown;
  const { model } = result;
  const error = model.errorBy(metric);
  const trained = width >= WIDE ? trainedHere(context, result) : null;
  const maps = [error, ...(trained ? [trained.errorBy(metric)] : [])];
  const high = Math.max(...maps.map(map => shown.limitsOf(map)[1]));
  const dataUnits =
    model.kind === 'im2spec'
      ? (shown.pair?.spectraUnits ?? '')
      : (shown.pair?.imageUnits ?? '');
  const units = metricUnits(metric, dataUnits);
  const errors = (map: Float32Array, title: string): ITransferMap => ({
    values: map,
    colours: 'magma',
    limits: [0, high > 0 ? high : 1],
    title,
    factor: metricFactor(metric),
    units
  });
  const name = metricTitle(metric, dataUnits, trans);
  const found = [
    errors(error, trained ? trans.__('%1, transferred', name) : name)
  ];
  if (trained) {
    found.push(
      errors(
        trained.errorBy(metric),
        trans.__('%1, %2 trained here', name, shown.labelOf(trained))
      )
    );
  }
  if (distances) {
    found.push({
      values: distances,
      colours: 'viridis',
      limits: [0, shown.limitsOf(distances)[1]],
      title: trans.__('Distance (spreads)'),
      factor: 1,
      units: trans.__('spreads')
    });
  }
  return found;
}

/** Frames of maps beside each other from `top`, and the lowest line that they reach. */
export function transferFrames(
  pair: IPair,
  count: number,
  width: number,
  top: number,
  height: number
): { readonly frames: IPictureFrame[]; readonly bottom: number } {
  const each = (width - LEFT - RIGHT - (count - 1) * GAP) / Math.max(2, count);
  const frames = Array.from({ length: count }, (_, i) =>
    framePicture(pair, LEFT + i * (each + GAP), top + TITLE, each - BAR, height)
  );
  return {
    frames,
    bottom: Math.max(...frames.map(frame => frame.top + frame.height))
  };
}

export function drawTransferMap(
  surface: Surface,
  canvas: CanvasRenderingContext2D | null,
  context: IViewContext,
  map: ITransferMap,
  frame: IPictureFrame
): void {
  const { shown } = context;
  const pair = shown.pair!;
  if (canvas) {
    const size = { width: pair.nx, height: pair.ny };
    const [low, high] = shown.imageLimits();
    canvas.imageSmoothingEnabled = frame.pixelWidth < 1;
    const layers = [
      { values: pair.image, colours: 'grey' as const, low, high },
      {
        values: map.values,
        colours: map.colours,
        low: map.limits[0],
        high: map.limits[1]
      }
    ];
    for (const layer of layers) {
      canvas.drawImage(
        paintRaster({ ...size, ...layer }),
        frame.left,
        frame.top,
        frame.width,
        frame.height
      );
    }
  }
  drawColourBar(canvas, surface.group('bars'), {
    left: frame.left + frame.width + 6,
    top: frame.top,
    width: 8,
    height: frame.height,
    colours: map.colours,
    low: map.factor * map.limits[0],
    high: map.factor * map.limits[1],
    format: value => significant(value, 3)
  });
  const words = surface.group('words');
  words
    .append('text')
    .attr('class', 'jp-Eelscape-label')
    .attr('x', frame.left)
    .attr('y', frame.top - 6)
    .text(map.title);
  drawMapScale(surface.group('scales'), pair, frame);
}

/** Writes the errors beside each other and returns the line below them. */
export function drawTransferFacts(
  group: GroupSelection,
  context: IViewContext,
  result: ITransferred,
  width: number,
  top: number
): number {
  const facts = transferFacts(context, result);
  const each = (width - LEFT - RIGHT) / facts.length;
  facts.forEach(({ name, text }, i) => {
    const x = LEFT + i * each;
    group
      .append('text')
      .attr('class', 'jp-Eelscape-axisTitle jp-mod-quiet')
      .attr('x', x)
      .attr('y', top + 12)
      .text(name);
    group
      .append('text')
      .attr('class', 'jp-Eelscape-mean')
      .attr('x', x)
      .attr('y', top + 28)
      .text(text);
  });
  return top + FACTS;
}

/** Notes that fit a width, and the height that they take. */
export function transferNotes(
  context: IViewContext,
  result: ITransferred,
  width: number,
  most: number
): readonly { readonly text: string; readonly warning: boolean }[] {
  const { trans } = context;
  const sentences = [
    {
      text: trans.__(
        'Trained on %1, split %2.',
        result.trainedOn,
        splitName(result.ownSplit as SplitKind)
      ),
      warning: false
    },
    ...result.notes,
    ...(result.ownLeaks
      ? [
          {
            text: trans.__(
              'Its own split leaks: its own test error is too low.'
            ),
            warning: true
          }
        ]
      : [])
  ];
  const lines: { text: string; warning: boolean }[] = [];
  // Warnings first; a sentence that does not fit is left out, not cut.
  for (const warns of [true, false]) {
    for (const { text, warning } of sentences) {
      const wrapped = wrapText(text, width - LEFT - RIGHT, 3);
      if (warning === warns && lines.length + wrapped.length <= most) {
        lines.push(...wrapped.map(line => ({ text: line, warning })));
      }
    }
  }
  return lines;
}

export function drawTransferNotes(
  group: GroupSelection,
  lines: readonly { readonly text: string; readonly warning: boolean }[],
  bottom: number
): number {
  const top = bottom - LINE * lines.length;
  drawNote(group, lines, LEFT, top - 2);
  return top;
}

/** Histogram of the distances: these windows filled, its own test windows as a line. */
export function drawDistances(
  surface: Surface,
  context: IViewContext,
  result: ITransferred,
  width: number,
  top: number,
  bottom: number
): ScaleLinear<number, number> | null {
  const { trans } = context;
  const bins = distanceHistograms(result);
  const { distances } = result;
  if (!bins || !distances || bottom - top < 70) {
    return null;
  }
  const { here, own } = bins;
  const base = bottom - 34;
  const roof = top + 18;
  const x = scaleLinear()
    .domain([0, here.edges[here.edges.length - 1]])
    .range([SHARES, width - RIGHT]);
  const y = scaleLinear().domain([0, bins.top]).range([base, roof]);
  const group = surface.group('histogram');
  const outline = (counts: Int32Array, total: number): string => {
    let path = `M${x(here.edges[0])},${base}`;
    counts.forEach((count, i) => {
      path += `V${y(count / total)}H${x(here.edges[i + 1])}`;
    });
    return `${path}V${base}`;
  };
  group
    .append('path')
    .attr('class', 'jp-Eelscape-distanceHere')
    .attr('d', outline(here.counts, distances.here.length));
  if (distances.own.length > 0) {
    group
      .append('path')
      .attr('class', 'jp-Eelscape-distanceOwn')
      .attr('d', outline(own.counts, distances.own.length));
  }
  drawLeftAxis(group, {
    scale: scaleLinear()
      .domain([0, 100 * bins.top])
      .range(y.range()),
    at: SHARES,
    ticks: Math.max(2, Math.min(5, Math.round((base - roof) / 36))),
    title: trans.__('Windows (%)'),
    titleGap: SHARES - 8,
    line: false
  });
  drawBottomAxis(group, {
    scale: x,
    at: base,
    ticks: Math.max(2, Math.round((width - SHARES - RIGHT) / 60)),
    title: trans.__('Distance from the training encodings (spreads)'),
    titleGap: 29
  });
  const words = surface.group('words');
  const entries = [
    ['here', trans.__('these windows')],
    ['own', trans.__('its own test windows')]
  ].slice(0, distances.own.length > 0 ? 2 : 1);
  entries.forEach(([look, text], i) => {
    const left = SHARES + i * 116;
    words
      .append('rect')
      .attr(
        'class',
        look === 'here' ? 'jp-Eelscape-distanceHere' : 'jp-Eelscape-distanceOwn'
      )
      .attr('x', left)
      .attr('y', top + 3)
      .attr('width', 12)
      .attr('height', 8);
    words
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', left + 17)
      .attr('y', top + 11)
      .text(text);
  });
  if (Number.isFinite(distances.threshold)) {
    const at = x(Math.min(distances.threshold, x.domain()[1]));
    group
      .append('line')
      .attr('class', 'jp-Eelscape-threshold')
      .attr('x1', at)
      .attr('x2', at)
      .attr('y1', roof - 2)
      .attr('y2', base);
    words
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', width - RIGHT)
      .attr('y', top + 27)
      .attr('text-anchor', 'end')
      .text(
        trans.__('%1 lie beyond 95 % of those', percent(distances.beyond, 0))
      );
  }
  return x;
}

/** Value of a map at a pixel as the tooltip writes it. */
export function mapText(map: ITransferMap, pixel: number): string {
  const value = map.values[pixel];
  return Number.isFinite(value)
    ? `${map.title}: ${significant(map.factor * value, 3)} ${map.units}`
    : map.title;
}
