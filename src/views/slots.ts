/** The two places of a panel whose view is chosen: at the right of either row. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** Views that take turns in the two places. */
export type SlotView =
  | 'training'
  | 'error'
  | 'pins'
  | 'errors'
  | 'distributions'
  | 'clusters'
  | 'veracity'
  | 'study'
  | 'transfer'
  | 'inverse';

export type SlotName = 'upper' | 'lower';
export type ISlots = Readonly<Record<SlotName, SlotView>>;

/** In the order of the list and of the sections of a narrow panel. */
export const SLOT_VIEWS: readonly SlotView[] = [
  'training',
  'error',
  'pins',
  'errors',
  'distributions',
  'clusters',
  'veracity',
  'study',
  'transfer',
  'inverse'
];

export const DEFAULT_SLOTS: ISlots = { upper: 'error', lower: 'training' };

/** What a view is called. */
export function slotTitle(name: SlotView, trans: TranslationBundle): string {
  return {
    training: trans.__('Training'),
    error: trans.__('Error map'),
    pins: trans.__('Pinned locations'),
    errors: trans.__('Errors'),
    distributions: trans.__('Distributions'),
    clusters: trans.__('Clusters'),
    veracity: trans.__('Veracity'),
    study: trans.__('Latent-size study'),
    transfer: trans.__('Transfer'),
    inverse: trans.__('Inverse design')
  }[name];
}

/** Height that a view needs where it is not stretched, header included, px. */
export function bodyHeight(name: SlotView): number {
  return name === 'training' ? 168 : name === 'error' ? 226 : 340;
}

/** A view in one of the places; one that stands in the other changes places with it. */
export function withView(
  slots: ISlots,
  slot: SlotName,
  name: SlotView
): ISlots {
  const other = slot === 'upper' ? 'lower' : 'upper';
  return {
    ...slots,
    [slot]: name,
    [other]: slots[other] === name ? slots[slot] : slots[other]
  };
}
