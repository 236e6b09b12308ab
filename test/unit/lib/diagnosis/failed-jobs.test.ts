// The cause of a failed deployment whose containers wait for a job that fails.
import { expect, test } from '@jest/globals';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import { containerFacts, factsWith, serviceWith, taskWith } from './facts.ts';

const WAITS =
  'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [migrate(shop/migrate:1) (STOPPED->RUNNING) - Exit: 1] for target [api(shop/api:1) (NONE->RUNNING)] as dependency did not exit successfully.';
const [api] = serviceWith({ dependsOn: { migrate: 'SUCCESS' } }).containers;
if (!api) throw new Error('The service has no container');
const service = serviceWith(
  {},
  {
    containers: [
      { ...api, name: 'migrate', port: undefined, path: undefined, essential: false, dependsOn: {} },
      api,
    ],
  },
);
const log = ['Error: relation "orders" does not exist', '    at run (/app/migrate.js:3:9)'];
const failed = (id: string) =>
  taskWith({
    id,
    status: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'Task failed to start',
    startedAt: undefined,
    containers: [
      containerFacts({ name: 'migrate', exitCode: 1, log }),
      containerFacts({ name: 'api', exitCode: 143, reason: WAITS }),
    ],
  });

test('the cause is the job with its exit code and its log, not the containers that wait for it', () => {
  expect(findCause(factsWith({ service, tasks: [failed('1')] }))).toEqual({
    what: 'migrate exited with code 1: Error: relation "orders" does not exist; api cannot start before it succeeds',
    evidence: [
      'ECS: Task failed to start; migrate exit code 1; api did not start: it waited for migrate',
      'migrate logged:',
      ...log.map((line) => `  ${line}`),
    ],
    fix: ['Correct migrate: the log above shows the error.'],
    isPermanent: false,
    container: 'migrate',
  });
});

test('a job that fails twice in the same way is not started a third time', () => {
  expect(findCause(factsWith({ service, tasks: [failed('2'), failed('1')] }))?.isPermanent).toBe(true);
});

test('a task that ECS leaves waiting after the job has failed is explained as well', () => {
  const waiting = taskWith({
    status: 'PENDING',
    startedAt: undefined,
    containers: [containerFacts({ name: 'migrate', exitCode: 1, log }), containerFacts()],
  });
  expect(findCause(factsWith({ service, tasks: [waiting] }))).toMatchObject({
    what: expect.stringMatching(/^migrate exited with code 1: .*; api cannot start before it succeeds$/),
    evidence: ['migrate logged:', expect.any(String), expect.any(String)],
  });
});

test('a job that has succeeded, or whose end is enough, explains nothing', () => {
  const done = taskWith({ containers: [containerFacts({ name: 'migrate', exitCode: 0 }), containerFacts()] });
  expect(findCause(factsWith({ service, tasks: [done] }))).toBeUndefined();
  const starting = { ...done, status: 'PENDING' };
  expect(findCause(factsWith({ service, tasks: [starting] }))).toBeUndefined();
});

test('a container that waits for another reason is named with what it waits for', () => {
  const stuck = taskWith({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'Task failed to start',
    containers: [containerFacts({ name: 'api', exitCode: 143, reason: WAITS.replace(' - Exit: 1', '') })],
  });
  expect(findCause(factsWith({ service, tasks: [stuck] }))).toMatchObject({
    what: 'api did not start because migrate, for which it waits, did not reach its condition',
  });
});

test('a job that has failed in a task that never starts is permanent, once the task has had time to stop', () => {
  const waiting = (seconds: number) =>
    taskWith(
      {
        status: 'PENDING',
        startedAt: undefined,
        containers: [containerFacts({ name: 'migrate', exitCode: 1, log })],
      },
      seconds,
    );
  expect(findCause(factsWith({ service, tasks: [waiting(10)] }))?.isPermanent).toBe(false);
  expect(findCause(factsWith({ service, tasks: [waiting(70)] }))?.isPermanent).toBe(true);
});

test('a container whose command finds it unhealthy is explained, also before its task has started', () => {
  const health = { ...api.health, command: ['node', 'check.js'] };
  const unhealthy = taskWith({
    status: 'PENDING',
    startedAt: undefined,
    containers: [containerFacts({ healthStatus: 'UNHEALTHY' })],
  });
  expect(findCause(factsWith({ service: serviceWith({ health }), tasks: [unhealthy] }))).toMatchObject({
    what: 'api fails its own health check: health.command does not end with exit code 0 within 5 s',
    fix: ['Correct api, or correct health.command or health.timeoutSeconds of api.'],
    isPermanent: true,
  });
});
