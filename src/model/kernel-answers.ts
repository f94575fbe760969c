/** What the kernel's tasks return, checked and in the words of this room. */
import { isAxis } from '../kernel/axis-check';
import {
  hasFields,
  isFiniteNumber,
  isList,
  isOneOf,
  isRecord,
  isText,
  isWhole,
  type Check
} from '../kernel/checks';
import type { ITaskArray, ITaskResult } from '../kernel/types';
import type { IAxis } from '../signal/types';
import type {
  IAppliedStep,
  IFactorisation,
  ISourceSummary,
  IStepPreview,
  StepParams
} from './types';

/** A failure that no other action of the user can mend. */
const UNREADABLE =
  'The kernel answered in a way that this front end cannot read. ' +
  'Install the same version of eelscape on both sides.';

const text = isText(100000);
const sentences = isList(1000, text);
const isShape: Check = value =>
  isList(3, isWhole(1))(value) && (value as unknown[]).length === 3;

/** Parameters of a step: an object that names it. */
function isStepParams(value: unknown): value is StepParams {
  return isRecord(value) && hasFields(value, { step: isText(100) });
}

/** Applied steps and the data before them: `preprocess-state`, `preprocess-apply`. */
export function readPreprocessing(result: ITaskResult): {
  source: ISourceSummary;
  steps: readonly IAppliedStep[];
} {
  const { fields } = result;
  const isSource: Check = value =>
    hasFields(value, {
      shape: isShape,
      bytes: isFiniteNumber,
      dtype: text,
      lazy: isOneOf(true, false),
      origin: text,
      energy: isAxis,
      report: sentences
    });
  const isStep: Check = value =>
    hasFields(value, {
      params: isStepParams,
      text,
      automatic: isOneOf(true, false)
    });
  if (!hasFields(fields, { source: isSource, steps: isList(1000, isStep) })) {
    throw new Error(UNREADABLE);
  }
  return {
    source: fields.source as unknown as ISourceSummary,
    steps: fields.steps as unknown as readonly IAppliedStep[]
  };
}

/** A preview of a step; its maps are (ny, nx) of the data in the kernel. */
export function readPreview(result: ITaskResult): IStepPreview {
  const { fields, arrays } = result;
  if (
    !hasFields(fields, {
      params: isStepParams,
      text,
      warnings: sentences,
      shape_after: isShape,
      energy_before: isAxis,
      energy_after: isAxis
    })
  ) {
    throw new Error(UNREADABLE);
  }
  const energyBefore = fields.energy_before as unknown as IAxis;
  const energyAfter = fields.energy_after as unknown as IAxis;
  const before = [energyBefore.size];
  const after = [energyAfter.size];
  const scan = (arrays.residual_map ?? arrays.flags)?.shape ?? [];
  return {
    params: fields.params as StepParams,
    text: fields.text as string,
    warnings: fields.warnings as string[],
    shapeAfter: fields.shape_after as [number, number, number],
    energyBefore,
    energyAfter,
    before: floats(arrays.before, before),
    after: floats(arrays.after, after),
    background: optional(arrays.background, before),
    meanBefore: floats(arrays.mean_before, before),
    meanAfter: floats(arrays.mean_after, after),
    meanBackground: optional(arrays.mean_background, before),
    residual: optional(arrays.residual, before),
    residualMap: optional(arrays.residual_map, scan),
    flags: arrays.flags ? bytes(arrays.flags, scan) : null
  };
}

/** A factorisation with the data it belongs to; null before the first. */
export function readFactorisation(
  result: ITaskResult
): { factorisation: IFactorisation; sha256: string } | null {
  const { fields, arrays } = result;
  if (!hasFields(fields, { components: isWhole(0, 10000) })) {
    throw new Error(UNREADABLE);
  }
  const components = fields.components as number;
  if (components === 0) {
    return null;
  }
  if (
    !hasFields(fields, {
      explained: isFiniteNumber,
      report: sentences,
      sha256: isText(64)
    })
  ) {
    throw new Error(UNREADABLE);
  }
  const { abundances, endmembers } = arrays;
  return {
    factorisation: {
      abundances: rows(abundances, components, 3),
      endmembers: rows(endmembers, components, 2),
      explained: fields.explained as number,
      report: fields.report as string[]
    },
    sha256: fields.sha256 as string
  };
}

/** The parts of an array along its first axis. */
function rows(
  array: ITaskArray | undefined,
  count: number,
  dimensions: number
): Float32Array[] {
  const shape = array?.shape ?? [];
  if (shape.length !== dimensions || shape[0] !== count) {
    throw new Error(UNREADABLE);
  }
  const values = floats(array, shape);
  const length = values.length / count;
  return Array.from({ length: count }, (_, i) =>
    values.slice(i * length, (i + 1) * length)
  );
}

function optional(
  array: ITaskArray | undefined,
  shape: readonly number[]
): Float32Array | null {
  return array ? floats(array, shape) : null;
}

function floats(
  array: ITaskArray | undefined,
  shape: readonly number[]
): Float32Array {
  if (
    !(array?.values instanceof Float32Array) ||
    `${array.shape}` !== `${shape}`
  ) {
    throw new Error(UNREADABLE);
  }
  return array.values;
}

function bytes(array: ITaskArray, shape: readonly number[]): Uint8Array {
  if (
    !(array.values instanceof Uint8Array) ||
    `${array.shape}` !== `${shape}`
  ) {
    throw new Error(UNREADABLE);
  }
  return array.values;
}
