/** Measures how soon an update ends after AWS has reported a failure that no retry can remove. */
import { setTimeout as pause } from 'node:timers/promises';
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** The time that an update took, and the part of it after the report of the failure. Times are in seconds. */
export interface FailureTime {
  /** What is wrong with the new version. */
  readonly what: string;
  /** The duration of the command. */
  readonly seconds: number;
  /** The time from AWS's report that makes the failure certain until the end of the command. */
  readonly secondsAfterReport: number;
}

/** What AWS reports about a new version that fails. */
interface Reports {
  /** The tasks that stopped on their own, the first one first. */
  readonly stopped: readonly Task[];
  /** When the load balancer reported the first target as unhealthy. */
  readonly unhealthyAt: Date | undefined;
}

/** A fault of a new version. */
interface Fault {
  readonly what: string;
  /** The command of its container. */
  readonly command: readonly string[];
  /** Returns when AWS has reported what makes the failure certain. */
  readonly reportedAt: (reports: Reports) => Date | undefined;
}

const FAULTS: readonly Fault[] = [
  {
    what: 'a program that throws at start',
    command: ['node', '-e', "throw new Error('cannot start')"],
    // A single exit may have a cause that goes away. The same exit of the next task has none.
    reportedAt: ({ stopped }) => stopped[1]?.stoppingAt,
  },
  {
    what: 'a health path that answers 404',
    command: [
      'node',
      '-e',
      "require('node:http').createServer((request, response) => response.writeHead(404).end()).listen(5000)",
    ],
    reportedAt: ({ unhealthyAt }) => unhealthyAt,
  },
  {
    what: 'a command that the image does not contain',
    command: ['missing-program'],
    reportedAt: ({ stopped }) => stopped[0]?.stoppingAt,
  },
];

/**
 * Updates a service to one faulty version after the other.
 * @param port the port of the sandbox
 * @param update updates the service to a version with this command, and returns the duration in seconds
 * @throws Error if AWS has not reported the failure of a version
 */
export async function measureFailures(
  port: number,
  log: (text: string) => void,
  update: (command: readonly string[]) => Promise<number>,
): Promise<FailureTime[]> {
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  };
  const ecs = new ECSClient(options);
  const elb = new ElasticLoadBalancingV2Client(options);
  const times: FailureTime[] = [];
  try {
    for (const { what, command, reportedAt } of FAULTS) {
      const start = new Date();
      const watch = watchTargets(elb);
      const seconds = await update(command);
      const end = Date.now();
      const unhealthyAt = await watch.stop();
      const report = reportedAt({ unhealthyAt, stopped: await stoppedSince(ecs, start) });
      if (!report) throw new Error(`${what}: AWS has not reported the failure`);
      const secondsAfterReport = (end - report.getTime()) / 1000;
      times.push({ what, seconds, secondsAfterReport });
      log(`${what}: ${seconds.toFixed(1)} s, ${secondsAfterReport.toFixed(1)} s after the report`);
    }
  } finally {
    ecs.destroy();
    elb.destroy();
  }
  return times;
}

/** The interval at which the health of the targets is read, in milliseconds. */
const WATCH_EVERY_MS = 250;

/** Watches the targets of all target groups. `stop` returns when the first one was seen to be unhealthy. */
function watchTargets(elb: ElasticLoadBalancingV2Client): { readonly stop: () => Promise<Date | undefined> } {
  const stopping = new AbortController();
  const isUnhealthy = async () => {
    const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
    const healths = await Promise.all(
      TargetGroups.map(({ TargetGroupArn }) => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))),
    );
    return healths
      .flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions)
      .some(({ TargetHealth }) => TargetHealth?.State === 'unhealthy');
  };
  const watch = async () => {
    while (!stopping.signal.aborted) {
      // The sandbox may still be starting.
      if (await isUnhealthy().catch(() => false)) return new Date();
      await pause(WATCH_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
    return undefined;
  };
  const watching = watch();
  return {
    stop() {
      stopping.abort();
      return watching;
    },
  };
}

/** Reads the tasks of the only service that were created since a given time and have stopped on their own. */
async function stoppedSince(ecs: ECSClient, start: Date): Promise<Task[]> {
  const cluster = 'slipway-dev';
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  const isOwn = ({ stopCode, createdAt }: Task) =>
    stopCode !== 'ServiceSchedulerInitiated' && createdAt !== undefined && createdAt >= start;
  const timeOf = ({ stoppingAt }: Task) => stoppingAt?.getTime() ?? 0;
  return tasks.filter(isOwn).sort((one, other) => timeOf(one) - timeOf(other));
}
