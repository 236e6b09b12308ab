/** Renders the counts of dropped requests: the printed table, and the generated section of docs/rollouts.md. Pure. */
import { isSteady } from './goals.ts';
import { summary, type RolloutMeasurement } from './rollouts.ts';
import { table } from './table.ts';

/** The marks around the generated section. */
const BEGIN = '<!-- Below this line: npm run bench -- --only rollouts --write -->';
const END = '<!-- Above this line: npm run bench -- --only rollouts --write -->';

/** Renders one row per change. */
export const rolloutTable = ({ results }: RolloutMeasurement): string =>
  table([
    ['change', 'duration', 'requests', 'late', 'slowest answer', 'dropped'],
    ...results.map(({ what, seconds, requests, late, slowestMs, dropped }) => [
      what,
      `${seconds.toFixed(0)} s`,
      String(requests),
      isSteady({ requests, late }) ? String(late) : `${late}: invalid`,
      `${(slowestMs / 1000).toFixed(1)} s`,
      `${dropped.length}${summary(dropped)}`,
    ]),
  ]);

/**
 * Returns the page with its generated section replaced. A page without the section gets it at the end.
 * @param about lines about the machine
 */
export function rolloutPageWith(
  text: string,
  about: readonly string[],
  measurement: RolloutMeasurement,
): string {
  const [before = '', rest = ''] = text.includes(BEGIN) ? text.split(BEGIN) : [`${text.trimEnd()}\n\n`];
  const after = rest.split(END)[1] ?? '\n';
  const lines = [...about, `The sandbox ran at ${measurement.pace} times AWS's pace.`];
  const list = lines.map((line) => `- ${line}`).join('\n');
  return `${before}${BEGIN}\n\n${list}\n\n${rolloutTable(measurement)}\n\n${END}${after}`;
}
