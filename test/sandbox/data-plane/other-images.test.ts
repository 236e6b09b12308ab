// An image without Node runs behind the load balancer where the machine has an OCI runtime; elsewhere its task says what to install.
import { expect, jest, test } from '@jest/globals';
import { packTar } from 'modern-tar';
import { pushImage } from '../aws/ecr/pushing.ts';
import { ociPrograms } from '../runtime/oci.ts';
import { until } from '../runtime/support.ts';
import { PORT, serviceScene } from './service-scene.ts';
import { taskScene } from './task-scene.ts';

jest.setTimeout(60_000);

const programs = ociPrograms();

/** Returns the layers and the configuration of an image that consists of one program. */
async function imageOf(program: Uint8Array, config: object) {
  const header = { name: 'server', size: program.length, type: 'file' as const, mode: 0o755 };
  return {
    config: JSON.stringify({ config: { Entrypoint: ['/server'], Env: [`PORT=${PORT}`], ...config } }),
    layers: [await packTar([{ header, body: program }])],
  };
}

(programs ? test : test.skip)(
  'two tasks of a service answer behind the load balancer, checked inside and outside',
  async () => {
    if (!programs) return;
    const scene = await serviceScene();
    const { config, layers } = await imageOf(programs.server, {
      User: '1000:1000',
      WorkingDir: '/srv',
      Volumes: { '/tmp': {} },
    });
    await pushImage(scene.ecr, 'web', config, layers, 'v1');
    await scene.define('v1', {
      readonlyRootFilesystem: true,
      healthCheck: { command: ['CMD', '/server', 'check', '0'], interval: 5 },
    });
    await scene.create({ desiredCount: 2 });
    await scene.waitUntilDeployed();
    const url = await scene.url();
    await until(async () => {
      const response = await fetch(url, { headers: { connection: 'close' } });
      return (
        response.status === 200 && (await response.text()) === 'user 1000 pid 1 folder /srv root 0 tmp 0'
      );
    }, 'a response');
    expect(scene.region.ecs.tasks.all().map(({ healthStatus }) => healthStatus)).toEqual([
      'HEALTHY',
      'HEALTHY',
    ]);
    await scene.update({ desiredCount: 0 });
    await scene.waitForService(({ runningCount }) => runningCount === 0);
  },
);

test('the sandbox says which images need a runtime that its machine lacks', async () => {
  const { PATH } = process.env;
  const scene = await taskScene();
  const { config, layers } = await imageOf(new TextEncoder().encode('\x7fELF a program'), {});
  await pushImage(scene.ecr, 'web', config, layers, 'binary');
  await scene.push('', 'node');
  const lacks = async (query: Readonly<Record<string, string>>) => {
    const url = `${scene.url}/_sandbox/lacks-runtime?${new URLSearchParams(query).toString()}`;
    const response = await fetch(url);
    return response.ok ? response.json() : response.status;
  };
  const imageOfTag = (tag: string) => ({
    image: `000000000000.dkr.ecr.eu-west-1.amazonaws.com/web:${tag}`,
    region: 'eu-west-1',
  });
  try {
    process.env.PATH = '/nowhere';
    expect(await lacks({})).toBe(true);
    expect(await lacks(imageOfTag('binary'))).toBe(true);
    expect(await lacks({ ...imageOfTag('binary'), command: '["/server"]' })).toBe(true);
    expect(await lacks(imageOfTag('node'))).toBe(false);
    expect(await lacks(imageOfTag('absent'))).toBe(400);
  } finally {
    process.env.PATH = PATH;
  }
  // A runtime that is installed later is found without a restart.
  if (programs) expect(await lacks(imageOfTag('binary'))).toBe(false);
});

test('without a runtime the task does not start, and its container says what to install', async () => {
  const { PATH } = process.env;
  process.env.PATH = '/nowhere';
  const scene = await taskScene();
  const { config, layers } = await imageOf(new TextEncoder().encode('\x7fELF a program'), {});
  await pushImage(scene.ecr, 'web', config, layers, 'v1');
  const task = await scene
    .run({ web: {} })
    .then((taskArn) => scene.waitForStop(taskArn))
    .finally(() => (process.env.PATH = PATH));
  expect(task).toMatchObject({
    stopCode: 'TaskFailedToStart',
    containers: [{ reason: expect.stringContaining('(sandbox: to run it, install runc or crun, on Linux)') }],
  });
});
