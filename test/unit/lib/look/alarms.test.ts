// The look for alarms: the alarms that the configuration names, and no other.
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { expect, test } from '@jest/globals';
import { lookAlarms } from '../../../../lib/look/alarms.ts';
import { config, lookContextOf, mocks, ROLLING, sentCalls } from '../../step-harness.ts';

const stackWith = (...alarms: string[]) =>
  config({
    services: ['web', 'job'].map((name) => ({
      ...config().services[0]!,
      name,
      deploy: { ...ROLLING, alarms },
    })),
  });

test('the look finds metric alarms and composite alarms, and asks once for an alarm of two services', async () => {
  mocks.cloudwatch
    .on(DescribeAlarmsCommand)
    .callsFake(({ NextToken }: { NextToken?: string }) =>
      NextToken === undefined
        ? { MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK' }], NextToken: '2' }
        : { CompositeAlarms: [{ AlarmName: 'b', StateValue: 'ALARM' }] },
    );
  expect(await lookAlarms(lookContextOf(stackWith('a', 'b', 'c')))).toEqual(
    new Map([
      ['a', { state: 'OK' }],
      ['b', { state: 'ALARM' }],
    ]),
  );
  expect(sentCalls()).toMatchObject([
    { input: { AlarmNames: ['a', 'b', 'c'], AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] } },
    { input: { NextToken: '2' } },
  ]);
});

test('the look asks for at most a hundred alarms at a time', async () => {
  mocks.cloudwatch.on(DescribeAlarmsCommand).resolves({});
  const names = Array.from({ length: 101 }, (_, index) => `alarm-${index}`);
  expect((await lookAlarms(lookContextOf(stackWith(...names)))).size).toBe(0);
  expect(sentCalls().map(({ input }) => (input as { AlarmNames: string[] }).AlarmNames.length)).toEqual([
    100, 1,
  ]);
});
