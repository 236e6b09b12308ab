/** Measures what Slipway itself takes: a provision of what is up already without its waits for answers, and `--help`. */
import { spread, type Spread } from './figures.ts';
import { inFolder } from './compare.ts';
import { onClose } from './cleanup.ts';
import { environment } from './contender.ts';
import type { Moto } from './moto.ts';
import { latencyProxy, type Passed } from './latency-proxy.ts';
import { run, type Command } from './run-command.ts';
import { ROOT, slipway } from './slipway.ts';

/** Seconds. */
export interface OwnTime {
  /** Outside of calls, of a provision that changes nothing; without npm. */
  readonly provision: Spread;
  readonly help: Spread;
}

const RUNS = 5;

/** How long at least one call was under way, seconds. */
export function waited(calls: readonly Pick<Passed, 'start' | 'end'>[]): number {
  let total = 0;
  let until = -Infinity;
  for (const { start, end } of [...calls].sort((a, b) => a.start - b.start)) {
    total += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return total / 1000;
}

/** A command of npm's as npm itself starts it. */
const withoutNpm = ({ args, ...command }: Command): Command => ({
  ...command,
  command: process.execPath,
  args: ['run.js', ...args.filter((arg) => arg !== 'run' && arg !== '--')],
});

/** @param delay milliseconds that each call takes longer */
export const ownTime = (moto: Moto, delay: number, say: (text: string) => void): Promise<OwnTime> =>
  inFolder(async (folder) => {
    await moto.reset();
    const proxy = await latencyProxy(moto.url, delay);
    const close = onClose(() => proxy.close());
    try {
      const { provision, again } = await slipway.prepare(folder, proxy.url, 0);
      await run(provision);
      const own: number[] = [];
      const help: number[] = [];
      for (let turn = 0; turn < RUNS; turn += 1) {
        proxy.take();
        const { seconds } = await run(withoutNpm(again));
        own.push(seconds - waited(proxy.take()));
        const asked = { ...withoutNpm(again), args: ['run.js', 'provision', '--help'], cwd: ROOT };
        help.push((await run({ ...asked, env: environment(proxy.url) })).seconds);
      }
      const time = { provision: spread(own), help: spread(help) };
      say(`own time: ${time.provision.median.toFixed(2)} s; --help: ${time.help.median.toFixed(2)} s`);
      return time;
    } finally {
      await close();
    }
  });
