import type { Layer } from '../model/types';
import { clusterMap, hasClusters, veracityMap } from './explorer/cluster-map';
import { differenceMap, latentMap, splitMap } from './explorer-maps';
import { metricFactor, metricName, metricUnits } from './error-metric';
import { type ILimitsRule, lookLimits } from './layer-limits';
import type { ICategory } from './marks/category-bar';
import type { ColourName } from './marks/colour-table';
import type { IViewContext } from './view';
import { fixed, latentName, significant } from './wording';

/** Layers of the workspace, and the residual map of the step that is being prepared. */
export type ShownLayer = Layer | 'residual';

/** A picture over the HAADF image with its colours and what they mean. */
export interface ILayerPicture {
  /** Key of its look in the navigation model. */
  readonly look: string;
  /** (ny, nx); NaN stays transparent. */
  readonly values: Float32Array;
  readonly colours: ColourName | readonly string[];
  readonly low: number;
  readonly high: number;
  /** What each whole number from 0 stands for, where the values have no scale. */
  readonly categories?: readonly ICategory[];
  /** Title of the colour bar, with units. */
  readonly title: string;
  /** True where the image must not shine through. */
  readonly opaque?: boolean;
  /** True where a pixel has a value only if a window fits around it. */
  readonly ofWindows?: boolean;
  /** Factor from values to the numbers on the bar. */
  readonly factor: number;
  /** Units of the numbers on the bar. */
  readonly units: string;
  /** A value in words, with units. */
  text(value: number): string;
}

/** "C1", for the first component. */
export function componentName(component: number): string {
  return `C${component + 1}`;
}

/** The layer that can be drawn: errors need a model, abundances a factorisation. */
export function shownLayer(
  context: IViewContext,
  residual = false
): ShownLayer {
  const { shown, workspace } = context;
  if (residual && shown.residualMap) {
    return 'residual';
  }
  const { layer } = workspace.navigation;
  return hasLayer(context, layer) ? layer : 'haadf';
}

/** True where there is something to draw for a layer. */
export function hasLayer(context: IViewContext, layer: Layer): boolean {
  const { shown } = context;
  switch (layer) {
    case 'energy':
      // Without the spectra there is the map of one range alone.
      return !shown.pair?.absent || shown.energyMap() !== null;
    case 'difference':
      return (
        shown.active !== null &&
        !(shown.kind === 'im2spec' && shown.pair?.absent)
      );
    case 'error':
    case 'latent':
    // Computed when somebody looks at them.
    case 'distance':
    case 'veracity':
      return shown.active !== null;
    case 'cluster':
      return hasClusters(context);
    case 'abundance':
      return shown.factorisation !== null;
    case 'split':
      return shown.split !== null;
    default:
      return true;
  }
}

/** The latent that the layer "latent" shows, from 0. */
export function shownLatent({ shown, workspace }: IViewContext): number {
  const count = shown.active?.setup.latentDims ?? 1;
  return Math.min(count - 1, workspace.explorer.display.latent);
}

/** Over pictures the parts of the split look alike in both themes: their tokens end in "over". */
const SPLIT_COLOURS = ['#2ec79a', '#9e9e9e', '#dd93ba'];

/** What a layer draws; null where it is the HAADF image alone. */
export function pictureOf(
  context: IViewContext,
  layer: ShownLayer
): ILayerPicture | null {
  const { shown, trans, workspace } = context;
  const { active, pair } = shown;
  if (!pair) {
    return null;
  }
  switch (layer) {
    case 'energy': {
      const values = shown.energyMap();
      return values && intensity(context, 'energy', values);
    }
    case 'error':
      return active && errorPicture(context, active.id);
    case 'difference': {
      if (!active) {
        return null;
      }
      const range = workspace.navigation.energyRange;
      const units = shown.targetUnits;
      return scaled(context, {
        look: 'difference',
        values: differenceMap(active, pair, range),
        colours: 'diverging',
        title: withUnits(
          trans.__('Predicted \u2212 measured, %1', shown.labelOf(active)),
          units
        ),
        ofWindows: true,
        units
      });
    }
    case 'latent': {
      const latent = shownLatent(context);
      return (
        active &&
        scaled(context, {
          look: 'latent',
          values: latentMap(active, latent, pair.ny * pair.nx),
          colours: 'viridis',
          title: trans.__(
            'Latent %1, %2',
            latentName(latent),
            shown.labelOf(active)
          ),
          ofWindows: true,
          units: '',
          text: value => `${latentName(latent)} ${fixed(value, 2)}`
        })
      );
    }
    case 'abundance': {
      const values = shown.factorisation?.abundances[shown.component];
      const name = componentName(shown.component);
      return values
        ? scaled(
            context,
            {
              look: 'abundance',
              values,
              colours: 'viridis',
              title: trans.__('Abundance of %1', name),
              units: '',
              text: value => trans.__('%1 of %2', significant(value, 3), name)
            },
            { fromZero: true }
          )
        : null;
    }
    case 'cluster': {
      const found = clusterMap(context);
      return (
        found &&
        categorical(
          'cluster',
          found.values,
          found.names.map((name, i) => ({ name, colour: found.colours[i] })),
          found.title
        )
      );
    }
    case 'veracity': {
      const found = veracityMap(context);
      return (
        found && {
          ...scaled(context, {
            colours: 'viridis',
            ofWindows: true,
            ...found,
            title: withUnits(found.title, found.units)
          }),
          factor: found.factor,
          text: value =>
            `${significant(found.factor * value, 3)} ${found.units}`.trim()
        }
      );
    }
    case 'distance': {
      const { transfer } = workspace.explorer;
      const values = transfer.distanceMap;
      return (
        values &&
        scaled(
          context,
          {
            look: 'distance',
            values,
            colours: 'magma',
            title: withUnits(
              trans.__('Distance, %1', transfer.distanceLabel),
              transfer.distanceUnits
            ),
            ofWindows: true,
            units: transfer.distanceUnits
          },
          { fromZero: true }
        )
      );
    }
    case 'split': {
      const labels = shown.split;
      const names = [trans.__('train'), trans.__('guard'), trans.__('test')];
      return (
        labels &&
        categorical(
          'split',
          splitMap(labels),
          names.map((name, i) => ({ name, colour: SPLIT_COLOURS[i] })),
          trans.__('Split')
        )
      );
    }
    case 'residual': {
      const values = shown.residualMap;
      return (
        values && {
          ...scaled(context, {
            look: 'residual',
            values,
            colours: 'cividis',
            title: trans.__('Residual of the fit (\u03c3)'),
            units: '\u03c3'
          }),
          // The image below would be taken for a pattern in the residual.
          opaque: true
        }
      );
    }
    default:
      return null;
  }
}

