/** The documents: their links lead somewhere, and what they repeat of the code is what it says. */
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

/** Links to places of ours; what stands in code is none. */
const linksIn = (from: string): Link[] =>
  [...prose(from).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = '']) => ({ from, to }))
    .filter(({ to }) => !/^[a-z]+:/.test(to));

const prose = (file: string): string => text(file).replace(/```[\s\S]*?```|`[^`\n]*`/g, '');

/** The anchors of a document, as GitHub makes them of its headings. */
const anchorsOf = (file: string): string[] =>
  [...text(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

function leadsNowhere({ from, to }: Link): boolean {
  const [path = '', anchor] = to.split('#');
  const target = path === '' ? from : posix.join(posix.dirname(from), path);
  if (!existsSync(join(ROOT, target))) return true;
  if (anchor === undefined) return false;
  return statSync(join(ROOT, target)).isDirectory() || !anchorsOf(target).includes(anchor);
}

/** The rows of the tables of a document, or of one of its sections, cell by cell, without their heads. */
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

describe('documents', () => {
  test('links lead to files that are there, and to headings that are in them', () => {
    expect(DOCUMENTS.flatMap(linksIn).filter(leadsNowhere)).toEqual([]);
  });

  test.each(PAGES)('$page ends with what the code says: npm run docs', ({ page, written }) => {
    expect(text(page)).toBe(rewritten(text(page), written()));
  });

  test('docs/waiting.md has every wait, in seconds', () => {
    const table = rowsOf('docs/waiting.md').map(([name = '', ...rest]) => [
      name,
      rest.slice(0, 3).map(Number),
    ]);
    const waits = Object.entries(awsWaits).map(([name, { first, every, deadline }]) => [
      name,
      [first, every, deadline].map((ms) => ms / 1000),
    ]);
    expect(Object.fromEntries(table)).toEqual(Object.fromEntries(waits));
  });

  test('sandbox/BEHAVIOUR.md has every duration, in seconds', () => {
    const table = rowsOf('sandbox/BEHAVIOUR.md', 'Time').map(([name = '', seconds]) => [
      name,
      Number(seconds) * 1000,
    ]);
    expect(Object.fromEntries(table)).toEqual(durations);
  });

  test('sandbox/BEHAVIOUR.md has every knob of the weather, every kind of fault, and where the catalogue says so', () => {
    const rows = (section: string) => rowsOf('sandbox/BEHAVIOUR.md', section);
    expect(rows('Weather').map(([knob]) => knob)).toEqual(Object.keys(calm));
    expect(rows('Faults').map(([kind]) => kind)).toEqual(FAULT_KINDS);
    const sources = [...rows('Weather'), ...rows('Faults')].map((row) => row.at(-1) ?? '');
    expect(sources.filter((source) => !source.startsWith('§'))).toEqual([]);
  });

  test.each(['provision', 'teardown', 'lib', 'test', 'services'])('%s/README.md fits on a screen', (room) => {
    expect(text(`${room}/README.md`).trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });
});
