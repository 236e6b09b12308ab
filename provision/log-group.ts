/** The log group: where the output of all containers of the stack goes, for as many days as configured. */
import {
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { adoptNamed } from '../lib/adopt-named.ts';
import { logGroupArn } from '../lib/arns.ts';
import { compare, touches } from '../lib/change.ts';
import { foreignOwner } from '../lib/look/see.ts';
import { ONLY } from '../lib/resources.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, tagsOf } from '../lib/tags.ts';

export const logGroup: Step<'logGroup'> = {
  diff: ({ config, names }, found) =>
    compare({
      step: 'logGroup',
      wanted: new Map([
        [
          ONLY,
          {
            'retention days': config.logRetentionDays,
            ...tagFields(tagsOf(config, names.stack, 'logGroup', ONLY)),
          },
        ],
      ]),
      found: found.logGroup,
      fieldsOf: ({ retentionDays, tags }) => ({ 'retention days': retentionDays, ...tagFields(tags) }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, names.stack, createdAt),
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
    if (item && touches(change, 'tag.')) {
      const resourceArn = logGroupArn({ region: config.region, account }, logGroupName);
      await aws.logs(new TagResourceCommand({ resourceArn, tags: { ...act.tags } }));
    }
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
