import * as React from 'react';
import { errorOf } from '../../analysis/error-map';
import { freePlace } from '../../analysis/target-curve';
import type {
  ICandidate,
  IPeak,
  TargetSource
} from '../../model/explorer/inverse-types';
import { energyFactor, isEnergy } from '../../signal/axis';
import type { IEnergyScale } from '../energy-scale';
import { errorText, metricName } from '../error-metric';
import { HeaderSelect, NumberInput } from '../fields';
import type { IViewContext } from '../view';
import { latentName, significant } from '../wording';

/** Where the wanted spectrum comes from, and the button that searches. */
export function InverseTools({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { inverse, pins } = workspace.explorer;
  if (!inverse.model) {
    return null;
  }
  const choices: readonly (readonly [string, string])[] = [
    ['pointer', trans.__('pointer')],
    ['selection', trans.__('selection')],
    ...pins.items.map(
      pin =>
        [
          `pin:${pin.id}`,
          pin.name
            ? trans.__('pin %1, %2', pin.letter, pin.name)
            : trans.__('pin %1', pin.letter)
        ] as const
    ),
    ['peaks', trans.__('peaks')],
    ['drawn', trans.__('drawn')]
  ];
  const why = inverse.blocked;
  return (
    <>
      <HeaderSelect
        label={trans.__('Target spectrum')}
        value={inverse.source}
        choices={choices}
        onChange={source => inverse.setSource(source as TargetSource)}
      />
      <button
        type="button"
        className="jp-Eelscape-button jp-mod-small"
        title={
          why ||
          trans.__(
            'Search the latents whose decoded spectrum is nearest to the target (Enter in the plot).'
          )
        }
        disabled={why !== '' || inverse.busy !== null}
        onClick={() => inverse.search()}
      >
        {trans.__('Search')}
      </button>
    </>
  );
}

/** Model and channels of the search, what is under way, and the list of peaks. */
export function InverseForm({
  context,
  energy
}: {
  context: IViewContext;
  energy: IEnergyScale | null;
}): JSX.Element | null {
  const { workspace, shown, trans } = context;
  const { inverse } = workspace.explorer;
  const { model, models, busy, error, missing } = inverse;
  if (!model) {
    return null;
  }
  const [shownText, hiddenText] = resultTexts(context);
  return (
    <>
      <div className="jp-Eelscape-toolLine">
        {models.length > 1 && (
          <HeaderSelect
            label={trans.__('Model that is searched')}
            value={model.id}
            choices={models.map(
              item => [item.id, shown.labelOf(item)] as const
            )}
            onChange={id => inverse.setModel(id)}
          />
        )}
        <HeaderSelect
          label={trans.__('Channels that count')}
          value={inverse.within}
          choices={[
            ['all', trans.__('all energies')],
            ['range', trans.__('energy range')]
          ]}
          onChange={within => inverse.setWithin(within as 'all' | 'range')}
        />
        {busy ? (
          <>
            <span className="jp-Eelscape-progress" aria-hidden="true">
              <div style={{ width: `${100 * (busy.fraction ?? 0)}%` }} />
            </span>
            <button
              type="button"
              className="jp-Eelscape-button jp-mod-small"
              onClick={() => inverse.cancel()}
            >
              {trans.__('Cancel')}
            </button>
          </>
        ) : (
          <span
            className={
              'jp-Eelscape-toolNote' +
              (error || missing ? ' jp-Eelscape-warningText' : '')
            }
            role="status"
            title={error || missing || shownText + hiddenText}
          >
            {error || missing || shownText}
            {!error && !missing && (
              <span className="jp-Eelscape-hiddenText">{hiddenText}</span>
            )}
          </span>
        )}
      </div>
      {inverse.source === 'peaks' && energy && (
        <PeakList context={context} energy={energy} />
      )}
    </>
  );
}

/** What is found: what there is room for, and what only its tooltip and a screen reader say; the error stands in the picture. */
function resultTexts(context: IViewContext): readonly [string, string] {
  const { workspace, trans } = context;
  const { inverse } = workspace.explorer;
  if (inverse.stale) {
    return [trans.__('Changed since: search again'), ''];
  }
  const candidate = inverse.candidates[inverse.chosen];
  if (!candidate) {
    return ['', ''];
  }
  const latents = latentsText(candidate);
  return [
    `${inverse.chosen + 1}: ${latents}`,
    candidateText(context, candidate).slice(latents.length)
  ];
}

/** Error of a candidate against the spectrum that was searched for, by the measure of all views. */
export function candidateError(
  { workspace, shown }: IViewContext,
  { decoded }: ICandidate
): number {
  const { model, searched, searchedChannels } = workspace.explorer.inverse;
  const [first, last] = searchedChannels;
  return model && searched
    ? errorOf(
        decoded,
        first,
        searched,
        first,
        last - first + 1,
        shown.metric,
        model.scaling.spectrum
      )
    : NaN;
}

/** "L1 −3.2, L2 1.05, relative error 2.3 %; no window near". */
export function candidateText(
  context: IViewContext,
  candidate: ICandidate
): string {
  const { shown, trans } = context;
  const units = shown.pair?.spectraUnits ?? '';
  const error = candidateError(context, candidate);
  const parts = [
    latentsText(candidate),
    `${metricName(shown.metric, trans)} ${errorText(error, shown.metric, units)}`
  ];
  return (
    parts.join(', ') + (candidate.far ? `; ${trans.__('no window near')}` : '')
  );
}

function latentsText({ latents }: ICandidate): string {
  return Array.from(latents.subarray(0, 3))
    .map((value, axis) => `${latentName(axis)} ${significant(value, 3)}`)
    .join(', ');
}

/** What values of the energy axis are multiplied with to stand in the unit shown. */
export function axisFactor({ shown, workspace }: IViewContext): number {
  const units = shown.pair?.energy.units ?? '';
  return isEnergy(units)
    ? energyFactor(units, workspace.navigation.energyUnit)
    : 1;
}

const MOST_PEAKS = 8;

/** Peaks as numbers: place and width in the unit shown, height in the units of the spectra. */
function PeakList({
  context,
  energy
}: {
  context: IViewContext;
  energy: IEnergyScale;
}): JSX.Element {
  const { workspace, shown, trans } = context;
  const { inverse } = workspace.explorer;
  const { peaks, base } = inverse;
  const units = shown.pair?.spectraUnits ?? '';
  const factor = axisFactor(context);
  const rounded = (value: number, decimals: number): number =>
    Number(value.toFixed(decimals));
  const change = (i: number, part: Partial<IPeak>): void =>
    inverse.setPeaks(
      peaks.map((peak, j) => (i === j ? { ...peak, ...part } : peak))
    );
  const add = (): void => {
    const last = peaks[peaks.length - 1];
    const [first, end] = workspace.navigation.energyRange;
    const middle = Math.round((first + end) / 2);
    const [from, to] = energy.domain;
    const width = last?.width ?? Math.abs(to - from) / factor / 8;
    const position = freePlace(
      peaks.map(peak => peak.position),
      energy.position(middle) / factor,
      width / 2,
      [from / factor, to / factor]
    );
    const height = last ? last.height / 2 : 1;
    inverse.setPeaks([...peaks, { position, width, height }]);
  };
  const name = (title: string, unit: string): string =>
    unit ? `${title} (${unit})` : title;
  const heads = [
    name(trans.__('Energy'), energy.units),
    name(trans.__('Width'), energy.units),
    name(trans.__('Height'), units)
  ];
  return (
    <div className="jp-Eelscape-peaks">
      <table>
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <th scope="col">
              <button
                type="button"
                className="jp-Eelscape-button jp-mod-small"
                title={trans.__(
                  'Add a peak in the middle of the energy range; where one is there, in the widest gap.'
                )}
                disabled={peaks.length >= MOST_PEAKS}
                onClick={add}
              >
                {trans.__('Add peak')}
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          {peaks.map((peak, i) => (
            <tr key={i}>
              <td>
                <NumberInput
                  label={trans.__('Peak %1: %2', i + 1, heads[0])}
                  value={rounded(peak.position * factor, energy.decimals + 1)}
                  step="any"
                  onChange={value =>
                    value !== null && change(i, { position: value / factor })
                  }
                />
              </td>
              <td>
                <NumberInput
                  label={trans.__('Peak %1: %2', i + 1, heads[1])}
                  value={rounded(peak.width * factor, energy.decimals + 1)}
                  min={1e-6}
                  step="any"
                  onChange={value =>
                    value !== null && change(i, { width: value / factor })
                  }
                />
              </td>
              <td>
                <NumberInput
                  label={trans.__('Peak %1: %2', i + 1, heads[2])}
                  value={Number(peak.height.toPrecision(4))}
                  step="any"
                  onChange={value =>
                    value !== null && change(i, { height: value })
                  }
                />
              </td>
              <td>
                <button
                  type="button"
                  className="jp-Eelscape-button jp-mod-small"
                  title={trans.__('Remove this peak.')}
                  aria-label={trans.__('Remove peak %1', i + 1)}
                  onClick={() =>
                    inverse.setPeaks(peaks.filter((_, j) => j !== i))
                  }
                >
                  {'\u00d7'}
                </button>
              </td>
            </tr>
          ))}
          <tr>
            <td colSpan={2}>{trans.__('Base')}</td>
            <td>
              <NumberInput
                label={name(trans.__('Base of the peaks'), units)}
                value={Number(base.toPrecision(4))}
                step="any"
                onChange={value =>
                  value !== null && inverse.setPeaks(peaks, value)
                }
              />
            </td>
            <td />
          </tr>
        </tbody>
      </table>
    </div>
  );
}
