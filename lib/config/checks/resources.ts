/** Checks of the CPU units, the memory and the open files of containers: ECS refuses containers that do not fit into their task. */
import type { Config, Service } from '../config.ts';
import {
  containersWithServices,
  pathOfContainer,
  pathOfService,
  type Finding,
  type Path,
} from '../finding.ts';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_environment */
export function* containersFitTasks({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    yield* cpuFits(service);
    yield* limitsFit(service);
    yield* reservationsFit(service);
  }
}

function* cpuFits(service: Service): Iterable<Finding> {
  const withCpu = service.containers.filter(({ cpu }) => cpu !== undefined);
  const sum = withCpu.reduce((total, { cpu = 0 }) => total + cpu, 0);
  if (sum > service.cpu)
    yield {
      path: pathOfService(service, 'cpu'),
      fix: `Use at least ${sum}, or lower the cpu of ${inWords(withCpu.map(({ name }) => name))}: together, the containers have ${sum}.`,
      basedOn: withCpu.map((container) => pathOfContainer(service, container, 'cpu')),
    };
}

function* limitsFit(service: Service): Iterable<Finding> {
  for (const container of service.containers) {
    const { memory, memoryReservation } = container;
    const path = pathOfContainer(service, container, 'memory');
    if (memory !== undefined && memory > service.memory)
      yield {
        path,
        fix: `Use at most ${service.memory}: that is the memory of the task.`,
        basedOn: [pathOfService(service, 'memory')],
      };
    if (memory !== undefined && memoryReservation !== undefined && memoryReservation >= memory)
      yield {
        path: pathOfContainer(service, container, 'memoryReservation'),
        fix: `Use less than memory, which is ${memory}, or remove it: memory is then also reserved.`,
        basedOn: [path],
      };
  }
}

/** What a container reserves: its reservation, or else its limit. */
function* reservationsFit(service: Service): Iterable<Finding> {
  const reserving = service.containers.flatMap((container) => {
    const field =
      container.memoryReservation === undefined ? ('memory' as const) : ('memoryReservation' as const);
    const mebibytes = container[field];
    // A container that alone exceeds the task is reported on its own.
    if (mebibytes === undefined || (field === 'memory' && mebibytes > service.memory)) return [];
    return [{ name: container.name, mebibytes, path: pathOfContainer(service, container, field) }];
  });
  const sum = reserving.reduce((total, { mebibytes }) => total + mebibytes, 0);
  if (sum > service.memory)
    yield {
      path: pathOfService(service, 'memory'),
      fix: `Use at least ${sum}, or lower the memory or the memoryReservation of ${inWords(reserving.map(({ name }) => name))}: together, the containers reserve ${sum} MiB.`,
      basedOn: reserving.map(({ path }): Path => path),
    };
}

const inWords = (names: readonly string[]): string => names.join(', ').replace(/, (?=[^,]*$)/, ' and ');

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
export function* openFilesAreInOrder(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    const nofile = container.ulimits?.nofile;
    if (typeof nofile !== 'object' || nofile.soft <= nofile.hard) continue;
    const pathOf = (limit: string) => pathOfContainer(service, container, 'ulimits', 'nofile', limit);
    yield {
      path: pathOf('soft'),
      fix: `Use at most the hard limit, which is ${nofile.hard}.`,
      basedOn: [pathOf('hard')],
    };
  }
}
