/** Updates the tags of a resource: one function per service, since each has its own calls. */
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
import type { Aws } from './clients.ts';
import type { Change } from '../model/change.ts';
import { toCamelCaseTags, toPascalCaseTags, type Tags } from '../derive/tags.ts';

/** The members of an `ApplyContext` that an update of tags uses. */
interface TagContext {
  readonly aws: Aws;
  readonly change: Change;
  readonly tags: Tags;
}

const TAG_PREFIX = 'tag.';

/** Returns the keys of the tags that a change removes: the configuration no longer has them. */
export const formerTagsIn = ({ fields }: Change): string[] =>
  fields
    .filter(({ field, to }) => field.startsWith(TAG_PREFIX) && to === undefined)
    .map(({ field }) => field.slice(TAG_PREFIX.length));

/**
 * Calls `add` and `remove` if a change adds or removes tags. Only updates need this: a create sets the tags of a new resource.
 */
async function applyTagChanges(
  { change }: TagContext,
  add: () => Promise<unknown>,
  remove: (keys: string[]) => Promise<unknown>,
): Promise<void> {
  if (change.verb !== 'update') return;
  const removedKeys = formerTagsIn(change);
  const tagFields = change.fields.filter(({ field }) => field.startsWith(TAG_PREFIX));
  if (tagFields.length > removedKeys.length) await add();
  if (removedKeys.length > 0) await remove(removedKeys);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
export const retag = (context: TagContext, id: string): Promise<void> =>
  applyTagChanges(
    context,
    () => context.aws.ec2(new CreateTagsCommand({ Resources: [id], Tags: toPascalCaseTags(context.tags) })),
    (keys) => context.aws.ec2(new DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) })),
  );

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html */
export const retagElb = (context: TagContext, arn: string): Promise<void> =>
  applyTagChanges(
    context,
    () =>
      context.aws.elbv2(new AddTagsCommand({ ResourceArns: [arn], Tags: toPascalCaseTags(context.tags) })),
    (TagKeys) => context.aws.elbv2(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys })),
  );

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html */
export const retagEcs = (context: TagContext, resourceArn: string): Promise<void> =>
  applyTagChanges(
    context,
    () => context.aws.ecs(new TagResourceCommand({ resourceArn, tags: toCamelCaseTags(context.tags) })),
    (tagKeys) => context.aws.ecs(new UntagResourceCommand({ resourceArn, tagKeys })),
  );

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html */
export const retagRepository = (context: TagContext, resourceArn: string): Promise<void> =>
  applyTagChanges(
    context,
    () => context.aws.ecr(new TagRepository({ resourceArn, tags: toPascalCaseTags(context.tags) })),
    (tagKeys) => context.aws.ecr(new UntagRepository({ resourceArn, tagKeys })),
  );

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html */
export const retagRole = (context: TagContext, RoleName: string): Promise<void> =>
  applyTagChanges(
    context,
    () => context.aws.iam(new TagRoleCommand({ RoleName, Tags: toPascalCaseTags(context.tags) })),
    (TagKeys) => context.aws.iam(new UntagRoleCommand({ RoleName, TagKeys })),
  );

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export const retagLogGroup = (context: TagContext, resourceArn: string): Promise<void> =>
  applyTagChanges(
    context,
    () => context.aws.logs(new TagLogGroup({ resourceArn, tags: { ...context.tags } })),
    (tagKeys) => context.aws.logs(new UntagLogGroup({ resourceArn, tagKeys })),
  );
