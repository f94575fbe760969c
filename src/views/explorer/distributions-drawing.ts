/** Small histograms of the encodings, one a latent. */
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { ILatentDistribution } from '../../analysis/latent-distributions';
import { drawBottomAxis, drawLeftAxis } from '../marks/axes';
import { sharesOf, stepPath } from '../marks/steps';
import type { GroupSelection, Surface } from '../marks/surface';

/** Parts of the split in the order in which they are drawn. */
export const PARTS = ['guard', 'train', 'test'] as const;

/** Where the histogram of a latent stands, px, and its scale from values to x. */
export interface ICell {
  readonly axis: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: ScaleLinear<number, number>;
}

export interface IDistributionsPicture {
  readonly width: number;
  readonly height: number;
  readonly distributions: readonly ILatentDistribution[];
  /** "L1", ... */
  readonly names: readonly string[];
  /** "-2.31 ± 0.42", by latent. */
  readonly texts: readonly string[];
  /** "x axis" and "y axis" of the latents that are shown, else ''. */
  readonly roles: readonly string[];
  readonly parts: Readonly<Record<(typeof PARTS)[number], string>>;
  /** Name of the selection with its number of windows; null without one. */
  readonly selected: string | null;
  /** Title of the vertical axes. */
  readonly shares: string;
}

/** Left of the histograms: with the title of the vertical axis, and without in low cells. */
const LEFT = { title: 44, low: 30 };
/** Height of a histogram from which its vertical axis has a title, px. */
const TITLED = 70;
const RIGHT = 10;
const TITLE = 20;
const AXIS = 20;
const KEY = 22;
/** Least size of a histogram that can be read, px. */
const LEAST = { width: 74, height: 34 };

/** Columns and rows of cells that are about twice as wide as high. */
export function arrange(
  count: number,
  width: number,
  height: number
): { readonly columns: number; readonly rows: number } {
  let best = { columns: 1, rows: count };
  let size = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const w = width / columns - LEFT.low - RIGHT;
    const h = height / rows - TITLE - AXIS;
    const fit = Math.min(w / 2, h);
    if (fit > size) {
      size = fit;
      best = { columns, rows };
    }
  }
  return best;
}

/** How many latents find room. */
export function roomForCells(width: number, height: number): number {
  const columns = Math.max(
    1,
    Math.floor(width / (LEAST.width + LEFT.low + RIGHT))
  );
  const rows = Math.max(
    1,
    Math.floor((height - KEY) / (LEAST.height + TITLE + AXIS))
  );
  return columns * rows;
}

/** Draws into the groups "axes" and "histogram" of a cleared surface. */
export function drawDistributions(
  surface: Surface,
  picture: IDistributionsPicture
): ICell[] {
  const { distributions } = picture;
  const height = picture.height - KEY;
  const { columns, rows } = arrange(
    distributions.length,
    picture.width,
    height
  );
  const titled = height / rows - TITLE - AXIS >= TITLED;
  const margin = titled ? LEFT.title : LEFT.low;
  const cells = distributions.map(({ edges }, axis): ICell => {
    const left =
      Math.round(((axis % columns) * picture.width) / columns) + margin;
    const right =
      Math.round((((axis % columns) + 1) * picture.width) / columns) - RIGHT;
    const top =
      Math.round((Math.floor(axis / columns) * height) / rows) + TITLE;
    const bottom =
      Math.round(((Math.floor(axis / columns) + 1) * height) / rows) - AXIS;
    return {
      axis,
      left,
      right,
      top,
      bottom,
      x: scaleLinear()
        .domain([edges[0], edges[edges.length - 1]])
        .range([left, right])
    };
  });
  cells.forEach((cell, i) => drawCell(surface, picture, cell, i));
  drawKey(surface.group('axes'), picture);
  return cells;
}

function drawCell(
  surface: Surface,
  picture: IDistributionsPicture,
  cell: ICell,
  i: number
): void {
  const distribution = picture.distributions[i];
  const { edges, selected } = distribution;
  const { left, right, top, bottom, x } = cell;
  const shares = PARTS.map(part => sharesOf(distribution[part]));
  const chosen = selected && sharesOf(selected);
  const most = Math.max(
    0.01,
    ...shares.flatMap(values => [...values]),
    ...(chosen ?? [])
  );
  const y = scaleLinear()
    // The highest bar stays clear of the names above it.
    .domain([0, 104 * most])
    .range([bottom, top]);
  const axes = surface.group('axes');
  drawLeftAxis(axes, {
    scale: y,
    at: left,
    ticks: Math.max(2, Math.round((bottom - top) / 40)),
    title: bottom - top >= TITLED - 1 ? picture.shares : undefined,
    titleGap: 34,
    line: false,
    gridLength: right - left
  });
  drawBottomAxis(axes, {
    scale: x,
    at: bottom,
    ticks: Math.max(2, Math.round((right - left) / 46))
  });
  const role = picture.roles[i];
  axes
    .append('text')
    .attr('class', 'jp-Eelscape-latentName')
    .attr('x', left)
    .attr('y', top - 6)
    .text(role ? `${picture.names[i]} \u00b7 ${role}` : picture.names[i]);
  // Beside a long name there is no room in narrow cells.
  if (right - left >= (role ? 150 : 110)) {
    axes
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', right)
      .attr('y', top - 6)
      .attr('text-anchor', 'end')
      .text(picture.texts[i]);
  }
  const group = surface.group('histogram');
  if (chosen) {
    group
      .append('path')
      .attr('class', 'jp-Eelscape-selectedBars')
      .attr('d', `${stepPath(chosen, edges, x, y)}V${y(0)}H${left}Z`);
  }
  PARTS.forEach((part, p) => {
    if (distribution[part].some(count => count > 0)) {
      group
        .append('path')
        .attr('class', `jp-Eelscape-partLine jp-mod-${part}`)
        .attr('d', `${stepPath(shares[p], edges, x, y)}V${y(0)}`);
    }
  });
}

/** The parts and the selection, at the bottom. */
function drawKey(group: GroupSelection, picture: IDistributionsPicture): void {
  const { distributions, parts } = picture;
  const y = picture.height - 8;
  let left = LEFT.low;
  const text = (value: string): void => {
    group
      .append('text')
      .attr('class', 'jp-Eelscape-label')
      .attr('x', left + 19)
      .attr('y', y)
      .attr('dy', '0.35em')
      .text(value);
    left += 34 + 6 * value.length;
  };
  for (const part of ['train', 'guard', 'test'] as const) {
    if (distributions[0]?.[part].some(count => count > 0)) {
      group
        .append('path')
        .attr('class', `jp-Eelscape-partLine jp-mod-${part}`)
        .attr('d', `M${left},${y}h14`);
      text(parts[part]);
    }
  }
  if (picture.selected) {
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-selectedBars')
      .attr('x', left)
      .attr('y', y - 5)
      .attr('width', 14)
      .attr('height', 10);
    text(picture.selected);
  }
}
