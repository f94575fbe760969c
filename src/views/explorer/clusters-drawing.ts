/** Clusters as cards: number and colour, image, spectrum, size and error; and the curve of BIC. */
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { IBicPoint } from '../../model/explorer/types';
import { drawBottomAxis, drawLeftAxis } from '../marks/axes';
import { curvePath } from '../marks/curve';
import { paintRaster } from '../marks/raster';
import type { GroupSelection, Surface } from '../marks/surface';
import { significant } from '../wording';

/** What the cards show. */
export interface IClusterCards {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly cards: readonly {
    /** Number on the card, from "1". */
    readonly name: string;
    readonly colour: string;
    /** Lines at the top right. */
    readonly lines: readonly string[];
  }[];
  /** (k, side, side), data units; null before it is known. */
  readonly images: Float32Array | null;
  readonly side: number;
  readonly imageLimits: readonly [number, number];
  /** (k, channels), data units; null before it is known. */
  readonly spectra: Float32Array | null;
  readonly channels: number;
  /** Lowest and highest value of all spectra. */
  readonly spectraLimits: readonly [number, number];
  /** Place of a channel along the axis, and the ends of that. */
  readonly position: (channel: number) => number;
}

/** Where a card stands, px. */
export interface ICardPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const GAP = 6;
const NUMBER = 28;
const BETWEEN = '  ';
/** Heights between which a card is drawn, px. */
const LOWEST = 20;
const HIGHEST = 92;
/** Width that a card needs for a spectrum that can be read, px. */
const NARROWEST = 168;

/** Cards in one column while they stay high enough, else in as many as are needed. */
export function placeCards(
  count: number,
  { left, top, width, height }: ICardPlace
): ICardPlace[] {
  const most = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP)));
  let columns = 1;
  while (columns < most && rowHeight(count, columns, height) < 52) {
    columns++;
  }
  const high = Math.max(
    LOWEST,
    Math.min(HIGHEST, rowHeight(count, columns, height))
  );
  const wide = (width + GAP) / columns - GAP;
  const rows = Math.ceil(count / columns);
  return Array.from({ length: count }, (_, i) => ({
    // Down the columns: the largest clusters stand below one another.
    left: left + Math.floor(i / rows) * (wide + GAP),
    top: top + (i % rows) * (high + GAP),
    width: wide,
    height: high
  }));
}

function rowHeight(count: number, columns: number, height: number): number {
  return (height + GAP) / Math.ceil(count / columns) - GAP;
}

/** Draws onto the canvas and into the group "cards" of a cleared surface. */
export function drawCards(
  surface: Surface,
  context: CanvasRenderingContext2D | null,
  picture: IClusterCards
): ICardPlace[] {
  const places = placeCards(picture.cards.length, picture);
  const group = surface.group('cards');
  picture.cards.forEach((card, i) => {
    const place = places[i];
    const { left, top, height } = place;
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-clusterColour')
      .attr('x', left)
      .attr('y', top)
      .attr('width', 5)
      .attr('height', height)
      .attr('fill', card.colour);
    group
      .append('text')
      .attr('class', 'jp-Eelscape-clusterNumber')
      .attr('x', left + 9)
      .attr('y', top + height / 2)
      .attr('dy', '0.35em')
      .text(card.name);
    drawTile(group, context, picture, i, place);
    drawSpectrum(group, picture, i, place);
    const right = left + place.width - 2;
    linesOf(picture.cards, i, place).forEach((line, row) => {
      group
        .append('text')
        .attr('class', 'jp-Eelscape-label jp-mod-over')
        .attr('x', right)
        .attr('y', top + 10 + 13 * row)
        .attr('text-anchor', 'end')
        .attr('xml:space', 'preserve')
        .text(line);
    });
  });
  return places;
}

/** Lines of 11 px, on all cards alike: beside one another where there is room, else below one another. */
function linesOf(
  cards: IClusterCards['cards'],
  cluster: number,
  place: ICardPlace
): string[] {
  const longest = Math.max(
    ...cards.map(({ lines }) => lines.join(BETWEEN).length)
  );
  const { lines } = cards[cluster];
  return 5.6 * longest < spectrumPlace(place)[1] + 6
    ? [lines.join(BETWEEN)]
    : [...lines];
}

/** Left end and width of the spectrum on a card, px. */
function spectrumPlace({ left, width, height }: ICardPlace): [number, number] {
  const start = left + NUMBER + height + 8;
  return [start, Math.max(10, left + width - start - 2)];
}

function drawTile(
  group: GroupSelection,
  context: CanvasRenderingContext2D | null,
  { images, side, imageLimits: [low, high] }: IClusterCards,
  cluster: number,
  { left, top, height }: ICardPlace
): void {
  if (images && context) {
    const size = side * side;
    context.imageSmoothingEnabled = height < 2 * side;
    context.drawImage(
      paintRaster({
        values: images.subarray(cluster * size, (cluster + 1) * size),
        width: side,
        height: side,
        colours: 'grey',
        low,
        high
      }),
      left + NUMBER,
      top,
      height,
      height
    );
    context.imageSmoothingEnabled = true;
  }
  group
    .append('rect')
    .attr('class', 'jp-Eelscape-frame')
    .attr('x', left + NUMBER + 0.5)
    .attr('y', top + 0.5)
    .attr('width', height - 1)
    .attr('height', height - 1);
}

