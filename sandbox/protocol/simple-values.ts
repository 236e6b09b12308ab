/** Parses simple values from strings, and does so strictly: a string that is not a number is never read as a number. */
import type { Shape } from './schemas.ts';

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Parses a string as a value of a shape.
 * @returns undefined for a string that is not a value of this shape
 */
export function parseSimpleValue(shape: Shape, text: string): unknown {
  if (shape.isBooleanSchema()) return { true: true, false: false }[text.toLowerCase()];
  if (shape.isNumericSchema()) return NUMBER.test(text) ? asNumber(Number(text)) : undefined;
  if (shape.isTimestampSchema()) return asDate(text);
  if (shape.isBlobSchema())
    return BASE64.test(text) ? Uint8Array.from(Buffer.from(text, 'base64')) : undefined;
  return text;
}

/**
 * Checks that a value is a number below 2^53: AWS uses no larger integers, and JavaScript would round them.
 * @returns undefined for any other value
 */
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;

/**
 * Converts a time to a date.
 * @param value ISO 8601, or milliseconds since 1970
 * @returns undefined for an invalid time
 */
export function asDate(value: string | number): Date | undefined {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
