/** Checks of containers: their ports, paths, health checks and source folders. */
import { join } from 'node:path';
import type { Builder, Config } from '../config.ts';
import { ENTRIES, entryOf, kindOf } from '../entry.ts';
import { pathOfContainer, containersWithServices, type Finding } from '../finding.ts';

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
    if (container.path === undefined) continue;
    const other = seen.get(container.path);
    if (other !== undefined)
      yield {
        path: pathOfContainer(service, container, 'path'),
        fix: `Use another path: this one is routed to ${other}.`,
      };
    else seen.set(container.path, `${container.name} in ${service.name}`);
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
    if (container.protocol === 'HTTPS' && container.path === undefined)
      yield {
        path: pathOfContainer(service, container, 'protocol'),
        fix: 'Add a path and a port, or remove the protocol: the load balancer only sends requests to containers with a path.',
        basedOn: [pathOfContainer(service, container, 'path')],
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

export function* sourcesExist(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    if (!('source' in container.image)) continue;
    const fix = sourceFix(container.image.source, config.builder);
    if (fix !== undefined) yield { path: pathOfContainer(service, container, 'source'), fix };
  }
}

function sourceFix(folder: string, builder: Builder): string | undefined {
  const kind = kindOf(folder);
  if (kind === 'file') return `Name the folder that contains the program: ${folder} is a file.`;
  if (kind !== 'folder') return `Name a folder that exists: ${folder} does not exist.`;
  const canBundle = entryOf(folder) !== undefined;
  const hasDockerfile = kindOf(join(folder, 'Dockerfile')) === 'file';
  const entry = `main in its package.json, or one of ${ENTRIES.join(', ')}`;
  switch (builder) {
    case 'bundle':
      return canBundle ? undefined : `Add an entry file for the bundle: ${entry}.`;
    case 'docker':
      return hasDockerfile ? undefined : `Add a Dockerfile to ${folder}.`;
    case 'auto':
      return canBundle || hasDockerfile
        ? undefined
        : `Add an entry file for the bundle (${entry}), or a Dockerfile.`;
  }
}
