/** Why a deployment failed: what ECS says, how its tasks ended, and the last lines that they wrote. */
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, ListTasksCommand, type Container, type Task } from '@aws-sdk/client-ecs';
import type { Aws } from '../lib/clients.ts';
import type { Service } from '../lib/config/config.ts';
import type { Names } from '../lib/names.ts';
import { problem, type Problem } from '../lib/problem.ts';

interface Surroundings {
  readonly aws: Aws;
  readonly names: Names;
}

/** How much of a log is shown. */
const LINES = 10;
const TASKS = 3;

/** The problem that a failed deployment is. */
export async function diagnose(
  { aws, names }: Surroundings,
  service: Service,
  cluster: string,
  reason: string,
): Promise<Problem> {
  const tasks = await stoppedTasks(aws, cluster, service.name);
  const [latest] = tasks;
  const culprit = latest?.containers?.find(isCulprit);
  const log = latest && culprit ? await lastLines(aws, names.logGroup, service.name, latest, culprit) : [];
  return problem('DEPLOYMENT', {
    what: `The deployment of ${service.name} failed.`,
    why: [reason, ...new Set(tasks.slice(0, TASKS).map(taskText)), ...logText(culprit, log)].join('\n'),
    now: 'Everything else is made and recorded; the failed service is kept, so that it can be looked at.',
    fix: [
      ...adviceFor([reason, ...tasks.map(taskText)].join(' ')),
      'npm run provision, when the cause is mended',
      `aws logs tail ${names.logGroup} --follow, for all that was written`,
    ],
  });
}

/** Stopped tasks stay visible for about an hour, newest first here. */
async function stoppedTasks(aws: Aws, cluster: string, serviceName: string): Promise<Task[]> {
  const { taskArns = [] } = await aws.ecs(
    new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED', maxResults: 100 }),
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await aws.ecs(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks.sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
}

const isCulprit = ({ exitCode, reason }: Container): boolean => reason !== undefined || (exitCode ?? 0) !== 0;

function taskText({ stoppedReason = 'stopped', containers = [] }: Task): string {
  const parts = containers
    .filter(isCulprit)
    .map(({ name, exitCode, reason }) =>
      [name, exitCode === undefined ? '' : `exit code ${exitCode}`, reason ?? ''].filter(Boolean).join(' '),
    );
  return [stoppedReason, ...parts].join('; ');
}

/** The stream of a container is `<prefix>/<container>/<task id>`. */
async function lastLines(
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
    return events.map(({ message = '' }) => message);
  } catch {
    // A container that never started wrote nothing; the task's own reason says why.
    return [];
  }
}

const logText = (culprit: Container | undefined, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`the last lines of ${culprit?.name}:`, ...lines.map((line) => `  ${line}`)];

/** What usually helps, by what ECS said. */
function adviceFor(text: string): string[] {
  if (/ResourceInitializationError|i\/o timeout|dial tcp/.test(text)) {
    return [
      'The task has no way out: check its private route table, the NAT gateway and the security group.',
    ];
  }
  if (/CannotPullContainer/.test(text))
    return ['The image cannot be pulled: check its name and the execution role.'];
  if (/Target\.Timeout|health checks/.test(text)) {
    return [
      'A container does not answer its health check: it must listen on 0.0.0.0, on the configured port and path.',
    ];
  }
  if (/OutOfMemory|exit code 137/.test(text))
    return ['A container was killed: give the service more memory.'];
  if (/exit code/.test(text)) return ['A container ended by itself: its last lines say why.'];
  return [];
}
