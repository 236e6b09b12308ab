// The health check that ECS runs inside a container.
import { expect, test } from '@jest/globals';
import type { Container } from '../../../../lib/config/config.ts';
import { checksItself, containerHealthCheck } from '../../../../lib/derive/container-health.ts';
import { config } from '../../step-harness.ts';

const [api] = config().services.flatMap(({ containers }) => containers) as [Container];
const checkWith = (health: Partial<Container['health']>, changes: Partial<Container> = {}) =>
  containerHealthCheck({ ...api, ...changes, health: { ...api.health, ...health } });

test.each([
  [
    ['node', 'check.js'],
    ['CMD', 'node', 'check.js'],
  ],
  [
    ['CMD', 'node', 'check.js'],
    ['CMD', 'node', 'check.js'],
  ],
  [
    ['CMD-SHELL', 'pg_isready -q || exit 1'],
    ['CMD-SHELL', 'pg_isready -q || exit 1'],
  ],
])('the command %j becomes %j', (command, expected) => {
  expect(checkWith({ command })?.command).toEqual(expected);
});

test('a command has the times of the health check, within the limits of ECS', () => {
  const command = ['true'];
  expect(checkWith({ command })).toMatchObject({ interval: 10, timeout: 5, retries: 2, startPeriod: 30 });
  expect(checkWith({ command, timeoutSeconds: 119, intervalSeconds: 120, startSeconds: 300 })).toMatchObject({
    interval: 120,
    timeout: 60,
    startPeriod: 300,
  });
});

test('a command checks containers that get no request: without a port, by reference, without Node', () => {
  for (const changes of [
    { port: undefined, path: undefined },
    { image: { reference: 'postgres:17' } },
    { lacksNode: true },
  ]) {
    expect(checksItself({ ...api, ...changes })).toBe(false);
    expect(checkWith({ command: ['true'] }, changes)).toBeDefined();
  }
});

test('the request of a Node program starts to count after startSeconds, too', () => {
  expect(checkWith({ startSeconds: 90 })).toMatchObject({
    startPeriod: 90,
    command: ['CMD', 'node', '-e', expect.any(String)],
  });
});
