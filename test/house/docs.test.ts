/** The documents: no link is broken, and tables agree with the code that they describe. */
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PAGES, rewritten } from '../../docs/write.ts';
import { awsWaits } from '../../lib/engine/waits.ts';
import { FAULT_KINDS } from '../../sandbox/server/admin.ts';
import { calm } from '../../sandbox/chaos/weather.ts';
import { durations } from '../../sandbox/world/durations.ts';
import { FILES, ROOT, text } from './files.ts';

const DOCUMENTS = FILES.filter((file) => file.endsWith('.md'));

interface Link {
  readonly from: string;
  readonly to: string;
}

/** Lists the links to files of this repository, except those in code. */
const linksIn = (from: string): Link[] =>
  [...prose(from).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = '']) => ({ from, to }))
    .filter(({ to }) => !/^[a-z]+:/.test(to));

const prose = (file: string): string => text(file).replace(/```[\s\S]*?```|`[^`\n]*`/g, '');

/** Lists the anchors that GitHub makes from the headings of a document. */
const anchorsOf = (file: string): string[] =>
  [...text(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

function isBroken({ from, to }: Link): boolean {
  const [path = '', anchor] = to.split('#');
  const linkedPath = path === '' ? from : posix.join(posix.dirname(from), path);
  if (!existsSync(join(ROOT, linkedPath))) return true;
  if (anchor === undefined) return false;
  return statSync(join(ROOT, linkedPath)).isDirectory() || !anchorsOf(linkedPath).includes(anchor);
}

/**
 * Returns the cells of the table rows in a document, or in one of its sections. Only rows that start with code are returned,
 * which leaves out the headers.
 */
const rowsOf = (file: string, section?: string): string[][] =>
  (section === undefined ? text(file) : sectionOf(file, section))
    .split('\n')
    .filter((line) => /^\| `/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );

const sectionOf = (file: string, heading: string): string =>
  text(file)
    .split(/^## /m)
    .find((part) => part.startsWith(`${heading}\n`)) ?? '';

describe('the documents', () => {
  test('every link leads to an existing file or heading', () => {
    expect(DOCUMENTS.flatMap(linksIn).filter(isBroken)).toEqual([]);
  });

  test('commands are in fenced blocks, where documented-commands.test.ts finds and runs them', () => {
    const indented = DOCUMENTS.filter((file) => !file.startsWith('services/api')).filter((file) =>
      /^ {4}(npm|npx|curl|aws|terraform|node|export) /m.test(prose(file)),
    );
    expect(indented).toEqual([]);
  });

  test.each(PAGES)('the generated part of $page is up to date: npm run docs', ({ page, generate }) => {
    expect(text(page)).toBe(rewritten(text(page), generate()));
  });

  test('docs/waiting.md lists every wait, in seconds', () => {
    const table = rowsOf('docs/waiting.md').map(([name = '', ...rest]) => [
      name,
      rest.slice(0, 3).map(Number),
    ]);
    const { proof: _, ...rows } = awsWaits;
    const waits = Object.entries(rows).map(([name, { first, every, deadline }]) => [
      name,
      [first, every, deadline].map((ms) => ms / 1000),
    ]);
    expect(Object.fromEntries(table)).toEqual(Object.fromEntries(waits));
  });

  test('sandbox/BEHAVIOUR.md lists every duration, in seconds', () => {
    const table = rowsOf('sandbox/BEHAVIOUR.md', 'Time').map(([name = '', seconds]) => [
      name,
      Number(seconds) * 1000,
    ]);
    expect(Object.fromEntries(table)).toEqual(durations);
  });

  test('sandbox/BEHAVIOUR.md lists every weather setting and every kind of fault, each with a section of the catalogue of AWS semantics', () => {
    const rows = (section: string) => rowsOf('sandbox/BEHAVIOUR.md', section);
    expect(rows('Weather').map(([setting]) => setting)).toEqual(Object.keys(calm));
    expect(rows('Faults').map(([kind]) => kind)).toEqual(FAULT_KINDS);
    const sources = [...rows('Weather'), ...rows('Faults')].map((row) => row.at(-1) ?? '');
    expect(sources.filter((source) => !source.startsWith('§'))).toEqual([]);
  });

  test.each([
    'init',
    'provision',
    'dev',
    'status',
    'open',
    'scale',
    'restart',
    'doctor',
    'logs',
    'run',
    'exec',
    'dashboard',
    'history',
    'rollback',
    'secret',
    'teardown',
    'lib',
    'test',
    'services',
  ])('%s/README.md fits on a screen', (folder) => {
    expect(text(`${folder}/README.md`).trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });
});
