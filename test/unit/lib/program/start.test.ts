// The paths of compiled files.
import { expect, test } from '@jest/globals';
import { compiledPath } from '../../../../lib/program/start.ts';

test.each([
  ['src/main.ts', 'src/main.js'],
  ['src/page.tsx', 'src/page.js'],
  ['src/main.mts', 'src/main.mjs'],
  ['src/main.cts', 'src/main.cjs'],
  ['types/index.d.ts', 'types/index.d.ts'],
  ['types/index.d.mts', 'types/index.d.mts'],
  ['server.js', 'server.js'],
  ['video.ts.md', 'video.ts.md'],
])('%s is compiled to %s', (path, compiled) => {
  expect(compiledPath(path)).toBe(compiled);
});
