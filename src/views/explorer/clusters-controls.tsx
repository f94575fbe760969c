import * as React from 'react';
import {
  COVARIANCES,
  type Covariance,
  MOST_CLUSTERS
} from '../../model/explorer/clusters-types';
import { NumberInput } from '../fields';
import type { IViewContext } from '../view';
import { ShowMap } from './show-map';
import { WorkState } from './work-state';

/** Number of clusters, shape and seed of the mixture; while the kernel is at it, how far it is and Cancel. */
export function ClustersControls({
  context
}: {
  context: IViewContext;
}): JSX.Element {
  const { workspace, trans } = context;
  const { clusters, display } = workspace.explorer;
  const names: Readonly<Record<Covariance, string>> = {
    full: trans.__('any shape'),
    tied: trans.__('one shape'),
    diag: trans.__('along axes'),
    spherical: trans.__('round')
  };
  return (
    <>
      <label
        title={trans.__(
          'Number of Gaussians in the mixture, 1 to %1; BIC below says how well a number fits',
          MOST_CLUSTERS
        )}
      >
        {trans.__('k')}
        <NumberInput
          value={clusters.k}
          min={1}
          max={MOST_CLUSTERS}
          onChange={value => value !== null && clusters.setK(value)}
        />
      </label>
      <select
        className="jp-Eelscape-select"
        aria-label={trans.__('Shape of the Gaussians')}
        title={trans.__(
          'Shape of the Gaussians: each its own, all one, along the latents, or round (scikit-learn: %1)',
          clusters.covariance
        )}
        value={clusters.covariance}
        onChange={event =>
          clusters.setCovariance(event.target.value as Covariance)
        }
      >
        {COVARIANCES.map(name => (
          <option key={name} value={name}>
            {names[name]}
          </option>
        ))}
      </select>
      <label
        title={trans.__(
          'Seed of the starts; the same seed gives the same clusters'
        )}
      >
        {trans.__('Seed')}
        <NumberInput
          value={clusters.seed}
          min={0}
          max={2 ** 32 - 1}
          onChange={value => value !== null && clusters.setSeed(value)}
        />
      </label>
      <WorkState
        trans={trans}
        label={trans.__('Clusters')}
        fraction={clusters.busy ? clusters.busy.fraction : undefined}
        text={clusters.busy?.text ?? ''}
        cancel={() => clusters.cancel()}
      />
      {!clusters.busy && !clusters.result && !clusters.blocked && (
        <button
          type="button"
          className="jp-Eelscape-button"
          title={trans.__('Fit the mixture to the encodings in the kernel')}
          onClick={() => clusters.run()}
        >
          {trans.__('Find clusters')}
        </button>
      )}
      {clusters.result && !clusters.busy && (
        <>
          {clusters.result.means.length > clusters.result.k && (
            <button
              type="button"
              className="jp-Eelscape-button jp-Eelscape-ellipses"
              aria-pressed={display.ellipses}
              title={trans.__(
                'Show each Gaussian over the points of Latent, at 1 and 2 standard deviations'
              )}
              onClick={() => display.setEllipses(!display.ellipses)}
            >
              {trans.__('Ellipses')}
            </button>
          )}
          <ShowMap context={context} layer="cluster" />
        </>
      )}
    </>
  );
}
