/** Starts a one-off task: a task that no service starts, from a separate task definition. */
import { randomUUID } from 'node:crypto';
import {
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type AwsVpcConfiguration,
  type Failure,
} from '@aws-sdk/client-ecs';
import type { Aws } from '../aws/clients.ts';
import { deleteRevision, deregisterRevision } from '../aws/task-definition-revisions.ts';
import type { Service } from '../config/config.ts';
import type { Names } from '../derive/names.ts';
import { ONE_OFF_TAG, toCamelCaseTags, type Tags } from '../derive/tags.ts';
import { idOfTask } from '../look/tasks.ts';
import { problem } from '../model/problem.ts';
import { oneOffDefinition, type DefinitionContent, type OneOffCommand } from './definition.ts';

/** The clients and names with which a one-off task is started. */
export interface OneOffContext {
  readonly aws: Aws;
  readonly names: Names;
  /** Completes a command of the AWS CLI with the region and the endpoint of the run. */
  readonly awsCommand: (command: string) => string;
}

/** The one-off task to start. */
export interface OneOffRequest extends OneOffCommand {
  readonly startedBy: 'run' | 'release';
  readonly service: Service;
  /** The definition of the service's tasks. */
  readonly definition: DefinitionContent;
  readonly network: AwsVpcConfiguration;
  /** The tags of the task definition of the service, which the one-off task gets, too. */
  readonly tags: Tags;
}

/** A one-off task that has been started. */
export interface StartedTask {
  readonly taskArn: string;
  readonly id: string;
}

/**
 * Starts a one-off task. Its definition is registered in a separate family, so that it never counts as a revision of the service,
 * and is deleted as soon as the task is started, which ECS allows. An interruption aborts none of the calls: otherwise, a task
 * might run that no one knows of.
 * @throws TASK if ECS starts no task; the error of a refused call
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 */
export async function startTask(context: OneOffContext, request: OneOffRequest): Promise<StartedTask> {
  const { aws, names } = context;
  const send = aws.ecsUninterrupted;
  const { service, startedBy, network } = request;
  const tags = toCamelCaseTags({ ...request.tags, [ONE_OFF_TAG]: startedBy });
  const { taskDefinition } = await send(
    new RegisterTaskDefinitionCommand({
      ...oneOffDefinition(request.definition, request),
      family: names.oneOffFamily(service.name),
      tags,
    }),
  );
  const { taskDefinitionArn = '' } = taskDefinition ?? {};
  const input = {
    cluster: names.cluster,
    taskDefinition: taskDefinitionArn,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: network },
    startedBy: `slipway/${startedBy}`,
    // It makes it harmless to repeat the call after a lost response.
    clientToken: randomUUID(),
    enableECSManagedTags: true,
    tags,
  } as const;
  try {
    const { tasks = [], failures = [] } = await send(new RunTaskCommand(input));
    const [task] = tasks;
    if (!task) throw notStarted(request, failures);
    return { taskArn: task.taskArn ?? '', id: idOfTask(task) };
  } finally {
    // A definition that stays is removed by a teardown.
    await deregisterRevision({ ecs: send }, taskDefinitionArn)
      .then(() => deleteRevision(send, taskDefinitionArn))
      .catch(() => undefined);
  }
}

const notStarted = ({ container, startedBy }: OneOffRequest, failures: readonly Failure[]) =>
  problem('TASK', {
    what: `ECS started no task for ${container}.`,
    why: failures.map(({ reason, detail }) => detail ?? reason ?? '').join('\n') || 'ECS gives no reason.',
    now: startedBy === 'run' ? 'Nothing runs.' : 'The version in service keeps serving.',
    fix: ['Try again in a minute, since AWS may lack capacity for a short time.'],
  });
