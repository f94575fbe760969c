/** The state of a panel as it travels, in both directions; mirrored in eelscape/state_check.py. */
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
import { isRegionShape, MOST_REGIONS } from './region-check';
import type { IPanelState } from './types';

/** Pins of one panel at most. */
const MOST_PINS = 200;
/** Numbers that say which windows are selected, at most. */
const MOST_RUNS = 1_000_000;

const name = isText(200);
const pixel = orNull(isPairOf(isWhole(0)));
const count = isWhole(1);

const isPin: Check = value =>
  hasFields(value, {
    letter: isText(10),
    name,
    row: isWhole(0),
    column: isWhole(0)
  });

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
  });

/** True for a complete state. */
export function isPanelState(value: unknown): value is IPanelState {
  return hasFields(value, {
    pointer: pixel,
    secondPointer: pixel,
    energyRange: orNull(isPairOf(isFiniteNumber)),
    regions: isList(MOST_REGIONS, isRegionShape),
    region: orNull(name),
    pins: isList(MOST_PINS, isPin),
    selection: isList(MOST_RUNS, isWhole(0)),
    metric: isOneOf('relative', 'rmse', 'mse', 'mse_raw'),
    analysis: isAnalysis
  });
}
