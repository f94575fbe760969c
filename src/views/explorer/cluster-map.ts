/** The cluster map and the veracity map, for whoever draws over the scan or colours encodings. */
import { schemeDark2, schemeTableau10 } from 'd3-scale-chromatic';
import type { IMixture, VeracityMap } from '../../model/explorer/types';
import type { IViewContext } from '../view';

/** A colour each component, the same over pictures and in both themes; its number tells it too. */
const COLOURS: readonly string[] = [
  ...schemeTableau10,
  ...schemeDark2.slice(0, 6)
];

export interface IClusterMap {
  /** (ny, nx) clusters from 0; NaN where no window fits. The same array as long as the clusters stay. */
  readonly values: Float32Array;
  /** (k) "1, 412 windows". */
  readonly names: readonly string[];
  /** (k) CSS colours. */
  readonly colours: readonly string[];
  readonly title: string;
}

/** The colour of a cluster as CSS text. */
export function clusterColour(cluster: number): string {
  return COLOURS[cluster % COLOURS.length];
}

/** The clusters that belong to what is shown; null where there are none yet. */
export function shownClusters(context: IViewContext): IMixture | null {
  const { shown, workspace } = context;
  const { result } = workspace.explorer.clusters;
  const size = (shown.pair?.ny ?? 0) * (shown.pair?.nx ?? 0);
  return result &&
    shown.active?.id === result.model &&
    result.map.length === size
    ? result
    : null;
}

/** True where clusters of what is shown are there or can be computed. */
export function hasClusters(context: IViewContext): boolean {
  const { shown, workspace } = context;
  return (
    shown.active !== null &&
    (shownClusters(context) !== null ||
      workspace.explorer.clusters.blocked === '')
  );
}

/** The cluster map of the active model; asks for it and gives null where it is not there yet. */
export function clusterMap(context: IViewContext): IClusterMap | null {
  const { shown, trans, workspace } = context;
  if (!shown.active) {
    return null;
  }
  workspace.explorer.clusters.want();
  const found = shownClusters(context);
  return (
    found && {
      values: found.map,
      names: Array.from({ length: found.k }, (_, i) => trans.__('%1', i + 1)),
      colours: Array.from({ length: found.k }, (_, i) => clusterColour(i)),
      title: trans.__('Cluster, %1', shown.labelOf(shown.active))
    }
  );
}

export interface IVeracityMap {
  /** Key of its look in the navigation model: each map has limits of its own. */
  readonly look: string;
  /** (ny, nx); NaN where no window fits. A share of 1, or a quotient. */
  readonly values: Float32Array;
  /** Factor from values to the numbers on a colour bar. */
  readonly factor: number;
  readonly units: string;
  readonly title: string;
}

/** The veracity map of the active model; asks for it and gives null where it is not there yet. */
export function veracityMap(context: IViewContext): IVeracityMap | null {
  const { shown, trans, workspace } = context;
  const { veracity } = workspace.explorer;
  const { active, pair } = shown;
  if (!active || !pair) {
    return null;
  }
  veracity.want();
  const { result } = veracity;
  if (result?.model !== active.id) {
    return null;
  }
  const values = result.maps[veracity.shown];
  if (values.length !== pair.ny * pair.nx) {
    return null;
  }
  const titles: Readonly<Record<VeracityMap, string>> = {
    feature: trans.__('Spread of %1 neighbours, feature', result.k),
    latent: trans.__('Spread of %1 neighbours, latent', result.k),
    ratio: trans.__('Spread, feature / latent')
  };
  const share = veracity.shown !== 'ratio';
  return {
    look: `veracity:${veracity.shown}`,
    values,
    factor: share ? 100 : 1,
    units: share ? '%' : '',
    title: titles[veracity.shown]
  };
}
