/** The log groups: keep the output of all containers, and the records of the flow log, for the configured number of days. */
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { retagLogGroup } from '../../lib/aws/retag.ts';
import { logGroupArn } from '../../lib/derive/arns.ts';
import { FLOW_LOGS } from '../../lib/derive/names.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { desiredTags, tagFields, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

type Field = 'retention days' | TagField;

const desiredFields = (desired: Desired): Map<string, DesiredFields<Field>> =>
  new Map(
    [ONLY, ...(desired.config.flowLogs ? [FLOW_LOGS] : [])].map((key) => [
      key,
      { 'retention days': desired.config.logRetentionDays, ...desiredTags(desired, 'logGroup', key) },
    ]),
  );

export const logGroup: Step<'logGroup', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'logGroup',
      desired: desiredFields(desired),
      found: found.logGroup,
      fieldsOf: ({ retentionDays, tags }) => ({ 'retention days': retentionDays, ...tagFields(tags) }),
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  /** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
  async create(context) {
    const { logGroup, flowLogGroup } = context.names;
    const logGroupName = context.change.key === FLOW_LOGS ? flowLogGroup : logGroup;
    try {
      await context.aws.logs(new CreateLogGroupCommand({ logGroupName, tags: { ...context.tags } }));
    } catch (error) {
      await adoptByName(context, error, 'ResourceAlreadyExists', `the name ${logGroupName}`);
    }
    return { logGroupName };
  },

  /** A separate call sets the retention; until then, events are kept indefinitely. */
  async configure(context, { logGroupName }) {
    const { account, aws, change, config } = context;
    if (touches(change, 'retention days')) {
      const retentionInDays = config.logRetentionDays;
      await aws.logs(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
    }
    await retagLogGroup(context, logGroupArn({ region: config.region, account }, logGroupName));
  },
};
