/** Measures Slipway's own time: the time that a no-op provision spends outside calls, and the time of `--help`. */
import { spreadOf, type Spread } from './figures.ts';
import { withTemporaryFolder } from './compare.ts';
import { onCleanup } from './cleanup.ts';
import { environmentFor } from './contender.ts';
import type { Moto } from './moto.ts';
import { startLatencyProxy, type ProxiedCall } from './latency-proxy.ts';
import { runCommand, type Command } from './run-command.ts';
import { ROOT, slipway } from './slipway.ts';

/** Slipway's own times in seconds. */
export interface OwnTime {
  /** The time that a no-op provision spends outside calls. The provision is started without npm. */
  readonly provision: Spread;
  /** The duration of `--help`, also without npm. */
  readonly help: Spread;
}

const RUNS = 5;

/** Returns the number of seconds during which at least one call was in flight. */
export function secondsInCalls(calls: readonly Pick<ProxiedCall, 'start' | 'end'>[]): number {
  let total = 0;
  let lastEnd = -Infinity;
  for (const { start, end } of [...calls].sort((a, b) => a.start - b.start)) {
    total += Math.max(0, end - Math.max(start, lastEnd));
    lastEnd = Math.max(lastEnd, end);
  }
  return total / 1000;
}

/** Converts an npm command into the command that npm starts. */
export const nodeCommand = ({ args, ...command }: Command): Command => ({
  ...command,
  command: process.execPath,
  args: ['run.js', ...args.filter((arg) => arg !== 'run' && arg !== '--')],
});

/** Measures Slipway's own time. @param delay milliseconds that are added to each call */
export const measureOwnTime = (moto: Moto, delay: number, log: (text: string) => void): Promise<OwnTime> =>
  withTemporaryFolder(async (folder) => {
    await moto.reset();
    const proxy = await startLatencyProxy(moto.url, delay);
    const close = onCleanup(() => proxy.close());
    try {
      const { provision, again } = await slipway.prepare(folder, proxy.url, 0);
      await runCommand(provision);
      const secondsOutsideCalls: number[] = [];
      const helpSeconds: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        // Discards the calls of the previous command.
        proxy.takeCalls();
        const { seconds } = await runCommand(nodeCommand(again));
        secondsOutsideCalls.push(seconds - secondsInCalls(proxy.takeCalls()));
        const helpCommand = { ...nodeCommand(again), args: ['run.js', 'provision', '--help'], cwd: ROOT };
        helpSeconds.push((await runCommand({ ...helpCommand, env: environmentFor(proxy.url) })).seconds);
      }
      const ownTime = { provision: spreadOf(secondsOutsideCalls), help: spreadOf(helpSeconds) };
      log(`own time: ${ownTime.provision.median.toFixed(2)} s; --help: ${ownTime.help.median.toFixed(2)} s`);
      return ownTime;
    } finally {
      await close();
    }
  });
