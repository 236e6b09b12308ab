/** Deregisters a revision of a task definition: what runs of it runs on, and nothing new starts of it. */
import { DeregisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { isCode, messageOf } from './aws-error.ts';
import type { Aws } from './clients.ts';
import { gone } from './gone.ts';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html */
export const deregister = ({ ecs }: Aws, taskDefinition: string): Promise<void> =>
  gone(() => ecs(new DeregisterTaskDefinitionCommand({ taskDefinition })), isMissing);

/** «The specified task definition does not exist», and «unable to describe» it. */
const isMissing = (error: unknown): boolean =>
  isCode(error, 'Client') && /does not exist|Unable to describe/.test(messageOf(error));
