/** The task definitions: one a service, a new revision for every change. */
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { roleArn } from '../../lib/derive/arns.ts';
import { compare, later, type Later, type WantedFields } from '../../lib/model/change.ts';
import type { Container, Service } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import { foreignOwner, type Want } from '../../lib/look/context.ts';
import { retagEcs } from '../../lib/aws/retag.ts';
import { deregister, revisionsOf } from '../../lib/aws/task-definition-revisions.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { lower, tagFields, wantedTags } from '../../lib/derive/tags.ts';
import { definitionFields, taskDefinitionFor, type Parts } from '../../lib/derive/task-definition.ts';

/** Revisions before the newest that can start tasks still. */
const OLDER = 'older revisions';

/** Names and roles are computed, so that a task definition can be compared before anything is there. */
function partsOf({ config, names, account }: Want, service: Service, image: Parts['image']): Parts {
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
function wanted(want: Want, found: Survey, service: Service): WantedFields {
  const pushed = ({ key, image }: Container): string =>
    'reference' in image ? image.reference : (found.images.get(key)?.imageUri ?? '');
  const fields: Record<string, string | number | boolean | Later> = {
    status: 'ACTIVE',
    [OLDER]: 0,
    ...definitionFields(taskDefinitionFor(service, partsOf(want, service, pushed))),
    ...wantedTags(want, 'taskDefinitions', service.name),
  };
  for (const container of service.containers) {
    if (pushed(container) === '') fields[`${container.name}.image`] = later(`images.${container.key}`);
  }
  return fields;
}

export const taskDefinitions: Step<'taskDefinitions'> = {
  diff: (want, found) =>
    compare({
      step: 'taskDefinitions',
      wanted: new Map(want.config.services.map((service) => [service.name, wanted(want, found, service)])),
      found: found.taskDefinitions,
      fieldsOf: ({ status, older, definition, tags }) => ({
        status,
        [OLDER]: older,
        ...definition,
        ...tagFields(tags),
      }),
      foreign: ({ tags, createdAt }) => foreignOwner(tags, want.names.stack, createdAt),
    }),

  /** Every register makes a revision; those before it go when everything is in place. */
  async apply(act) {
    const { aws, change, item, tags } = act;
    if (item && !change.fields.some(isPart)) {
      await retagEcs(act, item.taskDefinitionArn);
      return { taskDefinitionArn: item.taskDefinitionArn };
    }
    const { taskDefinition } = await aws.ecs(
      new RegisterTaskDefinitionCommand({ ...definitionOf(act), tags: lower(tags) }),
    );
    return { taskDefinitionArn: taskDefinition?.taskDefinitionArn ?? '' };
  },

  /** Revisions before this one are not started by accident; of twins, made by a register whose answer was lost, one stays. */
  async tidy({ aws, names, made, change }) {
    const current = made.taskDefinitions.get(change.key)?.taskDefinitionArn;
    if (current === undefined) return;
    const active = await revisionsOf(aws, names.family(change.key), 'ACTIVE');
    for (const arn of active) if (arn !== current) await deregister(aws, arn);
  },
};

/** Whether a change of this field makes a new revision: new tags alone do not, nor do those that were before. */
export const isPart = ({ field }: { readonly field: string }): boolean =>
  !field.startsWith('tag.') && field !== OLDER;

function definitionOf(act: Act<'taskDefinitions'>) {
  const service = act.config.services.find(({ name }) => name === act.change.key);
  if (!service) throw new Error(`No service ${act.change.key} is configured`);
  const image = ({ key, image: from }: Container) =>
    'reference' in from ? from.reference : (act.made.images.get(key)?.imageUri ?? '');
  return taskDefinitionFor(service, partsOf(act, service, image));
}
