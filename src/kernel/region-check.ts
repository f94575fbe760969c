/** Regions as they travel, in both directions. */
import { MAX_NAME, MAX_POINTS } from '../signal/limits';
import type { IRegionShape } from '../signal/types';
import {
  hasFields,
  isFiniteNumber,
  isList,
  isOneOf,
  isPairOf,
  isText
} from './checks';

const isPoint = isPairOf(isFiniteNumber);

/** True for a named outline with as many points as its kind takes. */
export function isRegionShape(value: unknown): value is IRegionShape {
  if (
    !hasFields(value, {
      name: isText(MAX_NAME),
      kind: isOneOf('rectangle', 'ellipse', 'polygon'),
      points: isList(MAX_POINTS, isPoint)
    })
  ) {
    return false;
  }
  const { length } = value.points as unknown[];
  return value.kind === 'polygon' ? length >= 3 : length === 2;
}
