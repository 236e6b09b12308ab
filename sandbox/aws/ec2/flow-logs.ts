/** Flow logs of VPCs that write to CloudWatch Logs: they exist and are checked, but the sandbox delivers no records. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { CreateFlowLogsRequest, FlowLog, Tag, UnsuccessfulItem } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { missingParameter, notImplemented } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { always, blocksNoVpc, makeEc2Table, newId } from './kinds.ts';
import { tagsFor } from './tags.ts';

interface FlowLogRow {
  FlowLogId: string;
  ResourceId: string;
  TrafficType: string;
  LogGroupName: string;
  DeliverLogsPermissionArn: string;
  MaxAggregationInterval: number;
  LogFormat: string;
  CreationTime: Date;
  Tags: Tag[];
}

const notFoundMessage = (id: string): string => `These flow log ids in the input list are not found: [${id}]`;

export const flowLogTables = () => ({
  flowLogs: makeEc2Table<FlowLogRow>({
    idPrefix: 'fl',
    tagType: 'vpc-flow-log',
    parameter: 'flowLogId',
    listedBy: ['DescribeFlowLogs'],
    notFound: (id) => refusal('InvalidFlowLogId.NotFound', notFoundMessage(id)),
    malformedCode: undefined,
    // A VPC can be deleted although a flow log records its traffic.
    blockedVpcId: blocksNoVpc,
    isInCensus: always,
  }),
});

/** The format of version 2, which is the default. */
const DEFAULT_FORMAT =
  '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}';
const INTERVALS = [60, 600];

const invalid = (message: string) => refusal('InvalidParameter', message);

