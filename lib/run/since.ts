/** Reads the times that users type: a period before now, or a time in ISO 8601. */
import { invalidSince } from './bad-arguments.ts';

/** The units of a period, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Matches a date, with or without a time. A time without a zone is local. */
const ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Returns the time that a user has typed, in milliseconds since 1970; undefined if it is not a time.
 * @param now milliseconds since 1970
 */
export function timeOf(text: string, now: number): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== '') return Math.max(0, now - Number(count) * (UNITS[unit] ?? 0));
  if (!ISO.test(text)) return undefined;
  const time = new Date(text).getTime();
  return Number.isNaN(time) ? undefined : Math.max(0, time);
}

/** Checks the value of `--since`. @throws ARGUMENTS */
export function checkSince(command: string, since: string | undefined): void {
  if (since !== undefined && timeOf(since, 0) === undefined) throw invalidSince(command, since);
}
