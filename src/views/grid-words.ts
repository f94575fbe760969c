/** What the latent grids say of a node. */
import { backProject } from '../analysis/back-projection';
import type { IGrid, ITrainedModel } from '../model/types';
import { spreadOf } from './shown';
import type { IViewContext } from './view';
import { fixed, latentName, percent, significant } from './wording';

/** What comes from what, in the words that there is room for beside the tools. */
export function arrowText(
  trans: IViewContext['trans'],
  source: 'decoded' | 'projected',
  spectra: boolean,
  width: number
): string {
  const what = spectra ? trans.__('spectrum') : trans.__('image');
  const decoded = source === 'decoded';
  if (width >= (spectra ? 500 : 350)) {
    return decoded
      ? trans.__('latent \u2192 %1', what)
      : trans.__('%1 \u2190 latent', what);
  }
  // A colour key stands beside the choice where tiles are spectra.
  if (width < (spectra ? (decoded ? 370 : 440) : 270)) {
    return '';
  }
  return decoded ? `\u2192 ${what}` : `${what} \u2190`;
}

/** Coordinates of a node on the two shown latents. */
export function nodeValues(grid: IGrid, node: number): [number, number] {
  const z = grid.nodes.length / grid.size ** 2;
  return [
    grid.nodes[node * z + grid.axes[0]],
    grid.nodes[node * z + grid.axes[1]]
  ];
}

/** Flat pixel indices of the windows that a node is the mean of, nearest first. */
export function nodeWindows(
  model: ITrainedModel,
  grid: IGrid,
  node: number
): number[] {
  return neighboursOf(grid, node).map(i => model.positions[i]);
}

/** Fewer finite encodings than k leave places without a neighbour. */
function neighboursOf(grid: IGrid, node: number): number[] {
  const k = grid.neighbours.length / grid.size ** 2;
  return Array.from(grid.neighbours.subarray(node * k, (node + 1) * k)).filter(
    i => i >= 0
  );
}

/** RMS distance of a node's nearest encodings from their mean, over all latents. */
export function latentSpread(
  model: ITrainedModel,
  grid: IGrid,
  node: number
): number {
  const z = model.setup.latentDims;
  const near = Int32Array.from(neighboursOf(grid, node));
  return near.length
    ? backProject(model.latents, z, near, 1, near.length).dispersion[0]
    : NaN;
}

/** Distance of the nearest encoding from a node, over all latents. */
export function latentDistance(
  model: ITrainedModel,
  grid: IGrid,
  node: number
): number {
  const z = model.setup.latentDims;
  const [nearest] = neighboursOf(grid, node);
  let squares = 0;
  for (let axis = 0; axis < z; axis++) {
    squares +=
      (model.latents[nearest * z + axis] - grid.nodes[node * z + axis]) ** 2;
  }
  return Math.sqrt(squares);
}

/** How alike the windows of a node are: in what went in, and in latent space. */
export function spreadNote(
  { shown, trans }: IViewContext,
  model: ITrainedModel,
  grid: IGrid,
  node: number,
  short: boolean
): string {
  const k = neighboursOf(grid, node).length;
  if (!k) {
    return trans.__('no window');
  }
  if (k === 1) {
    return trans.__(
      'distance in latent %1',
      significant(latentDistance(model, grid, node), 2)
    );
  }
  const feature =
    shown.kind === 'im2spec' ? trans.__('image') : trans.__('spectrum');
  const spread = percent(spreadOf(grid, node), 0);
  const latent = significant(latentSpread(model, grid, node), 2);
  return short
    ? trans.__('%1 %2, latent %3', feature, spread, latent)
    : trans.__(
        'spread of the %1: %2 %3, latent %4',
        k,
        feature,
        spread,
        latent
      );
}

/** A node in lines: for the tooltip and for screen readers. */
export function nodeLines(
  context: IViewContext,
  model: ITrainedModel,
  grid: IGrid,
  node: number,
  options: { readonly intensity: number | null; readonly projected: boolean }
): string[] {
  const { shown, trans } = context;
  const values = nodeValues(grid, node);
  const lines = [
    [...new Set(grid.axes)]
      .map((axis, i) => `${latentName(axis)} ${fixed(values[i], 2)}`)
      .join(', ')
  ];
  if (options.intensity !== null) {
    const units = shown.pair?.spectraUnits ?? '';
    lines.push(
      `${significant(options.intensity, 3)} ${units}`.trim(),
      shown.energyText()
    );
  }
  if (options.projected) {
    lines.push(spreadNote(context, model, grid, node, false));
  }
  if (grid.far[node]) {
    lines.push(trans.__('No window lies within one grid step of this point'));
  }
  return lines;
}
