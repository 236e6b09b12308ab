// Updating the tags of an existing resource: tags that differ are written, and former tags are removed.
import {
  TagResourceCommand as TagLogGroup,
  UntagResourceCommand as UntagLogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTagsCommand, DeleteTagsCommand } from '@aws-sdk/client-ec2';
import {
  TagResourceCommand as TagRepository,
  UntagResourceCommand as UntagRepository,
} from '@aws-sdk/client-ecr';
import { TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-ecs';
import { AddTagsCommand, RemoveTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { TagRoleCommand, UntagRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from '@jest/globals';
import { awsClients } from '../../../../lib/aws/clients.ts';
import type { Change, FieldChange } from '../../../../lib/model/change.ts';
import {
  formerTagsIn,
  retag,
  retagEcs,
  retagElb,
  retagLogGroup,
  retagRepository,
  retagRole,
} from '../../../../lib/aws/retag.ts';
import { mocks, sentCalls, testClock } from '../../step-harness.ts';

const NEW_TAG: FieldChange = { field: 'tag.team', from: undefined, to: 'orders' };
const FORMER_TAG: FieldChange = { field: 'tag.cost', from: '1', to: undefined };
const contextWith = (fields: FieldChange[], verb: Change['verb'] = 'update') => ({
  aws: awsClients({ region: 'eu-west-1' }, { clock: testClock(), signal: new AbortController().signal }),
  change: { noun: 'vpc', key: '', verb, fields, reason: '' } as Change,
  tags: { team: 'orders' },
});

const services = [
  ['EC2', retag, ['CreateTags', 'DeleteTags']],
  ['ELB', retagElb, ['AddTags', 'RemoveTags']],
  ['ECS', retagEcs, ['TagResource', 'UntagResource']],
  ['ECR', retagRepository, ['TagResource', 'UntagResource']],
  ['IAM', retagRole, ['TagRole', 'UntagRole']],
  ['Logs', retagLogGroup, ['TagResource', 'UntagResource']],
] as const;

function mockTagCalls(): void {
  mocks.ec2.on(CreateTagsCommand).resolves({}).on(DeleteTagsCommand).resolves({});
  mocks.elbv2.on(AddTagsCommand).resolves({}).on(RemoveTagsCommand).resolves({});
  mocks.ecs.on(TagResourceCommand).resolves({}).on(UntagResourceCommand).resolves({});
  mocks.ecr.on(TagRepository).resolves({}).on(UntagRepository).resolves({});
  mocks.iam.on(TagRoleCommand).resolves({}).on(UntagRoleCommand).resolves({});
  mocks.logs.on(TagLogGroup).resolves({}).on(UntagLogGroup).resolves({});
}

describe.each(services)('%s', (_service, retagOne, [add, remove]) => {
  const calls = async (...args: Parameters<typeof contextWith>) => {
    mockTagCalls();
    await retagOne(contextWith(...args), 'arn:one');
    return sentCalls().map(({ command }) => command);
  };

  test('writes tags that differ', async () => {
    expect(await calls([NEW_TAG])).toEqual([add]);
  });

  test('removes former tags by their keys', async () => {
    expect(await calls([FORMER_TAG])).toEqual([remove]);
    const [{ input } = { input: {} }] = sentCalls();
    expect(JSON.stringify(input)).toContain('cost');
    expect(JSON.stringify(input)).not.toContain('team');
  });

  test('first writes tags, then removes former ones', async () => {
    expect(await calls([NEW_TAG, FORMER_TAG])).toEqual([add, remove]);
  });

  test('does nothing when no tag differs, or when the resource is new', async () => {
    expect(await calls([{ field: 'size', from: 1, to: 2 }])).toEqual([]);
    expect(await calls([NEW_TAG], 'create')).toEqual([]);
  });
});

test('the former tags of a change are its tag fields without a new value', () => {
  expect(
    formerTagsIn(contextWith([NEW_TAG, FORMER_TAG, { field: 'x', from: 1, to: undefined }]).change),
  ).toEqual(['cost']);
});
