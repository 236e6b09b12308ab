// A container with a read-only root can write to the folders at which its task definition mounts volumes, whatever their paths.
import { existsSync } from 'node:fs';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { packTar, type TarEntry } from 'modern-tar';
import { removeTree } from '../../../sandbox/runtime/file-modes.ts';
import { detectIsolation, type Isolation } from '../../../sandbox/runtime/isolation.ts';
import { pushImage } from '../aws/ecr/pushing.ts';
import { taskScene } from './task-scene.ts';

jest.setTimeout(60_000);

let folder: string;
let isolation: Isolation;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-writable-'));
  chmodSync(folder, 0o711);
  isolation = await detectIsolation(folder);
});
afterEach(() => removeTree(folder));

/** Two paths that this machine does not have, one below a folder that it has, and one in the folder of the program. */
const FOLDERS = ['/slipway-test-data/inner', '/var/slipway-test-cache', '/app/cache'];

const PROGRAM = `
  const { existsSync, readdirSync, writeFileSync } = require('node:fs');
  const tryTo = (act) => { try { act(); return 'ok'; } catch ({ code }) { return code; } };
  const write = (path) => tryTo(() => writeFileSync(path, 'x'));
  console.log(JSON.stringify({
    folders: ${JSON.stringify(FOLDERS)}.map((path) => write(path + '/file')),
    relative: [write('./cache/relative'), readdirSync('./cache').sort()],
    seed: existsSync('/var/slipway-test-cache/seed'),
    elsewhere: [write('./main.js'), write('/var/slipway-test-other')],
    workingFolder: process.cwd().endsWith('/app'),
    temporary: write('/tmp/file'),
  }));`;

const owned = { uid: 1000, gid: 1000, size: 0 };
const LAYER: TarEntry[] = [
  { header: { name: 'app/', size: 0, type: 'directory', mode: 0o755 } },
  { header: { ...owned, name: 'app/cache/', type: 'directory', mode: 0o755 } },
  { header: { ...owned, name: 'slipway-test-data/inner/', type: 'directory', mode: 0o755 } },
  { header: { ...owned, name: 'var/slipway-test-cache/', type: 'directory', mode: 0o755 } },
  {
    header: { ...owned, name: 'var/slipway-test-cache/seed', type: 'file', mode: 0o644, size: 4 },
    body: 'seed',
  },
  { header: { name: 'tmp/', size: 0, type: 'directory', mode: 0o1777 } },
];
const mounts = (...paths: string[]) => ({
  readonlyRootFilesystem: true,
  mountPoints: paths.map((containerPath, index) => ({ sourceVolume: `v${index}`, containerPath })),
});
const volumes = (...paths: string[]) => ({ volumes: paths.map((_, index) => ({ name: `v${index}` })) });

async function sceneWith(config: object = {}, layer = LAYER) {
  const scene = await taskScene();
  const image = {
    ...{ Cmd: ['node', '-e', PROGRAM], User: '1000:1000', WorkingDir: '/app' },
    Volumes: Object.fromEntries([...FOLDERS, '/tmp'].map((path) => [path, {}])),
    ...config,
  };
  await pushImage(
    scene.ecr,
    'web',
    JSON.stringify({ config: image }),
    [new TextDecoder().decode(await packTar(layer))],
    'v1',
  );
  return scene;
}

test('the user of the image writes to every declared folder, and nowhere else', async () => {
  if (!isolation.hasVolumes) return;
  const scene = await sceneWith();
  const task = await scene.waitForStop(
    await scene.run({ web: mounts(...FOLDERS, '/tmp') }, volumes(...FOLDERS, '/tmp')),
  );
  expect(scene.lines().map((line) => JSON.parse(line) as object)).toEqual([
    {
      folders: ['ok', 'ok', 'ok'],
      relative: ['ok', ['file', 'relative']],
      seed: true,
      elsewhere: ['EROFS', 'EROFS'],
      workingFolder: true,
      temporary: 'ok',
    },
  ]);
  expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 0 }] });
  expect(FOLDERS.filter((path) => existsSync(path))).toEqual([]);
});

test('a folder that the image does not declare belongs to root, as on Fargate, even if the image lacks it', async () => {
  if (!isolation.hasVolumes || !isolation.hasOtherUsers) return;
  const write = `try { require('node:fs').writeFileSync('/slipway-test-data/inner/x', ''); console.log('ok'); } catch ({ code }) { console.log(code); }`;
  const scene = await sceneWith({ Volumes: {}, Cmd: ['node', '-e', write] }, LAYER.slice(0, 1));
  const [path = ''] = FOLDERS;
  const user = async (name: string) =>
    scene.waitForStop(await scene.run({ web: { ...mounts(path), user: name } }, volumes(path)));
  await user('1000');
  await user('0');
  expect(scene.lines()).toEqual(['EACCES', 'ok']);
});

test('a machine that cannot mount volumes does not start the container, and says why', async () => {
  if (isolation.hasVolumes) return;
  const scene = await sceneWith();
  const stopped = await scene.waitForStop(await scene.run({ web: mounts(...FOLDERS) }, volumes(...FOLDERS)));
  expect(stopped.containers?.[0]?.reason).toMatch(/sandbox: only Linux with user namespaces can mount it/);
});
