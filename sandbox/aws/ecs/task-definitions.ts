/** Task definitions: each registration creates a revision. A deregistered revision is INACTIVE, and can be deleted. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Events, Region } from '../../world/region.ts';
import { clientError, invalid } from './errors.ts';
import { findTaskDefinition, page, shortName } from './lookups.ts';
import type { TaskDefinitionRow } from './store.ts';
import { mergeTags } from './tags.ts';
import { filledDefinition } from './task-definition-defaults.ts';
import { checkTaskDefinition } from './task-definition-rules.ts';

const MAX_DELETES = 10;

/** Returns the definition without its tags. Responses contain the tags separately. */
const viewOf = ({ tags: _tags, ...definition }: TaskDefinitionRow): ECS.TaskDefinition => definition;

function definitionOf(region: Region, reference = ''): TaskDefinitionRow {
  const definition = findTaskDefinition(region, reference);
  if (!definition) throw clientError('Unable to describe task definition.');
  return definition;
}

/** Whether a service, or a task that is not STOPPED, uses the definition. */
function isUsed({ ecs }: Region, { taskDefinitionArn: arn }: TaskDefinitionRow): boolean {
  return (
    ecs.services.find(({ deployments }) =>
      deployments.some(({ taskDefinition }) => taskDefinition === arn),
    ) !== undefined ||
    ecs.tasks.find((task) => task.taskDefinitionArn === arn && task.lastStatus !== 'STOPPED') !== undefined
  );
}

/** Continues the deletions of definitions that are no longer used. Must be called when a service or task ends. */
export function deleteUnusedDefinitions(region: Region): void {
  for (const row of region.ecs.taskDefinitions.filter(({ status }) => status === 'DELETE_IN_PROGRESS')) {
    if (!isUsed(region, row)) {
      region.after('taskDefinitionDelete', 'ecs:task-definition-deleted', row.taskDefinitionArn);
    }
  }
}

export const taskDefinitionOperations = {
  /** Registers a revision. This is not idempotent: two calls with the same input create two revisions. */
  RegisterTaskDefinition: {
    inputMembers: [
      'family',
      'taskRoleArn',
      'executionRoleArn',
      'networkMode',
      'containerDefinitions',
      'volumes',
      'placementConstraints',
      'requiresCompatibilities',
      'cpu',
      'memory',
      'tags',
      'ephemeralStorage',
      'runtimePlatform',
    ],
    run(input, region, caller) {
      checkTaskDefinition(region, input);
      const { family = '' } = input;
      const tags = mergeTags([], input.tags);
      const revision = (region.ecs.families.get(family)?.revision ?? 0) + 1;
      region.ecs.families.set(family, { revision });
      const taskDefinitionArn = region.arn('ecs', `task-definition/${family}:${revision}`);
      const row = region.ecs.taskDefinitions.set(taskDefinitionArn, {
        ...filledDefinition(input),
        taskDefinitionArn,
        family,
        revision,
        status: 'ACTIVE',
        registeredAt: region.now(),
        registeredBy: caller.arn,
        tags,
      });
      region.plane.unpackImages?.(region, taskDefinitionArn);
      return { taskDefinition: viewOf(row), tags };
    },
  },

  DescribeTaskDefinition: {
    inputMembers: ['taskDefinition', 'include'],
    run(input, region) {
      const row = definitionOf(region, input.taskDefinition);
      return { taskDefinition: viewOf(row), tags: input.include?.includes('TAGS') ? row.tags : undefined };
    },
  },

  /** Despite its name, `familyPrefix` must be the full name of a family. */
  ListTaskDefinitions: {
    inputMembers: ['familyPrefix', 'status', 'sort', 'maxResults', 'nextToken'],
    run(input, region) {
      const { familyPrefix, status = 'ACTIVE' } = input;
      const direction = input.sort === 'DESC' ? -1 : 1;
      const found = region.ecs.taskDefinitions
        .filter((row) => row.status === status && (!familyPrefix || row.family === familyPrefix))
        .sort(
          (one, other) =>
            direction * (one.family.localeCompare(other.family) || one.revision - other.revision),
        );
      const { rows, nextToken } = page(found, input.maxResults, input.nextToken);
      return { taskDefinitionArns: rows.map(({ taskDefinitionArn }) => taskDefinitionArn), nextToken };
    },
  },

  ListTaskDefinitionFamilies: {
    inputMembers: ['familyPrefix', 'status', 'maxResults', 'nextToken'],
    run(input, region) {
      const { familyPrefix = '', status = 'ALL' } = input;
      const revisions = region.ecs.taskDefinitions.filter(({ family }) => family.startsWith(familyPrefix));
      const active = new Set(revisions.filter((row) => row.status === 'ACTIVE').map(({ family }) => family));
      const families = [...new Set(revisions.map(({ family }) => family))]
        .filter((family) => status === 'ALL' || active.has(family) === (status === 'ACTIVE'))
        .sort();
      const { rows, nextToken } = page(families, input.maxResults, input.nextToken);
      return { families: rows, nextToken };
    },
  },

  /** Deregisters a revision. Running tasks are not affected, and a repeated call is not an error. */
  DeregisterTaskDefinition: {
    inputMembers: ['taskDefinition'],
    run(input, region) {
      const name = shortName(input.taskDefinition ?? '');
      if (!name.includes(':')) throw clientError('Invalid revision number. Number: null');
      const row = findTaskDefinition(region, name);
      if (!row) throw clientError('The specified task definition does not exist.');
      if (row.status === 'ACTIVE') {
        row.status = 'INACTIVE';
        row.deregisteredAt = region.now();
      }
      return { taskDefinition: viewOf(row) };
    },
  },

  /** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/delete-task-definition-v2.html */
  DeleteTaskDefinitions: {
    inputMembers: ['taskDefinitions'],
    run(input, region) {
      const named = input.taskDefinitions ?? [];
      if (named.length < 1 || named.length > MAX_DELETES) {
        throw invalid(`Specify between 1 and ${MAX_DELETES} task definitions.`);
      }
      const taskDefinitions: ECS.TaskDefinition[] = [];
      const failures: ECS.Failure[] = [];
      for (const reference of named) {
        const arn = region.arn('ecs', `task-definition/${shortName(reference)}`);
        const row = region.ecs.taskDefinitions.get(arn);
        if (!row)
          failures.push({ arn, reason: 'MISSING', detail: 'The specified task definition was not found.' });
        else if (row.status === 'ACTIVE') {
          const detail =
            'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';
          failures.push({ arn, reason: 'TASK_DEFINITION_ACTIVE', detail });
        } else {
          row.status = 'DELETE_IN_PROGRESS';
          row.deleteRequestedAt ??= region.now();
          taskDefinitions.push(viewOf(row));
        }
      }
      deleteUnusedDefinitions(region);
      return { taskDefinitions, failures };
    },
  },
} satisfies Operations<typeof ECS>;

export const taskDefinitionEvents: Events = {
  'ecs:task-definition-deleted'(region, arn) {
    const row = region.ecs.taskDefinitions.get(arn);
    if (row?.status === 'DELETE_IN_PROGRESS' && !isUsed(region, row)) region.ecs.taskDefinitions.delete(arn);
  },
};