/** Checks a request. @throws InvalidParameter, MissingParameter and, for destinations that the sandbox lacks, NotImplemented */
function checkRequest(input: CreateFlowLogsRequest) {
  const { LogGroupName, LogDestination, LogDestinationType = 'cloud-watch-logs' } = input;
  if (input.ResourceType !== 'VPC') throw notImplemented(`flow logs of ${input.ResourceType}`);
  if (LogGroupName !== undefined && LogDestination !== undefined)
    throw invalid('Please only provide LogGroupName or only provide LogDestination.');
  if (LogGroupName !== undefined && LogDestinationType !== 'cloud-watch-logs')
    throw invalid('LogDestination type must be cloud-watch-logs if LogGroupName is provided.');
  if (LogGroupName === undefined && LogDestination === undefined)
    throw invalid("LogDestination can't be empty if LogGroupName is not provided.");
  if (LogDestinationType !== 'cloud-watch-logs') throw notImplemented(`flow logs to ${LogDestinationType}`);
  if (!input.DeliverLogsPermissionArn)
    throw invalid("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
  if (input.TrafficType === undefined) throw missingParameter('trafficType');
  const { MaxAggregationInterval = 600 } = input;
  if (!INTERVALS.includes(MaxAggregationInterval)) throw invalid('Invalid Flow Log Max Aggregation Interval');
  return {
    LogGroupName: LogGroupName ?? LogDestination?.replace(/^.*:log-group:/, '').replace(/:\*$/, '') ?? '',
    TrafficType: input.TrafficType,
    DeliverLogsPermissionArn: input.DeliverLogsPermissionArn,
    MaxAggregationInterval,
    LogFormat: input.LogFormat ?? DEFAULT_FORMAT,
  };
}

/** Creates the flow log of one VPC. @returns its id, or why it is refused */
function addFlowLog(
  region: Region,
  ResourceId: string,
  settings: ReturnType<typeof checkRequest>,
  Tags: Tag[],
): string | UnsuccessfulItem {
  const { flowLogs, vpcs } = region.ec2;
  const refused = (Code: string, Message: string) => ({ ResourceId, Error: { Code, Message } });
  if (!vpcs.has(ResourceId))
    return refused('InvalidVpcId.NotFound', `The vpc ID '${ResourceId}' does not exist`);
  const twin = flowLogs.find(
    (row) =>
      row.ResourceId === ResourceId &&
      row.TrafficType === settings.TrafficType &&
      row.LogGroupName === settings.LogGroupName,
  );
  if (twin)
    return refused(
      'FlowLogAlreadyExists',
      `There is an existing Flow Log with the same configuration and log destination. Please create a Flow Log with a different resource, configuration or destination. FlowLog ID: ${twin.FlowLogId}`,
    );
  const FlowLogId = newId(region, flowLogs);
  flowLogs.set(FlowLogId, { FlowLogId, ResourceId, ...settings, CreationTime: region.now(), Tags });
  return FlowLogId;
}

/** There is no `DeliverLogsStatus`, which AWS sets with the first delivery. */
const viewOf = (row: FlowLogRow): FlowLog => ({
  ...row,
  TrafficType: row.TrafficType as EC2.TrafficType,
  FlowLogStatus: 'ACTIVE',
  LogDestinationType: 'cloud-watch-logs',
});

const filters: FilterTable<FlowLogRow> = {
  'deliver-log-status': () => undefined,
  'flow-log-id': (row) => row.FlowLogId,
  'log-destination-type': () => 'cloud-watch-logs',
  'log-group-name': (row) => row.LogGroupName,
  'resource-id': (row) => row.ResourceId,
  'traffic-type': (row) => row.TrafficType,
};

export const flowLogOperations = {
  /** A refusal of one resource is part of a successful response. */
  CreateFlowLogs: {
    inputMembers: [
      ...(['ResourceType', 'ResourceIds', 'TrafficType', 'LogDestinationType', 'LogDestination'] as const),
      ...(['LogGroupName', 'DeliverLogsPermissionArn', 'MaxAggregationInterval', 'LogFormat'] as const),
      ...(['ClientToken', 'TagSpecifications'] as const),
    ],
    run({ ClientToken, ...input }, region) {
      const settings = checkRequest(input);
      const tags = tagsFor(region.ec2.flowLogs, input.TagSpecifications);
      const FlowLogIds: string[] = [];
      const Unsuccessful: UnsuccessfulItem[] = [];
      for (const id of input.ResourceIds ?? []) {
        const key = `CreateFlowLogs ${ClientToken ?? ''} ${id}`;
        const parameters = JSON.stringify(input);
        const known = ClientToken ? region.ec2.tokens.get(key) : undefined;
        if (known && known.parameters !== parameters)
          throw refusal(
            'IdempotentParameterMismatch',
            'The request uses the same client token as a previous, but non-identical request.',
          );
        const result = known ? known.id : addFlowLog(region, id, settings, tags);
        if (typeof result !== 'string') {
          Unsuccessful.push(result);
          continue;
        }
        FlowLogIds.push(result);
        if (ClientToken && !known)
          region.ec2.tokens.set(key, { operation: 'CreateFlowLogs', parameters, id: result, made: {} });
      }
      return { FlowLogIds, Unsuccessful, ClientToken };
    },
  },

  DescribeFlowLogs: {
    inputMembers: ['FlowLogIds', 'Filter', 'MaxResults', 'NextToken'],
    run(input, region) {
      const found = filtered(requestedRows(input.FlowLogIds, region.ec2.flowLogs), input.Filter, filters);
      const { rows, NextToken } = page(found, input);
      return { FlowLogs: rows.map(viewOf), NextToken };
    },
  },

  /** Succeeds even if a flow log is unknown; the response then names it. */
  DeleteFlowLogs: {
    inputMembers: ['FlowLogIds'],
    run({ FlowLogIds = [] }, region) {
      const { flowLogs } = region.ec2;
      const Unsuccessful: UnsuccessfulItem[] = [];
      for (const ResourceId of FlowLogIds) {
        if (flowLogs.get(ResourceId)) flowLogs.delete(ResourceId);
        else {
          const Message = notFoundMessage(ResourceId);
          Unsuccessful.push({ ResourceId, Error: { Code: 'InvalidFlowLogId.NotFound', Message } });
        }
      }
      return { Unsuccessful };
    },
  },
} satisfies Operations<typeof EC2>;
