import * as React from 'react';
import {
  type BackendName,
  type ISetup,
  type ScalingKind,
  type SplitKind,
  type WindowSet
} from '../signal/types';
import { energyScale } from './energy-scale';
import { NumberField, SelectField, Fact } from './fields';
import { ExpectedNote } from './expected-time';
import { FormSection } from './form-section';
import { ListField } from './list-field';
import { pixelText } from './provenance';
import type { IViewContext } from './view';
import { splitName } from './wording';

/** The column of everything that decides the next training; read only while one runs. */
export function SetupForm({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { data, training, navigation } = workspace;
  const { pair, setup, windows } = data;
  if (!pair) {
    return null;
  }
  const locked = training.running;
  const change = (part: Partial<ISetup>): void => data.change(part);
  const energy = energyScale(pair.energy, navigation.energyUnit);
  const stripes = setup.split !== 'random';
  return (
    <form
      className="jp-Eelscape-form"
      aria-label={trans.__('Setup')}
      onSubmit={event => event.preventDefault()}
    >
      {data.problem && (
        <div className="jp-Eelscape-problem">{data.problem}</div>
      )}
      <FormSection title={trans.__('Data')}>
        <Fact
          label={trans.__('Spectra')}
          value={`${pair.name} \u00b7 (${pair.nx}, ${pair.ny} | ${pair.channels})`}
        />
        <Fact
          label={trans.__('Image')}
          value={`(${pair.nx}, ${pair.ny})${pair.imageUnits ? ` \u00b7 ${pair.imageUnits}` : ''}`}
        />
        <Fact
          label={trans.__('Pixel')}
          value={
            pixelText(pair).replace('/px', '') || trans.__('not calibrated')
          }
        />
        <Fact
          label={pair.energy.name || trans.__('Energy')}
          value={energy.rangeText(0, pair.channels - 1)}
        />
        {pair.report.map((sentence, i) => (
          <p key={i} className="jp-Eelscape-note">
            {sentence}
          </p>
        ))}
      </FormSection>
      <FormSection title={trans.__('Windows')}>
        <NumberField
          label={trans.__('Size')}
          units="px"
          value={setup.window}
          min={4}
          step={setup.kind === 'spec2im' ? 4 : 2}
          disabled={locked}
          onChange={window => change({ window })}
        />
        <NumberField
          label={trans.__('Stride')}
          units="px"
          value={setup.stride}
          min={1}
          disabled={locked}
          onChange={stride => change({ stride })}
        />
        <SelectField
          label={trans.__('Windows')}
          value={setup.windows}
          disabled={locked}
          title={trans.__(
            "All valid windows, or the paper's, which leave out the last row and column"
          )}
          choices={[
            ['all', trans.__('all valid')],
            ['paper', trans.__("the paper's")]
          ]}
          onChange={value => change({ windows: value as WindowSet })}
        />
        <Fact
          label={trans.__('Valid')}
          value={windows ? String(windows.total) : '\u2013'}
        />
      </FormSection>
      <FormSection title={trans.__('Split')}>
        <SelectField
          label={trans.__('Split')}
          value={setup.split}
          disabled={locked}
          choices={(
            ['left-right', 'top-bottom', 'blocks', 'random'] as SplitKind[]
          ).map(split => [split, splitName(split)])}
          onChange={value => change({ split: value as SplitKind })}
        />
        <NumberField
          label={trans.__('Guard')}
          units="px"
          title={trans.__(
            'Windows left out between train and test so that none overlap'
          )}
          value={stripes ? (setup.guard ?? setup.window) : 0}
          min={0}
          disabled={locked || !stripes}
          onChange={guard =>
            change({ guard: guard === setup.window ? null : guard })
          }
        />
        <NumberField
          label={trans.__('Train share')}
          units="%"
          value={Math.round(100 * setup.trainFraction)}
          min={1}
          max={99}
          disabled={locked || setup.split === 'blocks'}
          onChange={share => change({ trainFraction: share / 100 })}
        />
        {windows && (
          <div className="jp-Eelscape-field">
            <span>{trans.__('Windows')}</span>
            <ul className="jp-Eelscape-counts">
              <li className="jp-mod-train">
                {trans.__('%1 train', windows.train)}
              </li>
              <li className="jp-mod-guard">
                {trans.__('%1 guard', windows.guard)}
              </li>
              <li className="jp-mod-test">
                {trans.__('%1 test', windows.test)}
              </li>
            </ul>
          </div>
        )}
        {windows?.leaking && (
          <p className="jp-Eelscape-note jp-Eelscape-warningText">
            {trans.__(
              '%1 % of the test pixels are seen in training.',
              Math.round(100 * windows.sharedPixels)
            )}
          </p>
        )}
      </FormSection>
      <FormSection title={trans.__('Network')}>
        <ListField
          label={trans.__('Latents')}
          title={trans.__(
            'Several numbers, such as 2, 10, train as many networks'
          )}
          values={different(data.setups.map(item => item.latentDims))}
          min={1}
          disabled={locked}
          onChange={latentDims => data.vary({ latentDims })}
        />
        <NumberField
          label={trans.__('Filters')}
          value={setup.filters}
          min={1}
          disabled={locked}
          onChange={filters => change({ filters })}
        />
      </FormSection>
      <FormSection title={trans.__('Training')}>
        <SelectField
          label={trans.__('Scale')}
          value={setup.scaling}
          disabled={locked}
          title={trans.__(
            'How values become 0 to 1. Range: from the least to the greatest. Robust: from the 0.1 to the 99.9 percentile, where outliers rule; values beyond are kept, not clipped.'
          )}
          choices={[
            ['range', trans.__('range')],
            ['robust', trans.__('robust')]
          ]}
          onChange={value => change({ scaling: value as ScalingKind })}
        />
        <NumberField
          label={trans.__('Epochs')}
          value={setup.epochs}
          min={1}
          disabled={locked}
          onChange={epochs => change({ epochs })}
        />
        <NumberField
          label={trans.__('Batch')}
          value={setup.batchSize}
          min={2}
          disabled={locked}
          onChange={batchSize => change({ batchSize })}
        />
        <NumberField
          label={trans.__('Learning rate')}
          value={setup.learningRate}
          min={1e-8}
          step="any"
          disabled={locked}
          onChange={learningRate => change({ learningRate })}
        />
        <ListField
          label={trans.__('Seed')}
          title={trans.__(
            'Several seeds, such as 0, 1, 2, train an ensemble: a network each'
          )}
          values={different(data.setups.map(item => item.seed))}
          min={0}
          disabled={locked}
          onChange={seed => data.vary({ seed })}
        />
        <SelectField
          label={trans.__('Backend')}
          value={setup.backend}
          disabled={locked}
          choices={[
            ['auto', trans.__('automatic')],
            ['webgpu', 'WebGPU'],
            ['webgl', 'WebGL'],
            ['wasm', 'WASM'],
            ['cpu', 'CPU']
          ]}
          onChange={value => change({ backend: value as BackendName | 'auto' })}
        />
        {!locked && <ExpectedNote context={context} />}
      </FormSection>
    </form>
  );
}

function different(values: readonly number[]): number[] {
  return [...new Set(values)];
}
