/** Explains why a deployment failed, from messages of ECS and the load balancer, stopped tasks and their last log lines. */
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Container, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { adviceForTargets, adviceForTasks } from './advice.ts';
import type { Aws } from '../../lib/aws/clients.ts';
import { isRouted, type RoutedContainer, type Service } from '../../lib/config/config.ts';
import { tasksOf } from '../../lib/look/tasks.ts';
import type { Names } from '../../lib/derive/names.ts';
import { problem, type Problem } from '../../lib/model/problem.ts';

interface DiagnoseContext {
  readonly aws: Aws;
  readonly names: Names;
}

/** What is known about a failed deployment. */
interface Failure {
  /** A description of the failure; by default, that the deployment failed. */
  readonly what?: string;
  readonly taskDefinitionArn: string;
  /** The reason in ECS's description of the deployments. */
  readonly reason: string;
  /** ECS's messages during the wait. */
  readonly messages: readonly string[];
}

/** The maximum numbers of log lines, tasks and events in a problem. */
const MAX_LINES = 10;
const MAX_TASKS = 3;
const MAX_EVENTS = 3;

/** Returns the problem that explains a failed deployment. Details that cannot be read are left out. */
export async function diagnose(
  { aws, names }: DiagnoseContext,
  service: Service,
  { taskDefinitionArn, reason, messages, what }: Failure,
): Promise<Problem> {
  const tasks = await stoppedTasks({ aws, names }, names.service(service), taskDefinitionArn);
  const [latest] = tasks;
  const culprit = latest && culpritOf(latest, service, names);
  const log = latest && culprit ? await lastLogLines(aws, names.logGroup, service.name, latest, culprit) : [];
  const errors = messages.filter((text) => /unable|failed|unhealthy/.test(text)).slice(-MAX_EVENTS);
  const endings = [...new Set(tasks.slice(0, MAX_TASKS).map(taskText))];
  return problem('DEPLOYMENT', {
    what: what ?? `The deployment of ${service.name} failed.`,
    why: [reason, ...errors, ...endings, ...logText(culprit, log)].join('\n'),
    now: 'Everything else is created and recorded; the failed service is kept so that you can inspect it.',
    fix: [
      ...adviceForTasks([reason, ...errors, ...endings].join(' ')),
      'npm run provision, once the cause is fixed',
      `aws logs tail ${names.logGroup} --follow, for the complete logs`,
    ],
  });
}

/** Returns the stopped tasks of a task definition, latest first, or an empty list if they cannot be read. */
export async function stoppedTasks(
  context: DiagnoseContext,
  service: string,
  definition: string,
): Promise<Task[]> {
  const tasks = await tasksOf(context, service, 'STOPPED').catch(() => []);
  return tasks
    .filter(({ taskDefinitionArn }) => taskDefinitionArn === definition)
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
}

/** Whether a task ended on its own rather than being stopped by ECS or a user. */
export const exitedOnItsOwn = ({ stopCode }: Task): boolean =>
  stopCode === 'EssentialContainerExited' || stopCode === 'TaskFailedToStart';

/** The exit codes of containers that were stopped by SIGTERM or SIGKILL. */
const STOP_SIGNAL_CODES = [143, 137];

/**
 * Returns the container that made a task end. ECS then also stops the other containers, so several of them may have ended. The
 * signs are tried in turn, the most reliable first.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
function culpritOf(task: Task, service: Service, names: Names): Container | undefined {
  const { containers = [], stoppedReason = '' } = task;
  const namedContainer = service.containers.find(
    (container) => isRouted(container) && stoppedReason.includes(names.targetGroup(container)),
  );
  const signs: ((container: Container) => boolean)[] = [
    ({ reason }) => reason !== undefined,
    ({ name }) => name === namedContainer?.name,
    ({ healthStatus }) => healthStatus === 'UNHEALTHY',
    ({ exitCode = 0 }) => exitCode !== 0 && !STOP_SIGNAL_CODES.includes(exitCode),
    ({ exitCode }) => exitCode === 0 && task.stopCode === 'EssentialContainerExited',
    ({ exitCode = 0 }) => exitCode !== 0,
  ];
  return signs.map((sign) => containers.find(sign)).find((container) => container !== undefined);
}

/** Shortens an ECS message: drops the service, and reduces target group ARNs to names. */
export const shortened = (message: string): string =>
  message.replace(/^\(service [^)]+\) /, '').replace(/arn:[^ ,)]*:targetgroup\/([^/ )]+)\/\w+/g, '$1');

/** Describes how a task ended. */
export function taskText({ stoppedReason = 'stopped', containers = [] }: Task): string {
  const endings = containers
    .filter(({ exitCode = 0, reason }) => reason !== undefined || exitCode !== 0)
    .map(({ name, exitCode, reason }) =>
      [name, exitCode === undefined ? '' : `exit code ${exitCode}`, reason ?? ''].filter(Boolean).join(' '),
    );
  return [shortened(stoppedReason), ...endings].join('; ');
}

/**
 * Returns the last log lines of a container. Its log stream is `<prefix>/<container>/<task id>`.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
async function lastLogLines(
  aws: Aws,
  logGroupName: string,
  prefix: string,
  task: Task,
  { name }: Container,
): Promise<string[]> {
  const logStreamName = `${prefix}/${name}/${task.taskArn?.split('/').at(-1)}`;
  try {
    const { events = [] } = await aws.logs(
      new GetLogEventsCommand({ logGroupName, logStreamName, limit: MAX_LINES, startFromHead: false }),
    );
    return events.map(({ message = '' }) => message.trimEnd());
  } catch {
    // A container that never started has no stream; the task's reason explains why.
    return [];
  }
}

const logText = (culprit: Container | undefined, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`the last lines of ${culprit?.name}:`, ...lines.map((line) => `  ${line}`)];

/** Returns the problem that explains unhealthy targets. */
export function unhealthyTargets(
  container: RoutedContainer,
  targets: readonly TargetHealthDescription[],
  cause: Problem,
): Problem {
  const texts = targets.map(({ Target, TargetHealth: { State, Reason = '', Description = '' } = {} }) =>
    [`${Target?.Id}:${Target?.Port} is ${State}`, Reason, Description].filter(Boolean).join(', '),
  );
  return problem('UNHEALTHY', {
    what: `The load balancer reports ${container.name} as unhealthy.`,
    why: texts.length === 0 ? 'It has no targets.' : texts.join('\n'),
    now: 'Everything is created and recorded, and the tasks are running.',
    fix: [...adviceForTargets(container, texts.join(' ')), 'npm run provision, to check again and continue'],
    cause,
  });
}
