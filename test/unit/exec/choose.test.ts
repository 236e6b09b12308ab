// The container that a name means, and the task in which a command runs.
import type { Task } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { chooseTask } from '../../../exec/choose.ts';
import { containerNamed } from '../../../lib/run/one-container.ts';
import { config } from '../step-harness.ts';

const stack = config();
const [web] = stack.services;
const twoServices = {
  services: [
    ...stack.services,
    ...(web ? [{ ...web, name: 'jobs', containers: web.containers.slice(0, 1) }] : []),
  ],
};

const AGENT = { name: 'ExecuteCommandAgent' as const, lastStatus: 'RUNNING' };
/** A running task. @param minute the minute of its start */
const task = (id: string, minute: number, changes: Partial<Task> = {}, managedAgents = [AGENT]): Task => ({
  ...{ taskArn: `arn:task/shop-dev/${id}`, group: 'service:web', enableExecuteCommand: true },
  ...{ startedAt: new Date(2026, 0, 1, 0, minute), healthStatus: 'HEALTHY', lastStatus: 'RUNNING' },
  containers: [{ name: 'api1', lastStatus: 'RUNNING', managedAgents }],
  ...changes,
});
const place = containerNamed(stack, 'api1');
const chosen = (tasks: Task[], id?: string) => {
  try {
    return chooseTask(tasks, place, id).id;
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

test('a name means a container, a service with one container, or both with a slash', () => {
  expect(containerNamed(stack, 'api2').container.name).toBe('api2');
  expect(containerNamed(twoServices, 'jobs/api1').service.name).toBe('jobs');
  expect(containerNamed(twoServices, 'jobs').container.name).toBe('api1');
  expect(() => containerNamed(twoServices, 'api1')).toThrow('more than one');
  expect(() => containerNamed(stack, 'web')).toThrow('more than one');
  expect(() => containerNamed(stack, 'api3')).toThrow('no container or service api3');
});

test('the newest healthy task is chosen, and a task by the beginning of its id', () => {
  const unhealthy = task('a3', 3, { healthStatus: 'UNHEALTHY' });
  const tasks = [task('a1', 1), task('b2', 2, { healthStatus: 'UNKNOWN' }), unhealthy];
  expect(chosen(tasks)).toBe('b2');
  expect(chosen([unhealthy])).toBe('a3');
  expect(chosen(tasks, 'a1')).toBe('a1');
  expect(chosen(tasks, 'arn:task/shop-dev/a3')).toBe('a3');
  expect(chosen([task('c', 1, { group: 'family:web' })], 'c')).toBe('c');
  expect(chooseTask(tasks, place, undefined).among).toBe(3);
});

test('tasks of other services, without the container, or that were replaced do not count', () => {
  expect(chosen([])).toBe('EXEC_NO_TASK');
  expect(chosen([task('a', 1)], 'b')).toBe('EXEC_NO_TASK');
  expect(chosen([task('a', 1, { group: 'service:jobs' })])).toBe('EXEC_NO_TASK');
  const ended = task('a', 1, { containers: [{ name: 'api1', lastStatus: 'STOPPED' }] });
  expect(chosen([ended])).toBe('EXEC_NO_TASK');
});

test('a task without ECS Exec, or whose agent does not run, gives way to an older one, and is else the reason', () => {
  const off = task('new', 9, { enableExecuteCommand: false });
  const waiting = task('new', 9, {}, [{ ...AGENT, lastStatus: 'PENDING' }]);
  expect(chosen([off, task('old', 1)])).toBe('old');
  expect(chosen([waiting, task('old', 1)])).toBe('old');
  expect(chosen([off])).toBe('EXEC_NOT_ENABLED');
  expect(chosen([waiting])).toBe('EXEC_NO_AGENT');
  expect(() => chooseTask([waiting], place, undefined)).toThrow('is PENDING');
});
