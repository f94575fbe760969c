/** What the clusters view says of each cluster. */
import { extent, mean } from '../../analysis/statistics';
import type { IMixture } from '../../model/explorer/types';
import { metricFactor, metricName, metricUnits } from '../error-metric';
import type { ITable } from '../table';
import type { IViewContext } from '../view';
import { fixed, grouped, latentName, percent } from '../wording';

export interface IClusterFact {
  readonly size: number;
  /** 0 to 1, of all windows. */
  readonly share: number;
  /** Mean error by the measure of all views. */
  readonly error: number;
}

/** Size and mean error of each cluster; kept as long as clusters and errors stay. */
export class ClusterFacts {
  of({ shown }: IViewContext, mixture: IMixture): readonly IClusterFact[] {
    const active = shown.active!;
    const errors = shown.errorsOf(active);
    if (this._mixture !== mixture || this._errors !== errors) {
      const total = mixture.sizes.reduce((sum, size) => sum + size, 0);
      this._facts = Array.from(mixture.sizes, (size, cluster) => ({
        size,
        share: size / total,
        error: mean(
          Array.from(mixture.positions)
            .filter((_, i) => mixture.labels[i] === cluster)
            .map(pixel => errors[pixel])
        )
      }));
      this._mixture = mixture;
      this._errors = errors;
    }
    return this._facts;
  }

  private _mixture: IMixture | null = null;
  private _errors: Float32Array | null = null;
  private _facts: readonly IClusterFact[] = [];
}

/** "Cluster 3: 412 windows (14.6 %)", its error, its centroid. */
export function clusterLines(
  context: IViewContext,
  mixture: IMixture,
  facts: readonly IClusterFact[],
  cluster: number
): string[] {
  const { shown, trans } = context;
  const { size, share, error } = facts[cluster];
  const z = mixture.means.length / mixture.k;
  const centre = Array.from(
    mixture.means.subarray(cluster * z, (cluster + 1) * z),
    (value, axis) => `${latentName(axis)} ${fixed(value, 2)}`
  );
  return [
    trans.__(
      'Cluster %1: %2 windows (%3)',
      cluster + 1,
      grouped(size),
      percent(share)
    ),
    trans.__('Mean error %1', shown.errorText(error)),
    trans.__('Centroid %1', centre.slice(0, 4).join(', ')) +
      (z > 4 ? ', \u2026' : '')
  ];
}

/** Limits that all curves share. */
export function limitsOfAll(values: Float32Array | null): [number, number] {
  const [low, high] = values ? extent(values) : [0, 1];
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

/** The numbers of the clusters. */
export function clusterTable(
  { shown, trans }: IViewContext,
  found: IMixture,
  facts: readonly IClusterFact[]
): ITable {
  const z = found.means.length / found.k;
  return {
    title: trans.__('Clusters of %1', shown.labelOf(shown.active!)),
    columns: [
      trans.__('Cluster'),
      trans.__('Windows'),
      trans.__('Share of windows (%)'),
      trans.__(
        'Mean %1 (%2)',
        metricName(shown.metric, trans),
        metricUnits(shown.metric, shown.targetUnits)
      ),
      trans.__('Weight in the mixture'),
      ...Array.from({ length: z }, (_, axis) =>
        trans.__('Centroid %1', latentName(axis))
      )
    ],
    rows: facts.map(({ size, share, error }, i) => [
      i + 1,
      size,
      100 * share,
      metricFactor(shown.metric) * error,
      found.weights[i],
      ...found.means.subarray(i * z, (i + 1) * z)
    ])
  };
}
