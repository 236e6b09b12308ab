// Native modules: a package without one for the task's platform is rejected, and variants for other platforms are left out.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folderOf } from '../image/folder.ts';
import { packaged, pathsOf, rejectionOf } from './packaged.ts';

/** The first bytes of a program for a platform. */
function header(
  bytes: readonly number[],
  fields: readonly (readonly [offset: number, value: number])[] = [],
): Buffer {
  const buffer = Buffer.alloc(64);
  Buffer.from(bytes).copy(buffer);
  for (const [offset, value] of fields) buffer.writeUInt16LE(value, offset);
  return buffer;
}

const ELF = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
const LINUX_X64 = header(ELF, [[18, 62]]);
const LINUX_ARM64 = header(ELF, [[18, 183]]);
const MAC_ARM64 = header([0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1]);
const WINDOWS = header([0x4d, 0x5a]);

/** A program with a package that has these native modules. */
async function programWith(modules: Readonly<Record<string, Buffer>>): Promise<string> {
  const folder = await folderOf({
    'package.json': '{ "dependencies": { "sqlite": "1" } }',
    'server.js': '',
    'node_modules/sqlite/package.json': '{ "name": "sqlite", "version": "1.0.0" }',
  });
  for (const [name, bytes] of Object.entries(modules))
    await writeFile(join(folder, 'node_modules/sqlite', name), bytes);
  return folder;
}

test.each([
  ['darwin/arm64', MAC_ARM64],
  ['linux/arm64', LINUX_ARM64],
  ['win32/x64', WINDOWS],
])('a native module for %s is rejected', async (platform, bytes) => {
  const { code, what, why, fix } = await rejectionOf(packaged(await programWith({ 'addon.node': bytes })));
  expect(code).toBe('PACKAGE');
  expect(what).toBe('sqlite has a native module for another platform.');
  expect(why).toBe(`addon.node is for ${platform}; the task runs on linux/x64.`);
  expect(fix.join('\n')).toContain('npm install --os=linux --cpu=x64 sqlite');
});

test.each([
  ['the right platform', { 'addon.node': LINUX_X64 }],
  ['several platforms, of which one is right', { 'mac.node': MAC_ARM64, 'linux.node': LINUX_X64 }],
  ['no known format', { 'script.node': Buffer.from('') }],
])('a package with native modules for %s is packaged', async (_, modules) => {
  const { dependencies } = await packaged(await programWith(modules));
  expect(pathsOf(dependencies.entries)).toHaveLength(1 + Object.keys(modules).length);
});

const SHARP = {
  'package.json': '{ "dependencies": { "sharp": "1" } }',
  'server.js': '',
  'node_modules/sharp/package.json': JSON.stringify({
    name: 'sharp',
    version: '1.0.0',
    optionalDependencies: { '@img/sharp-darwin-arm64': '1', '@img/sharp-linux-x64': '1', fsevents: '1' },
  }),
};
const variant = (os: string, cpu: string): Record<string, string> => ({
  [`node_modules/@img/sharp-${os}-${cpu}/package.json`]: JSON.stringify({
    name: `@img/sharp-${os}-${cpu}`,
    version: '1.0.0',
    os: [os],
    cpu: [cpu],
  }),
});

test('a package of which only the variant for another platform is installed is rejected', async () => {
  const { what, why } = await rejectionOf(
    packaged(await folderOf({ ...SHARP, ...variant('darwin', 'arm64') })),
  );
  expect(what).toBe('sharp has a native module for another platform.');
  expect(why).toContain('Only @img/sharp-darwin-arm64 is installed, and @img/sharp-linux-x64 is missing');
});

test('the image contains only the variants for its platform', async () => {
  const folder = await folderOf({
    ...SHARP,
    ...variant('darwin', 'arm64'),
    ...variant('linux', 'x64'),
    'node_modules/fsevents/package.json': '{ "name": "fsevents", "version": "1.0.0", "os": ["darwin"] }',
  });
  expect(pathsOf((await packaged(folder)).dependencies.entries)).toEqual([
    'app/node_modules/@img/sharp-linux-x64/package.json',
    'app/node_modules/sharp/package.json',
  ]);
});

test('a package that works without its variant for another platform is packaged', async () => {
  const folder = await folderOf({
    'package.json': '{ "dependencies": { "chokidar": "1" } }',
    'node_modules/chokidar/package.json':
      '{ "name": "chokidar", "version": "1.0.0", "optionalDependencies": { "fsevents": "1" } }',
    'node_modules/fsevents/package.json': '{ "name": "fsevents", "version": "1.0.0", "os": ["darwin"] }',
  });
  expect(pathsOf((await packaged(folder)).dependencies.entries)).toEqual([
    'app/node_modules/chokidar/package.json',
  ]);
});
