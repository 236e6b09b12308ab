// The meaning of a change of the number of tasks, for requests and for the next provision.
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../lib/config/parse.ts';
import { meaningOfZero, provisionNote } from '../../../scale/plan.ts';
import { stack } from '../../converge/stacks.ts';

const serviceWith = (paths: readonly string[]) => {
  const { services } = parseConfig(stack(), {
    stage: 'dev',
    target: 'sandbox',
    folder: '.',
    file: 'slipway.config.ts',
    needsSources: false,
  });
  const [service] = services;
  if (service === undefined) throw new Error('The stack has no service');
  const containers = service.containers.filter(({ path }) => paths.includes(path ?? ''));
  return { key: 'web', deployed: { service: { ...service, containers }, targetGroups: new Map() } };
};

test('0 tasks: the load balancer answers 503 on every path of the service', () => {
  expect(meaningOfZero(serviceWith(['/api1', '/api2']), 0)).toBe(
    'web stops: the load balancer answers 503 on /api1 and /api2',
  );
});

test('0 tasks of a service without a path: nothing runs', () => {
  expect(meaningOfZero(serviceWith([]), 0)).toBe('web stops: none of its tasks runs');
});

test('a service that keeps tasks serves on', () => {
  expect(meaningOfZero(serviceWith(['/api1']), 1)).toBeUndefined();
});

test.each([
  [3, undefined],
  [2, 'the next npm run provision returns web to 2 tasks, unless slipway.config.ts says count: 3'],
  [1, 'the next npm run provision returns web to 1 task, unless slipway.config.ts says count: 3'],
])('3 tasks, and a configuration with %j: the note says what the next provision does', (configured, note) => {
  expect(provisionNote('web', 3, configured)).toBe(note);
});

test('a service that is no longer configured: the next provision removes it', () => {
  expect(provisionNote('web', 3, undefined)).toMatch(/not in slipway\.config\.ts.* removes it$/);
});
