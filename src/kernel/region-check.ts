/** Regions as they travel, in both directions. */
import type { IRegionShape } from '../signal/types';
import {
  hasFields,
  isFiniteNumber,
  isList,
  isOneOf,
  isPairOf,
  isText
} from './checks';

/** Regions of one panel, and points of one outline, at most. */
export const MOST_REGIONS = 200;
export const MOST_POINTS = 1000;

const isPoint = isPairOf(isFiniteNumber);

/** True for a named outline with as many points as its kind takes. */
export function isRegionShape(value: unknown): value is IRegionShape {
  if (
    !hasFields(value, {
      name: isText(200),
      kind: isOneOf('rectangle', 'ellipse', 'polygon'),
      points: isList(MOST_POINTS, isPoint)
    })
  ) {
    return false;
  }
  const { length } = value.points as unknown[];
  return value.kind === 'polygon' ? length >= 3 : length === 2;
}
