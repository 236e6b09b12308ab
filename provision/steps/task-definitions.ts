/** The task definitions: one a service, a new revision for every change. */
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { roleArn } from '../../lib/derive/arns.ts';
import { compare, knownAfter, type KnownLater, type DesiredFields } from '../../lib/model/change.ts';
import type { Container, Service } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { retagEcs } from '../../lib/aws/retag.ts';
import { deregister, revisionsOf } from '../../lib/aws/task-definition-revisions.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { toCamelCaseTags, tagFields, desiredTags } from '../../lib/derive/tags.ts';
import {
  definitionFields,
  taskDefinitionFor,
  type TaskDefinitionParts,
} from '../../lib/derive/task-definition.ts';

/** Revisions before the newest that can start tasks still. */
const OLDER = 'older revisions';

/** Names and roles are computed, so that a task definition can be compared before anything is there. */
function partsOf(
  { config, names, account }: Desired,
  service: Service,
  image: TaskDefinitionParts['image'],
): TaskDefinitionParts {
  const role = (key: 'execution' | 'task') =>
    roleArn({ region: config.region, account }, names.rolePath, names.role(key));
  return {
    family: names.family(service.name),
    region: config.region,
    logGroup: names.logGroup,
    executionRoleArn: role('execution'),
    taskRoleArn: role('task'),
    image,
  };
}

/** What the definition should say; an image that is not pushed yet is known later. */
function desiredFields(desired: Desired, found: Survey, service: Service): DesiredFields {
  const pushed = ({ key, image }: Container): string =>
    'reference' in image ? image.reference : (found.images.get(key)?.imageUri ?? '');
  const fields: Record<string, string | number | boolean | KnownLater> = {
    status: 'ACTIVE',
    [OLDER]: 0,
    ...definitionFields(taskDefinitionFor(service, partsOf(desired, service, pushed))),
    ...desiredTags(desired, 'taskDefinitions', service.name),
  };
  for (const container of service.containers) {
    if (pushed(container) === '') fields[`${container.name}.image`] = knownAfter(`images.${container.key}`);
  }
  return fields;
}

export const taskDefinitions: Step<'taskDefinitions'> = {
  diff: (desired, found) =>
    compare({
      noun: 'taskDefinitions',
      desired: new Map(
        desired.config.services.map((service) => [service.name, desiredFields(desired, found, service)]),
      ),
      found: found.taskDefinitions,
      fieldsOf: ({ status, older, definition, tags }) => ({
        status,
        [OLDER]: older,
        ...definition,
        ...tagFields(tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  /** Every register makes a revision; those before it go when everything is in place. */
  async apply(context) {
    const { aws, change, existing: item, tags } = context;
    if (item && !change.fields.some(isDefinitionField)) {
      await retagEcs(context, item.taskDefinitionArn);
      return { taskDefinitionArn: item.taskDefinitionArn };
    }
    const { taskDefinition } = await aws.ecs(
      new RegisterTaskDefinitionCommand({ ...definitionOf(context), tags: toCamelCaseTags(tags) }),
    );
    return { taskDefinitionArn: taskDefinition?.taskDefinitionArn ?? '' };
  },

  /** Revisions before this one are not started by accident; of twins, made by a register whose answer was lost, one stays. */
  async cleanUp({ aws, names, ids: made, change }) {
    const current = made.taskDefinitions.get(change.key)?.taskDefinitionArn;
    if (current === undefined) return;
    const active = await revisionsOf(aws, names.family(change.key), 'ACTIVE');
    for (const arn of active) if (arn !== current) await deregister(aws, arn);
  },
};

/** Whether a change of this field makes a new revision: new tags alone do not, nor do those that were before. */
export const isDefinitionField = ({ field }: { readonly field: string }): boolean =>
  !field.startsWith('tag.') && field !== OLDER;

function definitionOf(context: ApplyContext<'taskDefinitions'>) {
  const service = context.config.services.find(({ name }) => name === context.change.key);
  if (!service) throw new Error(`No service ${context.change.key} is configured`);
  const image = ({ key, image: from }: Container) =>
    'reference' in from ? from.reference : (context.ids.images.get(key)?.imageUri ?? '');
  return taskDefinitionFor(service, partsOf(context, service, image));
}
