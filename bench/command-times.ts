/** Measures how long `status` and `logs` take until they answer, on a sandbox whose calls are delayed. */
import { spawn } from 'node:child_process';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { startSandbox } from '../sandbox/sandbox.ts';
import { onCleanup } from './cleanup.ts';
import { withTemporaryFolder } from './compare.ts';
import { spreadOf, type Spread } from './figures.ts';
import { startLatencyProxy } from './latency-proxy.ts';
import { killGroup, runCommand, type Command } from './run-command.ts';
import { nodeCommand } from './own-time.ts';
import { slipway } from './slipway.ts';

/** The times of the commands in seconds, without npm. */
export interface CommandTimes {
  /** The whole `status`. */
  readonly status: Spread;
  /** The first line of `logs`. */
  readonly firstLine: Spread;
}

const RUNS = 5;
/** The number of services in addition to the one with two containers. */
const MORE_SERVICES = 1;
/** Fast enough that everything is healthy at once. */
const PACE = 1000;

/** Measures the commands on a healthy stack of two services. @param delay milliseconds that are added to each call */
export const measureCommands = (delay: number, log: (text: string) => void): Promise<CommandTimes> =>
  withTemporaryFolder(async (folder) => {
    const sandbox = await startSandbox({ seed: 'bench', pace: PACE });
    const closeSandbox = onCleanup(() => sandbox.close());
    const proxy = await startLatencyProxy(sandbox.url, delay);
    const closeProxy = onCleanup(() => proxy.close());
    try {
      const { provision, again, teardown } = await slipway.prepare(folder, proxy.url, MORE_SERVICES);
      await runCommand(nodeCommand(provision));
      await printLine(sandbox.url);
      const flags = teardown.args.slice(teardown.args.indexOf('--') + 1).filter((flag) => flag !== '--yes');
      const command = (...args: readonly string[]): Command => ({
        ...nodeCommand(again),
        args: ['run.js', ...args, ...flags],
      });
      const status: number[] = [];
      const firstLine: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        status.push((await runCommand(command('status'))).seconds);
        firstLine.push(await secondsToFirstLine(command('logs', '--since', '1h')));
      }
      const times = { status: spreadOf(status), firstLine: spreadOf(firstLine) };
      log(
        `status: ${times.status.median.toFixed(2)} s; first line of logs: ${times.firstLine.median.toFixed(2)} s`,
      );
      return times;
    } finally {
      await closeProxy();
      await closeSandbox();
    }
  });

/** Lets a container print a line: the tasks of this sandbox are not real. */
async function printLine(endpoint: string): Promise<void> {
  const logs = new CloudWatchLogsClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  const stream = { logGroupName: '/slipway/slipway-dev', logStreamName: `shop/api1/${'0'.repeat(32)}` };
  try {
    await logs.send(new CreateLogStreamCommand(stream));
    await logs.send(
      new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message: 'GET /' }] }),
    );
  } finally {
    logs.destroy();
  }
}

/** Returns the seconds from the start of a command until the first line of its stdout. */
async function secondsToFirstLine({ command, args, cwd, env, timeoutSeconds }: Command): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const kill = onCleanup(() => killGroup(child));
  const timer = setTimeout(() => killGroup(child), timeoutSeconds * 1000);
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  try {
    return await new Promise<number>((resolve, reject) => {
      child.stdout.once('data', () => resolve((performance.now() - start) / 1000));
      child.on('error', reject);
      child.on('close', () => reject(new Error(`logs printed nothing: ${stderr}`)));
    });
  } finally {
    clearTimeout(timer);
    await kill();
  }
}
