/** Converts the recorded events of a run into spans. Pure. */
import { addressOf } from '../lib/model/resources.ts';
import type { TimedEvent } from '../lib/run/timeline.ts';
import type { Span } from '../lib/engine/critical-path.ts';

/** The statuses that end the work on a resource. */
const DONE = new Set(['created', 'updated', 'replaced', 'removed']);

/** The phases without resources: start-up until the first event, then the survey until the plan, and finally verification. */
export const START_UP = 'start-up';
export const SURVEY = 'survey';
export const VERIFY = 'verify';

/**
 * Returns the spans of a run.
 * @param events the recorded events, in order
 * @param start the start of the run's process, in milliseconds since 1970
 * @param end the end of the run's process, in milliseconds since 1970
 * @returns spans in milliseconds from the start
 */
export function spansOf(events: readonly TimedEvent[], start: number, end: number): Span[] {
  const [surveyStart, surveyEnd] = events.filter(({ type }) => type === 'phase').map(({ at }) => at - start);
  const resources = events.flatMap((event): Span[] => {
    if (event.type !== 'resource' || !DONE.has(event.status)) return [];
    const endTime = event.at - start;
    const { noun, key, elapsed = 0 } = event;
    return [{ node: noun, label: addressOf(noun, key), start: Math.max(0, endTime - elapsed), end: endTime }];
  });
  const lastEnd = Math.max(surveyEnd ?? 0, ...resources.map((span) => span.end));
  const phases = [
    { node: START_UP, label: START_UP, start: 0, end: surveyStart ?? end - start },
    ...(surveyStart === undefined || surveyEnd === undefined
      ? []
      : [{ node: SURVEY, label: SURVEY, start: surveyStart, end: surveyEnd }]),
  ];
  const verify = { node: VERIFY, label: VERIFY, start: lastEnd, end: end - start };
  return [...phases, ...resources.sort((a, b) => a.start - b.start || a.end - b.end), verify];
}
