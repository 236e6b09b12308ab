/** The health of deployed services: the parts that a provision repairs, and the warnings about everything else. Pure. */
import type { Survey } from '../../lib/look/found.ts';
import type { EndedContainer, ServiceHealth } from '../../lib/look/service-health.ts';
import type { FoundService } from '../../lib/look/services.ts';

/** The value of a field of a service whose tasks are all as configured. */
export const ALL = 'all';

/** Returns which targets are registered, as a field of the service; undefined if this was not looked up. */
export function registeredText(health: ServiceHealth | undefined): string | undefined {
  if (!health) return undefined;
  const repairable = health.unregistered.filter(({ targetGroupArn }) => targetGroupArn !== undefined);
  if (repairable.length === 0) return ALL;
  return `${ALL} except ${repairable.map(({ container, address, port }) => `${address}:${port} of ${container}`).join(', ')}`;
}

/**
 * Returns which containers run, as a field of the service; undefined if this was not looked up. A container that has ended in
 * some tasks only is restarted together with its tasks. If it has ended in all of them, it would probably end again: restarting
 * the healthy containers of these tasks would interrupt them without any benefit, so that is only a warning. So is a job that
 * has failed: its task started all the same, because the other containers wait only for its end.
 */
export function runningText(health: ServiceHealth | undefined): string | undefined {
  if (!health) return undefined;
  const repairable = health.ended.filter((one) => isRepairable(one, health));
  return repairable.length === 0
    ? ALL
    : `${ALL} except ${repairable.map((one) => endedText(one, health)).join(', ')}`;
}

const isRepairable = (one: EndedContainer, health: ServiceHealth): boolean =>
  !one.isJob && !hasEndedEverywhere(one, health);

const hasEndedEverywhere = ({ taskCount }: EndedContainer, { runningCount }: ServiceHealth): boolean =>
  taskCount >= runningCount;

const endedText = ({ container, why, taskCount }: EndedContainer, { runningCount }: ServiceHealth): string =>
  `${container} in ${taskCount} of ${runningCount} tasks (${why})`;

/** Returns what is wrong with the tasks of the found services, and what a provision does not repair on its own; one line each. */
export const healthWarnings = ({ services }: Pick<Survey, 'services'>): string[] =>
  [...services].flatMap(([key, service]) => {
    const { health } = service;
    return health ? warningsOf(key, service, health).map((text) => `services.${key}: ${text}`) : [];
  });

function warningsOf(key: string, { desiredCount }: FoundService, health: ServiceHealth): string[] {
  const { runningCount, unhealthy, unregistered, ended } = health;
  const ambiguous = unregistered.filter(({ targetGroupArn }) => targetGroupArn === undefined);
  return [
    ...(runningCount < desiredCount ? [`${runningCount} of ${desiredCount} tasks are running`] : []),
    ...unhealthy.map(
      ({ container, address, port, why }) =>
        `the target ${address}:${port} of ${container} is unhealthy: ${why}. ECS replaces its task; npm run provision waits for the new one, and explains the cause if it fails`,
    ),
    ...ambiguous.map(
      ({ container, address, port }) =>
        `the target ${address}:${port} of ${container} is not registered in any of its target groups. ECS registers it again or replaces its task`,
    ),
    ...ended.filter((one) => !isRepairable(one, health)).map((one) => endedWarning(key, one, health)),
  ];
}

/** The warning about a container that has ended, and that a provision does not restart. */
const endedWarning = (service: string, one: EndedContainer, health: ServiceHealth): string => {
  const place = hasEndedEverywhere(one, health)
    ? 'every task'
    : `${one.taskCount} of ${health.runningCount} tasks`;
  return one.isJob
    ? `${one.container} has failed in ${place} (${one.why}). The other containers of ${service} wait only for its end, so they run all the same`
    : `${one.container} has ended in ${place} (${one.why}). It is not essential, so ${service} runs without it, and ECS does not restart it. Correct its program, and run npm run provision`;
};
