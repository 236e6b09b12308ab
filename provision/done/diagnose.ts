/** Why a service is not done: what ECS and the load balancer say, how tasks ended, and the last lines that they wrote. */
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

/** What is known of a deployment that failed. */
interface Failure {
  /** What happened, when it is not the deployment itself that failed. */
  readonly what?: string;
  readonly taskDefinitionArn: string;
  /** What its deployments say. */
  readonly reason: string;
  /** What ECS said while it was waited for. */
  readonly said: readonly string[];
}

/** How much is shown. */
const LINES = 10;
const TASKS = 3;
const EVENTS = 3;

/** The problem that a failed deployment is. Nothing that cannot be found out makes it another problem. */
export async function diagnose(
  { aws, names }: DiagnoseContext,
  service: Service,
  { taskDefinitionArn, reason, said, what }: Failure,
): Promise<Problem> {
  const tasks = await stoppedTasks({ aws, names }, names.service(service), taskDefinitionArn);
  const [latest] = tasks;
  const culprit = latest && culpritOf(latest, service, names);
  const log = latest && culprit ? await lastLogLines(aws, names.logGroup, service.name, latest, culprit) : [];
  const troubles = said.filter((text) => /unable|failed|unhealthy/.test(text)).slice(-EVENTS);
  const ends = [...new Set(tasks.slice(0, TASKS).map(taskText))];
  return problem('DEPLOYMENT', {
    what: what ?? `The deployment of ${service.name} failed.`,
    why: [reason, ...troubles, ...ends, ...logText(culprit, log)].join('\n'),
    now: 'Everything else is made and recorded; the failed service is kept, so that it can be looked at.',
    fix: [
      ...adviceForTasks([reason, ...troubles, ...ends].join(' ')),
      'npm run provision, when the cause is mended',
      `aws logs tail ${names.logGroup} --follow, for all that was written`,
    ],
  });
}

/** The stopped tasks of a task definition, the latest first; none where they cannot be found out. */
export async function stoppedTasks(
  surroundings: DiagnoseContext,
  service: string,
  definition: string,
): Promise<Task[]> {
  const tasks = await tasksOf(surroundings, service, 'STOPPED').catch(() => []);
  return tasks
    .filter(({ taskDefinitionArn }) => taskDefinitionArn === definition)
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
}

/** Whether a task ended by itself: not on the word of ECS or of a person. */
export const exitedOnItsOwn = ({ stopCode }: Task): boolean =>
  stopCode === 'EssentialContainerExited' || stopCode === 'TaskFailedToStart';

/** Exit codes of containers that were told to stop, or that did not listen. */
const STOP_SIGNAL_CODES = [143, 137];

/**
 * Who is to blame for the end of a task, the surest sign first: one container ends, and ECS stops the others.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
function culpritOf(task: Task, service: Service, names: Names): Container | undefined {
  const { containers = [], stoppedReason = '' } = task;
  const named = service.containers.find(
    (container) => isRouted(container) && stoppedReason.includes(names.targetGroup(container)),
  );
  const signs: ((container: Container) => boolean)[] = [
    ({ reason }) => reason !== undefined,
    ({ name }) => name === named?.name,
    ({ healthStatus }) => healthStatus === 'UNHEALTHY',
    ({ exitCode = 0 }) => exitCode !== 0 && !STOP_SIGNAL_CODES.includes(exitCode),
    ({ exitCode }) => exitCode === 0 && task.stopCode === 'EssentialContainerExited',
    ({ exitCode = 0 }) => exitCode !== 0,
  ];
  return signs.map((sign) => containers.find(sign)).find((container) => container !== undefined);
}

/** ECS's words without what the line says anyway: the service, and all of an ARN but the name. */
export const shortened = (message: string): string =>
  message.replace(/^\(service [^)]+\) /, '').replace(/arn:[^ ,)]*:targetgroup\/([^/ )]+)\/\w+/g, '$1');

/** How a task ended. */
export function taskText({ stoppedReason = 'stopped', containers = [] }: Task): string {
  const ends = containers
    .filter(({ exitCode = 0, reason }) => reason !== undefined || exitCode !== 0)
    .map(({ name, exitCode, reason }) =>
      [name, exitCode === undefined ? '' : `exit code ${exitCode}`, reason ?? ''].filter(Boolean).join(' '),
    );
  return [shortened(stoppedReason), ...ends].join('; ');
}

/**
 * The stream of a container is `<prefix>/<container>/<task id>`.
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
      new GetLogEventsCommand({ logGroupName, logStreamName, limit: LINES, startFromHead: false }),
    );
    return events.map(({ message = '' }) => message.trimEnd());
  } catch {
    // A container that never started wrote nothing; the task's own reason says why.
    return [];
  }
}

const logText = (culprit: Container | undefined, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`the last lines of ${culprit?.name}:`, ...lines.map((line) => `  ${line}`)];

/** The problem that unhealthy targets are. */
export function unhealthyTargets(
  container: RoutedContainer,
  targets: readonly TargetHealthDescription[],
  cause: Problem,
): Problem {
  const texts = targets.map(({ Target, TargetHealth: { State, Reason = '', Description = '' } = {} }) =>
    [`${Target?.Id}:${Target?.Port} is ${State}`, Reason, Description].filter(Boolean).join(', '),
  );
  return problem('UNHEALTHY', {
    what: `The load balancer finds ${container.name} unhealthy.`,
    why: texts.length === 0 ? 'It has no targets.' : texts.join('\n'),
    now: 'Everything is made and recorded; the tasks run.',
    fix: [...adviceForTargets(container, texts.join(' ')), 'npm run provision, to look again and continue'],
    cause,
  });
}
