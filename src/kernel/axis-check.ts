/** Axes as the kernel describes them. */
import type { IAxis } from '../signal/types';
import { hasFields, isFiniteNumber, isList, isText, isWhole } from './checks';

const LONGEST_AXIS = 1 << 24;
const text = isText(10000);

/** True for a complete axis; its values, where listed, are as many as its size. */
export function isAxis(value: unknown): value is IAxis {
  return (
    hasFields(value, {
      name: text,
      units: text,
      size: isWhole(1, LONGEST_AXIS),
      scale: isFiniteNumber,
      offset: isFiniteNumber
    }) &&
    (value.values === undefined ||
      (isList(LONGEST_AXIS, isFiniteNumber)(value.values) &&
        (value.values as unknown[]).length === value.size))
  );
}
