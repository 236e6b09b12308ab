/** The log group: where the output of all containers of the stack goes, for as many days as configured. */
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { logGroupArn } from '../../lib/derive/arns.ts';
import { compare, touches } from '../../lib/model/change.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retagLogGroup } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, desiredTags } from '../../lib/derive/tags.ts';

export const logGroup: Step<'logGroup'> = {
  diff: (desired, found) =>
    compare({
      noun: 'logGroup',
      desired: new Map([
        [
          ONLY,
          {
            'retention days': desired.config.logRetentionDays,
            ...desiredTags(desired, 'logGroup', ONLY),
          },
        ],
      ]),
      found: found.logGroup,
      fieldsOf: ({ retentionDays, tags }) => ({ 'retention days': retentionDays, ...tagFields(tags) }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  async apply(context) {
    const { aws, change, existing: item, names, config, account } = context;
    const logGroupName = names.logGroup;
    if (!item) await create(context);
    // A call of its own: until then events would be kept for ever.
    if (touches(change, 'retention days')) {
      const retentionInDays = config.logRetentionDays;
      await aws.logs(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
    }
    await retagLogGroup(context, logGroupArn({ region: config.region, account }, logGroupName));
    return { logGroupName };
  },
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
async function create(context: ApplyContext<'logGroup'>): Promise<void> {
  const { logGroup: logGroupName } = context.names;
  try {
    await context.aws.logs(new CreateLogGroupCommand({ logGroupName, tags: { ...context.tags } }));
  } catch (error) {
    await adoptByName(context, error, 'ResourceAlreadyExists', `the name ${logGroupName}`);
  }
}
