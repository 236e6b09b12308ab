// Custom metrics: clients put data, list the metrics, and read statistics.
import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  type GetMetricStatisticsCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { scene } from './scene.ts';

const START = Date.UTC(2026, 0, 1, 12);
const at = (minutes: number) => new Date(START + minutes * 60_000);

async function metricScene() {
  const started = await scene({ clock: manualClock(START + 3_600_000) });
  const { cloudwatch } = started;
  return {
    ...started,
    statistics: async (input: Partial<GetMetricStatisticsCommandInput> = {}) => {
      const command = new GetMetricStatisticsCommand({
        Namespace: 'shop',
        MetricName: 'Orders',
        StartTime: at(0),
        EndTime: at(60),
        Period: 60,
        Statistics: ['Sum'],
        ...input,
      });
      return (await cloudwatch.send(command)).Datapoints;
    },
  };
}

test('the statistics of a period cover all its data', async () => {
  const { putData, statistics } = await metricScene();
  await putData(
    { Timestamp: at(0), Value: 2, Unit: 'Count' },
    { Timestamp: at(0.5), Values: [4, 6], Counts: [1, 2], Unit: 'Count' },
    {
      Timestamp: at(4),
      StatisticValues: { SampleCount: 2, Sum: 30, Minimum: 10, Maximum: 20 },
      Unit: 'Count',
    },
  );
  const Statistics: GetMetricStatisticsCommandInput['Statistics'] = [
    'SampleCount',
    'Average',
    'Sum',
    'Minimum',
    'Maximum',
  ];
  const Unit = 'Count';
  expect(await statistics({ Statistics })).toEqual([
    { Timestamp: at(0), SampleCount: 4, Average: 4.5, Sum: 18, Minimum: 2, Maximum: 6, Unit },
    { Timestamp: at(4), SampleCount: 2, Average: 15, Sum: 30, Minimum: 10, Maximum: 20, Unit },
  ]);
  expect(await statistics({ Period: 300 })).toEqual([{ Timestamp: at(0), Sum: 48, Unit }]);
  expect(await statistics({ StartTime: at(1), EndTime: at(4) })).toEqual([]);
  expect(await statistics({ Unit: 'Bytes' })).toEqual([]);
});

test('GetMetricData returns the newest data first, unless the call asks for the other order', async () => {
  const { putData, cloudwatch } = await metricScene();
  await putData({ Timestamp: at(1), Value: 2 }, { Timestamp: at(2), Value: 3 });
  const MetricStat = { Metric: { Namespace: 'shop', MetricName: 'Orders' }, Period: 60, Stat: 'Sum' };
  const read = async (input = {}) =>
    (
      await cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [{ Id: 'orders', MetricStat }],
          StartTime: at(0),
          EndTime: at(10),
          ...input,
        }),
      )
    ).MetricDataResults;
  expect(await read()).toEqual([
    { Id: 'orders', Label: 'Orders', StatusCode: 'Complete', Timestamps: [at(2), at(1)], Values: [3, 2] },
  ]);
  expect(await read({ ScanBy: 'TimestampAscending' })).toMatchObject([{ Values: [2, 3] }]);
  const expression = read({ MetricDataQueries: [{ Id: 'sum', Expression: 'orders * 2' }] });
  expect((await refusalOf(expression)).code).toBe('NotImplemented');
});

test('metrics with data are listed, and can be found by namespace, name and dimensions', async () => {
  const { putData, cloudwatch } = await metricScene();
  const Dimensions = [{ Name: 'Shop', Value: 'a' }];
  await putData({ Value: 1 }, { Value: 1, Dimensions }, { MetricName: 'Visits', Value: 1 });
  const list = async (input = {}) => (await cloudwatch.send(new ListMetricsCommand(input))).Metrics;
  expect(await list()).toHaveLength(3);
  expect(await list({ MetricName: 'Visits', Namespace: 'shop' })).toHaveLength(1);
  expect(await list({ Dimensions: [{ Name: 'Shop' }] })).toEqual([
    { Namespace: 'shop', MetricName: 'Orders', Dimensions },
  ]);
  expect(await list({ Namespace: 'other' })).toEqual([]);
});

test('a large put, which the client compresses, is accepted', async () => {
  const { putData, statistics } = await metricScene();
  await putData(
    ...Array.from({ length: 500 }, () => ({ Timestamp: at(3), Value: 1, Unit: 'Count' as const })),
  );
  expect(await statistics()).toMatchObject([{ Sum: 500 }]);
});

test('above a limit, old datapoints and metrics are dropped', async () => {
  const { putData, region } = await metricScene();
  for (let index = 0; index < 2; index += 1) {
    const times = Array.from(
      { length: 600 },
      (_, second) => new Date(at(0).getTime() + (index * 600 + second)),
    );
    await putData(...times.map((Timestamp) => ({ Timestamp, Value: 1 })));
  }
  expect(region.cloudwatch.metrics.all()[0]?.datapoints).toHaveLength(600);
  await putData(...Array.from({ length: 600 }, (_, index) => ({ MetricName: `m${index}`, Value: 1 })));
  expect(region.cloudwatch.metrics.size).toBe(500);
  expect(region.cloudwatch.metrics.find(({ name }) => name === 'Orders')).toBeUndefined();
});

describe('the sandbox refuses', () => {
  test.each([
    ['two kinds of values', { Value: 1, Values: [1] }, 'InvalidParameterCombination'],
    ['no value', {}, 'InvalidParameterCombination'],
    ['counts without values', { Values: [1, 2], Counts: [1] }, 'InvalidParameterValue'],
    ['a time in the far past', { Value: 1, Timestamp: new Date(0) }, 'InvalidParameterValue'],
    ['an unknown unit', { Value: 1, Unit: 'Miles' as 'Count' }, 'ValidationError'],
  ])('data with %s', async (_what, datum, code) => {
    const { putData, region } = await metricScene();
    expect((await refusalOf(putData({ Value: 1 }, datum))).code).toBe(code);
    expect(region.cloudwatch.metrics.size).toBe(0);
  });

  test("data in AWS's own namespaces", async () => {
    const { cloudwatch } = await metricScene();
    const put = cloudwatch.send(
      new PutMetricDataCommand({ Namespace: 'AWS/ECS', MetricData: [{ MetricName: 'x', Value: 1 }] }),
    );
    expect((await refusalOf(put)).code).toBe('InvalidParameterValue');
  });

  test.each<[string, Partial<GetMetricStatisticsCommandInput>, string]>([
    ['a range that ends before it starts', { EndTime: at(-1) }, 'InvalidParameterValue'],
    ['a period of 7 s', { Period: 7 }, 'InvalidParameterValue'],
    ['too many datapoints', { EndTime: at(2000) }, 'InvalidParameterCombination'],
    ['percentiles', { Statistics: undefined, ExtendedStatistics: ['p99'] }, 'NotImplemented'],
  ])('statistics with %s', async (_what, input, code) => {
    const { statistics } = await metricScene();
    expect((await refusalOf(statistics(input))).code).toBe(code);
  });
});
