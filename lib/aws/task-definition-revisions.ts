/** Lists, describes and deregisters the revisions of a task definition. Tasks of a deregistered revision keep running. */
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type TaskDefinition,
  type TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import { isCode, messageOf } from './errors.ts';
import type { Aws } from './clients.ts';
import { readTags, STACK_TAG, type Tags } from '../derive/tags.ts';
import { ignoringNotFound } from '../engine/delete.ts';
import { allPages } from './pages.ts';

/** Returns the number of a revision, which is the end of its ARN. */
export const revisionNumber = (arn: string): number => Number(arn.split(':').at(-1));

/** Returns a revision without the rest of its ARN, such as `shop-dev-web:7`. */
export const revisionName = (arn = ''): string => arn.split('/').at(-1) ?? '';

/** The members of a task definition that AWS fills in, and that a registration does not accept. */
type FilledIn =
  | 'taskDefinitionArn'
  | 'revision'
  | 'status'
  | 'requiresAttributes'
  | 'compatibilities'
  | 'registeredAt'
  | 'registeredBy'
  | 'deregisteredAt'
  | 'deleteRequestedAt';

/** Returns the members of a task definition that can be registered again. */
export function registrableContent(definition: TaskDefinition): Omit<TaskDefinition, FilledIn> {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _registeredAt,
    registeredBy: _registeredBy,
    deregisteredAt: _deregisteredAt,
    deleteRequestedAt: _deleteRequestedAt,
    ...content
  } = definition;
  // False is the default.
  return { ...content, enableFaultInjection: content.enableFaultInjection || undefined };
}

/** A revision, with its own tags: the revisions of one family may have different owners. */
export interface Revision {
  readonly arn: string;
  readonly taskDefinition: TaskDefinition;
  readonly tags: Tags;
}

/**
 * Lists the ARNs of the revisions of a family, the oldest first. ECS treats `familyPrefix` as the whole name of a family. To be safe,
 * families that only begin with this name are filtered out.
 */
export async function revisionsOf(
  { ecs }: Aws,
  family: string,
  status: TaskDefinitionStatus,
): Promise<string[]> {
  const arns = await allPages(async (nextToken) => {
    const page = await ecs(new ListTaskDefinitionsCommand({ familyPrefix: family, status, nextToken }));
    return { items: page.taskDefinitionArns ?? [], next: page.nextToken };
  });
  return arns.filter((arn) => revisionName(arn).startsWith(`${family}:`));
}

/**
 * Describes a revision; undefined when it has been deleted since it was listed, or when the family has no active revision.
 * @param reference the ARN of a revision, or the name of a family, which means its newest active revision
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
 */
export async function describeRevision({ ecs }: Aws, reference: string): Promise<Revision | undefined> {
  try {
    const { taskDefinition = {}, tags } = await ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: reference, include: ['TAGS'] }),
    );
    return { arn: taskDefinition.taskDefinitionArn ?? '', taskDefinition, tags: readTags(tags) };
  } catch (error) {
    if (isCode(error, 'Client')) return undefined;
    throw error;
  }
}

/**
 * Lists the revisions of a family that belong to a stack: anyone may register revisions in the same family.
 * @param recorded the ARN of a revision that belongs to the stack even if the revision has lost its tags
 */
export async function ownRevisions(
  aws: Aws,
  {
    family,
    stack,
    recorded,
  }: { readonly family: string; readonly stack: string; readonly recorded?: string },
  status: TaskDefinitionStatus,
): Promise<string[]> {
  const described = await Promise.all(
    (await revisionsOf(aws, family, status)).map((arn) => describeRevision(aws, arn)),
  );
  return described
    .filter((revision) => revision !== undefined)
    .filter(({ arn, tags }) => tags[STACK_TAG] === stack || arn === recorded)
    .map(({ arn }) => arn);
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html */
export const deregisterRevision = ({ ecs }: Pick<Aws, 'ecs'>, taskDefinition: string): Promise<void> =>
  ignoringNotFound(() => ecs(new DeregisterTaskDefinitionCommand({ taskDefinition })), isMissing);

/**
 * Deletes a deregistered revision. Tasks that run from it keep running.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/delete-task-definition-v2.html
 */
export const deleteRevision = async (send: Aws['ecs'], taskDefinition: string): Promise<void> =>
  void (await send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition] })));

/** ECS reports a missing revision as a `ClientException` with one of these messages. */
const isMissing = (error: unknown): boolean =>
  isCode(error, 'Client') && /does not exist|Unable to describe/.test(messageOf(error));
