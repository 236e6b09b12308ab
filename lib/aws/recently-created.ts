/** What was made moments ago: only of such things is «not found» not yet the truth. */
import type { Clock } from '../model/clock.ts';

/** For how long AWS may not know everywhere what it made: EC2 advises to look for up to five minutes. Milliseconds. */
const FRESH_MS = 300_000;

/** The things that a run has made. */
export interface Fresh {
  /** Takes note of the answer to a create. */
  born(output: unknown): void;
  /** Whether an input names something that was made moments ago. */
  isNamedIn(input: unknown): boolean;
  /**
   * Takes everything for fresh that a run before this one may have made.
   * @param at when that run last wrote its state, milliseconds since 1970
   */
  since(at: number): void;
}

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
export function makeFresh({ now }: Pick<Clock, 'now'>): Fresh {
  const births = new Map<string, number>();
  let before = Number.NEGATIVE_INFINITY;
  const isYoung = (at = Number.NEGATIVE_INFINITY) => now() - at < FRESH_MS;
  return {
    born(output) {
      for (const name of textsIn(output).flatMap(namesOf)) births.set(name, now());
    },
    isNamedIn: (input) => isYoung(before) || textsIn(input).some((text) => isYoung(births.get(text))),
    since(at) {
      before = at;
    },
  };
}

/** All texts in a value, wherever they stand. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** By what a thing can be named again: its id, its ARN and the name at the end of it, a zone without its path. */
function namesOf(text: string): string[] {
  if (text.startsWith('arn:')) return [text, text.split(/[/:]/).at(-1) ?? text];
  if (/^\/hostedzone\/\w+$/.test(text)) return [text.replace('/hostedzone/', '')];
  return /^[a-z]+-[\da-f]{8,}$/.test(text) ? [text] : [];
}
