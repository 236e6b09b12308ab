/** Lists and deregisters the revisions of a task definition. Tasks of a deregistered revision keep running. */
import {
  DeregisterTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import { isCode, messageOf } from './errors.ts';
import type { Aws } from './clients.ts';
import { ignoringNotFound } from '../engine/delete.ts';
import { allPages } from './pages.ts';

/**
 * Lists the revisions of a family, by ARN. ECS treats `familyPrefix` as the whole name of a family. To be safe, families that
 * only begin with this name are filtered out.
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
  return arns.filter((arn) => arn.split('/').at(-1)?.startsWith(`${family}:`));
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html */
export const deregisterRevision = ({ ecs }: Aws, taskDefinition: string): Promise<void> =>
  ignoringNotFound(() => ecs(new DeregisterTaskDefinitionCommand({ taskDefinition })), isMissing);

/** ECS reports a missing revision as a `ClientException` with one of these messages. */
const isMissing = (error: unknown): boolean =>
  isCode(error, 'Client') && /does not exist|Unable to describe/.test(messageOf(error));
