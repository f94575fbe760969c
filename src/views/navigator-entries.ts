/** The layers that can be chosen now, by name, and the choice itself. */
import type { Layer } from '../model/types';
import { metricHelp } from './error-metric';
import {
  componentName,
  hasLayer,
  shownLatent,
  shownLayer
} from './navigator-layers';
import type { IViewContext } from './view';
import { latentName } from './wording';

/** A layer that can be chosen. */
export interface ILayerEntry {
  readonly value: string;
  readonly label: string;
  /** What tells it from the others of its group. */
  readonly short: string;
  readonly title: string;
  /** "more": stands in the list behind the buttons. */
  readonly group: 'own' | 'error' | 'abundance' | 'more';
  /** True for the model or component that its group shows. */
  readonly current: boolean;
}

/** Latents that the list offers; a network may have many more. */
const MOST_LATENTS = 32;

/** Every layer that can be chosen now. */
export function layerEntries(context: IViewContext): ILayerEntry[] {
  const { shown, trans } = context;
  const entry = (
    group: ILayerEntry['group'],
    value: string,
    label: string,
    title: string
  ): ILayerEntry => ({
    value,
    label,
    short: label,
    title,
    group,
    current: false
  });
  const components = shown.factorisation?.abundances.length ?? 0;
  return [
    entry('own', 'haadf', trans.__('HAADF'), trans.__('The image alone (1)')),
    entry(
      'own',
      'energy',
      trans.__('Energy map'),
      trans.__('Mean intensity in the energy range (2)')
    ),
    ...(shown.residualMap
      ? [
          entry(
            'own',
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
      title: trans.__(
        'Error of each window (3). %1',
        metricHelp(shown.metric, trans)
      ),
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
    })),
    ...moreLayers(context).map(([value, label, title]) =>
      entry('more', value, label, title)
    )
  ];
}

/** Value, label and title of the layers that a trained model and the explorer add. */
function moreLayers(
  context: IViewContext
): (readonly [string, string, string])[] {
  const { shown, trans } = context;
  const { active } = shown;
  const list: (readonly [string, string, string])[] = [];
  if (active) {
    list.push([
      'difference',
      trans.__('Difference'),
      trans.__(
        'Predicted minus measured, in the energy range or of the image (D)'
      )
    ]);
    const latents = Math.min(MOST_LATENTS, active.setup.latentDims);
    for (let i = 0; i < latents; i++) {
      list.push([
        `latent:${i}`,
        trans.__('Latent %1', latentName(i)),
        trans.__('Encoding of each window along %1 (6)', latentName(i))
      ]);
    }
  }
  const others: readonly (readonly [Layer, string, string])[] = [
    [
      'cluster',
      trans.__('Clusters'),
      trans.__('Clusters of the encodings (7)')
    ],
    [
      'veracity',
      trans.__('Veracity'),
      trans.__('Are windows that are near in latent alike in the image? (8)')
    ],
    [
      'distance',
      trans.__('Distance'),
      trans.__('Distance from the encodings of the training windows (9)')
    ],
    ['split', trans.__('Split'), trans.__('Parts of the split (5)')]
  ];
  return [...list, ...others.filter(([layer]) => hasLayer(context, layer))];
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
    case 'latent':
      return `latent:${shownLatent(context)}`;
    default:
      return layer;
  }
}

/** What the shown layer is called. */
export function shownName(context: IViewContext, residual: boolean): string {
  const value = shownEntry(context, residual);
  const found = layerEntries(context).find(entry => entry.value === value);
  return found ? listLabel(found, context) : '';
}

/** A label that stands alone in a list. */
export function listLabel(entry: ILayerEntry, { trans }: IViewContext): string {
  return entry.group === 'abundance'
    ? trans.__('Abundance %1', entry.label)
    : entry.label;
}

/** Tells the models which entry was chosen. */
export function chooseEntry(context: IViewContext, value: string): void {
  const { navigation, models, explorer } = context.workspace;
  const [layer, detail] = split(value);
  if (layer === 'error') {
    models.activate(detail);
  } else if (layer === 'abundance') {
    navigation.setComponent(Number(detail));
  } else if (layer === 'latent') {
    explorer.display.setLatent(Number(detail));
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