function drawSpectrum(
  group: GroupSelection,
  { cards, spectra, channels, spectraLimits, position }: IClusterCards,
  cluster: number,
  place: ICardPlace
): void {
  const [start, wide] = spectrumPlace(place);
  const bottom = place.top + place.height - 2;
  const above = 13 * linesOf(cards, cluster, place).length + 2;
  const x = scaleLinear()
    .domain([position(0), position(channels - 1)])
    .range([start, start + wide]);
  const y = scaleLinear()
    .domain([Math.min(0, spectraLimits[0]), spectraLimits[1]])
    .range([bottom, place.top + Math.min(above, place.height / 2)]);
  group
    .append('line')
    .attr('class', 'jp-Eelscape-baseline')
    .attr('x1', start)
    .attr('x2', start + wide)
    .attr('y1', y(0))
    .attr('y2', y(0));
  if (!spectra) {
    return;
  }
  group
    .append('path')
    .attr('class', 'jp-Eelscape-clusterCurve')
    .attr(
      'd',
      curvePath(
        channels,
        i => x(position(i)),
        i => y(spectra[cluster * channels + i])
      )
    );
}

/** What the curve of BIC shows. */
export interface IBicPlot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly points: readonly IBicPoint[];
  /** Number of clusters that is shown. */
  readonly k: number;
  readonly names: {
    readonly clusters: string;
    readonly bic: string;
    readonly lowest: string;
  };
}

export interface IBicFrame {
  readonly x: ScaleLinear<number, number>;
  readonly top: number;
  readonly bottom: number;
  /** Numbers of clusters that can be clicked. */
  readonly numbers: readonly number[];
}

/** The number of clusters with the lowest BIC; NaN without points. */
export function lowestBic(points: readonly IBicPoint[]): number {
  return points.reduce((best, point) => (point.bic < best.bic ? point : best), {
    k: NaN,
    bic: Infinity
  }).k;
}

/** Draws into the group "bic" of a cleared surface. */
export function drawBic(surface: Surface, plot: IBicPlot): IBicFrame {
  const { points, names, k } = plot;
  const group = surface.group('bic');
  // Room for numbers of five letters and the title beside them.
  const left = plot.left + 56;
  const right = plot.left + plot.width - 14;
  const top = plot.top + 16;
  const bottom = plot.top + plot.height - 34;
  const numbers = points.map(point => point.k);
  const values = points.map(point => point.bic);
  const x = scaleLinear()
    .domain([Math.min(...numbers), Math.max(2, ...numbers)])
    .range([left + 6, right - 6]);
  const y = scaleLinear()
    .domain([Math.min(...values), Math.max(...values)])
    .nice(3)
    .range([bottom, top]);
  drawLeftAxis(group, {
    scale: y,
    at: left,
    ticks: Math.max(2, Math.round((bottom - top) / 28)),
    format: value => significant(value / 1000, 3),
    title: names.bic,
    titleGap: 49,
    line: false,
    gridLength: right - left
  });
  drawBottomAxis(group, {
    scale: x,
    at: bottom,
    values: numbers.filter(n => n % 2 === 0 || numbers.length < 9),
    format: String,
    title: names.clusters,
    titleGap: 29
  });
  const at = (point: IBicPoint): readonly [number, number] => [
    x(point.k),
    y(point.bic)
  ];
  group
    .append('path')
    .attr('class', 'jp-Eelscape-bicLine')
    .attr(
      'd',
      curvePath(
        points.length,
        i => at(points[i])[0],
        i => at(points[i])[1]
      )
    );
  const lowest = lowestBic(points);
  for (const point of points) {
    const [cx, cy] = at(point);
    group
      .append('circle')
      .attr(
        'class',
        `jp-Eelscape-bicPoint${point.k === k ? ' jp-mod-chosen' : ''}`
      )
      .attr('cx', cx)
      .attr('cy', cy)
      .attr('r', point.k === k ? 5 : 3);
    if (point.k === lowest) {
      const before = cx > (left + right) / 2;
      // Above every point that the words pass.
      const wide = 6.2 * names.lowest.length + 12;
      const passed = points
        .map(at)
        .filter(([px]) => (before ? cx - px : px - cx) < wide)
        .filter(([px]) => (before ? px <= cx : px >= cx));
      group
        .append('text')
        .attr('class', 'jp-Eelscape-label jp-mod-over')
        .attr('x', before ? cx - 8 : cx + 8)
        .attr('y', Math.min(...passed.map(([, py]) => py)) - 9)
        .attr('text-anchor', before ? 'end' : 'start')
        .text(names.lowest);
    }
  }
  return { x, top: plot.top, bottom: plot.top + plot.height, numbers };
}
