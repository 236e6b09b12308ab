// The error in the logs of a running container: it is read from its tasks, and the result is empty without one.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from '@jest/globals';
import { errorInLogs } from '../../../../provision/done/running-logs.ts';
import { engineContext } from '../../engine-harness.ts';
import { config, mocks, sentCalls } from '../../step-harness.ts';

const [service] = config().services;
if (!service) throw new Error('No service is configured');
const read = () => errorInLogs(engineContext(config()), service, 'api1');
const messages = (...texts: string[]) => ({ events: texts.map((message) => ({ message })) });

beforeEach(() => {
  const group = `service:${engineContext(config()).names.service(service)}`;
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: ['task/shop/1', 'task/shop/2'] });
  mocks.ecs.on(DescribeTasksCommand).resolves({
    tasks: ['1', '2'].map((id) => ({ taskArn: `arn:aws:ecs:eu-west-1:1:task/shop/${id}`, group })),
  });
});

test('the error is read from the first task whose log holds one', async () => {
  mocks.logs
    .on(GetLogEventsCommand)
    .resolvesOnce(messages('listening on 5000'))
    .resolvesOnce(messages('listening on 5000', 'TypeError: pool is undefined', '    at /app/main.js:3:1'));
  expect(await read()).toEqual(expect.arrayContaining(['api1 logged:', '  TypeError: pool is undefined']));
  const streams = sentCalls().flatMap(({ command, input }) =>
    command === 'GetLogEvents' ? [(input as { logStreamName?: string }).logStreamName] : [],
  );
  expect(streams).toEqual([`${service.name}/api1/1`, `${service.name}/api1/2`]);
});

test('an error without a stack trace is found as well', async () => {
  mocks.logs.on(GetLogEventsCommand).resolves(messages('TypeError: pool is undefined', 'GET /api 500'));
  expect(await read()).toEqual(['api1 logged:', '  TypeError: pool is undefined']);
});

test('nothing is shown if no log holds an error, or if the tasks and logs cannot be read', async () => {
  mocks.logs.on(GetLogEventsCommand).resolves(messages('listening on 5000'));
  expect(await read()).toEqual([]);
  mocks.logs.on(GetLogEventsCommand).rejects(new Error('AccessDenied'));
  expect(await read()).toEqual([]);
  mocks.ecs.on(ListTasksCommand).rejects(new Error('AccessDenied'));
  expect(await read()).toEqual([]);
});
