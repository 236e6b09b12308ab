/** The life of a task: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED. */
import type { Container, TaskStopCode } from '@aws-sdk/client-ecs';
import type { TaskFailure } from '../../data-plane/data-plane.ts';
import { durations } from '../../world/durations.ts';
import type { Events, Region } from '../../world/region.ts';
import { startAgent, stopAgent } from './execute-agent.ts';
import { shortName } from './lookups.ts';
import type { TaskRow } from './store.ts';
import { deleteUnusedDefinitions } from './task-definitions.ts';
import { attachTaskInterface, releaseTaskInterface } from './task-interface.ts';
import { addTask, type TaskRequest } from './task-row.ts';
import { deregisterTargets, registerTargets, targetKeysOf } from './task-targets.ts';
import { wakeServiceOf } from './wake.ts';

/** The maximum number of stopped tasks to keep, even if all of them stopped recently. */
const MAX_STOPPED = 500;

/** Changes the status of a task. Once the task is no longer PROVISIONING, its health is shown. */
function setStatus(task: TaskRow, status: string): void {
  task.lastStatus = status;
  task.healthStatus ??= 'UNKNOWN';
  for (const container of task.containers) container.healthStatus ??= 'UNKNOWN';
  task.version = (task.version ?? 0) + 1;
}

/**
 * Starts a task.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export function launch(region: Region, request: TaskRequest): TaskRow {
  forgetStopped(region);
  const task = addTask(region, request);
  region.after('taskAttach', 'ecs:task-attached', task.taskArn);
  return task;
}

/**
 * Removes tasks that stopped more than an hour ago, as ECS does. At every pace this is an hour of real time, so that users
 * have time to inspect the tasks.
 */
function forgetStopped(region: Region): void {
  const { tasks } = region.ecs;
  const stoppedTasks = tasks.filter(({ lastStatus }) => lastStatus === 'STOPPED');
  const earliest = region.now().getTime() - durations.stoppedTaskForget;
  stoppedTasks.forEach(({ taskArn, stoppedAt }, index) => {
    const isExcess = index < stoppedTasks.length - MAX_STOPPED;
    if (isExcess || (stoppedAt?.getTime() ?? 0) < earliest) tasks.delete(taskArn);
  });
}

/** Attaches the network interface. Stops the task if that fails. */
function attach(region: Region, task: TaskRow): void {
  const failure = attachTaskInterface(region, task);
  if (failure !== undefined) {
    return failToStart(region, task, { stopCode: 'TaskFailedToStart', reason: failure });
  }
  setStatus(task, 'PENDING');
  region.plane.unpackImages?.(region, task.taskDefinitionArn);
  region.after('taskPull', 'ecs:task-placed', task.taskArn);
}

/**
 * Lets the data plane pull the images and start the containers.
 * @param isLastAttempt whether ECS gives up if this attempt fails
 */
function startContainers(region: Region, task: TaskRow, isLastAttempt = false): void {
  task.pullStartedAt ??= region.now();
  task.handedOver = true;
  region.plane.startTask(region, task.taskArn, (failure) => {
    // In the meantime the task may have been stopped, or the world may have been reset.
    if (region.ecs.tasks.get(task.taskArn) !== task || task.lastStatus !== 'PENDING') return;
    if (failure?.retryMs && !isLastAttempt)
      return region.after(failure.retryMs, 'ecs:task-start-retried', task.taskArn);
    task.pullStoppedAt = region.now();
    if (failure) failToStart(region, task, failure);
    else activate(region, task);
    region.changed();
  });
}

/** Records that a container runs, unless it has started before. */
export function markStarted(region: Region, task: TaskRow, container: Container): void {
  if (container.lastStatus !== 'PENDING') return;
  container.lastStatus = 'RUNNING';
  startAgent(region, task, container);
  // In the network mode awsvpc, no port of the host is bound.
  container.networkBindings = [];
  container.runtimeId = `${shortName(task.taskArn)}-${parseInt(region.id('r', 8).slice(2), 16)}`;
}

function activate(region: Region, task: TaskRow): void {
  for (const container of task.containers) markStarted(region, task, container);
  setStatus(task, 'ACTIVATING');
  registerTargets(region, task);
  region.after('taskActivate', 'ecs:task-activated', task.taskArn);
}

