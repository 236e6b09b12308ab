/** Decides whether the value of an input member means the same as an absent member. */

/**
 * Whether a value means the same as an absent member: null, `false`, an empty list, or a structure whose members all have
 * such values, e.g. `{ Value: false }`.
 */
export function isEmptyValue(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (typeof value !== 'object' || value instanceof Date) return false;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return Object.values(value).every(isEmptyValue);
}
