// Names in an installed package.json that lead out of the folders of packages: a publisher may choose any name.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folderOf } from '../image/folder.ts';
import { packaged, pathsOf, rejectionOf } from './packaged.ts';

const SECRETS = { 'home/credentials': 'secret', 'home/package.json': '{ "name": "home" }' };
const filesOf = async (parent: string) => {
  const { dependencies, program } = await packaged(join(parent, 'shop'));
  return pathsOf([...dependencies.entries, ...program.entries]);
};

test.each(['../../../home/credentials', 'x/../../../../home/credentials', '..', '.', ''])(
  'an executable with the name %p puts no other file into the image',
  async (name) => {
    const parent = await folderOf({
      ...SECRETS,
      'shop/package.json': '{ "dependencies": { "a": "1" } }',
      'shop/node_modules/a/package.json': JSON.stringify({ name: 'a', bin: { [name]: 'i.js' } }),
      'shop/node_modules/.bin/b': '',
    });
    expect(await filesOf(parent)).toEqual(['app/node_modules/a/package.json', 'app/package.json']);
  },
);

test('an executable is found by the last part of its name, as npm installs it', async () => {
  const parent = await folderOf({
    'shop/package.json': '{ "dependencies": { "a": "1" } }',
    'shop/node_modules/a/package.json': JSON.stringify({ name: 'a', bin: { '../../run': 'i.js' } }),
    'shop/node_modules/.bin/run': '',
  });
  expect(await filesOf(parent)).toContain('app/node_modules/.bin/run');
});

test('a folder of executables that is a link out of the project is not packaged', async () => {
  const parent = await folderOf({
    ...SECRETS,
    'shop/package.json': '{ "dependencies": { "a": "1" } }',
    'shop/node_modules/a/package.json': JSON.stringify({ name: 'a', bin: { credentials: 'i.js' } }),
  });
  await symlink('../../home', join(parent, 'shop/node_modules/.bin'));
  expect(await filesOf(parent)).toEqual(['app/node_modules/a/package.json', 'app/package.json']);
});

test.each(['../../home', '@s/../../../home', '@s/..', '..', '.', 'a/../../../home'])(
  'a dependency with the name %p puts no other folder into the image',
  async (name) => {
    const names = { [name]: '1' };
    const bundled = { optionalDependencies: names, peerDependencies: names, bundleDependencies: [name] };
    const parent = await folderOf({
      ...SECRETS,
      'shop/package.json': '{ "dependencies": { "a": "1" } }',
      'shop/node_modules/package.json': '{ "name": "modules" }',
      'shop/node_modules/@s/b/package.json': '{ "name": "@s/b" }',
      'shop/node_modules/a/package.json': JSON.stringify({ name: 'a', dependencies: names, ...bundled }),
    });
    expect(await filesOf(parent)).toEqual(['app/node_modules/a/package.json', 'app/package.json']);
  },
);

test('a package in a folder that is a link out of the project is rejected', async () => {
  const parent = await folderOf({
    'other/home/package.json': '{ "name": "home" }',
    'shop/package.json': '{ "dependencies": { "@s/home": "1" } }',
    'shop/node_modules/a/package.json': '{}',
  });
  await symlink('../../other', join(parent, 'shop/node_modules/@s'));
  const { code, what } = await rejectionOf(packaged(join(parent, 'shop')));
  expect({ code, what }).toEqual({
    code: 'PACKAGE',
    what: expect.stringMatching(/@s\/home is a link out/),
  });
});
