/** Measures contenders side by side: on one moto, through one proxy, in turn, so that what the machine does meets all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCleanup } from './cleanup.ts';
import { runRound, type Contender, type Round } from './contender.ts';
import { figuresOf, type Figures } from './figures.ts';
import type { Moto } from './moto.ts';
import { latencyProxy, type Proxy } from './latency-proxy.ts';
import { runCommand } from './run-command.ts';

export interface Comparison {
  readonly moto: Moto;
  readonly contenders: readonly Contender[];
  /** How many services more than the one with its two containers, size by size. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Milliseconds that each call takes longer. */
  readonly delay: number;
  readonly log: (text: string) => void;
}

/** What was measured at one size, by the name of the contender; one whose every round failed is not there. */
export interface SizeFigures {
  readonly more: number;
  readonly figures: ReadonlyMap<string, Figures>;
}

/** Runs everything; a round that fails is told and left out. */
export async function compare(comparison: Comparison): Promise<{ sizes: SizeFigures[]; failures: string[] }> {
  const { moto, contenders, delay, log } = comparison;
  const proxy = await latencyProxy(moto.url, delay);
  const close = onCleanup(() => proxy.close());
  const failures: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const text = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      failures.push(text);
      log(`failed: ${text}`);
      return undefined;
    }
  };
  try {
    // Programs are read from the disk once before, and moto loads a service with its first call.
    for (const one of contenders) {
      await attempt(`${one.name}, before all`, () => inFolder((folder) => planOnly(one, folder, proxy)));
    }
    const sizes: SizeFigures[] = [];
    for (const more of comparison.sizes) {
      const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
      for (let turn = 1; turn <= comparison.rounds; turn += 1) {
        for (const one of contenders) {
          await moto.reset();
          const what = `${one.name}, ${more} services more, round ${turn}`;
          const measured = await attempt(what, () =>
            inFolder((folder) => runRound(one, folder, proxy, more, log)),
          );
          if (measured) rounds.get(one.name)?.push(measured);
        }
      }
      const some = [...rounds].filter(([, measured]) => measured.length > 0);
      sizes.push({ more, figures: new Map(some.map(([name, measured]) => [name, figuresOf(measured)])) });
    }
    return { sizes, failures };
  } finally {
    await close();
  }
}

const planOnly = async (contender: Contender, folder: string, { url }: Proxy) =>
  runCommand((await contender.prepare(folder, url, 0)).plan);

/** Works in a new folder, which is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const remove = onCleanup(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  try {
    return await work(folder);
  } finally {
    await remove();
  }
}
