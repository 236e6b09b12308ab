// The project of a configuration: the git remote, else the name of the package.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectOf, projectOfUrl } from '../../../../lib/config/project.ts';
import { useFolder } from '../state/folder.ts';

const path = useFolder();
const addFile = async (name: string, text: string) => {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), text);
};
const remoteSection = (name: string, url: string) =>
  `[remote "${name}"]\n\turl = ${url}\n\tfetch = +refs/heads/*\n`;
const ORIGIN = remoteSection('origin', 'git@github.com:acme/shop.git');

describe('a git remote', () => {
  test.each([
    ['over SSH', 'git@github.com:acme/shop.git'],
    ['over SSH, as a URL', 'ssh://git@GitHub.com:22/acme/shop.git'],
    ['over HTTPS', 'https://github.com/acme/shop'],
    ['with a token, which is left out', 'https://x-access-token:ghs_secret@github.com/acme/shop.git/'],
  ])('%s is shortened to its host and path', (_what, url) => {
    expect(projectOfUrl(url)).toBe('github.com/acme/shop');
  });

  test.each(['/srv/git/shop.git', '../shop', 'file:///srv/shop', 'C:/shop', ''])(
    'in a folder of this machine does not name a project: %s',
    (url) => expect(projectOfUrl(url)).toBeUndefined(),
  );
});

describe('the project of a folder', () => {
  test('is the remote origin of the repository that contains the folder', async () => {
    await addFile('.git/config', `[core]\n\tbare = false\n${ORIGIN}[branch "main"]\n\tremote = origin\n`);
    await addFile('package.json', '{ "name": "shop" }');
    await addFile('services/api/slipway.config.ts', '');
    expect(await projectOf(path('services/api'))).toBe('github.com/acme/shop');
  });

  test('is the remote upstream if there is one, since forks share it', async () => {
    await addFile(
      '.git/config',
      remoteSection('origin', 'https://github.com/bob/shop') +
        remoteSection('upstream', 'https://github.com/acme/shop'),
    );
    expect(await projectOf(path('.'))).toBe('github.com/acme/shop');
  });

  test('is the project of the main repository if the folder is in a worktree', async () => {
    await addFile('main/.git/config', ORIGIN);
    await addFile('main/.git/worktrees/side/commondir', '../..\n');
    await addFile('side/.git', 'gitdir: ../main/.git/worktrees/side\n');
    expect(await projectOf(path('side'))).toBe('github.com/acme/shop');
  });

  test('is the name of the nearest package if no remote is on another machine', async () => {
    await addFile('.git/config', remoteSection('origin', '/srv/git/shop.git'));
    await addFile('package.json', '{ "name": "@acme/shop" }');
    await addFile('services/package.json', '{ not JSON');
    expect(await projectOf(path('services'))).toBe('@acme/shop');
  });

  test('has only characters that a tag may have', async () => {
    await addFile('package.json', JSON.stringify({ name: `shop*${'x'.repeat(300)}` }));
    const project = (await projectOf(path('.'))) ?? '';
    expect(project).toMatch(/^shop_x+$/);
    expect(project).toHaveLength(256);
  });
});
