/** The task definitions: one per service, with a new revision for every change. */
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { retagEcs } from '../../lib/aws/retag.ts';
import type { Container, Service } from '../../lib/config/config.ts';
import { callerTag } from '../../lib/derive/caller-name.ts';
import { SECRET_VERSION } from '../../lib/derive/secret-definition.ts';
import { desiredTags, tagFields, toCamelCaseTags } from '../../lib/derive/tags.ts';
import {
  definitionFields,
  taskDefinitionFor,
  taskDefinitionParts,
  type TaskDefinitionParts,
} from '../../lib/derive/task-definition.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { resolvedIn } from '../../lib/look/secrets.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import { compare, knownAfter, type DesiredFields, type Value } from '../../lib/model/change.ts';
import type { Items } from '../../lib/model/resources.ts';
import { retireRevisions } from '../services/retire.ts';

type Context = ApplyContext<'taskDefinitions'>;

/** The name of the field for the number of older revisions from which tasks can still start. */
const OLDER_REVISIONS = 'older revisions';

/** Returns a function from a container to the reference of its image; '' for an image that is not pushed yet. */
const imageIn =
  (images: Items<{ readonly imageUri: string }>) =>
  ({ key, image }: Container): string =>
    'reference' in image ? image.reference : (images.get(key)?.imageUri ?? '');

/**
 * Returns the parts of a task definition. A secret whose version cannot be read keeps the version of the current definition, so
 * that a caller with fewer permissions deploys nothing for that reason.
 */
function partsFor(
  desired: Desired,
  service: Service,
  { secrets, taskDefinitions: current }: Survey,
  roles: Items<{ readonly roleArn: string }>,
  imageOf: (container: Container) => string,
): TaskDefinitionParts {
  const parts = taskDefinitionParts(desired, service, roles, imageOf, resolvedIn(secrets));
  const definition = current.get(service.name)?.definition;
  return {
    ...parts,
    versionOf: (reference, container, variable) =>
      parts.versionOf(reference, container, variable) ??
      (definition?.[`${container}.${SECRET_VERSION}.${variable}`] as string | undefined),
  };
}

/** Returns the desired fields. The reference of an image that is not pushed yet becomes known later. */
function desiredFields(desired: Desired, found: Survey, service: Service): DesiredFields {
  const imageIfKnown = imageIn(found.images);
  const fields: Record<string, Value | undefined> = {
    status: 'ACTIVE',
    [OLDER_REVISIONS]: 0,
    ...definitionFields(
      taskDefinitionFor(service, partsFor(desired, service, found, found.roles, imageIfKnown)),
    ),
    ...desiredTags(desired, 'taskDefinitions', service.name),
  };
  for (const container of service.containers) {
    if (imageIfKnown(container) === '')
      fields[`${container.name}.image`] = knownAfter(`images.${container.key}`);
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
      fieldsOf: ({ status, olderRevisionCount, definition, tags }): DesiredFields => ({
        status,
        [OLDER_REVISIONS]: olderRevisionCount,
        ...definition,
        ...tagFields(tags),
      }),
    }),

  create: (context) => register(context),

  /** Registers a changed definition as a new revision. Older revisions are deregistered once the new one is in use. */
  async update(context, { taskDefinitionArn }) {
    if (context.change.fields.some(isDefinitionField)) return register(context);
    await retagEcs(context, taskDefinitionArn);
  },

  async cleanUp({ aws, names, ids, change, existing, found, config, waitUntilReady }) {
    const current = ids.taskDefinitions.get(change.key)?.taskDefinitionArn;
    const service = config.services.find(({ name }) => name === change.key);
    if (current === undefined || !service) return;
    await retireRevisions({
      aws,
      names,
      family: names.family(change.key),
      current,
      recorded: existing?.taskDefinitionArn,
      serviceName: names.service(service),
      former: found.services.get(change.key)?.taskDefinitionArn,
      isProven: waitUntilReady,
    });
  },
};

/** Whether a change of this field requires a new revision; tags and the number of older revisions do not. */
export const isDefinitionField = ({ field }: { readonly field: string }): boolean =>
  !field.startsWith('tag.') && field !== OLDER_REVISIONS;

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
async function register(context: Context): Promise<Ids['taskDefinitions']> {
  const { aws, change, config, ids, tags } = context;
  const service = config.services.find(({ name }) => name === change.key);
  if (!service) throw new Error(`No service ${change.key} is configured`);
  const parts = partsFor(context, service, context.found, ids.roles, imageIn(ids.images));
  const definition = taskDefinitionFor(service, parts);
  const { taskDefinition } = await aws.ecs(
    new RegisterTaskDefinitionCommand({
      ...definition,
      tags: toCamelCaseTags({ ...tags, ...callerTag(context) }),
    }),
  );
  return { taskDefinitionArn: taskDefinition?.taskDefinitionArn ?? '' };
}
