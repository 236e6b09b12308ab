// Metric alarms: created, replaced, listed, set by hand, tagged and deleted.
import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  ListTagsForResourceCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { census } from '../../../../sandbox/census.ts';
import { World } from '../../../../sandbox/world/world.ts';
import { refusalOf } from '../../harness.ts';
import { scene, alarmSettings } from './scene.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:000000000000:pager';

test('a new alarm has the fields that AWS fills in', async () => {
  const { putAlarm, alarms } = await scene();
  await putAlarm('busy', { AlarmDescription: 'too many', Dimensions: [{ Name: 'Shop', Value: 'a' }] });
  expect(await alarms()).toEqual([
    {
      ...alarmSettings,
      AlarmName: 'busy',
      AlarmArn: 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:busy',
      AlarmDescription: 'too many',
      AlarmConfigurationUpdatedTimestamp: expect.any(Date),
      ActionsEnabled: true,
      OKActions: [],
      AlarmActions: [],
      InsufficientDataActions: [],
      Dimensions: [{ Name: 'Shop', Value: 'a' }],
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: expect.any(String),
      StateUpdatedTimestamp: expect.any(Date),
      StateTransitionedTimestamp: expect.any(Date),
    },
  ]);
});

test('a second put replaces all settings and keeps the state', async () => {
  const { putAlarm, alarms, cloudwatch } = await scene();
  await putAlarm('busy', { AlarmDescription: 'too many', TreatMissingData: 'ignore' });
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'busy', StateValue: 'OK', StateReason: 'by hand' }),
  );
  await putAlarm('busy', { Threshold: 9, TreatMissingData: 'ignore' });
  const [alarm] = await alarms();
  expect(alarm).toMatchObject({ Threshold: 9, StateValue: 'OK', StateReason: 'by hand' });
  expect(alarm).not.toHaveProperty('AlarmDescription');
});

describe('a list', () => {
  test('is sorted by name, has pages, and can be filtered', async () => {
    const { putAlarm, alarms, cloudwatch } = await scene();
    for (const name of ['shop-b', 'till', 'shop-a']) await putAlarm(name, { TreatMissingData: 'ignore' });
    await putAlarm('pager', { AlarmActions: [TOPIC], TreatMissingData: 'ignore' });
    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'till', StateValue: 'OK', StateReason: 'test' }),
    );
    const names = async (input: Parameters<typeof alarms>[0]) =>
      (await alarms(input)).map(({ AlarmName }) => AlarmName);
    expect(await names({})).toEqual(['pager', 'shop-a', 'shop-b', 'till']);
    expect(await names({ AlarmNames: ['till', 'none'] })).toEqual(['till']);
    expect(await names({ AlarmNamePrefix: 'shop-' })).toEqual(['shop-a', 'shop-b']);
    expect(await names({ StateValue: 'OK' })).toEqual(['till']);
    expect(await names({ ActionPrefix: 'arn:aws:sns:' })).toEqual(['pager']);
    expect(await names({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
    const first = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 3 }));
    expect(first.MetricAlarms).toHaveLength(3);
    expect(await names({ MaxRecords: 3, NextToken: first.NextToken })).toEqual(['till']);
  });

  test('can be limited to a metric', async () => {
    const { putAlarm, cloudwatch } = await scene();
    await putAlarm('all');
    await putAlarm('one', { Dimensions: [{ Name: 'Shop', Value: 'a' }] });
    const find = async (Dimensions?: { Name: string; Value: string }[]) => {
      const { Namespace, MetricName } = alarmSettings;
      const command = new DescribeAlarmsForMetricCommand({ Namespace, MetricName, Dimensions });
      return (await cloudwatch.send(command)).MetricAlarms?.map(({ AlarmName }) => AlarmName);
    };
    expect(await find()).toEqual(['all']);
    expect(await find([{ Name: 'Shop', Value: 'a' }])).toEqual(['one']);
  });

  test('is refused for contradicting filters and invalid tokens', async () => {
    const { alarms } = await scene();
    const both = alarms({ AlarmNames: ['a'], AlarmNamePrefix: 'a' });
    expect((await refusalOf(both)).code).toBe('InvalidParameterCombination');
    expect((await refusalOf(alarms({ NextToken: '%%' }))).code).toBe('InvalidNextToken');
  });
});

