/** The events of a service: the newest hundred, in ECS's own wording. Functions such as `tasksStarted` return messages. */
import type { Region } from '../../world/region.ts';
import { shortName } from './lookups.ts';
import type { DeploymentRow, ServiceRow, TaskRow } from './store.ts';

const MAX_EVENTS = 100;
const REPEAT_AFTER_MS = 6 * 3_600_000;
export const STEADY = 'has reached a steady state.';

/**
 * Records an event. ECS omits a repeated message until the cause of the message is gone or six hours have passed. The
 * sandbox assumes that the cause is gone when the service reaches a steady state.
 * @param taskSet the deployment that the message names, if any
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html
 */
export function addEvent(region: Region, service: ServiceRow, text: string, taskSet?: DeploymentRow): void {
  const name = taskSet ? `${service.serviceName}, taskSet ${taskSet.id}` : service.serviceName;
  const message = `(service ${name}) ${text}`;
  const { events } = service;
  const lastSteady = events.findIndex((event) => event.message?.endsWith(STEADY));
  const comparedEvents =
    text === STEADY ? events.slice(0, 1) : events.slice(0, lastSteady === -1 ? MAX_EVENTS : lastSteady);
  const now = region.now();
  const isRepeated = comparedEvents.some(
    (event) =>
      event.message === message && now.getTime() - (event.createdAt?.getTime() ?? 0) < REPEAT_AFTER_MS,
  );
  if (isRepeated) return;
  service.events = [{ id: region.uuid(), createdAt: now, message }, ...events].slice(0, MAX_EVENTS);
}

const taskList = (rows: readonly TaskRow[]): string =>
  rows.map(({ taskArn }) => `(task ${shortName(taskArn)})`).join(' ');

/** @param replacedCount the number of unhealthy tasks that the started tasks replace */
export const tasksStarted = (rows: readonly TaskRow[], replacedCount: number): string =>
  `has started ${rows.length} tasks: ${taskList(rows)}.${
    replacedCount > 0 ? ` Amazon ECS replaced ${replacedCount} tasks due to an unhealthy status.` : ''
  }`;
export const tasksStopped = (rows: readonly TaskRow[]): string =>
  `has stopped ${rows.length} running tasks: ${taskList(rows)}.`;
export const targetRegistered = (targetGroupArn: string): string =>
  `registered 1 targets in (target-group ${targetGroupArn})`;
export const targetNotRegistered = (targetGroupArn: string, why: string): string =>
  `failed to register targets in (target-group ${targetGroupArn}) with (error ${why})`;
export const targetDeregistered = (targetGroupArn: string): string =>
  `deregistered 1 targets in (target-group ${targetGroupArn})`;
export const DRAINING = 'has begun draining connections on 1 tasks.';
export const unhealthyTarget = (task: TaskRow, port: number, targetGroupArn: string, why: string): string =>
  `${taskList([task])} (port ${port}) is unhealthy in (target-group ${targetGroupArn}) due to (reason ${why}).`;
export const unhealthyContainer = (task: TaskRow): string =>
  `${taskList([task])} failed container health checks.`;
export const taskNotPlaced = (why: string): string =>
  `was unable to place a task. Reason: ${why.replace(/\.$/, '')}.`;
export const taskNotLaunched = (why: string): string => `failed to launch a task with (error ${why}).`;
export const THROTTLED =
  'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';
export const STUCK =
  'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.';
export const deploymentCompleted = ({ id }: DeploymentRow): string =>
  `(deployment ${id}) deployment completed.`;
/** @param why the cause, with a full stop */
export const deploymentFailed = ({ id }: DeploymentRow, why: string): string =>
  `(deployment ${id}) deployment failed: ${why}`;
export const rollingBack = (id: string): string => `rolling back to deployment ${id}.`;
