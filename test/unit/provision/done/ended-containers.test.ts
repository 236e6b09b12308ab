// The warnings about containers that have ended although their tasks run.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { Event } from '../../../../lib/model/report.ts';
import { warnOfEndedContainers } from '../../../../provision/done/ended-containers.ts';
import { engineContext } from '../../engine-harness.ts';
import { config, mocks, sentCalls } from '../../step-harness.ts';

/** The configuration, in which the second container of the service is not essential. */
const stack = config({
  services: config().services.map((service) => ({
    ...service,
    containers: service.containers.map((container, index) => ({ ...container, essential: index === 0 })),
  })),
});

async function warnings(desired = stack): Promise<Event[]> {
  const events: Event[] = [];
  await warnOfEndedContainers({ report: (event) => void events.push(event) }, engineContext(desired));
  return events;
}

test('a container that has ended is reported, with its exit code and the error in its log', async () => {
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: ['arn:task'] });
  const [service] = stack.services;
  const group = `service:${service ? engineContext(stack).names.service(service) : ''}`;
  const ended = { name: 'api2', lastStatus: 'STOPPED', exitCode: 1 };
  mocks.ecs
    .on(DescribeTasksCommand)
    .resolves({ tasks: [{ taskArn: 'arn:task/shop/1', group, lastStatus: 'RUNNING', containers: [ended] }] });
  const events = [{ message: 'Error: bad token' }];
  mocks.logs.on(GetLogEventsCommand).resolves({ events });
  expect(await warnings()).toEqual([
    {
      type: 'warning',
      text: 'api2 has ended in 1 of 1 tasks of web (exit code 1). It is not essential, so the tasks run without it, and ECS does not restart it. It logged: Error: bad token',
    },
  ]);
});

test('a job that has succeeded is not reported; one that has failed is, if the others wait only for its end', async () => {
  const [service] = stack.services;
  const job = (condition: 'SUCCESS' | 'COMPLETE') =>
    config({
      services: stack.services.map((service) => ({
        ...service,
        containers: service.containers.map((container, index) =>
          index === 0 ? { ...container, dependsOn: { api2: condition } } : container,
        ),
      })),
    });
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: ['arn:task'] });
  mocks.logs.on(GetLogEventsCommand).resolves({ events: [] });
  const endedWith = (exitCode: number) =>
    mocks.ecs.on(DescribeTasksCommand).resolves({
      tasks: [
        {
          taskArn: 'arn:task/shop/1',
          group: `service:${service ? engineContext(stack).names.service(service) : ''}`,
          lastStatus: 'RUNNING',
          containers: [{ name: 'api2', lastStatus: 'STOPPED', exitCode }],
        },
      ],
    });
  endedWith(0);
  expect(await warnings(job('SUCCESS'))).toEqual([]);
  endedWith(3);
  expect(await warnings(job('COMPLETE'))).toEqual([
    {
      type: 'warning',
      text: 'api2 has failed in 1 of 1 tasks of web (exit code 3). The other containers wait only for its end, so they run all the same.',
    },
  ]);
});

test('nothing is reported if all containers run, or if the tasks cannot be read', async () => {
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  expect(await warnings()).toEqual([]);
  mocks.ecs.on(ListTasksCommand).rejects(new Error('AccessDenied'));
  expect(await warnings()).toEqual([]);
});

test('without a non-essential container, no call is made', async () => {
  expect(await warnings(config())).toEqual([]);
  expect(sentCalls()).toEqual([]);
});
