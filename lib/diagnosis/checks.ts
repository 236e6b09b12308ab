/** Finds the containers that fail a health check of the load balancer or of ECS, according to all of AWS's reports. Pure. */
import { isRouted } from '../config/config.ts';
import type { ContainerFacts, Facts, TaskFacts } from './facts.ts';

/** A failed health check. */
export interface FailedCheck {
  /** The name of the container. */
  readonly container: string;
  readonly by: 'load balancer' | 'container';
  /** The status that the program answered with, or how the request ended without an answer; undefined if it is unknown. */
  readonly result: number | 'timeout' | 'failed' | undefined;
  readonly task: TaskFacts | undefined;
  /** What AWS reported. */
  readonly report: string;
}

const UNHEALTHY_TARGET =
  /\(port (\d+)\) is unhealthy in \(target-group ([^)]+)\) due to \(reason (.+?)\)\.?$/;
const TASK_IN_EVENT = /\(task ([^)]+)\)/;

/**
 * Returns the failed checks, the latest reports first. The load balancer forgets a target soon after the task stops, but ECS's
 * events and the reason of the stopped task remain.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes
 */
export function failedChecks(facts: Facts): FailedCheck[] {
  const ofBalancer = [...ofTargets(facts), ...ofEvents(facts), ...ofStoppedTasks(facts)];
  return [...ofBalancer.filter(({ task }) => !failedItsOwnCheck(task)), ...ofContainers(facts)];
}

/** Whether ECS stopped a task because of a container's own check. The load balancer then only sees its programs end. */
const failedItsOwnCheck = (task: TaskFacts | undefined): boolean =>
  /failed container health checks/i.test(task?.stoppedReason ?? '');

function ofTargets({ targets, tasks }: Facts): FailedCheck[] {
  return targets
    .filter(({ state, reason = '' }) => state === 'unhealthy' && reason.startsWith('Target.'))
    .map(({ container, taskId, reason = '', description = '' }) => ({
      container,
      by: 'load balancer',
      result: resultOf(description) ?? resultOf(reason),
      task: tasks.find(({ id }) => id === taskId),
      report: `the target of ${container} is unhealthy: ${[reason, description].filter(Boolean).join(', ')}`,
    }));
}

function ofEvents({ events, service, targetGroups, tasks, targets }: Facts): FailedCheck[] {
  return events.toReversed().flatMap((event): FailedCheck[] => {
    const [, port, group = '', reason = ''] = UNHEALTHY_TARGET.exec(event) ?? [];
    if (port === undefined) return [];
    const [, taskId] = TASK_IN_EVENT.exec(event) ?? [];
    const byPort = service.containers.find((container) => container.port === Number(port))?.name;
    const container = targetGroups.get(group) ?? byPort;
    // An event without a task of this deployment may be about the previous version.
    const task = tasks.find(({ id }) => id === taskId);
    if (container === undefined || (taskId !== undefined && !task)) return [];
    const isHealthyNow = targets.some(
      (target) => target.taskId === taskId && target.container === container && target.state === 'healthy',
    );
    if (isHealthyNow) return [];
    return [{ container, by: 'load balancer', result: resultOf(reason), task, report: event }];
  });
}

function ofStoppedTasks({ tasks, targetGroups }: Facts): FailedCheck[] {
  return tasks.flatMap((task): FailedCheck[] => {
    const { stoppedReason = '' } = task;
    if (!/failed ELB health checks/.test(stoppedReason)) return [];
    const [name, container] = [...targetGroups].find(([group]) => stoppedReason.includes(group)) ?? [];
    if (name === undefined || container === undefined) return [];
    return [
      {
        container,
        by: 'load balancer',
        result: resultOf(stoppedReason),
        task,
        report: `Task failed ELB health checks in ${name}`,
      },
    ];
  });
}

/**
 * A container whose own check fails although the load balancer's check passes, or that the load balancer does not check. ECS does
 * not report why it fails; Slipway's own requests can show that the container answers none.
 */
function ofContainers({ tasks, silent }: Facts): FailedCheck[] {
  return tasks.flatMap((task) =>
    task.containers
      .filter(({ healthStatus }) => healthStatus === 'UNHEALTHY')
      .map(({ name }) => ({
        container: name,
        by: 'container' as const,
        result: silent?.has(name) ? ('timeout' as const) : undefined,
        task,
        report: `ECS reports the container ${name} as UNHEALTHY`,
      })),
  );
}

/** Reads the result of a check from the load balancer's reason code or description. */
function resultOf(text: string): FailedCheck['result'] {
  const [, code] = /codes: \[(\d+)/.exec(text) ?? [];
  if (code !== undefined) return Number(code);
  if (/timed out|Target\.Timeout/.test(text)) return 'timeout';
  return /Health checks failed$|Target\.FailedHealthChecks/.test(text) ? 'failed' : undefined;
}

/**
 * Returns the checked container, preferably from a task for which its listeners are known: first the checked task, then the
 * latest.
 */
export function checkedContainer(
  { tasks }: Facts,
  { container, task }: FailedCheck,
): ContainerFacts | undefined {
  const all = [...(task ? [task] : []), ...tasks]
    .flatMap(({ containers }) => containers)
    .filter(({ name }) => name === container);
  return all.find(({ listeners }) => listeners !== undefined) ?? all[0];
}

/** Whether the load balancer checks a container; otherwise only ECS does. */
export const isChecked = (facts: Facts, name: string): boolean =>
  facts.service.containers.some((container) => container.name === name && isRouted(container));
