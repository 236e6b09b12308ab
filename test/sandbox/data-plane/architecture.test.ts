// A task runs the image for its architecture, or fails as on Fargate if there is no such image.
import { expect, test } from '@jest/globals';
import { indexManifestOf, OCI_INDEX } from '../aws/ecr/pushing.ts';
import { taskScene } from './task-scene.ts';

const PROGRAM = `console.log('running'); process.exit(7)`;
const ARM = { cpuArchitecture: 'ARM64' } as const;

test.each<[string, object, 'ARM64' | undefined, object, string[]]>([
  ['an image for the architecture runs', { architecture: 'amd64' }, undefined, { exitCode: 7 }, ['running']],
  [
    'an image for ARM runs in a task for ARM',
    { architecture: 'arm64' },
    'ARM64',
    { exitCode: 7 },
    ['running'],
  ],
  ['an image that names no architecture runs', {}, 'ARM64', { exitCode: 7 }, ['running']],
  [
    'an image for ARM fails in a task for x86',
    { architecture: 'arm64' },
    undefined,
    { exitCode: 1 },
    ['exec node: exec format error'],
  ],
  [
    'an image for x86 fails in a task for ARM',
    { architecture: 'amd64' },
    'ARM64',
    { exitCode: 1 },
    ['exec node: exec format error'],
  ],
])('%s', async (_, image, cpuArchitecture, container, lines) => {
  const scene = await taskScene();
  await scene.push(PROGRAM, 'v1', image);
  const arn = await scene.run({ web: {} }, cpuArchitecture && { runtimePlatform: { cpuArchitecture } });
  expect(await scene.waitForStop(arn)).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [container],
  });
  expect(scene.lines()).toEqual(lines);
});

test("a task runs the image for its architecture from an index, and fails with ECS's message if the index has none", async () => {
  const scene = await taskScene();
  const amd = await scene.push(`process.exit(64)`, 'amd', { architecture: 'amd64' });
  const arm = await scene.push(`process.exit(8)`, 'arm', { architecture: 'arm64' });
  await scene.tag(indexManifestOf({ amd64: amd, arm64: arm }), 'both', OCI_INDEX);
  await scene.tag(indexManifestOf({ arm64: arm }), 'one', OCI_INDEX);
  const runtimePlatform = ARM;
  for (const [definition, exitCode] of [
    [{}, 64],
    [{ runtimePlatform }, 8],
  ] as const) {
    const arn = await scene.run({ web: { tag: 'both' } }, definition);
    expect((await scene.waitForStop(arn)).containers).toMatchObject([{ exitCode }]);
  }
  const arn = await scene.run({ web: { tag: 'one' } });
  expect(await scene.waitForStop(arn)).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: expect.stringMatching(
      /^CannotPullContainerError: .*image Manifest does not contain descriptor matching platform 'linux\/amd64'$/,
    ),
  });
});
