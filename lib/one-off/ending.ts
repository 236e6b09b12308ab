/** Explains how a one-off task ended: its failed start, or the failure of its command. */
import type { Task } from '@aws-sdk/client-ecs';
import { findCause, type Cause } from '../diagnosis/cause.ts';
import type { Facts } from '../diagnosis/facts.ts';
import { endingText, NO_NETWORK } from '../diagnosis/messages.ts';
import { readNetwork } from '../diagnosis/network.ts';
import { logStreamOf, readLogEnd } from '../diagnosis/read-log.ts';
import { taskFacts } from '../diagnosis/task-facts.ts';
import { architectureNames } from '../config/fargate.ts';
import { idOfTask } from '../look/tasks.ts';
import type { Clock } from '../model/clock.ts';
import { neededBy } from './definition.ts';
import type { OneOffContext, OneOffRequest } from './start-task.ts';

/** The end of a task, in words. */
export interface Ending {
  /** The cause, if a rule of the diagnosis finds one. */
  readonly cause: Cause | undefined;
  /** The reports of ECS, and the lines of the log that hold the error. */
  readonly evidence: readonly string[];
}

/** Reads why a task ended as it did. */
export async function endingOf(
  context: OneOffContext & { readonly clock: Clock },
  request: OneOffRequest,
  task: Task,
): Promise<Ending> {
  const { aws, names, clock } = context;
  const { service, container } = request;
  const id = idOfTask(task);
  const logs = new Map(
    await Promise.all(
      (task.containers ?? []).map(async ({ name = '' }) => {
        const stream = { logGroupName: names.logGroup, logStreamName: logStreamOf(service.name, name, id) };
        return [name, await readLogEnd(aws, stream)] as const;
      }),
    ),
  );
  const needed = neededBy(container, request.definition.containerDefinitions ?? []);
  const facts: Facts = {
    service: {
      ...service,
      // The task ends with its command, whatever the configuration says about the container.
      containers: service.containers
        .filter(({ name }) => needed.has(name))
        .map((one) => ({ ...one, essential: one.name === container })),
    },
    logGroup: names.logGroup,
    targetGroups: new Map(),
    architecture: architectureNames(service.architecture).image,
    reason: undefined,
    events: [],
    tasks: [taskFacts(task, (name) => ({ log: logs.get(name), listeners: undefined }))],
    targets: [],
    network: NO_NETWORK.test(task.stoppedReason ?? '') ? await readNetwork(aws, names, service) : undefined,
    now: new Date(clock.now()),
  };
  const cause = findCause(facts);
  const text = endingText(task);
  return { cause, evidence: cause?.evidence ?? (text === '' ? [] : [`ECS: ${text}`]) };
}
