// The admin API reports the addresses on which the containers of a task listen, and remembers them when the task has stopped.
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { StopTaskCommand } from '@aws-sdk/client-ecs';
import type { ListenedAddress } from '../../../sandbox/runtime/ports.ts';
import { taskScene } from './task-scene.ts';

const listen = (...args: unknown[]) =>
  `require('node:http').createServer(() => {}).listen(...${JSON.stringify(args)});`;

async function sceneWithListeners() {
  const scene = await taskScene();
  const listeners = async (taskArn: string) => {
    const id = taskArn.split('/').at(-1) ?? '';
    const response = await fetch(`${scene.url}/_sandbox/listeners?task=${id}`);
    return (await response.json()) as ListenedAddress[] | null;
  };
  return { ...scene, listeners };
}

test('a running task shows the listeners of each container, and a stopped task those that it had', async () => {
  const scene = await sceneWithListeners();
  await scene.push(listen(5001, '127.0.0.1'), 'v1');
  await scene.push(`${listen(5000)} ${listen(9000, '0.0.0.0')}`, 'two');
  const arn = await scene.run({ api: {}, other: { tag: 'two' } });
  const addresses = [
    { container: 'api', host: '127.0.0.1', port: 5001 },
    { container: 'other', host: '::', port: 5000 },
    { container: 'other', host: '0.0.0.0', port: 9000 },
  ];
  for (;;) {
    const found = await scene.listeners(arn);
    if (found?.length === addresses.length) break;
    await delay(20);
  }
  expect(await scene.listeners(arn)).toEqual(addresses.map((one) => ({ ...one, isOpen: true })));
  await scene.ecs.send(new StopTaskCommand({ cluster: 'main', task: arn }));
  await scene.waitForStop(arn);
  expect(await scene.listeners(arn)).toEqual(addresses.map((one) => ({ ...one, isOpen: false })));
});

test('a task that crashes after it has listened shows where it listened, and a task that never listened shows nothing', async () => {
  const scene = await sceneWithListeners();
  await scene.push(
    `require('node:http').createServer().listen(5002, () => { throw new Error('broken'); });`,
    'v1',
  );
  await scene.push('process.exit(0)', 'job');
  const [crashing, job] = [await scene.run({ api: {} }), await scene.run({ api: { tag: 'job' } })];
  for (const arn of [crashing, job]) await scene.waitForStop(arn);
  expect(await scene.listeners(crashing)).toEqual([
    { container: 'api', host: '::', port: 5002, isOpen: false },
  ]);
  expect(await scene.listeners(job)).toEqual([]);
  expect(await scene.listeners('arn:aws:ecs:eu-west-1:000000000000:task/main/none')).toBeNull();
});

test('a Unix socket is shown with its path instead of a port, until it is closed', async () => {
  const scene = await sceneWithListeners();
  const socket = join(tmpdir(), `slipway-${randomUUID()}.sock`);
  await scene.push(
    `const server = ${listen(socket).replace(/;$/, '')}; setTimeout(() => server.close(), 1500); setInterval(() => {}, 1000);`,
    'v1',
  );
  const arn = await scene.run({ api: {} });
  for (const isOpen of [true, false]) {
    while ((await scene.listeners(arn))?.[0]?.isOpen !== isOpen) await delay(20);
    expect(await scene.listeners(arn)).toEqual([{ container: 'api', host: socket, isOpen }]);
  }
});

test('a listener that is closed while its container runs is shown as closed', async () => {
  const scene = await sceneWithListeners();
  await scene.push(
    `const server = require('node:http').createServer().listen(5000, () => server.close()); setInterval(() => {}, 1000);`,
    'v1',
  );
  const arn = await scene.run({ api: {} });
  for (;;) {
    const [found] = (await scene.listeners(arn)) ?? [];
    if (found && !found.isOpen) break;
    await delay(20);
  }
  expect(await scene.listeners(arn)).toEqual([{ container: 'api', host: '::', port: 5000, isOpen: false }]);
});
