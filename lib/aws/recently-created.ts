/** What was made moments ago: only of such things is «not found» not yet the truth. */
import type { Clock } from '../model/clock.ts';

/** For how long AWS may not know everywhere what it made: EC2 advises to look for up to five minutes. Milliseconds. */
const RECENT_MS = 300_000;

/** The things that a run has made. */
export interface RecentlyCreated {
  /** Takes note of the answer to a create. */
  recordCreated(output: unknown): void;
  /** Whether an input names something that was made moments ago. */
  isNamedIn(input: unknown): boolean;
  /**
   * Takes everything for fresh that a run before this one may have made.
   * @param at when that run last wrote its state, milliseconds since 1970
   */
  assumeAllCreatedUntil(at: number): void;
}

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
export function trackRecentlyCreated({ now }: Pick<Clock, 'now'>): RecentlyCreated {
  const births = new Map<string, number>();
  let before = Number.NEGATIVE_INFINITY;
  const isYoung = (at = Number.NEGATIVE_INFINITY) => now() - at < RECENT_MS;
  return {
    recordCreated(output) {
      for (const name of stringsIn(output).flatMap(identifiersIn)) births.set(name, now());
    },
    isNamedIn: (input) => isYoung(before) || stringsIn(input).some((text) => isYoung(births.get(text))),
    assumeAllCreatedUntil(at) {
      before = at;
    },
  };
}

/** All texts in a value, wherever they stand. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** By what a thing can be named again: its id, its ARN and the name at the end of it, a zone without its path. */
function identifiersIn(text: string): string[] {
  if (text.startsWith('arn:')) return [text, text.split(/[/:]/).at(-1) ?? text];
  if (/^\/hostedzone\/\w+$/.test(text)) return [text.replace('/hostedzone/', '')];
  return /^[a-z]+-[\da-f]{8,}$/.test(text) ? [text] : [];
}
