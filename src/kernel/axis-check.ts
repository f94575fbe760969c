/** Axes as the kernel describes them. */
import { MAX_SIZE, MAX_TEXT } from '../signal/limits';
import type { IAxis } from '../signal/types';
import { hasFields, isFiniteNumber, isList, isText, isWhole } from './checks';

const text = isText(MAX_TEXT);

/** True for a complete axis; its values, where listed, are as many as its size. */
export function isAxis(value: unknown): value is IAxis {
  return (
    hasFields(value, {
      name: text,
      units: text,
      size: isWhole(1, MAX_SIZE),
      scale: isFiniteNumber,
      offset: isFiniteNumber
    }) &&
    (value.values === undefined ||
      (isList(MAX_SIZE, isFiniteNumber)(value.values) &&
        (value.values as unknown[]).length === value.size))
  );
}
