// The removal of a service: the service is gone once its last task has stopped.
import {
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../lib/model/clock.ts';
import type { FoundService } from '../../../../lib/look/services.ts';
import { services } from '../../../../teardown/steps/services.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';
import { withShortWaits } from '../../short-waits.ts';

const context = (status = 'ACTIVE') =>
  removeContextOf({ noun: 'services', key: 'web' }, { serviceName: 'web', status } as FoundService);
const remove = (status = 'ACTIVE') => services.remove(context(status));
const deleteCall = { command: 'DeleteService', input: { cluster: 'shop-dev', service: 'web', force: true } };
const commands = () => sentCalls().map(({ command }) => command);
const mutations = () => sentCalls().filter(({ command }) => /^(Update|Delete)/.test(command));

/** Mocks the status of the service at each lookup; undefined if the service is missing. */
function mockServiceLookups(...statuses: (string | undefined)[]): void {
  const mock = mocks.ecs.on(DescribeServicesCommand);
  for (const status of statuses) {
    const services = status === undefined ? [] : [{ serviceName: 'web', status, runningCount: 1 }];
    mock.resolvesOnce({ services });
  }
}
/** Mocks the statuses of the tasks of the service at each lookup. */
function mockTaskLookups(...lookups: string[][]): void {
  mocks.ecs.on(ListTasksCommand).callsFake(({ desiredStatus }: { desiredStatus: string }) => ({
    taskArns: desiredStatus === 'STOPPED' ? ['arn:1', 'arn:2'] : [],
  }));
  const mock = mocks.ecs.on(DescribeTasksCommand);
  for (const statuses of lookups) {
    mock.resolvesOnce({ tasks: statuses.map((lastStatus) => ({ lastStatus, group: 'service:web' })) });
  }
}
function mockDelete(): void {
  mocks.ecs.on(DeleteServiceCommand).resolves({});
}

test('removes what is ours: deletes the service, and waits until it is inactive and its tasks have stopped', async () => {
  mockDelete();
  mockServiceLookups('DRAINING', 'INACTIVE');
  mockTaskLookups(['STOPPING', 'DEPROVISIONING'], ['STOPPED', 'DEPROVISIONING'], ['STOPPED', 'DELETED']);
  expect(await remove()).toBeUndefined();
  expect(sentCalls().slice(0, 2)).toEqual([
    deleteCall,
    { command: 'DescribeServices', input: { cluster: 'shop-dev', services: ['web'], include: ['TAGS'] } },
  ]);
  const taskLookup = ['ListTasks', 'ListTasks', 'DescribeTasks'];
  expect(commands().slice(2)).toEqual(['DescribeServices', ...taskLookup, ...taskLookup, ...taskLookup]);
});

test('removes what is ours: if another run has started to remove the service, this run only waits', async () => {
  mockServiceLookups('DRAINING', 'INACTIVE');
  mockTaskLookups(['DEPROVISIONING'], ['STOPPED']);
  expect(await remove('DRAINING')).toBeUndefined();
  expect(mutations()).toEqual([]);
  expect(commands().filter((command) => command === 'DescribeTasks')).toHaveLength(2);
});

test('removes what is ours: the waits for several services share their requests', async () => {
  mockDelete();
  mocks.ecs.on(DescribeServicesCommand).resolves({ services: [] });
  mocks.ecs.on(ListTasksCommand).resolves({});
  // Uses the system clock, because a wait on the test clock is too short for requests to be shared.
  const contextWithSystemClock = { ...context(), clock: systemClock };
  await Promise.all(
    ['web', 'jobs'].map((key) =>
      services.remove({
        ...contextWithSystemClock,
        existing: { ...contextWithSystemClock.existing, serviceName: key },
      }),
    ),
  );
  expect(sentCalls().filter(({ command }) => command === 'DescribeServices')).toEqual([
    {
      command: 'DescribeServices',
      input: { cluster: 'shop-dev', services: ['web', 'jobs'], include: ['TAGS'] },
    },
  ]);
  expect(sentCalls().filter(({ command }) => command === 'ListTasks')).toEqual(
    ['RUNNING', 'STOPPED'].map((desiredStatus) => ({
      command: 'ListTasks',
      input: { cluster: 'shop-dev', desiredStatus },
    })),
  );
});

test('reports a timeout if tasks never stop', async () => {
  mockDelete();
  mockServiceLookups('INACTIVE');
  mockTaskLookups();
  mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [{ lastStatus: 'RUNNING', group: 'service:web' }] });
  await expect(services.remove(withShortWaits(context()))).rejects.toMatchObject({
    code: 'TIMEOUT',
    what: expect.stringContaining('the tasks of web to be stopped'),
    why: 'The last check reported: 1 tasks stopping.',
  });
});

test('counts a missing resource as removed', async () => {
  mocks.ecs.on(DeleteServiceCommand).rejects(awsError('ServiceNotFoundException'));
  mockServiceLookups(undefined);
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  expect(await remove()).toBeUndefined();
  expect(mutations()).toEqual([deleteCall]);
});

test('counts a missing resource as removed: a service whose cluster is gone', async () => {
  const gone = awsError('ClusterNotFoundException');
  for (const command of [DeleteServiceCommand, DescribeServicesCommand, ListTasksCommand]) {
    mocks.ecs.on(command as typeof ListTasksCommand).rejects(gone);
  }
  expect(await remove()).toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mockDelete();
  mocks.ecs.on(DeleteServiceCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall]);
});
