/** The operations on metric alarms. The sandbox has no composite alarms and no alarms on expressions. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type { Operations } from '../../operations.ts';
import { pageOf } from '../paging.ts';
import { deleteAlarm, putAlarm } from './alarm-rows.ts';
import { checkAlarm, PAGE_RULES } from './checks.ts';
import { alarmNotFound, invalidCombination } from './errors.ts';
import { evaluateAll, evaluateAtInstantPace } from './evaluation.ts';
import type { AlarmRow } from './store.ts';
import { alarmTags } from './tags.ts';

const actionsOf = ({ OKActions = [], AlarmActions = [], InsufficientDataActions = [] }: AlarmRow) => [
  ...OKActions,
  ...AlarmActions,
  ...InsufficientDataActions,
];

export const alarmOperations = {
  /** If the alarm already exists, the tags in the call are ignored. */
  PutMetricAlarm: {
    inputMembers: [
      'AlarmName',
      'AlarmDescription',
      'ActionsEnabled',
      'OKActions',
      'AlarmActions',
      'InsufficientDataActions',
      'MetricName',
      'Namespace',
      'Statistic',
      'Dimensions',
      'Period',
      'Unit',
      'EvaluationPeriods',
      'DatapointsToAlarm',
      'Threshold',
      'ComparisonOperator',
      'TreatMissingData',
      'Tags',
    ],
    run(input, region) {
      const settings = checkAlarm(input);
      const alarm = putAlarm(
        region,
        {
          ...settings,
          AlarmName: input.AlarmName ?? '',
          AlarmDescription: input.AlarmDescription,
          ActionsEnabled: input.ActionsEnabled ?? true,
          OKActions: input.OKActions ?? [],
          AlarmActions: input.AlarmActions ?? [],
          InsufficientDataActions: input.InsufficientDataActions ?? [],
          Dimensions: input.Dimensions ?? [],
          Unit: input.Unit,
          DatapointsToAlarm: input.DatapointsToAlarm,
          TreatMissingData: input.TreatMissingData,
        },
        alarmTags(input.Tags),
      );
      evaluateAll(region, [alarm]);
      return {};
    },
  },

  /** Ignores unknown names. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
  DescribeAlarms: {
    inputMembers: [
      'AlarmNames',
      'AlarmNamePrefix',
      'AlarmTypes',
      'StateValue',
      'ActionPrefix',
      'MaxRecords',
      'NextToken',
    ],
    before: evaluateAtInstantPace,
    run(input, region) {
      const { AlarmNames = [], AlarmNamePrefix, AlarmTypes = [], ActionPrefix } = input;
      if (AlarmNames.length > 0 && AlarmNamePrefix !== undefined) {
        throw invalidCombination('AlarmNames and AlarmNamePrefix cannot both be specified.');
      }
      const hasMetricAlarms = AlarmTypes.length === 0 || AlarmTypes.includes('MetricAlarm');
      const found = region.cloudwatch.alarms
        .filter(
          (alarm) =>
            hasMetricAlarms &&
            (AlarmNames.length === 0 || AlarmNames.includes(alarm.AlarmName)) &&
            alarm.AlarmName.startsWith(AlarmNamePrefix ?? '') &&
            (input.StateValue ?? alarm.StateValue) === alarm.StateValue &&
            (ActionPrefix === undefined || actionsOf(alarm).some((arn) => arn.startsWith(ActionPrefix))),
        )
        .sort((one, other) => (one.AlarmName < other.AlarmName ? -1 : 1));
      const { rows, next } = pageOf(found, input.MaxRecords, input.NextToken, PAGE_RULES);
      return { MetricAlarms: rows, CompositeAlarms: [], NextToken: next };
    },
  },

  /** Returns the alarms on exactly one metric. A call can also filter them by statistic, period and unit. */
  DescribeAlarmsForMetric: {
    inputMembers: ['MetricName', 'Namespace', 'Statistic', 'Dimensions', 'Period', 'Unit'],
    before: evaluateAtInstantPace,
    run(input, region) {
      const dimensionsOf = (dimensions: CloudWatch.Dimension[] = []) =>
        JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]).sort());
      const MetricAlarms = region.cloudwatch.alarms.filter(
        (alarm) =>
          alarm.MetricName === input.MetricName &&
          alarm.Namespace === input.Namespace &&
          dimensionsOf(alarm.Dimensions) === dimensionsOf(input.Dimensions) &&
          (input.Statistic ?? alarm.Statistic) === alarm.Statistic &&
          (input.Period ?? alarm.Period) === alarm.Period &&
          (input.Unit ?? alarm.Unit) === alarm.Unit,
      );
      return { MetricAlarms };
    },
  },

  /** Deletes those named alarms that exist. @throws ResourceNotFound if any of the named alarms does not exist */
  DeleteAlarms: {
    inputMembers: ['AlarmNames'],
    run({ AlarmNames = [] }, region) {
      const unknown = AlarmNames.filter((name) => !region.cloudwatch.alarms.has(name));
      for (const name of AlarmNames) deleteAlarm(region, name);
      if (unknown.length > 0) throw alarmNotFound(unknown);
      return {};
    },
  },
} satisfies Operations<typeof CloudWatch>;
