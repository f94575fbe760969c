/** Guards for JSON that came from elsewhere. */

/** True where a value is of the expected kind. */
export type Check = (value: unknown) => boolean;

export const isWhole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  value =>
    Number.isSafeInteger(value) &&
    (value as number) >= least &&
    (value as number) <= most;

export const isText =
  (longest: number): Check =>
  value =>
    typeof value === 'string' && value.length <= longest;

export const isFiniteNumber: Check = value => Number.isFinite(value);

/** An object of JSON, not an array. */
export const isRecord: Check = value =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isOneOf =
  (...allowed: readonly unknown[]): Check =>
  value =>
    allowed.includes(value);

export const isList =
  (most: number, check: Check): Check =>
  value =>
    Array.isArray(value) && value.length <= most && value.every(check);

/** A list of two. */
export const isPairOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.length === 2 && value.every(check);

/** null, or what passes the check. */
export const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value);

/** An object that has every field of `fields`, each of its kind. */
export function hasFields(
  value: unknown,
  fields: Readonly<Record<string, Check>>
): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(
      ([name, check]) =>
        Object.hasOwn(value, name) &&
        check((value as Record<string, unknown>)[name])
    )
  );
}
