/** Measures what Slipway itself takes: a provision of what is up already without its waits for answers, and `--help`. */
import { spread, type Spread } from './figures.ts';
import { inFolder } from './compare.ts';
import { onCleanup } from './cleanup.ts';
import { environment } from './contender.ts';
import type { Moto } from './moto.ts';
import { latencyProxy, type ProxiedCall } from './latency-proxy.ts';
import { runCommand, type Command } from './run-command.ts';
import { ROOT, slipway } from './slipway.ts';

/** Seconds. */
export interface OwnTime {
  /** Outside of calls, of a provision that changes nothing; without npm. */
  readonly provision: Spread;
  readonly help: Spread;
}

const RUNS = 5;

/** How long at least one call was under way, seconds. */
export function secondsInCalls(calls: readonly Pick<ProxiedCall, 'start' | 'end'>[]): number {
  let total = 0;
  let until = -Infinity;
  for (const { start, end } of [...calls].sort((a, b) => a.start - b.start)) {
    total += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return total / 1000;
}

/** A command of npm's as npm itself starts it. */
const nodeCommand = ({ args, ...command }: Command): Command => ({
  ...command,
  command: process.execPath,
  args: ['run.js', ...args.filter((arg) => arg !== 'run' && arg !== '--')],
});

/** @param delay milliseconds that each call takes longer */
export const measureOwnTime = (moto: Moto, delay: number, log: (text: string) => void): Promise<OwnTime> =>
  inFolder(async (folder) => {
    await moto.reset();
    const proxy = await latencyProxy(moto.url, delay);
    const close = onCleanup(() => proxy.close());
    try {
      const { provision, again } = await slipway.prepare(folder, proxy.url, 0);
      await runCommand(provision);
      const own: number[] = [];
      const help: number[] = [];
      for (let turn = 0; turn < RUNS; turn += 1) {
        proxy.take();
        const { seconds } = await runCommand(nodeCommand(again));
        own.push(seconds - secondsInCalls(proxy.take()));
        const asked = { ...nodeCommand(again), args: ['run.js', 'provision', '--help'], cwd: ROOT };
        help.push((await runCommand({ ...asked, env: environment(proxy.url) })).seconds);
      }
      const time = { provision: spread(own), help: spread(help) };
      log(`own time: ${time.provision.median.toFixed(2)} s; --help: ${time.help.median.toFixed(2)} s`);
      return time;
    } finally {
      await close();
    }
  });
