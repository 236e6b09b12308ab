/** Measures how soon an update ends after ECS has reported a failure that no retry can remove. */
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  type ServiceEvent,
  type Task,
} from '@aws-sdk/client-ecs';

/** How soon an update ended. Times are in seconds. */
export interface FailureTime {
  /** What is wrong with the new version. */
  readonly what: string;
  /** The duration of the command. */
  readonly seconds: number;
  /** The time from ECS's report that makes the failure certain until the end of the command. */
  readonly secondsAfterReport: number;
}

/** What ECS reports about a new version that fails, each list with the oldest first. */
interface Reports {
  /** The tasks that stopped by themselves. */
  readonly stopped: readonly Task[];
  /** The events of the service. */
  readonly events: readonly ServiceEvent[];
}

/** A fault of a new version. */
interface Fault {
  readonly what: string;
  /** The command of its container. */
  readonly command: readonly string[];
  /** Returns when ECS has reported what makes the failure certain. */
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
    reportedAt: ({ events }) =>
      events.find(({ message = '' }) => /is unhealthy in .*\[404\]/.test(message))?.createdAt,
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
 * @throws Error if ECS has not reported the failure of a version
 */
export async function measureFailures(
  port: number,
  log: (text: string) => void,
  update: (command: readonly string[]) => Promise<number>,
): Promise<FailureTime[]> {
  const ecs = new ECSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const times: FailureTime[] = [];
  try {
    for (const { what, command, reportedAt } of FAULTS) {
      const start = new Date();
      const seconds = await update(command);
      const end = Date.now();
      const report = reportedAt(await reportsSince(ecs, start));
      if (!report) throw new Error(`${what}: ECS has not reported the failure`);
      const secondsAfterReport = (end - report.getTime()) / 1000;
      times.push({ what, seconds, secondsAfterReport });
      log(`${what}: ${seconds.toFixed(1)} s, ${secondsAfterReport.toFixed(1)} s after ECS's report`);
    }
  } finally {
    ecs.destroy();
  }
  return times;
}

/** Reads what ECS has reported about the only service since a given time. */
async function reportsSince(ecs: ECSClient, start: Date): Promise<Reports> {
  const cluster = 'slipway-dev';
  const { serviceArns: services = [] } = await ecs.send(new ListServicesCommand({ cluster }));
  const [{ services: [service] = [] }, { taskArns = [] }] = await Promise.all([
    ecs.send(new DescribeServicesCommand({ cluster, services })),
    ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' })),
  ]);
  const { tasks = [] } =
    taskArns.length > 0 ? await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns })) : {};
  const isNew = (date: Date | undefined): date is Date => date !== undefined && date >= start;
  return {
    stopped: tasks
      .filter(({ stopCode, createdAt }) => stopCode !== 'ServiceSchedulerInitiated' && isNew(createdAt))
      .sort((one, other) => (one.stoppingAt?.getTime() ?? 0) - (other.stoppingAt?.getTime() ?? 0)),
    events: (service?.events ?? []).filter(({ createdAt }) => isNew(createdAt)).reverse(),
  };
}
