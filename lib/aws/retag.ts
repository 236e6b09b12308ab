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

/** The part of a change that concerns tags. */
interface TagContext {
  readonly aws: Aws;
  readonly change: Change;
  readonly tags: Tags;
}

const PREFIX = 'tag.';

/** Returns the keys of the tags that a change removes: the configuration no longer has them. */
export const formerTagsIn = ({ fields }: Change): string[] =>
  fields
    .filter(({ field, to }) => field.startsWith(PREFIX) && to === undefined)
    .map(({ field }) => field.slice(PREFIX.length));

/** Adds and removes tags by calls. Only for updates: a new resource gets its tags from its create. */
async function applyTagChanges(
  { change }: TagContext,
  add: () => Promise<unknown>,
  remove: (keys: string[]) => Promise<unknown>,
): Promise<void> {
  if (change.verb !== 'update') return;
  const former = formerTagsIn(change);
  const touched = change.fields.filter(({ field }) => field.startsWith(PREFIX));
  if (touched.length > former.length) await add();
  if (former.length > 0) await remove(former);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
export const retag = (act: TagContext, id: string): Promise<void> =>
  applyTagChanges(
    act,
    () => act.aws.ec2(new CreateTagsCommand({ Resources: [id], Tags: toPascalCaseTags(act.tags) })),
    (keys) => act.aws.ec2(new DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) })),
  );

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html */
export const retagElb = (act: TagContext, arn: string): Promise<void> =>
  applyTagChanges(
    act,
    () => act.aws.elbv2(new AddTagsCommand({ ResourceArns: [arn], Tags: toPascalCaseTags(act.tags) })),
    (TagKeys) => act.aws.elbv2(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys })),
  );

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html */
export const retagEcs = (act: TagContext, resourceArn: string): Promise<void> =>
  applyTagChanges(
    act,
    () => act.aws.ecs(new TagResourceCommand({ resourceArn, tags: toCamelCaseTags(act.tags) })),
    (tagKeys) => act.aws.ecs(new UntagResourceCommand({ resourceArn, tagKeys })),
  );

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html */
export const retagRepository = (act: TagContext, resourceArn: string): Promise<void> =>
  applyTagChanges(
    act,
    () => act.aws.ecr(new TagRepository({ resourceArn, tags: toPascalCaseTags(act.tags) })),
    (tagKeys) => act.aws.ecr(new UntagRepository({ resourceArn, tagKeys })),
  );

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html */
export const retagRole = (act: TagContext, RoleName: string): Promise<void> =>
  applyTagChanges(
    act,
    () => act.aws.iam(new TagRoleCommand({ RoleName, Tags: toPascalCaseTags(act.tags) })),
    (TagKeys) => act.aws.iam(new UntagRoleCommand({ RoleName, TagKeys })),
  );

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export const retagLogGroup = (act: TagContext, resourceArn: string): Promise<void> =>
  applyTagChanges(
    act,
    () => act.aws.logs(new TagLogGroup({ resourceArn, tags: { ...act.tags } })),
    (tagKeys) => act.aws.logs(new UntagLogGroup({ resourceArn, tagKeys })),
  );
