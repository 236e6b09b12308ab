/** Measures Slipway's own time: the time that a no-op provision spends outside calls, and the time of `--help`. */
import { spread, type Spread } from './figures.ts';
import { inFolder } from './compare.ts';
import { onCleanup } from './cleanup.ts';
import { environment } from './contender.ts';
import type { Moto } from './moto.ts';
import { latencyProxy, type ProxiedCall } from './latency-proxy.ts';
import { runCommand, type Command } from './run-command.ts';
import { ROOT, slipway } from './slipway.ts';

/** Slipway's own times in seconds. */
export interface OwnTime {
  /** The time that a no-op provision spends outside calls, not including npm's start. */
  readonly provision: Spread;
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
const nodeCommand = ({ args, ...command }: Command): Command => ({
  ...command,
  command: process.execPath,
  args: ['run.js', ...args.filter((arg) => arg !== 'run' && arg !== '--')],
});

/** Measures Slipway's own time. @param delay milliseconds that are added to each call */
export const measureOwnTime = (moto: Moto, delay: number, log: (text: string) => void): Promise<OwnTime> =>
  inFolder(async (folder) => {
    await moto.reset();
    const proxy = await latencyProxy(moto.url, delay);
    const close = onCleanup(() => proxy.close());
    try {
      const { provision, again } = await slipway.prepare(folder, proxy.url, 0);
      await runCommand(provision);
      const outsideCalls: number[] = [];
      const help: number[] = [];
      for (let turn = 0; turn < RUNS; turn += 1) {
        proxy.take();
        const { seconds } = await runCommand(nodeCommand(again));
        outsideCalls.push(seconds - secondsInCalls(proxy.take()));
        const helpCommand = { ...nodeCommand(again), args: ['run.js', 'provision', '--help'], cwd: ROOT };
        help.push((await runCommand({ ...helpCommand, env: environment(proxy.url) })).seconds);
      }
      const time = { provision: spread(outsideCalls), help: spread(help) };
      log(`own time: ${time.provision.median.toFixed(2)} s; --help: ${time.help.median.toFixed(2)} s`);
      return time;
    } finally {
      await close();
    }
  });
