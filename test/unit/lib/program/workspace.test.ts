// The workspace that a package belongs to.
import { expect, test } from '@jest/globals';
import { workspaceRootOf } from '../../../../lib/program/workspace.ts';
import { viewOf } from './folder.ts';

const npm = (...workspaces: string[]) => ({ '/repo/package.json': JSON.stringify({ workspaces }) });
const pnpm = (text: string) => ({ '/repo/pnpm-workspace.yaml': text });

test.each([
  [npm('packages/*'), '/repo/packages/api', '../..'],
  [npm('./packages/*/'), '/repo/packages/api', '../..'],
  [npm('packages/**'), '/repo/packages/web/api', '../../..'],
  [npm('**/api'), '/repo/api', '..'],
  [npm('api'), '/repo/api', '..'],
  [npm('packages/*'), '/repo/packages/web/api', undefined],
  [npm('packages/*', '!packages/api'), '/repo/packages/api', undefined],
  [npm('a.i'), '/repo/api', undefined],
  [npm('packages/*'), '/repo', undefined],
  [{ '/repo/package.json': '{"workspaces":{"packages":["api"]}}' }, '/repo/api', '..'],
  [{ '/repo/package.json': '{"workspaces":7}' }, '/repo/api', undefined],
  [{ '/repo/package.json': 'null' }, '/repo/api', undefined],
  [
    pnpm('packages:\n  - "apps/*"\n  # more\n  - \'libs/*\' # libraries\n\n  - tools/*\n'),
    '/repo/apps/api',
    '../..',
  ],
  [pnpm('catalog:\n  a: 1\npackages:\n- libs/*\n'), '/repo/libs/a', '../..'],
  [pnpm('packages:\n  - apps/*\nignored:\n  - libs/*\n'), '/repo/libs/a', undefined],
  [pnpm('onlyBuilt: []\n'), '/repo/libs/a', undefined],
])('%j: the workspace of %s is %s', (files, folder, root) => {
  expect(workspaceRootOf(viewOf(files, folder))).toBe(root);
});
