// A task drains before it stops: its requests end, whatever the pace, and no new request reaches it.
import { StopTaskCommand } from '@aws-sdk/client-ecs';
import { expect, jest, test } from '@jest/globals';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceScene } from './service-scene.ts';

jest.setTimeout(60_000);

const CLOSES = 'server.close(() => process.exit(0))';
/** A program that answers with its name, `/slow` after some real time. By default it merely closes its server on SIGTERM. */
const program = (name: string, slowMs = 1_500, onStop = CLOSES) => `
  const server = require('node:http').createServer((request, response) =>
    setTimeout(() => response.end('${name}'), request.url === '/slow' ? ${slowMs} : 0)).listen(5000);
  process.on('SIGTERM', () => { ${onStop}; });`;

/** Sends a GET request. @returns the text of the response, or its status if it is not 200 */
const get = (url: string, agent?: Agent) =>
  new Promise<string>((resolve) => {
    request(url, { agent }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('close', () => resolve(response.statusCode === 200 ? text : `${response.statusCode}`));
    })
      .on('error', (error) => resolve(error.message))
      .end();
  });

async function runningScene(drainSeconds: number, slowMs?: number, onStop?: string) {
  const scene = await serviceScene({ drainSeconds });
  await scene.push(program('old', slowMs, onStop), 'old');
  await scene.push(program('new', slowMs, onStop), 'new');
  await scene.create({ taskDefinition: await scene.define('old') });
  await scene.waitUntilDeployed();
  const tasks = () => scene.region.ecs.tasks.all();
  const oldTask = tasks().find(({ lastStatus }) => lastStatus === 'RUNNING');
  const statusOfOld = () => scene.region.ecs.tasks.get(oldTask?.taskArn)?.lastStatus ?? '';
  const untilOldIs = async (...statuses: string[]) => {
    while (!statuses.includes(statusOfOld())) await delay(10);
  };
  return { ...scene, oldTask, statusOfOld, untilOldIs };
}

test('requests in flight end before the task is stopped, although the deregistration delay is shorter in AWS time', async () => {
  const scene = await runningScene(30, 1_500, 'process.exit(0)');
  const url = await scene.url();
  const slow = get(`${url}/slow`);
  await delay(100);
  const stopped = scene.ecs.send(new StopTaskCommand({ cluster: 'main', task: scene.oldTask?.taskArn }));
  await scene.untilOldIs('DEACTIVATING');
  expect(await slow).toBe('old');
  await stopped;
  await scene.untilOldIs('STOPPED');
  expect(await scene.waitForStop(scene.oldTask?.taskArn ?? '')).toMatchObject({
    containers: [{ exitCode: 0 }],
  });
});

test('a task without requests drains for the deregistration delay in AWS time only', async () => {
  const scene = await runningScene(60);
  await scene.ecs.send(new StopTaskCommand({ cluster: 'main', task: scene.oldTask?.taskArn }));
  const startedAt = Date.now();
  await scene.untilOldIs('DEPROVISIONING', 'STOPPED');
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(900);
  expect(Date.now() - startedAt).toBeLessThan(20_000);
});

test('a request that outlasts the deregistration delay in real time does not keep its task running', async () => {
  const scene = await runningScene(2, 600_000);
  const slow = get(`${await scene.url()}/slow`);
  await delay(100);
  const startedAt = Date.now();
  await scene.ecs.send(new StopTaskCommand({ cluster: 'main', task: scene.oldTask?.taskArn }));
  await scene.untilOldIs('STOPPING');
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_900);
  // The sandbox closes at the end, and does not wait for the program, which has 30 seconds to stop.
  const closingAt = Date.now();
  await scene.close();
  expect(Date.now() - closingAt).toBeLessThan(20_000);
  await slow;
});

test('an update loses no request on keep-alive connections, although the program merely closes its server on SIGTERM', async () => {
  const scene = await runningScene(30);
  const url = await scene.url();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const answers: Record<string, number> = {};
  let isStopped = false;
  const clients = Array.from({ length: 8 }, async (_, index) => {
    while (!isStopped) {
      const answer = await get(index === 0 ? `${url}/slow` : url, agent);
      answers[answer] = (answers[answer] ?? 0) + 1;
      await delay(10);
    }
  });
  await scene.update({ taskDefinition: await scene.define('new') });
  await scene.waitUntilDeployed();
  isStopped = true;
  await Promise.all(clients);
  agent.destroy();
  expect(Object.keys(answers).sort()).toEqual(['new', 'old']);
});
