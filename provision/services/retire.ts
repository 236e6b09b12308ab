/** Deregisters the revisions of a task definition that a new one replaces, so that no task starts from them. */
import { TagResourceCommand } from '@aws-sdk/client-ecs';
import type { Aws } from '../../lib/aws/clients.ts';
import { deregisterRevision, ownRevisions } from '../../lib/aws/task-definition-revisions.ts';
import type { Names } from '../../lib/derive/names.ts';
import { LAST_GOOD_TAG, toCamelCaseTags } from '../../lib/derive/tags.ts';
import { deploymentRecords } from '../../lib/look/service-deployments.ts';
import { describeServices } from '../../lib/look/services.ts';
import { isPrimary } from '../done/deployment.ts';

/** A new revision, and the service that uses it. */
export interface NewRevision {
  readonly aws: Aws;
  readonly names: Names;
  readonly family: string;
  /** The ARN of the new revision. */
  readonly current: string;
  /** The ARN of a revision that belongs to the stack even if it has lost its tags. */
  readonly recorded: string | undefined;
  /** The name of the service in ECS. */
  readonly serviceName: string;
  /** The ARN of the revision that the service used before this run. */
  readonly former: string | undefined;
  /** Whether this run has waited until the new revision serves. */
  readonly isProven: boolean;
}

/**
 * Deregisters all other revisions of the stack. One of them may be a duplicate from a call whose response was lost. Revisions that
 * someone else registered in the same family stay. Until the new revision serves, the last good one stays as well: a service cannot go
 * back to a revision that is deregistered. A tag marks it, so that it is not drift; the next deployment deregisters it.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html
 */
export async function retireRevisions(revision: NewRevision): Promise<void> {
  const { aws, names, family, current, recorded } = revision;
  const active = await ownRevisions(aws, { family, stack: names.stack, recorded }, 'ACTIVE');
  const others = active.filter((arn) => arn !== current);
  if (others.length === 0) return;
  const kept = revision.isProven ? undefined : await lastGoodUntilProven(revision);
  for (const arn of others) {
    if (arn === kept) await markLastGood(aws, arn);
    else await deregisterRevision(aws, arn);
  }
}

/**
 * Returns the ARN of the revision to which the service may have to go back; undefined once the new revision is deployed. ECS's records
 * supply it. Without records, it is the revision that the service used before.
 */
async function lastGoodUntilProven(revision: NewRevision): Promise<string | undefined> {
  const { aws, names, current, serviceName, former } = revision;
  const [service] = await describeServices(aws, names.cluster, [serviceName]);
  const primary = service?.deployments?.find(isPrimary);
  if (primary?.taskDefinition === current && primary.rolloutState === 'COMPLETED') return undefined;
  const good = await deploymentRecords({ aws, names }, serviceName).lastGoodRevision(primary?.id ?? '');
  return good?.taskDefinition ?? former;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html */
async function markLastGood({ ecs }: Aws, resourceArn: string): Promise<void> {
  await ecs(new TagResourceCommand({ resourceArn, tags: toCamelCaseTags({ [LAST_GOOD_TAG]: 'true' }) }));
}
