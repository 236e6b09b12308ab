/** The events of a service: the newest hundred, in ECS's own wording. Functions such as `tasksStarted` return messages. */
import type { ServiceEvent } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import { shortName } from './lookups.ts';
import type { DeploymentRow, ServiceRow, TaskRow } from './store.ts';

const MAX_EVENTS = 100;
const REPEAT_AFTER_MS = 6 * 3_600_000;
export const STEADY = 'has reached a steady state.';

/** The events that ECS repeats only every six hours while their cause lasts: those about something that does not work. */
const IS_PROBLEM = /\b(unable|failed) to\b/;
/** The events that ECS records once for all tasks of a step, with their number. */
const COUNTED = /^(.*(?:registered|draining connections on) )(\d+)( (?:targets|tasks).*)$/;
/** Events of one step are at most this far apart, in milliseconds. */
const STEP_MS = 20;

/**
 * Records an event. ECS omits a repeated message about a problem until the cause of the message is gone or six hours have
 * passed. The sandbox assumes that the cause is gone when the service reaches a steady state.
 * @param taskSet the deployment that the message names, if any
 * @param at the time of the event, by default now
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html
 */
export function addEvent(
  region: Region,
  service: ServiceRow,
  text: string,
  taskSet?: DeploymentRow,
  at = region.now(),
): void {
  const name = taskSet ? `${service.serviceName}, taskSet ${taskSet.id}` : service.serviceName;
  const message = `(service ${name}) ${text}`;
  if (isRepeated(service, message, at) || isAddedToStep(service, message, at)) return;
  service.events = [{ id: region.uuid(), createdAt: at, message }, ...service.events].slice(0, MAX_EVENTS);
}

const ageOf = ({ createdAt }: ServiceEvent, at: Date): number => at.getTime() - (createdAt?.getTime() ?? 0);

function isRepeated({ events }: ServiceRow, message: string, at: Date): boolean {
  const isSteady = message.endsWith(STEADY);
  if (!isSteady && !IS_PROBLEM.test(message)) return false;
  const lastSteady = events.findIndex((event) => event.message?.endsWith(STEADY));
  const compared = isSteady
    ? events.slice(0, 1)
    : events.slice(0, lastSteady === -1 ? MAX_EVENTS : lastSteady);
  return compared.some((event) => event.message === message && ageOf(event, at) < REPEAT_AFTER_MS);
}

/** Adds the number in a message to an event of the same step that differs only in its number, if there is one. */
function isAddedToStep({ events }: ServiceRow, message: string, at: Date): boolean {
  const [, before, number, after] = COUNTED.exec(message) ?? [];
  if (number === undefined) return false;
  for (const event of events) {
    if (ageOf(event, at) > STEP_MS) return false;
    const [, otherBefore, otherNumber, otherAfter] = COUNTED.exec(event.message ?? '') ?? [];
    if (otherBefore !== before || otherAfter !== after) continue;
    event.message = `${before}${Number(number) + Number(otherNumber)}${after}`;
    return true;
  }
  return false;
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
export const pendingTasksStopped = (count: number): string => `stopped ${count} pending tasks.`;
export const targetRegistered = (targetGroupArn: string): string =>
  `registered 1 targets in (target-group ${targetGroupArn})`;
export const targetNotRegistered = (targetGroupArn: string, why: string): string =>
  `failed to register targets in (target-group ${targetGroupArn}) with (error ${why})`;
export const healthNotDescribed = (targetGroupArn: string, why: string): string =>
  `failed to describe target health on target-group ${targetGroupArn} with (error ${why})`;
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
