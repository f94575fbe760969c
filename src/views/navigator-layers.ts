import type { Layer } from '../model/types';
import type { ColourName } from './marks/colour-table';
import type { IViewContext } from './view';
import { percent, significant } from './wording';

/** Layers of the workspace, and the residual map of the step that is being prepared. */
export type ShownLayer = Layer | 'residual';

/** A picture over the HAADF image with its colours and what they mean. */
export interface ILayerPicture {
  /** (ny, nx); NaN stays transparent. */
  readonly values: Float32Array;
  readonly colours: ColourName;
  readonly low: number;
  readonly high: number;
  /** Title of the colour bar, with units. */
  readonly title: string;
  /** True where the image must not shine through. */
  readonly opaque?: boolean;
  /** Factor from values to the numbers on the bar. */
  readonly factor: number;
  /** A value in words, with units. */
  text(value: number): string;
}

/** A layer that can be chosen. */
export interface ILayerEntry {
  readonly value: string;
  readonly label: string;
  /** What tells it from the others of its group. */
  readonly short: string;
  readonly title: string;
  readonly group: 'own' | 'error' | 'abundance';
  /** True for the model or component that its group shows. */
  readonly current: boolean;
}

/** "C1", for the first component. */
export function componentName(component: number): string {
  return `C${component + 1}`;
}

/** The layer that can be drawn: errors need a model, abundances a factorisation. */
export function shownLayer(
  { shown, workspace }: IViewContext,
  residual = false
): ShownLayer {
  if (residual && shown.residualMap) {
    return 'residual';
  }
  const layer = workspace.navigation.layer;
  const missing =
    (layer === 'error' && !shown.active) ||
    (layer === 'abundance' && !shown.factorisation);
  return missing ? 'haadf' : layer;
}

/** What a layer draws; null where it is the HAADF image alone. */
export function pictureOf(
  context: IViewContext,
  layer: ShownLayer
): ILayerPicture | null {
  const { shown, trans } = context;
  const intensity = shown.pair?.spectraUnits ?? '';
  switch (layer) {
    case 'energy': {
      const values = shown.energyMap();
      const [low, high] = shown.energyLimits();
      return (
        values && {
          values,
          colours: 'viridis',
          low,
          high,
          factor: 1,
          title: intensity
            ? trans.__('Intensity (%1)', intensity)
            : trans.__('Intensity'),
          text: value => `${significant(value, 4)} ${intensity}`.trim()
        }
      );
    }
    case 'error': {
      const active = shown.active;
      const [low, high] = shown.errorLimits();
      return (
        active && {
          values: active.error,
          colours: 'magma',
          low,
          high,
          factor: 100,
          title: trans.__('Error %1 (%)', shown.labelOf(active)),
          text: value => percent(value)
        }
      );
    }
    case 'abundance': {
      const values = shown.factorisation?.abundances[shown.component];
      const name = componentName(shown.component);
      return values
        ? {
            values,
            colours: 'viridis',
            ...limits(shown.limitsOf(values)),
            factor: 1,
            title: trans.__('Abundance of %1', name),
            text: value => trans.__('%1 of %2', significant(value, 3), name)
          }
        : null;
    }
    case 'residual': {
      const values = shown.residualMap;
      return values
        ? {
            values,
            colours: 'cividis',
            low: shown.limitsOf(values)[0],
            high: shown.limitsOf(values)[1],
            factor: 1,
            // The image below would be taken for a pattern in the residual.
            opaque: true,
            title: trans.__('Residual of the fit (\u03c3)'),
            text: value => `${significant(value, 3)} \u03c3`
          }
        : null;
    }
    default:
      return null;
  }
}

/** Every layer that can be chosen now. */
export function layerEntries(context: IViewContext): ILayerEntry[] {
  const { shown, trans } = context;
  const components = shown.factorisation?.abundances.length ?? 0;
  const own = (value: string, label: string, title: string): ILayerEntry => ({
    value,
    label,
    short: label,
    title,
    group: 'own',
    current: false
  });
  return [
    own('haadf', trans.__('HAADF'), trans.__('The image alone (1)')),
    own(
      'energy',
      trans.__('Energy map'),
      trans.__('Mean intensity in the energy range (2)')
    ),
    ...(shown.residualMap
      ? [
          own(
            'residual',
            trans.__('Residual'),
            trans.__(
              'RMS of data minus fit, in units of the counting noise (5)'
            )
          )
        ]
      : []),
    ...shown.models.map(model => ({
      value: `error:${model.id}`,
      label: trans.__('Error %1', shown.labelOf(model)),
      short: shown.labelOf(model),
      title: trans.__('Relative error of each window (3)'),
      group: 'error' as const,
      current: model === shown.active
    })),
    ...Array.from({ length: components }, (_, k) => ({
      value: `abundance:${k}`,
      label: componentName(k),
      short: componentName(k),
      title: trans.__('Abundance of component %1 (4)', k + 1),
      group: 'abundance' as const,
      current: k === shown.component
    }))
  ];
}

/** The entry of `layerEntries` that is shown. */
export function shownEntry(context: IViewContext, residual: boolean): string {
  const { shown } = context;
  const layer = shownLayer(context, residual);
  switch (layer) {
    case 'error':
      return `error:${shown.active!.id}`;
    case 'abundance':
      return `abundance:${shown.component}`;
    default:
      return layer;
  }
}

/** Tells the models which entry was chosen. */
export function chooseEntry(context: IViewContext, value: string): void {
  const { navigation, models } = context.workspace;
  const [layer, detail] = split(value);
  if (layer === 'error') {
    models.activate(detail);
  } else if (layer === 'abundance') {
    navigation.setComponent(Number(detail));
  }
  if (layer !== 'residual') {
    navigation.setLayer(layer as Layer);
  }
}

/** Layer and what follows the first colon; a model's id may hold more of them. */
function split(value: string): [string, string] {
  const at = value.indexOf(':');
  return at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)];
}

function limits([low, high]: readonly [number, number]): {
  low: number;
  high: number;
} {
  // Abundances start at 0; an offset would hide that there is little of a component.
  return { low: low > 0 ? 0 : low, high };
}
