/** Strictly parses simple values from their wire strings: a string that is not a number is never read as a number. */
import type { Shape } from './schemas.ts';

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @returns undefined for a string that is not a value of this shape */
export function parseSimpleValue(shape: Shape, text: string): unknown {
  if (shape.isBooleanSchema()) return { true: true, false: false }[text.toLowerCase()];
  if (shape.isNumericSchema()) return NUMBER.test(text) ? asNumber(Number(text)) : undefined;
  if (shape.isTimestampSchema()) return asDate(text);
  if (shape.isBlobSchema())
    return BASE64.test(text) ? Uint8Array.from(Buffer.from(text, 'base64')) : undefined;
  return text;
}

/**
 * @returns undefined for anything but a number up to 2^53: AWS uses no larger integers, and JavaScript rounds them
 */
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;

/** @param value ISO 8601, or milliseconds since 1970 */
export function asDate(value: string | number): Date | undefined {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
