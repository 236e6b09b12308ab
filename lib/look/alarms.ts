/** Finds the CloudWatch alarms that the configuration names. They belong to someone else, and are only read. */
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { batchesOf } from '../aws/batches.ts';
import { allPages } from '../aws/pages.ts';
import type { Config } from '../config/config.ts';
import type { Items } from '../model/resources.ts';
import type { LookContext } from './context.ts';

export interface FoundAlarm {
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
}

/** The most names that one call accepts. */
const BATCH_SIZE = 100;

/** The names of the alarms of all services, each once. */
export const alarmNamesOf = ({ services }: Config): string[] => [
  ...new Set(services.flatMap(({ deploy }) => deploy.alarms)),
];

/**
 * Returns the existing alarms under their names. Composite alarms are only listed on request.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export async function lookAlarms({ aws, config }: LookContext): Promise<Items<FoundAlarm>> {
  const batches = await Promise.all(
    batchesOf(alarmNamesOf(config), BATCH_SIZE).map((AlarmNames) =>
      allPages(async (NextToken) => {
        const page = await aws.cloudwatch(
          new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['CompositeAlarm', 'MetricAlarm'], NextToken }),
        );
        return {
          items: [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])],
          next: page.NextToken,
        };
      }),
    ),
  );
  return new Map(
    batches.flat().map(({ AlarmName = '', StateValue: state = '' }) => [AlarmName, { state }] as const),
  );
}
