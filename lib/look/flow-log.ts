/** Finds our flow log by its tags. */
import { DescribeFlowLogsCommand, type FlowLog } from '@aws-sdk/client-ec2';
import { readTags, type Tags } from '../derive/tags.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { indexByKey, type LookContext } from './context.ts';
import { describeOurs } from './recorded.ts';

export interface FoundFlowLog extends Readonly<Ids['flowLog']> {
  /** The id of the VPC whose traffic it records. */
  readonly vpcId: string;
  /** `ACCEPT`, `REJECT` or `ALL`. */
  readonly traffic: string;
  readonly logGroupName: string;
  /** The ARN of the role with which it writes to the log group. */
  readonly roleArn: string;
  readonly tags: Tags;
}

/**
 * EC2 deletes flow logs at once. Unlike other lists, this one calls its filters `Filter`.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html
 */
export async function lookFlowLog(context: LookContext): Promise<Items<FoundFlowLog>> {
  const logs = await describeOurs(
    context,
    ['flowLog'],
    'FlowLogId',
    async ({ Filters: Filter, ids: FlowLogIds, NextToken }) => {
      const { FlowLogs = [], NextToken: next } = await context.aws.ec2(
        new DescribeFlowLogsCommand({ Filter, FlowLogIds, NextToken }),
      );
      return { items: FlowLogs, next };
    },
  );
  return indexByKey(logs.map(read));
}

const read = ({ FlowLogId, ResourceId, TrafficType, LogGroupName, ...log }: FlowLog): FoundFlowLog => ({
  flowLogId: FlowLogId ?? '',
  vpcId: ResourceId ?? '',
  traffic: TrafficType ?? '',
  logGroupName: LogGroupName ?? '',
  roleArn: log.DeliverLogsPermissionArn ?? '',
  tags: readTags(log.Tags),
});
