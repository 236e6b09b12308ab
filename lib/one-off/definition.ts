/** Makes the task definition of a one-off task from that of its service: one container, and those that it waits for. Pure. */
import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';

/** The command of a one-off task. */
export interface OneOffCommand {
  /** The name of the container. */
  readonly container: string;
  /** The command that replaces that of the container; its words reach the program as they are, since no shell reads them. */
  readonly command: readonly string[];
}

/** The members of a task definition, registered or not. */
export type DefinitionContent = Omit<
  RegisterTaskDefinitionCommandInput,
  'family' | 'tags' | 'containerDefinitions'
> & {
  readonly containerDefinitions?: RegisterTaskDefinitionCommandInput['containerDefinitions'];
};

/**
 * Returns a definition that runs the command in one container of a service, with its image, variables, secrets, roles and size.
 * Other containers are part of it only if the container waits for them. The task ends with the command, whatever the others do.
 * Nothing checks the health of the container: the check is about the program of the service.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function oneOffDefinition(
  {
    containerDefinitions: all = [],
    volumes = [],
    family: _,
    ...content
  }: DefinitionContent & { family?: unknown },
  { container, command }: OneOffCommand,
): Omit<RegisterTaskDefinitionCommandInput, 'family' | 'tags'> {
  const needed = neededBy(container, all);
  const included = all.filter(({ name = '' }) => needed.has(name));
  const isChecked = (name: string | undefined) =>
    included.some(({ dependsOn = [] }) =>
      dependsOn.some(({ containerName, condition }) => containerName === name && condition === 'HEALTHY'),
    );
  const containerDefinitions = included.map(
    ({ portMappings: _, healthCheck, ...definition }): ContainerDefinition => ({
      ...definition,
      essential: definition.name === container,
      ...(definition.name === container && { command: [...command] }),
      ...(isChecked(definition.name) && { healthCheck }),
    }),
  );
  const used = new Set(
    included.flatMap(({ mountPoints = [] }) => mountPoints.map(({ sourceVolume }) => sourceVolume)),
  );
  return {
    ...content,
    containerDefinitions,
    volumes: volumes.filter(({ name }) => used.has(name)),
  };
}

/** Returns the names of a container and of those that it waits for, directly or not. */
export function neededBy(
  container: string,
  all: readonly Pick<ContainerDefinition, 'name' | 'dependsOn'>[],
): ReadonlySet<string> {
  const needed = new Set<string>();
  const add = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const { containerName = '' } of all.find((one) => one.name === name)?.dependsOn ?? [])
      add(containerName);
  };
  add(container);
  return needed;
}
