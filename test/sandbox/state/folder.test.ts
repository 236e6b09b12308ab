// The folder of a sandbox: private, and ignored by git.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeSandboxFolder } from '../../../sandbox/state/folder.ts';
import { newFolder } from '../../program.ts';

test('new folders are private, and git ignores the topmost one', () => {
  const project = newFolder();
  makeSandboxFolder(join(project, '.slipway/sandbox'));
  expect(readFileSync(join(project, '.slipway/.gitignore'), 'utf8')).toBe('*\n');
  expect(existsSync(join(project, '.gitignore'))).toBe(false);
  expect(existsSync(join(project, '.slipway/sandbox/.gitignore'))).toBe(false);
  for (const name of ['.slipway', '.slipway/sandbox'])
    expect(statSync(join(project, name)).mode & 0o777).toBe(0o700);
});

test('an existing folder gets no .gitignore, because that would hide its files from git', () => {
  const project = newFolder();
  mkdirSync(join(project, 'data'));
  makeSandboxFolder(join(project, 'data'));
  expect(existsSync(join(project, 'data/.gitignore'))).toBe(false);
});
