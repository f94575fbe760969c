/** Inputs that the forms of preprocessing steps are made of. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { StepParams } from '../../model/types';
import { axisExtent, energyFactor, isEnergy } from '../../signal/axis';
import type { IPair } from '../../signal/types';

export type Ends = readonly [number | null, number | null];

/** One input of a step's form. Energies are in eV here and in the display unit on screen. */
export type StepField =
  | {
      readonly kind: 'energies' | 'indices';
      readonly label: string;
      readonly title: string;
      /** Highest index. */
      readonly max?: number;
      /** True where the kernel chooses what is left empty. */
      readonly automatic?: boolean;
      read(params: StepParams): Ends;
      write(ends: Ends): Partial<StepParams>;
    }
  | {
      readonly kind: 'number';
      readonly key: string;
      readonly label: string;
      readonly title: string;
      readonly units?: string;
      readonly min: number;
      readonly max?: number;
      readonly whole: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly key: string;
      readonly label: string;
      readonly title: string;
      /** '' stands for null: the kernel chooses. */
      readonly choices: readonly (readonly [string, string])[];
    }
  | {
      readonly kind: 'check';
      readonly key: string;
      readonly label: string;
      readonly text: string;
      readonly title: string;
    };

export function zeroLossFields(trans: TranslationBundle): StepField[] {
  const window = (key: 'tail' | 'rise', label: string, title: string) =>
    ({
      kind: 'energies',
      label,
      title,
      automatic: true,
      read: (params: StepParams) => endsOf(params[key]),
      write: ([from, to]: Ends) => ({
        [key]: from === null && to === null ? null : [from, to]
      })
    }) as const;
  return [
    window(
      'tail',
      trans.__('Tail'),
      trans.__('Fit window where the tail alone is seen; drag it in Signal')
    ),
    window(
      'rise',
      trans.__('Rise'),
      trans.__("Fit window on the first plasmon's rise; drag it in Signal")
    ),
    {
      kind: 'choice',
      key: 'model',
      label: trans.__('Model'),
      title: trans.__('The two terms of the tail'),
      choices: [
        ['exponential-power', trans.__('exponential + power')],
        ['exponential', trans.__('two exponentials')],
        ['power', trans.__('two powers')]
      ]
    },
    {
      kind: 'check',
      key: 'align',
      label: trans.__('Align'),
      text: trans.__('peak to 0'),
      title: trans.__(
        'Shift each spectrum so that its zero-loss peak lies at 0'
      )
    }
  ];
}

export function thresholdField(label: string, title: string): StepField {
  return {
    kind: 'number',
    key: 'threshold',
    label,
    title,
    units: '\u03c3',
    min: 0.1,
    whole: false
  };
}

export function factorField(
  trans: TranslationBundle,
  units: string,
  max: number
): StepField {
  return {
    kind: 'number',
    key: 'factor',
    label: trans.__('Factor'),
    title: trans.__('How many become one; a remainder at the end is dropped'),
    units,
    min: 2,
    max,
    whole: true
  };
}

export function binningField(trans: TranslationBundle): StepField {
  return {
    kind: 'choice',
    key: 'mode',
    label: trans.__('Values'),
    title: trans.__(
      'Automatic: sums of counts, which stay counts, and means of anything else'
    ),
    choices: [
      ['', trans.__('automatic')],
      ['sum', trans.__('sum')],
      ['mean', trans.__('mean')]
    ]
  };
}

export function indexField(
  key: 'rows' | 'columns',
  label: string,
  max: number,
  trans: TranslationBundle
): StepField {
  return {
    kind: 'indices',
    label,
    title: trans.__(
      'From the first up to, not including, the second; 0 to %1',
      max
    ),
    max,
    read: params => endsOf(params[key]),
    write: ([from, to]) => ({ [key]: [from ?? 0, to ?? max] })
  };
}

/** Ends of the energy axis in eV; in its own units where it is no energy. */
export function energyEnds(pair: IPair): readonly [number, number] {
  const { units } = pair.energy;
  const factor = isEnergy(units) ? energyFactor(units, 'eV') : 1;
  const [low, high] = axisExtent(pair.energy);
  return [tidy(low * factor), tidy(high * factor)];
}

/** A number without the dust of floating-point conversions. */
export function tidy(value: number): number {
  return Number(value.toPrecision(9));
}

function endsOf(value: unknown): Ends {
  return Array.isArray(value)
    ? [numberOf(value[0]), numberOf(value[1])]
    : [null, null];
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
