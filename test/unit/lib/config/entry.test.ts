// The entry file of the program in a source folder.
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { entryOf } from '../../../../lib/config/entry.ts';
import { folderWith } from './support.ts';

const folder = folderWith({
  'main/package.json': '{ "main": "lib/start.js" }',
  'main/lib/start.js': '',
  'main/src/main.ts': '',
  'unbuilt/package.json': '{ "main": "dist/main.js" }',
  'unbuilt/src/main.ts': '',
  'unbuilt/index.ts': '',
  'no-main/package.json': '{ "name": "no-main" }',
  'no-main/src/index.ts': '',
  'no-main/main.ts': '',
  'odd/package.json': '{ "main": 7 }',
  'odd/main.ts': '',
  'empty/package.json': 'null',
  'empty/index.ts': '',
  'broken/package.json': '{',
  'broken/index.ts': '',
  'only-folders/package.json': '{ "main": "." }',
  'only-folders/src/main.ts/readme': '',
});

test.each([
  ['main', 'lib/start.js', 'main in package.json has precedence'],
  ['unbuilt', 'src/main.ts', 'a main that does not exist is skipped'],
  ['no-main', 'src/index.ts', 'the default entry files are tried in order'],
  ['odd', 'main.ts', 'a main that is not a string is skipped'],
  ['empty', 'index.ts', 'a package.json that is not an object is skipped'],
  ['broken', 'index.ts', 'a package.json that is not JSON is skipped'],
])('%s starts at %s: %s', (name, entry) => {
  expect(entryOf(join(folder, name))).toBe(join(folder, name, entry));
});

test('a folder is not an entry file', () => {
  expect(entryOf(join(folder, 'only-folders'))).toBeUndefined();
});

test('a folder that does not exist, or cannot exist, has no entry file', () => {
  expect(entryOf(join(folder, 'nowhere'))).toBeUndefined();
  expect(entryOf(join(folder, 'x'.repeat(5000)))).toBeUndefined();
});
