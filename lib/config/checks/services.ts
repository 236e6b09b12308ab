/** Checks of services: what Fargate and ECS require of a task and of its service. */
import { isRouted, type Config } from '../config.ts';
import { FARGATE_SIZES } from '../fargate.ts';
import { pathOfService, type Finding } from '../finding.ts';

export function* servicesExist({ services }: Config): Iterable<Finding> {
  if (services.length === 0) yield { path: ['services'], value: 'no service', fix: 'Add a service.' };
}

export function* memoryFitsCpu({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const sizes = FARGATE_SIZES.get(service.cpu);
    if (sizes !== undefined && !sizes.includes(service.memory))
      yield {
        path: pathOfService(service, 'memory'),
        fix: `Use ${sizesInWords(sizes)}: Fargate offers these with cpu ${service.cpu}.`,
        basedOn: [pathOfService(service, 'cpu')],
      };
  }
}

/**
 * The sandbox runs programs on this machine. It supplies Node, so a program that Slipway packages runs whatever its architecture
 * is on AWS. Other programs, in an image by reference or from a container engine, need the processor that they were built for.
 * @param machine the processor of this machine, as Node names it
 */
export function* architecturesRunHere(
  { services, target, builder }: Config,
  machine: string = process.arch,
): Iterable<Finding> {
  for (const service of target === 'sandbox' ? services : []) {
    const { architecture, containers } = service;
    const names = containers
      .filter(({ image, lacksNode }) => 'reference' in image || lacksNode || builder === 'docker')
      .map(({ name }) => name);
    if (architecture !== 'arm64' || machine === 'arm64' || names.length === 0) continue;
    yield {
      path: pathOfService(service, 'architecture'),
      fix: `Use 'x86_64' for the target sandbox, e.g. architecture: target === 'sandbox' ? 'x86_64' : 'arm64': it runs ${names.join(', ')} on the processor of this machine, which is ${machine}.`,
      basedOn: names.map((name) => pathOfService(service, 'containers', name)),
    };
  }
}

function sizesInWords(sizes: readonly number[]): string {
  const [first = 0, second = 0] = sizes;
  const last = sizes.at(-1);
  return sizes.length === 3
    ? `${first}, ${second} or ${last}`
    : `${first} to ${last} in steps of ${second - first}`;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_CONTAINERS = 10;
/** Target groups per ECS service: a quota that AWS does not raise. */
const MAX_ROUTED_CONTAINERS = 5;

export function* containersAreWithinQuotas({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const path = pathOfService(service, 'containers');
    const count = service.containers.length;
    const routedCount = service.containers.filter(isRouted).length;
    if (count === 0) yield { path, value: 'no container', fix: 'Add a container.' };
    else if (count > MAX_CONTAINERS)
      yield {
        path,
        value: `${count} containers`,
        fix: `Move some to another service: a task can have at most ${MAX_CONTAINERS} containers.`,
      };
    else if (routedCount > MAX_ROUTED_CONTAINERS)
      yield {
        path,
        value: `${routedCount} containers with a path`,
        fix: `Move some to another service: ECS puts at most ${MAX_ROUTED_CONTAINERS} containers of one service behind a load balancer.`,
      };
  }
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export function* oneContainerIsEssential({ services }: Config): Iterable<Finding> {
  for (const service of services)
    if (service.containers.length > 0 && !service.containers.some(({ essential }) => essential))
      yield {
        path: pathOfService(service, 'containers'),
        value: 'no essential container',
        fix: 'Remove essential: false from one of them: a task needs an essential container.',
      };
}
