// Changes in place and replacements on moto: provision makes the planned changes, and the next plan is empty.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { machine, type Machine } from '../journeys/harness.ts';
import { startMoto } from '../../bench/moto.ts';

const app = { image: 'public.ecr.aws/shop/app:1', port: 8000, path: '/app' };
const stack = (
  changes: Partial<StackInput> = {},
  container: object = {},
  service: object = {},
): StackInput => ({
  name: 'tiny',
  region: 'eu-west-1',
  services: { web: { containers: { app: { ...app, ...container } }, ...service } },
  ...changes,
});

let moto: Awaited<ReturnType<typeof startMoto>>;
let user: Machine;
beforeAll(async () => {
  moto = await startMoto();
  user = await machine({
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
  });
}, 60_000);
afterAll(() => moto.stop());

const FLAGS = ['--target', 'aws', '--yes'];
const successiveStacks: [change: string, stack: StackInput][] = [
  ['a new stack', stack()],
  ['a path', stack({}, { path: '/orders' })],
  [
    'a health check, retention, idle timeout',
    stack({ logRetentionDays: 30, idleTimeoutSeconds: 90 }, { health: { path: '/ready' } }),
  ],
  [
    'environment, size, count',
    stack({}, { environment: { LEVEL: 'debug' } }, { cpu: 512, memory: 1024, count: 2 }),
  ],
  ['a port', stack({}, { port: 8001 })],
  ['another container name', stack({ services: { web: { containers: { api: app } } } })],
  ['a third zone, and tags', stack({ network: { zones: 3 }, tags: { team: 'orders' } })],
  [
    'a second service',
    stack({ services: { ...stack().services, jobs: { containers: { job: { ...app, path: '/jobs' } } } } }),
  ],
];

test('provision makes each planned change, the next plan is empty, and a teardown leaves nothing behind', async () => {
  for (const [change, desired] of successiveStacks) {
    const flags = [...user.config(desired), ...FLAGS, '--no-wait'];
    const planned = await user.run('provision', ...flags, '--plan');
    expect({ change, code: planned.code, problem: planned.problem }).toEqual({
      change,
      code: 2,
      problem: undefined,
    });
    const provisioned = await user.run('provision', ...flags);
    expect({ change, code: provisioned.code, problem: provisioned.problem }).toEqual({
      change,
      code: 0,
      problem: undefined,
    });
    const replanned = await user.run('provision', ...flags, '--plan');
    expect({ change, code: replanned.code, changes: replanned.code === 0 ? '' : replanned.stdout }).toEqual({
      change,
      code: 0,
      changes: '',
    });
  }
  expect(await user.run('teardown', ...FLAGS, '--config', `${user.folder}/slipway.config.ts`)).toMatchObject({
    code: 0,
    lastLine: expect.stringMatching(/^tiny-dev is gone, 0 left/),
  });
}, 180_000);
