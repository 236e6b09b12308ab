/** Log groups: created, changed and deleted by name. Their events never expire, unless a retention period is set. */
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { byName, checkGroupName, checkTags, page } from './checks.ts';
import {
  bothNameAndArn,
  deletionProtected,
  invalidParameter,
  invalidValue,
  logGroupExists,
  logGroupNotFound,
} from './errors.ts';
import type { LogGroupRow, LogStreamRow } from './store.ts';
import { streamKey } from './stream-rows.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Returns the log group with the given name. @throws ResourceNotFoundException */
export function groupNamed(region: Region, name: string | undefined): LogGroupRow {
  const group = region.logs.groups.get(name);
  if (!group) throw logGroupNotFound();
  return group;
}

/**
 * Returns the log group that a request names, either by name or by identifier.
 * @throws ValidationException if the request contains both, InvalidParameterException if it contains neither;
 *   ResourceNotFoundException
 */
export function groupOf(
  region: Region,
  { logGroupName, logGroupIdentifier }: { logGroupName?: string; logGroupIdentifier?: string },
): LogGroupRow {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw bothNameAndArn();
  }
  if (logGroupName === undefined && logGroupIdentifier === undefined) {
    throw invalidParameter('Either a LogGroup name or a LogGroup identifier must be given.');
  }
  if (logGroupIdentifier === undefined) return groupNamed(region, checkGroupName(logGroupName));
  const group = region.logs.groups.find((row) =>
    [row.logGroupName, row.logGroupArn].includes(logGroupIdentifier),
  );
  if (!group) throw logGroupNotFound();
  return group;
}

export const streamsOf = (region: Region, group: string): LogStreamRow[] =>
  region.logs.streams.filter(({ logGroupName }) => logGroupName === group);

const viewOf = (region: Region, group: LogGroupRow): LogGroup => ({
  ...group,
  // AWS updates this value with a delay of hours. In the sandbox it is always exact.
  storedBytes: streamsOf(region, group.logGroupName).reduce((sum, { weight }) => sum + weight, 0),
});

export const groupOperations = {
  CreateLogGroup: {
    inputMembers: ['logGroupName', 'tags', 'logGroupClass', 'deletionProtectionEnabled'],
    run(input, region) {
      const logGroupName = checkGroupName(input.logGroupName);
      if (input.logGroupClass !== undefined && input.logGroupClass !== 'STANDARD') {
        throw refusal('NotImplemented', 'The sandbox has log groups of the class STANDARD only', 501);
      }
      const tags = checkTags(input.tags);
      if (region.logs.groups.has(logGroupName)) throw logGroupExists();
      const logGroupArn = region.arn('logs', `log-group:${logGroupName}`);
      region.logs.groups.set(logGroupName, {
        logGroupName,
        creationTime: region.now().getTime(),
        metricFilterCount: 0,
        arn: `${logGroupArn}:*`,
        logGroupClass: 'STANDARD',
        logGroupArn,
        deletionProtectionEnabled: input.deletionProtectionEnabled ?? false,
        tags,
      });
      return {};
    },
  },

  /** The prefix may match several groups, so a caller that needs one group must compare the names. */
  DescribeLogGroups: {
    inputMembers: ['logGroupNamePrefix', 'logGroupNamePattern', 'logGroupClass', 'limit', 'nextToken'],
    run(input, region) {
      const { logGroupNamePrefix = '', logGroupNamePattern = '', logGroupClass = 'STANDARD' } = input;
      if (logGroupNamePrefix !== '' && logGroupNamePattern !== '') {
        throw invalidParameter(
          'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
        );
      }
      const found = region.logs.groups
        .filter(
          (group) =>
            group.logGroupName.startsWith(logGroupNamePrefix) &&
            group.logGroupName.includes(logGroupNamePattern) &&
            group.logGroupClass === logGroupClass,
        )
        .sort((a, b) => byName(a.logGroupName, b.logGroupName));
      const { rows, next } = page(found, input.limit, input.nextToken);
      return { logGroups: rows.map((group) => viewOf(region, group)), nextToken: next };
    },
  },

  DeleteLogGroup: {
    inputMembers: ['logGroupName'],
    run(input, region) {
      const { logGroupName, deletionProtectionEnabled } = groupNamed(
        region,
        checkGroupName(input.logGroupName),
      );
      if (deletionProtectionEnabled) throw deletionProtected();
      for (const { logStreamName } of streamsOf(region, logGroupName)) {
        region.logs.streams.delete(streamKey(logGroupName, logStreamName));
      }
      region.logs.groups.delete(logGroupName);
      return {};
    },
  },

  PutLogGroupDeletionProtection: {
    inputMembers: ['logGroupIdentifier', 'deletionProtectionEnabled'],
    run(input, region) {
      groupOf(region, input).deletionProtectionEnabled = input.deletionProtectionEnabled ?? false;
      return {};
    },
  },

  PutRetentionPolicy: {
    inputMembers: ['logGroupName', 'retentionInDays'],
    run(input, region) {
      const days = input.retentionInDays ?? 0;
      const group = groupNamed(region, checkGroupName(input.logGroupName));
      if (!RETENTION_DAYS.includes(days)) {
        throw invalidValue(
          String(days),
          'retentionInDays',
          `Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
        );
      }
      group.retentionInDays = days;
      return {};
    },
  },

  DeleteRetentionPolicy: {
    inputMembers: ['logGroupName'],
    run(input, region) {
      delete groupNamed(region, checkGroupName(input.logGroupName)).retentionInDays;
      return {};
    },
  },
} satisfies Operations<typeof Logs>;