/** The image below all layers, as the display settings treat it. */
export function imagePicture({
  shown,
  workspace,
  trans
}: IViewContext): ILayerPicture {
  const pair = shown.pair!;
  const [low, high] = shown.imageLimits();
  const units = pair.imageUnits;
  return {
    look: 'haadf',
    values: pair.image,
    colours: workspace.navigation.look('haadf').colours ?? 'grey',
    low,
    high,
    title: withUnits(trans.__('HAADF'), units),
    factor: 1,
    units,
    text: value => `${significant(value, 4)} ${units}`.trim()
  };
}

function intensity(
  context: IViewContext,
  look: string,
  values: Float32Array
): ILayerPicture {
  const { shown, trans } = context;
  const units = shown.pair?.spectraUnits ?? '';
  const [low, high] = shown.energyLimits();
  return {
    ...scaled(context, {
      look,
      values,
      colours: 'viridis',
      title: withUnits(trans.__('Intensity'), units),
      units
    }),
    low,
    high
  };
}

/** The errors of a model by the measure that all views share. */
export function errorPicture(
  context: IViewContext,
  id: string
): ILayerPicture | null {
  const { shown, trans, workspace } = context;
  const model = shown.models.find(item => item.id === id);
  if (!model) {
    return null;
  }
  const { metric } = shown;
  const look = `error:${metric}`;
  const [low, high] = shown.errorLimits();
  const units = metricUnits(metric, shown.targetUnits);
  const name =
    metric === 'relative'
      ? trans.__('Relative error')
      : metricName(metric, trans);
  return {
    look,
    values: shown.errorsOf(model),
    colours: workspace.navigation.look(look).colours ?? 'magma',
    low,
    high,
    factor: metricFactor(metric),
    units,
    title: withUnits(trans.__('%1, %2', name, shown.labelOf(model)), units),
    ofWindows: true,
    text: value => shown.errorText(value)
  };
}

/** Completes a picture by its colours and their limits. */
export function scaled(
  { workspace }: IViewContext,
  picture: Pick<
    ILayerPicture,
    'look' | 'values' | 'title' | 'units' | 'ofWindows'
  > & { colours: ColourName; text?: (value: number) => string },
  rule: ILimitsRule = {}
): ILayerPicture {
  const look = workspace.navigation.look(picture.look);
  const colours = look.colours ?? picture.colours;
  const [low, high] = lookLimits(look, [picture.values], {
    ...rule,
    symmetric: colours === 'diverging'
  });
  return {
    text: value => `${significant(value, 3)} ${picture.units}`.trim(),
    ...picture,
    colours,
    low,
    high,
    factor: 1
  };
}

/** A picture of values that are names. */
export function categorical(
  look: string,
  values: Float32Array,
  categories: readonly ICategory[],
  title: string
): ILayerPicture {
  return {
    look,
    values,
    colours: categories.map(({ colour }) => colour),
    categories,
    low: 0,
    high: Math.max(1, categories.length - 1),
    title,
    ofWindows: true,
    factor: 1,
    units: '',
    text: value => categories[value]?.name ?? ''
  };
}

function withUnits(name: string, units: string): string {
  return units ? `${name} (${units})` : name;
}
