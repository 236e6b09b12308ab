// Layers are unpacked into a folder: whiteouts hide files of lower layers, and nothing is written outside the folder.
import { existsSync, lstatSync, readFileSync, readlinkSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { packTar, type TarEntry } from 'modern-tar';
import { unpackImage } from '../../../sandbox/runtime/image.ts';
import { digestOf } from '../aws/ecr/pushing.ts';
import { LayerError } from '../../../sandbox/runtime/layer-entries.ts';

let home: string;
let root: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  root = join(home, 'root');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const file = (name: string, body = name, mode = 0o644): TarEntry => ({
  header: { name, size: Buffer.byteLength(body), type: 'file', mode },
  body,
});
const folder = (name: string, mode = 0o755): TarEntry => ({
  header: { name: `${name}/`, size: 0, type: 'directory', mode },
});
const symlink = (name: string, linkname: string): TarEntry => ({
  header: { name, size: 0, type: 'symlink', linkname },
});
const link = (name: string, linkname: string): TarEntry => ({
  header: { name, size: 0, type: 'link', linkname },
});

const blobOf = (bytes: Uint8Array) => ({ digest: digestOf(bytes), read: () => bytes });

async function unpack(...layers: TarEntry[][]): Promise<void> {
  const config = new TextEncoder().encode('{}');
  await unpackImage(
    { config, layers: await Promise.all(layers.map(async (layer) => blobOf(await packTar(layer)))) },
    root,
  );
}
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const list = (path = '.') => readdirSync(join(root, path)).sort();

describe('layers', () => {
  test('files, folders and links keep their owners only if root unpacks them', async () => {
    const owned = [folder('app'), file('app/run.sh', '#!/bin/sh', 0o4750), symlink('app/link', 'run.sh')];
    for (const { header } of owned) Object.assign(header, { uid: 1000, gid: 50 });
    const image = { config: new TextEncoder().encode('{}'), layers: [blobOf(await packTar(owned))] };
    const isRoot = process.getuid?.() === 0;
    await unpackImage(image, root, isRoot);
    for (const name of ['app', 'app/run.sh', 'app/link']) {
      const { uid, gid } = lstatSync(join(root, name));
      expect([uid, gid]).toEqual(isRoot ? [1000, 50] : [process.getuid?.(), gid]);
    }
    expect(statSync(join(root, 'app/run.sh')).mode & 0o7777).toBe(0o750);
  });

  test('files, folders and modes are unpacked, and upper layers replace files of lower ones', async () => {
    await unpack(
      [folder('app'), file('app/a.txt', 'lower'), file('app/run.sh', '#!/bin/sh', 0o755)],
      [file('./app/a.txt', 'upper'), file('/etc/deep/er/b.txt', 'in a new folder')],
    );
    expect(read('app/a.txt')).toBe('upper');
    expect(read('etc/deep/er/b.txt')).toBe('in a new folder');
    expect(statSync(join(root, 'app/run.sh')).mode & 0o777).toBe(0o755);
  });

  test('gzipped and plain layers are distinguished by their first bytes', async () => {
    const plain = await packTar([file('plain')]);
    const gzipped = gzipSync(await packTar([file('gzipped')]));
    await unpackImage({ config: new TextEncoder().encode('{}'), layers: [plain, gzipped].map(blobOf) }, root);
    expect(list()).toEqual(['gzipped', 'plain']);
  });

  test('long names are unpacked', async () => {
    const name = `${'folder-with-a-long-name/'.repeat(12)}file`;
    await unpack([file(name, 'deep')]);
    expect(read(name)).toBe('deep');
  });

  test('upper layers can write into a read-only folder', async () => {
    await unpack([folder('sealed', 0o555)], [file('sealed/new')]);
    expect(list('sealed')).toEqual(['new']);
  });

  test('a file can replace a folder, and a folder can replace a file or a link', async () => {
    await unpack(
      [file('a/inner'), file('b'), folder('elsewhere'), symlink('c', 'elsewhere')],
      [file('a'), folder('b'), folder('c'), file('c/inner')],
    );
    expect(read('a')).toBe('a');
    expect(lstatSync(join(root, 'b')).isDirectory()).toBe(true);
    expect(lstatSync(join(root, 'c')).isDirectory()).toBe(true);
    expect(list('elsewhere')).toEqual([]);
  });

  test('devices and pipes are skipped', async () => {
    await unpack([
      { header: { name: 'dev/null', size: 0, type: 'character-device' } },
      { header: { name: 'pipe', size: 0, type: 'fifo' } },
      file('app'),
    ]);
    expect(existsSync(join(root, 'dev/null'))).toBe(false);
    expect(read('app')).toBe('app');
  });

  test.each([
    ['text', new TextEncoder().encode('not an archive '.repeat(64))],
    ['a gzip of something else', gzipSync('hello '.repeat(200))],
    ['a broken gzip', new Uint8Array([0x1f, 0x8b, 1, 2, 3])],
  ])('%s is refused, because it is not a layer', async (_, layer) => {
    const config = new TextEncoder().encode('{}');
    await expect(unpackImage({ config, layers: [blobOf(layer)] }, root)).rejects.toThrow(LayerError);
  });

  test('a truncated archive is refused, because it is not a layer', async () => {
    const whole = await packTar([file('a', 'x'.repeat(5000))]);
    const config = new TextEncoder().encode('{}');
    await expect(unpackImage({ config, layers: [blobOf(whole.subarray(0, 2048))] }, root)).rejects.toThrow(
      LayerError,
    );
  });
});

describe('whiteouts', () => {
  test('a whiteout hides a file or a whole folder of lower layers', async () => {
    await unpack(
      [file('app/keep'), file('app/gone'), file('old/a/b')],
      [file('app/.wh.gone', ''), file('.wh.old', '')],
    );
    expect(list()).toEqual(['app']);
    expect(list('app')).toEqual(['keep']);
  });

  test("an opaque whiteout hides a folder's files from lower layers but not those from its own layer", async () => {
    await unpack(
      [file('app/old'), file('app/sub/old')],
      [file('app/before'), file('app/.wh..wh..opq', ''), file('app/sub/after')],
    );
    expect(list('app')).toEqual(['before', 'sub']);
    expect(list('app/sub')).toEqual(['after']);
  });

  test("a whiteout of a folder hides the lower layers' files, also if its own layer has written into the folder before", async () => {
    await unpack(
      [file('app/old'), file('app/sub/old'), file('app/sub/deep/old')],
      [file('app/sub/new'), file('.wh.app', '')],
    );
    expect(list('app')).toEqual(['sub']);
    expect(list('app/sub')).toEqual(['new']);
  });

  test('a whiteout in a folder that a later entry of its layer makes a link does not spoil the link', async () => {
    await unpack(
      [file('real/a')],
      [file('alias/.wh.x', ''), symlink('alias', 'real'), file('alias/b')],
      [file('alias/.wh.a', '')],
    );
    expect(readlinkSync(join(root, 'alias'))).toBe('real');
    expect(list('real')).toEqual(['b']);
  });

  test('a whiteout does not hide a file that its own layer adds again', async () => {
    await unpack([file('a', 'old')], [file('a', 'new'), file('.wh.a', '')]);
    expect(read('a')).toBe('new');
  });

  test('a whiteout of a link removes the link, not its target', async () => {
    await unpack([file('real'), symlink('alias', 'real')], [file('.wh.alias', '')]);
    expect(list()).toEqual(['real']);
  });

  test('whiteouts are not written as files, and a whiteout without a match is not an error', async () => {
    await unpack([file('nowhere/.wh.nothing', ''), file('.wh..wh.plnk', ''), file('a')]);
    expect(list()).toEqual(['a']);
  });

  test.each(['.wh...', 'app/.wh..', 'app/.wh.'])(
    'the whiteout %j is refused because it names no file',
    async (name) => {
      await expect(unpack([file('app/a')], [file(name, '')])).rejects.toThrow(LayerError);
      expect(read('app/a')).toBe('app/a');
    },
  );
});

describe('links', () => {
  test('a relative link inside the root remains a link', async () => {
    await unpack([file('usr/lib/x'), symlink('lib', 'usr/lib'), symlink('usr/y', 'lib/x')]);
    expect(readlinkSync(join(root, 'lib'))).toBe('usr/lib');
    expect(read('usr/y')).toBe('usr/lib/x');
  });

  test('an absolute link leads to the same path inside the root', async () => {
    await unpack([file('srv/app/main'), symlink('var/www/app', '/srv/app'), symlink('all', '/')]);
    expect(read('var/www/app/main')).toBe('srv/app/main');
    expect(read('all/srv/app/main')).toBe('srv/app/main');
  });

  test("a file below a link is written to the link's target inside the root", async () => {
    await unpack([folder('usr/lib'), symlink('lib', '/usr/lib')], [file('lib/added')]);
    expect(list('usr/lib')).toEqual(['added']);
  });

  test('hard links share one file', async () => {
    await unpack([file('a', 'shared'), link('b', './a')]);
    expect(read('b')).toBe('shared');
    expect(statSync(join(root, 'a')).ino).toBe(statSync(join(root, 'b')).ino);
  });

  test('a hard link to an unknown file is refused', async () => {
    await expect(unpack([link('b', 'absent')])).rejects.toThrow(/hard link to absent/);
  });
});

describe('nothing is written outside the root', () => {
  test.each([
    ['a name with ..', [file('../evil')]],
    ['a name with .. in the middle', [file('app/../../evil')]],
    ['an absolute name with ..', [file('/../evil')]],
    ['a hard link to ..', [link('shadow', '../../../../etc/passwd')]],
    ['a whiteout with ..', [file('../.wh.bystander', '')]],
  ])('%s is refused', async (_, layer) => {
    await unpackBystander();
    await expect(unpack(layer)).rejects.toThrow(LayerError);
    expect(readdirSync(home).sort()).toEqual(['bystander', 'root']);
  });

  test.each([
    ['a link to the parent', 'up', '..', 'up/evil'],
    ['an absolute link', 'up', '/../..', 'up/evil'],
    ['a link with more .. than folders', 'deep/er/up', '../../../../..', 'deep/er/up/evil'],
  ])('%s does not lead above the root', async (_, name, target, path) => {
    await unpackBystander();
    await unpack([symlink(name, target), file(path, 'caught')]);
    expect(read('evil')).toBe('caught');
    expect(read(path)).toBe('caught');
    expect(readdirSync(home).sort()).toEqual(['bystander', 'root']);
  });

  test('a link below another link does not lead outside the root', async () => {
    await unpackBystander();
    await unpack([symlink('a', '.'), symlink('a/b', '../..')], [file('a/b/bystander', 'caught')]);
    expect(readFileSync(join(home, 'bystander'), 'utf8')).toBe('untouched');
    expect(read('bystander')).toBe('caught');
  });

  test('a file replaces a link of the same name instead of being written through it', async () => {
    await unpackBystander();
    await unpack([symlink('a', `${home}/bystander`)], [file('a', 'own')]);
    expect(read('a')).toBe('own');
    expect(readFileSync(join(home, 'bystander'), 'utf8')).toBe('untouched');
  });

  test('cyclic links are refused', async () => {
    await expect(unpack([symlink('a', 'b'), symlink('b', 'a'), file('a/x')])).rejects.toThrow(
      /symbolic links/,
    );
  });

  async function unpackBystander(): Promise<void> {
    await unpackImage(
      {
        config: new TextEncoder().encode('{}'),
        layers: [blobOf(await packTar([file('bystander', 'untouched')]))],
      },
      home,
    );
    await unpack([]);
  }
});

describe('the image configuration', () => {
  const parse = (config: unknown) =>
    unpackImage({ config: new TextEncoder().encode(JSON.stringify(config)), layers: [] }, root);

  test('every field that describes how to run the image is read', async () => {
    await expect(
      parse({
        architecture: 'amd64',
        config: {
          Cmd: ['node', 'main.cjs'],
          Entrypoint: ['docker-entrypoint.sh'],
          WorkingDir: '/app',
          Env: ['NODE_ENV=production', 'OPTIONS=a=b', 'EMPTY='],
          User: 'node',
          StopSignal: 'SIGQUIT',
          Volumes: { '/tmp': {}, '/data': {} },
        },
      }),
    ).resolves.toEqual({
      architecture: 'amd64',
      command: ['node', 'main.cjs'],
      entrypoint: ['docker-entrypoint.sh'],
      workingDirectory: '/app',
      environment: { NODE_ENV: 'production', OPTIONS: 'a=b', EMPTY: '' },
      user: 'node',
      stopSignal: 'SIGQUIT',
      volumes: ['/tmp', '/data'],
    });
  });

  test('omitted and null fields get their defaults', async () => {
    const defaults = {
      command: [],
      entrypoint: [],
      workingDirectory: '/',
      environment: {},
      user: '',
      volumes: [],
    };
    await expect(parse({})).resolves.toEqual(defaults);
    await expect(parse({ config: { Cmd: null, Env: null, WorkingDir: '' } })).resolves.toEqual(defaults);
  });

  test('a configuration of the wrong shape is refused before anything is written', async () => {
    await expect(parse({ config: { Cmd: 'node main.cjs' } })).rejects.toThrow(/Cmd/);
    expect(existsSync(root)).toBe(false);
  });
});
