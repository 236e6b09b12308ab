/** Registers a new revision with the content of an earlier one. ECS does not deploy a revision that is deregistered. */
import {
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Aws } from '../lib/aws/clients.ts';
import {
  describeRevision,
  registrableContent,
  revisionsOf,
  type Revision,
} from '../lib/aws/task-definition-revisions.ts';
import { callerTag } from '../lib/derive/caller-name.ts';
import { LAST_GOOD_TAG, RESTORES_TAG, STACK_TAG, toCamelCaseTags, type Tags } from '../lib/derive/tags.ts';
import type { PinnedImages } from './images.ts';

/** The tags that AWS sets, and which no one else may set. */
const AWS_TAG = /^aws:/i;

/** The revision to register. */
export interface RestoredRevision {
  /** The earlier revision. */
  readonly revision: number;
  readonly definition: TaskDefinition;
  readonly images: PinnedImages;
  /**
   * The tags of the revision in service. Those of the earlier revision may be outdated: a tag that the configuration has lost
   * since then would come back for good.
   */
  readonly tags: Tags;
  /** The ARN of the caller. */
  readonly caller: string | undefined;
  /** The IAM path of the stack's roles. */
  readonly rolePath: string;
  /**
   * The roles of the revision in service. They replace those of the stack that the earlier revision had, which may be deleted: a
   * rollback does not change what programs may do.
   */
  readonly roles: Pick<TaskDefinition, 'taskRoleArn' | 'executionRoleArn'>;
}

/** Returns the input of the registration. Pure. */
export function registrationOf({
  revision,
  definition,
  images,
  tags,
  caller,
  rolePath,
  roles,
}: RestoredRevision): RegisterTaskDefinitionCommandInput {
  const input = registrableContent(definition);
  const ownTags = Object.entries(tags).filter(([key]) => !AWS_TAG.test(key) && key !== LAST_GOOD_TAG);
  const roleOf = (member: 'taskRoleArn' | 'executionRoleArn') =>
    input[member]?.includes(`:role${rolePath}`) ? roles[member] : input[member];
  return {
    ...input,
    family: input.family,
    taskRoleArn: roleOf('taskRoleArn'),
    executionRoleArn: roleOf('executionRoleArn'),
    containerDefinitions: (input.containerDefinitions ?? []).map((container) => ({
      ...container,
      image: images.get(container.name ?? '') ?? container.image,
    })),
    tags: toCamelCaseTags({
      ...Object.fromEntries(ownTags),
      ...callerTag({ caller }),
      [RESTORES_TAG]: String(revision),
    }),
  };
}

/**
 * Registers the revision; returns its ARN. If a rollback to the same revision was killed after its registration, its revision is
 * used.
 * @param currentArn the revision in service
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 */
export async function registerAgain(
  aws: Aws,
  stack: string,
  restored: RestoredRevision,
  currentArn: string,
): Promise<string> {
  const family = restored.definition.family ?? '';
  const active = await Promise.all(
    (await revisionsOf(aws, family, 'ACTIVE')).map((arn) => describeRevision(aws, arn)),
  );
  const isUsable = (candidate: Revision | undefined): candidate is Revision =>
    candidate?.tags[STACK_TAG] === stack &&
    candidate.tags[RESTORES_TAG] === String(restored.revision) &&
    candidate.arn !== currentArn;
  const registered = active.findLast(isUsable);
  if (registered) return registered.arn;
  const { taskDefinition } = await aws.ecs(new RegisterTaskDefinitionCommand(registrationOf(restored)));
  return taskDefinition?.taskDefinitionArn ?? '';
}
