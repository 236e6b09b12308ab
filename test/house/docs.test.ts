/** The documents: their links lead somewhere, and what is generated is up to date. */
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { configurationPage } from '../../docs/write-configuration.ts';
import { FILES, ROOT, text } from './files.ts';

const DOCUMENTS = FILES.filter((file) => file.endsWith('.md'));
/** A README of a room is an orientation. */
const ROOMS = ['provision', 'teardown', 'lib', 'test', 'services'];
const LONGEST_README = 20;

interface Link {
  readonly from: string;
  readonly to: string;
}

/** Links to places of ours; code is no prose. */
const linksIn = (file: string): Link[] =>
  [
    ...text(file)
      .replace(/```[\s\S]*?```|`[^`]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, to = '']) => ({ from: file, to }))
    .filter(({ to }) => !/^[a-z]+:/.test(to));

/** The anchor that a heading gets, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

const anchorsOf = (file: string): string[] =>
  [...text(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

function leadsNowhere({ from, to }: Link): boolean {
  const [path = '', anchor] = to.split('#');
  const target = path === '' ? from : posix.join(posix.dirname(from), path);
  const place = join(ROOT, target);
  if (!existsSync(place)) return true;
  return anchor !== undefined && (statSync(place).isDirectory() || !anchorsOf(target).includes(anchor));
}

describe('documents', () => {
  test('links lead to files that are there, and to headings that are in them', () => {
    expect(DOCUMENTS.flatMap(linksIn).filter(leadsNowhere)).toEqual([]);
  });

  test('the reference of the configuration says what the schema says (node --import tsx docs/write-configuration.ts)', () => {
    expect(text('docs/configuration.md')).toBe(configurationPage());
  });

  test.each(ROOMS)('%s has a README that fits on a screen', (room) => {
    expect(FILES).toContain(`${room}/README.md`);
    expect(text(`${room}/README.md`).trimEnd().split('\n').length).toBeLessThanOrEqual(LONGEST_README);
  });
});
