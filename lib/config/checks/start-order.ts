/** Checks of `dependsOn`: every container exists, can meet its condition, and waits for no container that waits for it. */
import { isRouted, type Config, type Container, type Service } from '../config.ts';
import { checksItself } from '../../derive/container-health.ts';
import { pathOfContainer, type Finding } from '../finding.ts';

interface Dependency {
  readonly service: Service;
  readonly container: Container;
  /** The name of the container that is waited for. */
  readonly name: string;
  readonly condition: string;
  /** Undefined if the service has no such container. */
  readonly other: Container | undefined;
}

const dependenciesOf = (service: Service, container: Container): Dependency[] =>
  Object.entries(container.dependsOn ?? {}).map(([name, condition]) => ({
    ...{ service, container, name, condition },
    other: service.containers.find((one) => one.name === name),
  }));

const pathOf = ({ service, container, name }: Dependency) =>
  pathOfContainer(service, container, 'dependsOn', name);

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
export function* conditionsCanBeMet({ services }: Config): Iterable<Finding> {
  for (const service of services)
    for (const container of service.containers)
      for (const dependency of dependenciesOf(service, container)) {
        const finding = obstacleOf(dependency);
        if (finding !== undefined) yield { path: pathOf(dependency), ...finding };
      }
}

/** Returns what prevents a container from ever starting; undefined if nothing in the configuration does. */
function obstacleOf({
  service,
  container,
  name,
  condition,
  other,
}: Dependency): Omit<Finding, 'path'> | undefined {
  const field = (key: string) => (other === undefined ? [] : [pathOfContainer(service, other, key)]);
  if (other === container) return { fix: 'Remove it: a container cannot wait for itself.' };
  if (other === undefined) {
    const names = service.containers.filter((one) => one !== container).map((one) => one.name);
    return {
      fix:
        names.length === 0
          ? `Remove it: ${service.name} has no other container.`
          : `Name another container of ${service.name}: ${names.join(', ')}.`,
    };
  }
  const waitsForEnd = condition === 'SUCCESS' || condition === 'COMPLETE';
  if (waitsForEnd && isRouted(other))
    return {
      fix: `Use HEALTHY or START: ${name} has a path, so it has to keep running, and never ends.`,
      basedOn: [...field('path'), ...field('port')],
    };
  if (waitsForEnd && other.essential)
    return {
      fix: `Set essential: false for ${name}: its end would stop the task. For a container that keeps running, use HEALTHY or START.`,
      basedOn: field('essential'),
    };
  if (condition === 'HEALTHY' && !checksItself(other))
    return {
      fix:
        'reference' in other.image || other.lacksNode || other.hidesNode
          ? `Add health.command to ${name}, a program of its image that checks it, or use START.`
          : `Add a port or health.command to ${name}, so that it has a health check, or use START.`,
      basedOn: [...field('port'), ...field('health'), ...field('image')],
    };
  return undefined;
}

/** Reports each cycle once, at the first of its containers. */
export function* containersWaitForNoCycle({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const checked = new Set<Container>();
    for (const container of service.containers) {
      const cycle = cycleFrom(service, container, [], checked);
      const [first, ...others] = cycle ?? [];
      if (first === undefined || others.length === 0) continue;
      yield {
        path: pathOf(first),
        fix: `Remove one of these: ${[...(cycle ?? [])].map(({ container: one, name }) => `${one.name} waits for ${name}`).join(', ')}. None of them would ever start.`,
        basedOn: others.map(pathOf),
      };
    }
  }
}

/** Returns the dependencies that lead from a container back to itself; undefined without a cycle, or if it is known. */
function cycleFrom(
  service: Service,
  container: Container,
  before: readonly Dependency[],
  checked: Set<Container>,
): readonly Dependency[] | undefined {
  const start = before.findIndex((dependency) => dependency.container === container);
  if (start >= 0) return before.slice(start);
  if (checked.has(container)) return undefined;
  checked.add(container);
  for (const dependency of dependenciesOf(service, container)) {
    const cycle = dependency.other && cycleFrom(service, dependency.other, [...before, dependency], checked);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
