/** The revisions of a task definition: listed, and deregistered. What runs of one runs on, and nothing new starts of it. */
import {
  DeregisterTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import { isCode, messageOf } from './errors.ts';
import type { Aws } from './clients.ts';
import { ignoringNotFound } from '../engine/delete.ts';
import { allPages } from './pages.ts';

/** The prefix is taken for a whole family name; others that begin alike are left out to be sure. */
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
export const deregister = ({ ecs }: Aws, taskDefinition: string): Promise<void> =>
  ignoringNotFound(() => ecs(new DeregisterTaskDefinitionCommand({ taskDefinition })), isMissing);

/** «The specified task definition does not exist», and «unable to describe» it. */
const isMissing = (error: unknown): boolean =>
  isCode(error, 'Client') && /does not exist|Unable to describe/.test(messageOf(error));
