/** A run as spans, from the events that it wrote down: what was done when. Pure. */
import { addressOf } from '../lib/model/resources.ts';
import type { TimedEvent } from '../lib/run/timeline.ts';
import type { Span } from './critical-path.ts';

/** Words with which a thing is done. */
const DONE = new Set(['created', 'updated', 'replaced', 'removed']);

/** The phases that have no thing: from the start to the first word, from there to the plan, and after the last thing. */
export const START_UP = 'start-up';
export const SURVEY = 'survey';
export const VERIFY = 'verify';

/**
 * @param events as the run wrote them, in their order
 * @param start when its process began, and
 * @param end when it ended, in milliseconds since 1970
 * @returns spans in milliseconds from the start
 */
export function spansOf(events: readonly TimedEvent[], start: number, end: number): Span[] {
  const [first, second] = events.filter(({ type }) => type === 'phase').map(({ at }) => at - start);
  const things = events.flatMap((event): Span[] => {
    if (event.type !== 'resource' || !DONE.has(event.status)) return [];
    const until = event.at - start;
    const { noun: step, key, elapsed = 0 } = event;
    return [{ node: step, label: addressOf(step, key), start: Math.max(0, until - elapsed), end: until }];
  });
  const last = Math.max(second ?? 0, ...things.map((thing) => thing.end));
  const phases = [
    { node: START_UP, label: START_UP, start: 0, end: first ?? end - start },
    ...(first === undefined || second === undefined
      ? []
      : [{ node: SURVEY, label: SURVEY, start: first, end: second }]),
  ];
  const verify = { node: VERIFY, label: VERIFY, start: last, end: end - start };
  return [...phases, ...things.sort((a, b) => a.start - b.start || a.end - b.end), verify];
}
