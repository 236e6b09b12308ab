/** Measures the cost of an idle sandbox: the CPU time of the sandbox and the example that runs on it. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onCleanup } from './cleanup.ts';
import { withTemporaryFolder } from './compare.ts';
import { cpuSecondsOf, pidWithArgument } from './cpu-time.ts';
import { freePort } from './local-server.ts';
import { runCommand } from './run-command.ts';
import { slipwayCommand, stopSandbox } from './slipway.ts';

/** The CPU time of an idle sandbox with its containers and their health checks. */
export interface IdleCost {
  /** Percent of a core. */
  readonly percent: number;
  /** The duration of the measurement. */
  readonly seconds: number;
}

/** The time between the provision and the measurement. After half a minute, health checks become less frequent. */
const SETTLE_SECONDS = 45;
const MEASUREMENT_SECONDS = 120;

/** Provisions the example on a new sandbox, at the default pace, and measures the sandbox while it is idle. */
export const measureIdle = (log: (text: string) => void): Promise<IdleCost> =>
  withTemporaryFolder(async (folder) => {
    const home = join(folder, '.slipway');
    const port = await freePort();
    const env = {
      ...process.env,
      NO_UPDATE_NOTIFIER: '1',
      SLIPWAY_HOME: home,
      SLIPWAY_SANDBOX_PORT: String(port),
      SLIPWAY_SANDBOX_HTTP_PORT: String(await freePort()),
    };
    const stop = onCleanup(() => stopSandbox(home, port));
    try {
      await runCommand(slipwayCommand(env, 'provision', '--yes'));
      const pid = pidWithArgument(join(home, 'sandbox'));
      if (pid === undefined) throw new Error('the process of the sandbox was not found in /proc');
      await delay(SETTLE_SECONDS * 1000);
      const [startTime, startSeconds] = [performance.now(), cpuSecondsOf(pid)];
      await delay(MEASUREMENT_SECONDS * 1000);
      const used = cpuSecondsOf(pid) - startSeconds;
      const percent = (100 * used * 1000) / (performance.now() - startTime);
      log(`idle sandbox with the example: ${percent.toFixed(2)} % of a core`);
      await runCommand(slipwayCommand(env, 'teardown', '--yes'));
      return { percent, seconds: MEASUREMENT_SECONDS };
    } finally {
      await stop();
    }
  });
