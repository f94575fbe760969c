import type { ShownLayer } from './navigator-layers';
import type { IViewContext } from './view';
import { percent } from './wording';

/** Why a layer that was chosen is not there: it is being computed, or cannot be; '' where it needs no words. */
export function layerState(
  { workspace, trans }: IViewContext,
  layer: ShownLayer
): string {
  const { clusters, veracity } = workspace.explorer;
  switch (layer) {
    case 'cluster':
      return (
        clusters.error ||
        clusters.blocked ||
        clusters.busy?.text ||
        trans.__('Computing clusters')
      );
    case 'veracity':
      return (
        veracity.blocked ||
        trans.__('Computing veracity, %1', percent(veracity.progress ?? 0, 0))
      );
    case 'distance':
      return trans.__('No distances yet');
    default:
      return '';
  }
}
