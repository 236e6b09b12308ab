/** Formats the outcomes of checks as a tree. The state is a word, so that no meaning depends on colour. Pure. */
import { countText } from '../lib/model/count-text.ts';
import type { CheckState, DoctorCheck, DoctorResult } from '../lib/run/doctor-results.ts';

/** The words for the states. */
const WORDS: Readonly<Record<CheckState, string>> = {
  ok: 'OK',
  no: 'NO',
  warning: 'warning',
  skipped: 'skipped',
};
const WORD_WIDTH = Math.max(...Object.values(WORDS).map(({ length }) => length));

/** Returns the lines of the tree, and the sums of the outcomes. */
export function treeText({ checks, counts }: Pick<DoctorResult, 'checks' | 'counts'>): string {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  const groups = [...new Set(checks.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    group,
    ...checks.filter((check) => check.group === group).flatMap((check) => linesOf(check, width)),
  ]);
  return [...lines, '', sums(counts)].join('\n');
}

/** Below the text of a check come the further lines of the text, and each fix behind an arrow. */
function linesOf({ state, name, text, fix }: DoctorCheck, width: number): string[] {
  const [first = '', ...more] = text.split('\n');
  const indent = ' '.repeat(2 + WORD_WIDTH + 2 + width + 2);
  return [
    `  ${WORDS[state].padEnd(WORD_WIDTH)}  ${name.padEnd(width)}  ${first}`.trimEnd(),
    ...more.map((line) => `${indent}${line}`),
    ...fix.map((line) => `${indent}-> ${line}`),
  ];
}

const sums = ({ ok, no, warning, skipped }: DoctorResult['counts']): string =>
  [
    `${ok} OK`,
    `${no} NO`,
    ...(warning > 0 ? [countText(warning, 'warning')] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
