/** The settings that limit a container and order its start: as members of a container definition, and as fields of a plan. Pure. */
import type { ContainerDefinition, Ulimit } from '@aws-sdk/client-ecs';
import type { Container } from '../config/config.ts';

type Settings = Pick<
  Container,
  'cpu' | 'memory' | 'memoryReservation' | 'entryPoint' | 'dependsOn' | 'ulimits'
>;

/**
 * Returns the members of a container definition that hold the settings of a container. Settings that are not configured are left
 * out.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export function settingMembers(settings: Settings): Partial<ContainerDefinition> {
  const { cpu, memory, memoryReservation, entryPoint, ulimits } = settings;
  const dependsOn = Object.entries(settings.dependsOn ?? {});
  const openFiles = openFileLimits(ulimits);
  return {
    ...{ cpu, memory, memoryReservation },
    entryPoint: entryPoint && [...entryPoint],
    dependsOn:
      dependsOn.length === 0
        ? undefined
        : dependsOn.map(([containerName, condition]) => ({ containerName, condition })),
    ulimits: openFiles && [{ name: 'nofile', softLimit: openFiles.soft, hardLimit: openFiles.hard }],
  };
}

/** Returns the limits of open files; undefined if Fargate's own apply. */
function openFileLimits(
  ulimits: Settings['ulimits'],
): { readonly soft: number; readonly hard: number } | undefined {
  const nofile = ulimits?.nofile;
  return typeof nofile === 'number' ? { soft: nofile, hard: nofile } : nofile;
}

/** Returns the settings in a container definition, as the configuration has them; the limits of open files are left out. */
export function settingsIn({
  cpu,
  memory,
  memoryReservation,
  entryPoint,
  dependsOn = [],
}: ContainerDefinition): Omit<Settings, 'ulimits'> {
  return {
    ...{ cpu: cpu || undefined, memory, memoryReservation, entryPoint },
    dependsOn: Object.fromEntries(
      dependsOn.flatMap(({ containerName, condition }) =>
        containerName && condition ? [[containerName, condition]] : [],
      ),
    ),
  };
}

/**
 * Returns the names of the jobs among the containers of a task: those for whose end others wait, so that they end on purpose.
 */
export const jobsIn = (containers: readonly Pick<Settings, 'dependsOn'>[]): ReadonlySet<string> =>
  new Set(
    containers
      .flatMap(({ dependsOn = {} }) => Object.entries(dependsOn))
      .filter(([, condition]) => condition === 'SUCCESS' || condition === 'COMPLETE')
      .map(([name]) => name),
  );

/** Returns the settings in a container definition as fields, without the name of the container. */
export function settingFields(container: ContainerDefinition): Record<string, string | number> {
  const { cpu, memory, memoryReservation, entryPoint, dependsOn = [], ulimits = [] } = container;
  return {
    // ECS reports 0 if the definition sets none.
    cpu: cpu || '',
    memory: memory ?? '',
    'memory reservation': memoryReservation ?? '',
    'entry point': entryPoint?.length ? JSON.stringify(entryPoint) : '',
    'starts after': dependsOn
      .map(({ containerName, condition }) => `${containerName} (${condition})`)
      .sort()
      .join(', '),
    limits: ulimits.map(limitText).sort().join(', '),
  };
}

const limitText = ({ name, softLimit, hardLimit }: Ulimit): string =>
  `${name} ${softLimit === hardLimit ? '' : `${softLimit} to `}${hardLimit}`;
