/** What colours the points of the latent plot: the layers of the navigator, positions and latents. */
import { rgb } from 'd3-color';
import type { Layer } from '../model/types';
import { axisValue } from '../signal/axis';
import type { IAxis } from '../signal/types';
import { latentMap, splitMap } from './explorer-maps';
import { colourIndex, colourOf, colourTable } from './marks/colour-table';
import type { IPalette } from './marks/palette';
import {
  categorical,
  componentName,
  errorPicture,
  hasLayer,
  type ILayerPicture,
  pictureOf,
  scaled
} from './navigator-layers';
import type { IViewContext } from './view';
import { latentName, significant } from './wording';

type Choice = readonly [string, string];

/** Latents that the list offers; a network may have many more. */
const MOST_LATENTS = 32;

/** What the points can be coloured by now: value and label. */
export function colourChoices(context: IViewContext): Choice[] {
  const { shown, trans } = context;
  const active = shown.active;
  if (!active) {
    return [];
  }
  const others = shown.models.filter(model => model !== active);
  const components = shown.factorisation?.abundances ?? [];
  const layers: readonly (readonly [Layer, string])[] = [
    ['cluster', trans.__('cluster')],
    ['veracity', trans.__('veracity')],
    ['distance', trans.__('distance')],
    ['difference', trans.__('difference')]
  ];
  return [
    // Without an id it follows the active model.
    ['error', trans.__('error %1', shown.labelOf(active))],
    ...others.map((model): Choice => [
      `error:${model.id}`,
      trans.__('error %1', shown.labelOf(model))
    ]),
    ['energy', trans.__('energy map')],
    ['haadf', trans.__('HAADF')],
    ...components.map((_, i): Choice => [
      `abundance:${i}`,
      trans.__('abundance %1', componentName(i))
    ]),
    ['split', trans.__('split')],
    ...layers.filter(([layer]) => hasLayer(context, layer)),
    ['x', trans.__('position x')],
    ['y', trans.__('position y')],
    ...Array.from(
      { length: Math.min(MOST_LATENTS, active.setup.latentDims) },
      (_, i): Choice => [`latent:${i}`, latentName(i)]
    )
  ];
}

/** The map that colours the points; null where there is none now. */
export function pointColours(
  context: IViewContext,
  choice: string,
  palette: IPalette
): ILayerPicture | null {
  const { shown, trans } = context;
  const { active, pair } = shown;
  if (!active || !pair) {
    return null;
  }
  const at = choice.indexOf(':');
  const name = at < 0 ? choice : choice.slice(0, at);
  const which = at < 0 ? '' : choice.slice(at + 1);
  const map = (look: string, values: Float32Array, units = ''): ILayerPicture =>
    scaled(context, { look, values, colours: 'viridis', title: '', units });
  switch (name) {
    case 'error':
      return errorPicture(context, which || active.id);
    case 'haadf':
      return {
        ...map('haadf', pair.image, pair.imageUnits),
        // Grey points on a white or a black background could not be seen.
        colours: 'cividis'
      };
    case 'abundance': {
      const values = shown.factorisation?.abundances[Number(which)];
      return values ? map('abundance', values) : null;
    }
    case 'latent':
      return Number(which) < active.setup.latentDims
        ? map('latent', latentMap(active, Number(which), pair.ny * pair.nx))
        : null;
    case 'x':
      return map('x', placesAlong(pair.x, pair.ny, pair.nx, 0), pair.x.units);
    case 'y':
      return map('y', placesAlong(pair.y, pair.ny, pair.nx, 1), pair.y.units);
    case 'split': {
      const parts = [
        { name: trans.__('train'), colour: palette.train },
        { name: trans.__('guard'), colour: palette.guard },
        { name: trans.__('test'), colour: palette.test }
      ];
      return categorical('split', splitMap(active.split), parts, '');
    }
    default:
      return pictureOf(context, name as Layer);
  }
}

/** The colour of a pixel as CSS text; `none` where it has no value. */
export function cssColour(
  { values, colours, low, high }: ILayerPicture,
  pixel: number,
  none: string
): string {
  const value = values[pixel];
  if (!Number.isFinite(value)) {
    return none;
  }
  return typeof colours === 'string'
    ? colourOf(colours, value, low, high)
    : (colours[value] ?? none);
}

/** Colours as red, green, blue in rows, and the row of a pixel; -1 where it has no value. */
export function colourRows({ values, colours, low, high }: ILayerPicture): {
  readonly table: readonly number[];
  row(pixel: number): number;
} {
  return typeof colours === 'string'
    ? {
        table: Array.from(colourTable(colours)),
        row: pixel =>
          Number.isFinite(values[pixel])
            ? colourIndex(values[pixel], low, high)
            : -1
      }
    : {
        table: colours.flatMap(channelsOf),
        row: pixel => (values[pixel] in colours ? values[pixel] : -1)
      };
}

/** Red, green and blue of a colour, 0 to 255. */
export function channelsOf(colour: string): number[] {
  const { r, g, b } = rgb(colour);
  return [r, g, b];
}

/** The two ends of a scale, units with the second. */
export function scaleEnds({
  low,
  high,
  factor,
  units
}: ILayerPicture): readonly [string, string] {
  const text = (value: number): string => significant(factor * value, 2);
  return [text(low), units ? `${text(high)} ${units}` : text(high)];
}

const places = new WeakMap<IAxis, Map<string, Float32Array>>();

/** (ny, nx) places along an axis of the scan, in its units; the same array for one axis. */
function placesAlong(
  axis: IAxis,
  ny: number,
  nx: number,
  direction: 0 | 1
): Float32Array {
  let known = places.get(axis);
  if (!known) {
    places.set(axis, (known = new Map<string, Float32Array>()));
  }
  const key = `${direction} ${ny} ${nx}`;
  let map = known.get(key);
  if (!map) {
    map = Float32Array.from({ length: ny * nx }, (_, pixel) =>
      axisValue(axis, direction ? Math.floor(pixel / nx) : pixel % nx)
    );
    known.set(key, map);
  }
  return map;
}