function failToStart(region: Region, task: TaskRow, failure: TaskFailure): void {
  const { stopCode, reason, container, containerReason = reason, exitCode } = failure;
  const failedContainer = task.containers.find(({ name }) => name === container);
  if (failedContainer) Object.assign(failedContainer, { reason: containerReason, exitCode });
  task.failureKind = 'start';
  stop(region, task, stopCode as TaskStopCode, reason);
}

/**
 * Stops a task. A serving task drains first: it is DEACTIVATING for the deregistration delay of its target groups, so that
 * no request is lost. If the data plane has open requests to its targets, the task drains until they end, for at most the
 * delay in real time.
 * @param reason the text for `stoppedReason`
 */
export function stop(region: Region, task: TaskRow, stopCode: TaskStopCode, reason: string): void {
  if (task.desiredStatus === 'STOPPED') return;
  const { lastStatus } = task;
  Object.assign(task, {
    desiredStatus: 'STOPPED',
    stopCode,
    stoppedReason: reason,
    stoppingAt: region.now(),
  });
  const drainTime = deregisterTargets(region, task);
  if (!task.handedOver) return deprovision(region, task);
  if (drainTime > 0 && ['ACTIVATING', 'RUNNING'].includes(lastStatus) && !task.failureKind) {
    setStatus(task, 'DEACTIVATING');
    region.after(drainTime, 'ecs:task-delay-ended', task.taskArn);
    region.after(drainTime, 'ecs:task-drained', task.taskArn, region.plane.whenIdle ? drainTime : 0);
  } else {
    stopContainers(region, task);
  }
}

/** Lets the data plane stop the containers that are still running. */
function stopContainers(region: Region, task: TaskRow): void {
  setStatus(task, 'STOPPING');
  wakeServiceOf(region, task);
  region.plane.stopTask(region, task.taskArn, () => {
    if (region.ecs.tasks.get(task.taskArn) !== task || task.lastStatus !== 'STOPPING') return;
    deprovision(region, task);
    region.changed();
  });
}

function deprovision(region: Region, task: TaskRow): void {
  task.handedOver = false;
  task.executionStoppedAt = region.now();
  for (const container of task.containers) {
    container.lastStatus = 'STOPPED';
    stopAgent(container);
  }
  setStatus(task, 'DEPROVISIONING');
  wakeServiceOf(region, task);
  region.after('taskDetach', 'ecs:task-detached', task.taskArn);
}

/** Marks a task as STOPPED, and releases its network interface. The row remains, to show why the task stopped. */
export function finishTask(region: Region, task: TaskRow): void {
  releaseTaskInterface(region, task);
  for (const container of task.containers) container.lastStatus = 'STOPPED';
  task.handedOver = false;
  task.executionStoppedAt ??= region.now();
  task.stoppedAt = region.now();
  setStatus(task, 'STOPPED');
  wakeServiceOf(region, task);
  deleteUnusedDefinitions(region);
}

/** Returns the handler of a task's event. The handler does nothing if the task is no longer in the expected state. */
const whenInState =
  (status: string, handle: (region: Region, task: TaskRow) => void) => (region: Region, arn: string) => {
    const task = region.ecs.tasks.get(arn);
    if (task?.lastStatus === status) handle(region, task);
  };

export const taskEvents: Events = {
  'ecs:task-attached': whenInState('PROVISIONING', attach),
  'ecs:task-placed': whenInState('PENDING', (region, task) => startContainers(region, task)),
  'ecs:task-start-retried': whenInState('PENDING', (region, task) => startContainers(region, task, true)),
  'ecs:task-activated': whenInState('ACTIVATING', (region, task) => {
    task.startedAt = region.now();
    setStatus(task, 'RUNNING');
    wakeServiceOf(region, task);
  }),
  'ecs:task-delay-ended': whenInState('DEACTIVATING', (region, task) => {
    region.plane.whenIdle?.(targetKeysOf(task), () => {
      if (region.ecs.tasks.get(task.taskArn) !== task || task.lastStatus !== 'DEACTIVATING') return;
      stopContainers(region, task);
      region.changed();
    });
  }),
  'ecs:task-drained': whenInState('DEACTIVATING', stopContainers),
  'ecs:task-detached': whenInState('DEPROVISIONING', finishTask),
};