describe('settings that are refused', () => {
  test.each<[string, Partial<PutMetricAlarmCommandInput>, string]>([
    ['no metric', { MetricName: undefined }, 'MissingParameter'],
    ['no statistic', { Statistic: undefined }, 'MissingParameter'],
    ['no threshold', { Threshold: undefined }, 'MissingParameter'],
    ['a period of 90 s', { Period: 90 }, 'ValidationError'],
    ['periods that together exceed a day', { Period: 300, EvaluationPeriods: 300 }, 'ValidationError'],
    ['more datapoints than periods', { DatapointsToAlarm: 2 }, 'ValidationError'],
    ['an unknown treatment of missing data', { TreatMissingData: 'guess' }, 'ValidationError'],
    ['an action that is not an ARN', { AlarmActions: ['pager'] }, 'ValidationError'],
    ['too many actions', { OKActions: Array(6).fill(TOPIC) }, 'ValidationError'],
    ['a period of 10 s', { Period: 10 }, 'NotImplemented'],
    ['a percentile', { Statistic: undefined, ExtendedStatistic: 'p99' }, 'NotImplemented'],
    [
      'a metric expression',
      { MetricName: undefined, Metrics: [{ Id: 'm', Expression: '1' }] },
      'NotImplemented',
    ],
    ['a comparison with a band', { ComparisonOperator: 'GreaterThanUpperThreshold' }, 'NotImplemented'],
  ])('%s', async (_what, input, code) => {
    const { putAlarm, alarms } = await scene();
    expect((await refusalOf(putAlarm('busy', input))).code).toBe(code);
    expect(await alarms()).toEqual([]);
  });
});

test('a new state that a client sets runs the actions, and the history shows whether they succeeded', async () => {
  const { putAlarm, cloudwatch, history } = await scene();
  await putAlarm('busy', { AlarmActions: [TOPIC], TreatMissingData: 'ignore' });
  const set = (StateReasonData?: string) =>
    cloudwatch.send(
      new SetAlarmStateCommand({
        AlarmName: 'busy',
        StateValue: 'ALARM',
        StateReason: 'drill',
        StateReasonData,
      }),
    );
  expect((await refusalOf(set('{'))).code).toBe('InvalidFormat');
  await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['busy', 'none'] }));
  await set();
  expect((await history('busy')).map(({ HistoryItemType }) => HistoryItemType)).not.toContain('Action');
  await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['busy'] }));
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'busy', StateValue: 'OK', StateReason: 'end' }),
  );
  await set('{"drill":true}');
  const summaries = (await history('busy')).map(({ HistorySummary }) => HistorySummary);
  expect(summaries).toContain(`Failed to execute action ${TOPIC}`);
  expect(summaries).toContain('Alarm updated from OK to ALARM');
});

test('the history outlives the alarm, and can be filtered and read in either order', async () => {
  const { putAlarm, cloudwatch } = await scene();
  await putAlarm('busy');
  await putAlarm('busy', { Threshold: 6 });
  await putAlarm('other');
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['busy'] }));
  const read = async (input = {}) => {
    const command = new DescribeAlarmHistoryCommand({
      AlarmName: 'busy',
      ScanBy: 'TimestampAscending',
      ...input,
    });
    return (await cloudwatch.send(command)).AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary);
  };
  const verbs = ['created', 'updated', 'deleted'].map((verb) => `Alarm "busy" ${verb}`);
  expect(await read()).toEqual(verbs);
  expect(await read({ ScanBy: undefined })).toEqual(verbs.toReversed());
  expect(await read({ HistoryItemType: 'Action' })).toEqual([]);
  expect(await read({ EndDate: new Date('2020-01-01') })).toEqual([]);
  expect(await read({ AlarmName: undefined, MaxRecords: 4 })).toHaveLength(4);
});

test('a delete removes the alarms that exist, even if it is refused because another does not exist', async () => {
  const { putAlarm, cloudwatch, world } = await scene();
  await putAlarm('busy');
  await putAlarm('calm');
  expect(census(world)).toMatchObject({ 'cloudwatch.alarms': 2 });
  const remove = (...AlarmNames: string[]) => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames }));
  await remove('calm');
  expect((await refusalOf(remove('none', 'busy'))).code).toBe('ResourceNotFound');
  expect(census(world)).toEqual({});
});

test('tags are set when an alarm is created, and are changed through its ARN', async () => {
  const { putAlarm, cloudwatch, alarms } = await scene();
  await putAlarm('busy', { Tags: [{ Key: 'team', Value: 'a' }] });
  await putAlarm('busy', { Tags: [{ Key: 'ignored', Value: 'on update' }] });
  const ResourceARN = (await alarms())[0]?.AlarmArn;
  await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'stage', Value: 'dev' }] }));
  await cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team', 'none'] }));
  const list = (arn?: string) => cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  expect((await list(ResourceARN)).Tags).toEqual([{ Key: 'stage', Value: 'dev' }]);
  expect((await refusalOf(list(`${ResourceARN}-none`))).code).toBe('ResourceNotFoundException');
});

test('alarms, metrics and histories survive a restart', async () => {
  const { putAlarm, putData, world } = await scene();
  await putAlarm('busy');
  await putData({ Value: 7 });
  const restarted = new World();
  restarted.restore(world.snapshot());
  const { cloudwatch } = restarted.region('eu-west-1');
  expect(cloudwatch.alarms.get('busy')).toMatchObject({ StateValue: 'ALARM' });
  expect([cloudwatch.metrics.size, cloudwatch.histories.size]).toEqual([1, 1]);
});
