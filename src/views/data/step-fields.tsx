import * as React from 'react';
import type { StepParams } from '../../model/types';
import { energyFactor, isEnergy } from '../../signal/axis';
import type { IPair } from '../../signal/types';
import { CheckField, NumberField, RangeField, SelectField } from '../fields';
import type { IViewContext } from '../view';
import {
  type Ends,
  energyEnds,
  type StepField,
  tidy
} from './step-field-kinds';

export interface IStepFieldProps {
  readonly field: StepField;
  readonly draft: StepParams;
  /** Params as the kernel completed them. */
  readonly chosen: StepParams | null;
  readonly context: IViewContext;
  readonly pair: IPair;
  readonly disabled: boolean;
  change(part: Partial<StepParams>): void;
}

/** One input of the step's form, of the kind that its field asks for. */
export function StepFieldInput(props: IStepFieldProps): JSX.Element {
  const { field, draft, context, disabled, change } = props;
  const { trans } = context;
  const common = { label: field.label, title: field.title, disabled };
  switch (field.kind) {
    case 'number':
      return (
        <NumberField
          {...common}
          units={field.units}
          min={field.min}
          max={field.max}
          step={field.whole ? 1 : 'any'}
          value={Number(draft[field.key] ?? props.chosen?.[field.key] ?? 0)}
          onChange={value => change({ [field.key]: value })}
        />
      );
    case 'choice':
      return (
        <SelectField
          {...common}
          choices={field.choices}
          value={String(draft[field.key] ?? '')}
          onChange={value => change({ [field.key]: value || null })}
        />
      );
    case 'check':
      return (
        <CheckField
          {...common}
          text={field.text}
          value={(draft[field.key] ?? true) === true}
          onChange={value => change({ [field.key]: value })}
        />
      );
    case 'indices':
      return (
        <RangeField
          {...common}
          ends={[trans.__('first'), trans.__('stop')]}
          values={field.read(draft)}
          min={0}
          max={field.max}
          onChange={(end, value) =>
            change(field.write(withEnd(field.read(latest(props)), end, value)))
          }
        />
      );
    case 'energies':
      return <Energies {...props} field={field} />;
  }
}

/** Two energies in the display unit; what is left to the kernel shows what it chose. */
function Energies(
  props: IStepFieldProps & {
    field: StepField & { kind: 'energies' | 'indices' };
  }
): JSX.Element {
  const { field, draft, chosen, context, pair, disabled, change } = props;
  const { trans, workspace } = context;
  const energy = isEnergy(pair.energy.units);
  const units = energy ? workspace.navigation.energyUnit : pair.energy.units;
  const factor = energy ? energyFactor('eV', units) : 1;
  const shown = (value: number | null): number | null =>
    value === null ? null : tidy(value * factor);
  const asked = field.read(draft);
  const automatic =
    field.automatic === true && asked[0] === null && asked[1] === null;
  const ends = automatic && chosen ? field.read(chosen) : asked;
  const [low, high] = energyEnds(pair);
  return (
    <>
      <RangeField
        label={field.label}
        title={field.title}
        disabled={disabled}
        units={units}
        ends={[trans.__('from'), trans.__('to')]}
        values={[shown(ends[0]), shown(ends[1])]}
        placeholders={
          field.automatic ? ['', ''] : [String(shown(low)), String(shown(high))]
        }
        optional={!field.automatic}
        step="any"
        onChange={(end, value) => {
          const asked = field.read(latest(props));
          const known =
            asked.every(e => e === null) && automatic ? ends : asked;
          change(
            field.write(
              withEnd(known, end, value === null ? null : tidy(value / factor))
            )
          );
        }}
      />
      {field.automatic && (
        <div className="jp-Eelscape-automatic">
          {automatic ? (
            <span>{trans.__('automatic')}</span>
          ) : (
            <button
              type="button"
              className="jp-Eelscape-link"
              disabled={disabled}
              aria-label={trans.__('%1: choose automatically', field.label)}
              onClick={() => change(field.write([null, null]))}
            >
              {trans.__('set by hand; use automatic')}
            </button>
          )}
        </div>
      )}
    </>
  );
}

/** The draft as it is now: two changes may come before it is drawn again. */
function latest({ context, draft }: IStepFieldProps): StepParams {
  return context.workspace.preprocessing.draft ?? draft;
}

function withEnd([from, to]: Ends, end: 0 | 1, value: number | null): Ends {
  return end === 0 ? [value, to] : [from, value];
}
