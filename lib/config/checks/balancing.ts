/** Checks of stickiness, slow start and algorithms: what AWS refuses, and what has no effect. */
import { shiftsTraffic, type Config } from '../config.ts';
import { display } from '../display.ts';
import { containersWithServices, pathOfContainer, pathOfService, type Finding } from '../finding.ts';

const FIELDS = ['stickiness', 'slowStartSeconds', 'balancing'] as const;

/** The load balancer neither sends requests to a container without a path, nor checks its health. */
export function* balancingHasRoutes(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    if (container.path !== undefined) continue;
    const basedOn = ['path', 'routes'].map((field) => pathOfContainer(service, container, field));
    for (const field of FIELDS.filter((name) => container[name] !== undefined))
      yield {
        path: pathOfContainer(service, container, field),
        fix: 'Add a path and a port, or remove it: the load balancer only sends requests to containers with a path.',
        basedOn,
      };
    yield {
      path: pathOfContainer(service, container, 'health', 'healthyThreshold'),
      fix: 'Add a path and a port, or remove it: inside a container, one successful check is enough.',
      basedOn,
      ifWritten: true,
    };
  }
}

/** Only a service behind a load balancer gets a grace period. */
export function* gracePeriodsHaveRoutes(config: Config): Iterable<Finding> {
  for (const service of config.services)
    if (service.containers.length > 0 && service.containers.every(({ path }) => path === undefined))
      yield {
        path: pathOfService(service, 'graceSeconds'),
        fix: 'Remove it, or add the path of a container: it delays the checks by the load balancer. For checks inside a container, use health.startSeconds.',
        basedOn: service.containers.flatMap((container) =>
          ['path', 'routes'].map((field) => pathOfContainer(service, container, field)),
        ),
        ifWritten: true,
      };
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
export function* slowStartsAreRoundRobin(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config)) {
    const { slowStartSeconds = 0, balancing = 'round-robin' } = container;
    if (slowStartSeconds > 0 && balancing !== 'round-robin')
      yield {
        path: pathOfContainer(service, container, 'slowStartSeconds'),
        fix: `Remove it, or use balancing: 'round-robin': AWS has no slow start with ${display(balancing)}.`,
        basedOn: [pathOfContainer(service, container, 'balancing')],
      };
  }
}

/**
 * AWS refuses a rule with several target groups if one of them is sticky, unless the rule itself is sticky. Such a rule keeps
 * sending clients to the group of the old version, so ECS could not shift their requests.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 */
export function* shiftsAreNotSticky(config: Config): Iterable<Finding> {
  for (const { service, container } of containersWithServices(config))
    if (container.stickiness && container.path !== undefined && shiftsTraffic(service))
      yield {
        path: pathOfContainer(service, container, 'stickiness'),
        fix: `Remove it, or use deploy: 'rolling': with '${service.deploy.strategy}', ECS shifts requests from one target group to another, and clients would stay with the old one.`,
        basedOn: [pathOfService(service, 'deploy')],
      };
}
