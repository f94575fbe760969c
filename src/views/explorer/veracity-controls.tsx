import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import {
  MOST_NEIGHBOURS,
  VERACITY_MAPS,
  type VeracityMap
} from '../../model/explorer/veracity-types';
import { NumberInput } from '../fields';
import type { IViewContext } from '../view';
import { fixed } from '../wording';
import { ShowMap } from './show-map';
import { WorkState } from './work-state';

/** What the rank correlation says, in sentences. */
export function correlationHelp(trans: TranslationBundle): string {
  return trans.__(
    'Spearman rank correlation of the two dispersions over all windows. Near 1: where encodings lie close, the windows are alike, and where they lie far apart, the windows differ, so a back-projection can be trusted as far as its encodings lie close. Near 0: closeness in latent says nothing of the windows. Below 0: windows differ most where encodings lie closest.'
  );
}

/** "Rank correlation 0.62". */
export function correlationText(
  correlation: number,
  trans: TranslationBundle
): string {
  return trans.__('Rank correlation %1', fixed(correlation, 2));
}

/** A question mark that tells what the rank correlation means, by mouse, Tab and screen readers. */
export function CorrelationNote(props: {
  correlation: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { correlation, trans } = props;
  const text = correlationText(correlation, trans);
  const help = correlationHelp(trans);
  return (
    <span
      className="jp-Eelscape-veracityHelp"
      role="note"
      tabIndex={0}
      title={help}
      aria-label={`${text}. ${help}`}
    >
      ?
    </span>
  );
}

/** Neighbours, and the map that is shown over the image. */
export function VeracityControls({
  context
}: {
  context: IViewContext;
}): JSX.Element {
  const { workspace, trans } = context;
  const { veracity } = workspace.explorer;
  const { result, progress } = veracity;
  const names: Readonly<Record<VeracityMap, string>> = {
    feature: trans.__('feature'),
    latent: trans.__('latent'),
    ratio: trans.__('feature / latent')
  };
  return (
    <>
      <label
        title={trans.__(
          'Nearest others of each window whose dispersions are compared, 2 to %1',
          MOST_NEIGHBOURS
        )}
      >
        {trans.__('Neighbours')}
        <NumberInput
          value={veracity.k}
          min={2}
          max={MOST_NEIGHBOURS}
          onChange={value => value !== null && veracity.setK(value)}
        />
      </label>
      <WorkState
        trans={trans}
        label={trans.__('Veracity')}
        fraction={progress ?? undefined}
        text={trans.__('Comparing each window with its neighbours')}
      />
      {result && (
        <>
          <select
            className="jp-Eelscape-select jp-Eelscape-veracityMap"
            aria-label={trans.__('Map of the veracity')}
            title={trans.__(
              'What the map over the image shows: the dispersion in feature space, in latent space, or the first divided by the second'
            )}
            value={veracity.shown}
            onChange={event => veracity.show(event.target.value as VeracityMap)}
          >
            {VERACITY_MAPS.map(name => (
              <option key={name} value={name}>
                {names[name]}
              </option>
            ))}
          </select>
          <ShowMap context={context} layer="veracity" />
        </>
      )}
    </>
  );
}
