// A container with a read-only root can write to /tmp if the task definition mounts a volume there, as on Fargate.
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { packTar, type TarEntry } from 'modern-tar';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../sandbox/runtime/file-modes.ts';
import { detectIsolation, type Isolation } from '../../../sandbox/runtime/isolation.ts';
import { pushImage } from '../aws/ecr/pushing.ts';
import { taskScene } from './task-scene.ts';

jest.setTimeout(60_000);

let folder: string;
let isolation: Isolation;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-volumes-'));
  chmodSync(folder, 0o711);
  isolation = await detectIsolation(folder);
});
afterEach(() => removeTree(folder));

/** Writes to /tmp and to the working directory, and prints the result and the content of /tmp. */
const PROGRAM = `
  const { readdirSync, writeFileSync } = require('node:fs');
  const tryTo = (act) => { try { return act(), 'ok'; } catch ({ code }) { return code; } };
  const name = 'slipway-volume-test';
  const own = tryTo(() => writeFileSync(require('node:os').tmpdir() + '/' + name, process.env.NAME ?? ''));
  const rest = tryTo(() => writeFileSync('./cache.json', '{}'));
  const seen = readdirSync('/tmp').filter((entry) => entry.startsWith('slipway-volume'));
  console.log(JSON.stringify({ own, rest, seen }));
  process.exitCode = Number(process.env.EXIT ?? 0);`;

const VOLUME = { volumes: [{ name: 'scratch' }, { name: 'other' }] };
const mount = (sourceVolume: string) => ({
  readonlyRootFilesystem: true,
  mountPoints: [{ sourceVolume, containerPath: '/tmp' }],
});

const TMP: TarEntry[] = [
  { header: { name: 'app/', size: 0, type: 'directory', mode: 0o755 } },
  { header: { name: 'tmp/', size: 0, type: 'directory', mode: 0o1777 } },
];

/** Starts a scene with an image whose /tmp has the usual permissions. */
async function sceneWith(config: object) {
  const scene = await taskScene();
  const layer = new TextDecoder().decode(await packTar(TMP));
  const image = { Cmd: ['node', '-e', PROGRAM], User: '1000:1000', WorkingDir: '/app', ...config };
  await pushImage(scene.ecr, 'web', JSON.stringify({ config: image }), [layer], 'v1');
  return scene;
}

const reports = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as object);

test('the image declares /tmp as a volume: its user can write there, and nowhere else', async () => {
  const scene = await sceneWith({ Volumes: { '/tmp': {} } });
  await scene.waitForStop(await scene.run({ web: mount('scratch') }, VOLUME));
  expect(reports(scene.lines())).toEqual([
    { own: 'ok', rest: isolation.needsReadOnlyModes ? 'EACCES' : 'EROFS', seen: ['slipway-volume-test'] },
  ]);
  if (isolation.hasVolumes) expect(readdirSync('/tmp')).not.toContain('slipway-volume-test');
});

test('the image does not declare it: only root can write there, as on Fargate', async () => {
  const scene = await sceneWith({});
  await scene.waitForStop(await scene.run({ web: mount('scratch') }, VOLUME));
  // A program has the rights of the user of the sandbox if that is not root.
  const own = isolation.hasVolumes && isolation.hasOtherUsers ? 'EACCES' : 'ok';
  expect(reports(scene.lines())).toMatchObject([{ own }]);
});

test('two containers share a volume, and do not see the files of another one', async () => {
  if (!isolation.hasVolumes) return;
  const scene = await sceneWith({
    Volumes: { '/tmp': {} },
    Cmd: ['node', '-e', PROGRAM.replaceAll('volume-test', 'volume-' + "' + process.env.NAME + '")],
  });
  const containerNamed = (name: string, sourceVolume: string, dependency?: string) => ({
    ...mount(sourceVolume),
    essential: dependency === undefined ? false : true,
    environment: [{ name: 'NAME', value: name }],
    ...(dependency && { dependsOn: [{ containerName: dependency, condition: 'SUCCESS' as const }] }),
  });
  const containers = {
    a: containerNamed('a', 'scratch'),
    b: { ...containerNamed('b', 'other', 'a'), essential: false },
    c: containerNamed('c', 'scratch', 'b'),
  };
  await scene.waitForStop(await scene.run(containers, VOLUME));
  const seen = reports(scene.lines()).map((report) => (report as { seen: string[] }).seen.sort());
  expect(seen.sort((one, other) => one.length - other.length)).toEqual([
    ['slipway-volume-a'],
    ['slipway-volume-b'],
    ['slipway-volume-a', 'slipway-volume-c'],
  ]);
});
