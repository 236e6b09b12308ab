/** Counts the requests that are dropped while a stack on the sandbox changes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeServicesCommand,
  ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { onCleanup } from './cleanup.ts';
import { withTemporaryFolder } from './compare.ts';
import { freePort } from './local-server.ts';
import { startOpenLoop, type FailedRequest } from './open-loop.ts';
import { FIRST_STATE, PATHS, SCENARIOS, sourceOf, stackOf, type StackState } from './rollout-scenarios.ts';
import { runCommand } from './run-command.ts';
import { slipwayCommand, stopSandbox } from './slipway.ts';

/** The requests during one change. */
export interface RolloutResult {
  readonly what: string;
  readonly seconds: number;
  readonly requests: number;
  /** The requests that were sent later than they were due. */
  readonly late: number;
  /** The longest time from when a request was due until its answer, in milliseconds. */
  readonly slowestMs: number;
  readonly dropped: readonly FailedRequest[];
}

/** The results of all changes. */
export interface RolloutMeasurement {
  readonly pace: number;
  readonly results: readonly RolloutResult[];
}

/** Requests per second, over both paths. */
export const REQUESTS_PER_SECOND = 200;
/** The time for which the load runs before and after each change. */
const MARGIN_MS = 1000;
/** The timeout of a command, in seconds of AWS time. */
const TIMEOUT_SECONDS = 1500;
const STEADY_POLL_MS = 500;

/**
 * Makes one change after another to a running stack, while requests arrive.
 * @param pace the speed of the sandbox's time relative to AWS time
 * @param only selects the scenarios whose names contain one of these strings; all by default
 * @throws Error if a command succeeds or fails although its scenario expects the opposite
 */
export const measureRollouts = (
  pace: number,
  log: (text: string) => void,
  only: readonly string[] = [''],
): Promise<RolloutMeasurement> =>
  withTemporaryFolder(async (folder) => {
    const port = await freePort();
    const config = join(folder, 'slipway.config.ts');
    const env = {
      ...process.env,
      NO_UPDATE_NOTIFIER: '1',
      SLIPWAY_HOME: join(folder, '.slipway'),
      SLIPWAY_SANDBOX_PORT: String(port),
      SLIPWAY_SANDBOX_HTTP_PORT: String(await freePort()),
      SLIPWAY_SANDBOX_PACE: String(pace),
    };
    const stop = onCleanup(() => stopSandbox(env.SLIPWAY_HOME, port));
    const ecs = new ECSClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    });
    const write = (state: StackState) => {
      mkdirSync(join(folder, 'app'), { recursive: true });
      writeFileSync(join(folder, 'app', 'main.ts'), sourceOf(state.program, state.version));
      writeFileSync(config, `export default ${JSON.stringify(stackOf(state))};\n`);
    };
    const run = (script: 'provision' | 'rollback' | 'teardown', expectedCodes: readonly number[] = [0]) => {
      const command = slipwayCommand(env, script, '--yes', '--config', config);
      return runCommand({ ...command, timeoutSeconds: 60 + TIMEOUT_SECONDS / pace, expectedCodes });
    };
    try {
      let state = FIRST_STATE;
      write(state);
      const { stdout } = await run('provision');
      const url = new URL(stdout.trim().split('\n').at(-1) ?? '');
      const results: RolloutResult[] = [];
      for (const { what, change, by = 'provision', fails = false } of SCENARIOS) {
        if (!only.some((text) => what.includes(text))) continue;
        write({ ...state, ...change });
        const load = { host: '127.0.0.1', port: Number(url.port || 80), authority: url.host };
        const stopLoad = startOpenLoop({ ...load, paths: PATHS, rate: REQUESTS_PER_SECOND });
        const start = performance.now();
        await pause(MARGIN_MS);
        try {
          if (by === 'stop of a task') await replaceTask(ecs, TIMEOUT_SECONDS / pace);
          else await run(by, fails ? [1] : [0]);
          await pause(MARGIN_MS);
        } finally {
          const { sent, late, slowestMs, failed } = await stopLoad();
          const seconds = (performance.now() - start) / 1000;
          results.push({ what, seconds, requests: sent, late, slowestMs, dropped: failed });
          log(
            `${what}: ${seconds.toFixed(0)} s, ${sent} requests, ${late} late, the slowest took ${slowestMs.toFixed(0)} ms, ${failed.length} dropped${summary(failed)}`,
          );
        }
        if (fails) write(state);
        else state = { ...state, ...change };
      }
      await run('teardown');
      return { pace, results };
    } finally {
      ecs.destroy();
      await stop();
    }
  });

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Summarizes failed requests by path and reason. */
export function summary(failed: readonly FailedRequest[]): string {
  const counts = new Map<string, number>();
  for (const { path, reason } of failed) {
    const text = `${path} ${reason}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count], index) => `${index === 0 ? ': ' : ', '}${count} × ${text}`).join('');
}

/** Stops one task of the only service, and waits until the service is steady again with another task in its place. */
async function replaceTask(ecs: ECSClient, timeoutSeconds: number): Promise<void> {
  const cluster = 'rollouts-dev';
  const { taskArns: [task] = [] } = await ecs.send(new ListTasksCommand({ cluster }));
  if (task === undefined) throw new Error('no task runs');
  const { serviceArns: [service = ''] = [] } = await ecs.send(new ListServicesCommand({ cluster }));
  await ecs.send(new StopTaskCommand({ cluster, task }));
  const deadline = performance.now() + timeoutSeconds * 1000;
  while (performance.now() < deadline) {
    await pause(STEADY_POLL_MS);
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster }));
    const { services: [found] = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    const isSteady = found?.events?.[0]?.message?.includes('steady state') ?? false;
    if (!taskArns.includes(task) && isSteady && found?.runningCount === found?.desiredCount) return;
  }
  throw new Error(`the service is not steady ${timeoutSeconds} s after a task was stopped`);
}
