/** Generates the reference of the commands from their flags, and the index of the problems from their page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERBS } from '../build/verbs.js';
import { flagsOf, type Flag } from '../lib/run/flags.ts';
import { COMMANDS, USAGES, type Command } from '../lib/run/commands.ts';
import { PROBLEM_CODES } from '../lib/model/problem.ts';
import { table } from './table.ts';

/** Returns a section for each command: its purpose, how it is typed, and its options. */
export const commandReference = (): string =>
  `## Commands\n\n${['init' as const, ...COMMANDS].map(commandSection).join('\n')}`;

function commandSection(command: Command): string {
  const { purpose = '' } = VERBS.get(command) ?? {};
  const usage = [USAGES[command], '[options]'].filter(Boolean).join(' ');
  const rows = flagsOf(command).map((flag) => [`\`${flag.flags}\``, flag.default ?? '', meaningOf(flag)]);
  return [
    `### ${command}`,
    `${purpose.charAt(0).toUpperCase()}${purpose.slice(1)}.`,
    ['```text', `npm run ${command} -- ${usage}`, `npx slipway ${command} ${usage}`, '```'].join('\n'),
    table([['option', 'default', 'meaning'], ...rows.map((row) => row.map(escaped))]),
  ].join('\n\n');
}

const meaningOf = ({ description, choices, isList }: Flag): string =>
  [
    description,
    ...(choices ? [choices.map((choice) => `\`${choice}\``).join(' or ')] : []),
    ...(isList && !description.includes('repeated') ? ['may be repeated'] : []),
  ].join('; ');

const escaped = (cell: string): string => cell.replaceAll('|', '\\|');

/** Returns a table of the problem codes, each with the first sentence of its section in problems.md. */
export function problemIndex(): string {
  const page = readFileSync(join(import.meta.dirname, 'problems.md'), 'utf8');
  const rows = PROBLEM_CODES.map((code) => {
    const section = page.split(`\n## ${code}\n`)[1] ?? '';
    const [paragraph = ''] = section.trim().split('\n\n');
    const [sentence = ''] = paragraph.replaceAll('\n', ' ').split(/(?<=[.:]) (?=[A-Z])/);
    return [`[\`${code}\`](problems.md#${code.toLowerCase()})`, escaped(sentence)];
  });
  return `## Problems\n\n${table([['code', 'means'], ...rows])}`;
}
