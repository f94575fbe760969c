/** The state of a panel as it travels, in both directions; mirrored in eelscape/state_check.py. */
import {
  MAX_COUNT,
  MAX_NAME,
  MAX_PEAKS,
  MAX_PINS,
  MAX_REGIONS,
  MAX_RUNS
} from '../signal/limits';
import {
  hasFields,
  isFiniteNumber,
  isList,
  isOneOf,
  isPairOf,
  isText,
  isWhole,
  orNull,
  type Check
} from './checks';
import { isRegionShape } from './region-check';
import type { IPanelState } from './types';

const name = isText(MAX_NAME);
const pixel = orNull(isPairOf(isWhole(0)));
const count = isWhole(1, MAX_COUNT);

const isPin: Check = value =>
  hasFields(value, {
    letter: isText(10),
    name,
    row: isWhole(0),
    column: isWhole(0)
  });

const weights = isText(64);

const isTransfer: Check = value =>
  hasFields(value, { weights, scale: isOneOf('network', 'data') });

const isInverse: Check = value =>
  hasFields(value, {
    weights,
    image: orNull(weights),
    source: isOneOf('pointer', 'selection', 'pin', 'peaks', 'drawn'),
    target: isList(MAX_RUNS, isFiniteNumber),
    channels: isPairOf(isWhole(0)),
    peaks: isList(MAX_PEAKS, peak =>
      hasFields(peak, {
        position: isFiniteNumber,
        width: isFiniteNumber,
        height: isFiniteNumber
      })
    ),
    base: isFiniteNumber,
    latents: isList(MAX_REGIONS, isList(MAX_COUNT, isFiniteNumber)),
    k: count
  });

/** True where a field is absent, or of its kind. */
const mayHave = (value: unknown, field: string, check: Check): boolean =>
  !Object.hasOwn(value as object, field) ||
  check((value as Record<string, unknown>)[field]);

const isAnalysis: Check = value =>
  hasFields(value, {
    gridSize: orNull(count),
    axes: orNull(isPairOf(isWhole(0))),
    k: orNull(count),
    clusters: orNull(clusters =>
      hasFields(clusters, {
        k: count,
        covariance: isText(20),
        seed: isWhole(0)
      })
    )
  }) &&
  mayHave(value, 'transfer', isTransfer) &&
  mayHave(value, 'inverse', isInverse);

/** True where no two of a list have the same value of a field. */
const areApart =
  (field: string): Check =>
  value => {
    const items = value as readonly Record<string, unknown>[];
    return new Set(items.map(item => item[field])).size === items.length;
  };

/** Starts and lengths in turn, ascending, apart from each other. */
const areRuns: Check = value => {
  const runs = value as readonly number[];
  let end = -1;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    if (runs[i] <= end || runs[i + 1] < 1) {
      return false;
    }
    end = runs[i] + runs[i + 1];
  }
  return runs.length % 2 === 0;
};

const areAll =
  (...checks: readonly Check[]): Check =>
  value =>
    checks.every(check => check(value));

/** True for a complete state. */
export function isPanelState(value: unknown): value is IPanelState {
  return hasFields(value, {
    pointer: pixel,
    secondPointer: pixel,
    energyRange: orNull(isPairOf(isFiniteNumber)),
    regions: areAll(isList(MAX_REGIONS, isRegionShape), areApart('name')),
    region: orNull(name),
    pins: areAll(isList(MAX_PINS, isPin), areApart('letter')),
    selection: areAll(isList(MAX_RUNS, isWhole(0)), areRuns),
    metric: isOneOf('relative', 'rmse', 'mse', 'mse_raw'),
    analysis: isAnalysis
  });
}
