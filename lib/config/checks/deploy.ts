/** Checks of deployments: what ECS requires of a service for a strategy. */
import { isRouted, type Config } from '../config.ts';
import { pathOfService, type Finding } from '../finding.ts';

/** Whether the requests of a service go to the new version little by little. */
const isGradual = (strategy: string): boolean => strategy === 'canary' || strategy === 'linear';

/** ECS shifts requests by the weights of a load balancer's rule, so it has nothing to shift without one. */
export function* shiftsHaveRoutes({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const { strategy } = service.deploy;
    if (isGradual(strategy) && service.containers.length > 0 && !service.containers.some(isRouted))
      yield {
        path: pathOfService(service, 'deploy'),
        value: `'${strategy}' without a path`,
        fix: "Use 'rolling' or 'blueGreen', or add the path of a container: ECS shifts requests, and none reach this service.",
        basedOn: [pathOfService(service, 'containers')],
      };
  }
}

/** If the only new task fails, the cause may be this task rather than the version. */
export function* canariesHaveTasks({ services }: Config): Iterable<Finding> {
  for (const service of services)
    if (service.deploy.strategy === 'canary' && service.count === 1)
      yield {
        path: pathOfService(service, 'count'),
        fix: "Use at least 2, or deploy: 'blueGreen': with one task, a canary does not show whether the task or the version is at fault.",
        basedOn: [pathOfService(service, 'deploy')],
      };
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html */
const MAX_TARGET_GROUPS = 5;

/** Every strategy but `rolling` needs a second target group for each container with a path. */
export function* alternatesAreWithinQuota({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const { strategy } = service.deploy;
    const count = service.containers.filter(isRouted).length;
    if (strategy === 'rolling' || count > MAX_TARGET_GROUPS || count * 2 <= MAX_TARGET_GROUPS) continue;
    yield {
      path: pathOfService(service, 'containers'),
      value: `${count} containers with a path`,
      fix: `Move some to another service, or use deploy: 'rolling': '${strategy}' needs two target groups for each path, and ECS allows ${MAX_TARGET_GROUPS} per service.`,
      basedOn: [pathOfService(service, 'deploy')],
    };
  }
}

export function* alarmsAreUnique({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const { alarms } = service.deploy;
    const repeated = alarms.find((name, index) => alarms.indexOf(name) !== index);
    if (repeated !== undefined)
      yield {
        path: pathOfService(service, 'deploy', 'alarms'),
        value: `'${repeated}' twice`,
        fix: 'Name every alarm once.',
      };
  }
}
