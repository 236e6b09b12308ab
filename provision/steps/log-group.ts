/** The log group: where the output of all containers of the stack goes, for as many days as configured. */
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { adoptNamed } from '../../lib/engine/adopt-by-name.ts';
import { logGroupArn } from '../../lib/derive/arns.ts';
import { compare, touches } from '../../lib/model/change.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retagLogGroup } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, wantedTags } from '../../lib/derive/tags.ts';

export const logGroup: Step<'logGroup'> = {
  diff: (want, found) =>
    compare({
      step: 'logGroup',
      wanted: new Map([
        [
          ONLY,
          {
            'retention days': want.config.logRetentionDays,
            ...wantedTags(want, 'logGroup', ONLY),
          },
        ],
      ]),
      found: found.logGroup,
      fieldsOf: ({ retentionDays, tags }) => ({ 'retention days': retentionDays, ...tagFields(tags) }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, want.names.stack, createdAt),
    }),

  async apply(act) {
    const { aws, change, item, names, config, account } = act;
    const logGroupName = names.logGroup;
    if (!item) await create(act);
    // A call of its own: until then events would be kept for ever.
    if (touches(change, 'retention days')) {
      const retentionInDays = config.logRetentionDays;
      await aws.logs(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
    }
    await retagLogGroup(act, logGroupArn({ region: config.region, account }, logGroupName));
    return { logGroupName };
  },
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
async function create(act: Act<'logGroup'>): Promise<void> {
  const { logGroup: logGroupName } = act.names;
  try {
    await act.aws.logs(new CreateLogGroupCommand({ logGroupName, tags: { ...act.tags } }));
  } catch (error) {
    await adoptNamed(act, error, 'ResourceAlreadyExists', `the name ${logGroupName}`);
  }
}
