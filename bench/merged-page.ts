/** Merges the results of some parts of a benchmark into the results of an earlier one. Pure. */
import { table } from './table.ts';

/** The beginnings of the headings of all sections, in order. */
const ORDER = [
  'Goals',
  'Compared with Terraform',
  'With everything on',
  'Calls by service',
  'Compared with the minimum',
  'Updates that cannot succeed',
  'Throughput',
  'Changes on the sandbox',
  'Idle sandbox',
];
const GOALS = '## Goals';

/**
 * Returns the earlier results, with the sections and the goals that were measured again.
 * @param earlier the generated part of the page
 * @param measured the same part, with only the sections of the parts that were measured
 * @param note says what was measured again, and when; it replaces an earlier note with the same words after its first comma
 */
export function mergedResults(earlier: string, measured: string, note: string): string {
  const [about = '', ...earlierSections] = sectionsIn(earlier);
  const [, ...measuredSections] = sectionsIn(measured);
  const sections = new Map(earlierSections.map((section) => [headingOf(section), section]));
  for (const section of measuredSections) {
    const heading = headingOf(section);
    const before = sections.get(heading);
    sections.set(heading, heading === GOALS && before !== undefined ? mergedGoals(before, section) : section);
  }
  const subject = note.slice(note.indexOf(','));
  const lines = about.split('\n').filter((line) => !line.endsWith(subject));
  const ordered = [...sections].sort(([one], [other]) => rank(one) - rank(other));
  return [[...lines, `- ${note}`].join('\n'), ...ordered.map(([, section]) => section)].join('\n\n');
}

/** Splits a page before each heading. */
const sectionsIn = (text: string): string[] =>
  text
    .trim()
    .split(/\n+(?=## )/)
    .map((section) => section.trim());

const headingOf = (section: string): string => section.split('\n', 1)[0] ?? '';

function rank(heading: string): number {
  const index = ORDER.findIndex((start) => heading.startsWith(`## ${start}`));
  return index < 0 ? ORDER.length : index;
}

/** Merges two tables of goals by the name of the goal. */
function mergedGoals(earlier: string, measured: string): string {
  const rowsOf = (section: string) =>
    section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      )
      .filter(([name = '']) => !name.startsWith('---'));
  const rows = new Map([...rowsOf(earlier), ...rowsOf(measured)].map((row) => [row[0], row]));
  return `${GOALS}\n\n${table([...rows.values()])}`;
}
