import * as React from 'react';
import { NumberField } from '../fields';
import { FormSection } from '../form-section';
import { componentName } from '../navigator-layers';
import type { IViewContext } from '../view';
import { percent } from '../wording';
import { TaskState } from './task-state';

const DEFAULT_COMPONENTS = 4;

/** Non-negative matrix factorisation: how many components, what they explain, which one is shown. */
export function ComponentsSection({
  context
}: {
  context: IViewContext;
}): JSX.Element {
  const { workspace, trans } = context;
  const { factorisation } = workspace;
  const { result, busy, blocked, error } = factorisation;
  const [count, setCount] = React.useState<number | null>(null);
  const components = count ?? result?.abundances.length ?? DEFAULT_COMPONENTS;
  const locked = busy !== null || blocked !== '';
  return (
    <FormSection
      title={trans.__('Components (NMF)')}
      summary={result ? percent(result.explained) : undefined}
    >
      <div className="jp-Eelscape-fieldLine">
        <NumberField
          label={trans.__('Number')}
          title={trans.__(
            'How many spectra are mixed: abundance maps and endmembers, none of them negative'
          )}
          value={components}
          min={1}
          max={64}
          disabled={locked}
          onChange={setCount}
        />
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={locked}
          title={
            blocked || trans.__('Factorise the spectrum image in the kernel')
          }
          onClick={() => factorisation.run(components)}
        >
          {trans.__('Run')}
        </button>
      </div>
      <TaskState
        trans={trans}
        label={trans.__('Factorisation')}
        busy={busy}
        error={error}
        blocked={blocked}
        cancel={() => factorisation.cancel()}
      />
      {result && (
        <>
          <p className="jp-Eelscape-note">
            {trans.__(
              '%1 of the sum of squares explained.',
              percent(result.explained)
            )}
          </p>
          {result.report.map((sentence, i) => (
            <p key={i} className="jp-Eelscape-note">
              {sentence}
            </p>
          ))}
          <ul className="jp-Eelscape-items" aria-label={trans.__('Components')}>
            {result.endmembers.map((endmember, i) => (
              <li key={i}>
                <Component
                  context={context}
                  component={i}
                  endmember={endmember}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </FormSection>
  );
}

/** A component with the energy of its maximum; chosen, it is the layer of Navigator. */
function Component(props: {
  context: IViewContext;
  component: number;
  endmember: Float32Array;
}): JSX.Element {
  const { component, context } = props;
  const { workspace, shown, trans } = context;
  const { navigation } = workspace;
  const energy = shown.energy();
  const peak = props.endmember.reduce(
    (best, value, e, all) => (value > all[best] ? e : best),
    0
  );
  const chosen =
    navigation.layer === 'abundance' && shown.component === component;
  return (
    <button
      type="button"
      className="jp-Eelscape-item"
      aria-pressed={chosen}
      title={trans.__('Show the abundance of this component in Navigator')}
      onClick={() => {
        navigation.setComponent(component);
        navigation.setLayer('abundance');
      }}
    >
      <span className="jp-Eelscape-swatch" aria-hidden="true" />
      <b>{componentName(component)}</b>
      <span className="jp-Eelscape-dim">
        {energy &&
          trans.__(
            'maximum at %1 %2',
            energy.label(energy.position(peak)),
            energy.units
          )}
      </span>
    </button>
  );
}
