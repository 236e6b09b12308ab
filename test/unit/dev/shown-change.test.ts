// The text about a change that dev prints: temporary files of editors are gone when it is printed.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { shownChange } from '../../../dev/shown-change.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-change-')));
  for (const name of ['a.ts', 'b.ts']) writeFileSync(join(folder, name), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['one file', ['a.ts'], 'a.ts'],
  ['several files', ['b.ts', 'a.ts'], 'b.ts and 1 more'],
  ['a file that an editor wrote under a temporary name first', ['sedUTgigK', 'a.ts'], 'a.ts'],
  ['removed files only', ['gone.ts', 'lost.ts'], 'gone.ts and 1 more'],
  ['no file', [], ''],
])('%s', (_, names, text) => {
  const files = names.map((name) => join(folder, name));
  expect(shownChange(files, folder)).toBe(text);
});
