// A sandbox with short names for the calls of CloudWatch that tests make often.
import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type AlarmHistoryItem,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
  type MetricDatum,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { sandbox } from '../../harness.ts';

/** The settings of an alarm on one metric; a test adds the name of the alarm. */
export const alarmSettings = {
  Namespace: 'shop',
  MetricName: 'Orders',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;

export async function scene(options: SandboxOptions = {}) {
  const started = await sandbox(options);
  const { cloudwatch } = started;
  return {
    ...started,
    putAlarm: (AlarmName: string, input: Partial<PutMetricAlarmCommandInput> = {}) =>
      cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...alarmSettings, ...input })),
    alarms: async (input: DescribeAlarmsCommandInput = {}): Promise<MetricAlarm[]> =>
      (await cloudwatch.send(new DescribeAlarmsCommand(input))).MetricAlarms ?? [],
    stateOf: async (AlarmName: string): Promise<string | undefined> =>
      (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }))).MetricAlarms?.[0]
        ?.StateValue,
    history: async (AlarmName?: string): Promise<AlarmHistoryItem[]> =>
      (await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName }))).AlarmHistoryItems ?? [],
    putData: (...MetricData: Partial<MetricDatum>[]) =>
      cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: 'shop',
          MetricData: MetricData.map((datum) => ({ MetricName: 'Orders', ...datum })),
        }),
      ),
  };
}
