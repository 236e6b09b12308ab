/** Checks of containers: their ports, paths, health checks and source folders. */
import { join } from 'node:path';
import { pathsOf, type Builder, type Config, type Container, type Source } from '../config.ts';
import { HEALTH_COMMAND_FORMS } from '../../derive/container-health.ts';
import { isProblem } from '../../model/problem.ts';
import { display } from '../display.ts';
import { kindOf } from '../path-kind.ts';
import { pathOfContainer, containersWithServices, type Finding } from '../finding.ts';
import { startOfContainer } from '../program.ts';

export function* portsAreUnique({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const seen = new Map<number, string>();
    for (const container of service.containers) {
      if (container.port === undefined) continue;
      const other = seen.get(container.port);
      if (other !== undefined)
        yield {
          path: pathOfContainer(service, container, 'port'),
          fix: `Use another port: ${other} listens on it, and the containers of a task share one address.`,
        };
      else seen.set(container.port, container.name);
    }
  }
}

export function* pathsAreUnique(config: Config): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const { service, container } of containersWithServices(config)) {
    for (const path of new Set(pathsOf(container))) {
      const other = seen.get(path);
      if (other !== undefined)
        yield {
          path: pathOfContainer(service, container, 'path'),
          fix: `Use another path: ${pathsOf(container).length > 1 ? path : 'this one'} is routed to ${other}.`,
        };
      else seen.set(path, `${container.name} in ${service.name}`);
    }
  }
}

export function* pathsHavePorts(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config))
    if (container.path !== undefined && container.port === undefined)
      yield {
        path: pathOfContainer(service, container, 'port'),
        fix: `Add the port on which the container serves ${container.path}.`,
      };
}

export function* protocolsHavePaths(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config))
    if (container.protocol !== 'HTTP' && container.path === undefined)
      yield {
        path: pathOfContainer(service, container, 'protocol'),
        fix: 'Add a path and a port, or remove the protocol: the load balancer only sends requests to containers with a path.',
        basedOn: [pathOfContainer(service, container, 'path'), pathOfContainer(service, container, 'routes')],
      };
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export function* timeoutsAreBelowIntervals(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    const { intervalSeconds, timeoutSeconds } = container.health;
    if (timeoutSeconds >= intervalSeconds)
      yield {
        path: pathOfContainer(service, container, 'health', 'timeoutSeconds'),
        fix: `Use a value below intervalSeconds, which is ${intervalSeconds}.`,
        basedOn: [pathOfContainer(service, container, 'health', 'intervalSeconds')],
      };
  }
}

/** Each folder is a separate volume, and a volume inside of another one would be hidden. */
export function* writableFoldersAreSeparate(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    const { writable = [], readOnlyRoot } = container;
    const path = pathOfContainer(service, container, 'writable');
    if (!readOnlyRoot && writable.length > 0)
      yield {
        path,
        fix: 'Remove it: with readOnlyRoot: false, the container can write to every folder.',
        basedOn: [pathOfContainer(service, container, 'readOnlyRoot')],
      };
    const inner = writable.find((one, index) =>
      writable.some(
        (other, place) => place !== index && (one === other ? place < index : one.startsWith(`${other}/`)),
      ),
    );
    if (inner !== undefined)
      yield { path, value: display(inner), fix: `Remove ${inner}: another entry already contains it.` };
  }
}

/**
 * ECS Exec does not work in a container whose root file system is read-only: its agent writes files inside of the container.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export function* execHasContainers({ services }: Config): Iterable<Finding> {
  for (const service of services)
    if (service.exec === true && service.containers.every(({ readOnlyRoot }) => readOnlyRoot))
      yield {
        path: ['services', service.name, 'exec'],
        fix: 'Set readOnlyRoot: false in each container that npm run exec should work in, or remove exec: ECS Exec does not work in a container whose root file system is read-only.',
        basedOn: service.containers.map((container) => pathOfContainer(service, container, 'readOnlyRoot')),
      };
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export function* healthCommandsAreComplete(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    const [form = '', ...rest] = container.health.command ?? [];
    const path = pathOfContainer(service, container, 'health', 'command');
    if (HEALTH_COMMAND_FORMS.includes(form) && rest.length === 0)
      yield { path, fix: `Add the command after ${form}.` };
    else if (form === 'CMD-SHELL' && rest.length > 1)
      yield { path, fix: 'Put the command line into one string after CMD-SHELL: the shell gets no other.' };
  }
}

export function* sourcesExist(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    if (!('source' in container.image)) continue;
    const { source, ...rest } = container.image;
    const fix =
      folderFix(source) ?? contextFix(rest.context) ?? programFix(container.image, container, config.builder);
    if (fix === undefined) continue;
    const field = folderFix(source) === undefined ? fieldOf(container.image) : 'source';
    const basedOn = PROGRAM_FIELDS.map((name) => pathOfContainer(service, container, name));
    yield { path: pathOfContainer(service, container, field), fix, basedOn };
  }
}

/** The fields that decide what starts. */
const PROGRAM_FIELDS = [
  'source',
  'entry',
  'dockerfile',
  'target',
  'context',
  'buildArgs',
  'command',
  'entryPoint',
];

function folderFix(folder: string): string | undefined {
  const kind = kindOf(folder);
  if (kind === 'file') return `Name the folder that contains the program: ${folder} is a file.`;
  return kind === 'folder' ? undefined : `Name a folder that exists: ${folder} does not exist.`;
}

const contextFix = (folder: string | undefined): string | undefined =>
  folder === undefined || kindOf(folder) === 'folder'
    ? undefined
    : `Name a folder that exists: ${folder} is not one.`;

/** Returns the field that most likely contains the mistake. */
function fieldOf({ context, dockerfile, target, entry }: Source): string {
  if (contextFix(context) !== undefined) return 'context';
  if (entry !== undefined) return 'entry';
  return dockerfile !== undefined ? 'dockerfile' : target !== undefined ? 'target' : 'source';
}

function programFix(source: Source, container: Container, builder: Builder): string | undefined {
  const { source: folder, dockerfile = 'Dockerfile' } = source;
  if (builder === 'docker')
    return kindOf(join(folder, dockerfile)) === 'file' ? undefined : `Add a Dockerfile to ${folder}.`;
  try {
    const { entry, reason } = startOfContainer(source, builder === 'bundle' ? {} : container);
    return builder === 'auto' || entry !== undefined
      ? undefined
      : `Set entry to the file to bundle. ${reason} That is not a file that Node runs.`;
  } catch (error) {
    if (isProblem(error, 'NO_PROGRAM', 'SEVERAL_PROGRAMS'))
      return `${error.why} ${error.fix[0] ?? ''}`.trim();
    throw error;
  }
}
