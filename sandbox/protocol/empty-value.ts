/** Tells which values of input members ask for nothing. */

/** Whether a value means the same as an absent member: null, `false`, or an empty list or structure. */
export const isEmptyValue = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  (typeof value === 'object' && !(value instanceof Date) && Object.keys(value).length === 0);
