/** Measures contenders in turn, on one moto and through one proxy, so that the machine's load affects all of them alike. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCleanup } from './cleanup.ts';
import { runRound, type Contender, type Round } from './contender.ts';
import { figuresOf, type Figures } from './figures.ts';
import type { Moto } from './moto.ts';
import { latencyProxy, type Proxy } from './latency-proxy.ts';
import { runCommand } from './run-command.ts';

/** The settings of a comparison. */
export interface Comparison {
  readonly moto: Moto;
  readonly contenders: readonly Contender[];
  /** The sizes to measure. A size is the number of services in addition to the one with two containers. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Milliseconds that the proxy adds to each call. */
  readonly delay: number;
  readonly log: (text: string) => void;
}

/** The figures of one size. A contender is left out if all of its rounds failed. */
export interface SizeFigures {
  /** The number of additional services. */
  readonly more: number;
  /** The figures by contender. */
  readonly figures: ReadonlyMap<string, Figures>;
}

/** Measures all sizes; a round that fails is reported and left out. */
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
    // The warm-up reads the programs from disk, and lets moto load each service.
    for (const contender of contenders) {
      await attempt(`${contender.name}, warm-up`, () =>
        inFolder((folder) => planOnly(contender, folder, proxy)),
      );
    }
    const sizes: SizeFigures[] = [];
    for (const more of comparison.sizes) {
      const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
      for (let turn = 1; turn <= comparison.rounds; turn += 1) {
        for (const contender of contenders) {
          await moto.reset();
          const what = `${contender.name}, ${more} more services, round ${turn}`;
          const measured = await attempt(what, () =>
            inFolder((folder) => runRound(contender, folder, proxy, more, log)),
          );
          if (measured) rounds.get(contender.name)?.push(measured);
        }
      }
      const measuredRounds = [...rounds].filter(([, measured]) => measured.length > 0);
      sizes.push({
        more,
        figures: new Map(measuredRounds.map(([name, measured]) => [name, figuresOf(measured)])),
      });
    }
    return { sizes, failures };
  } finally {
    await close();
  }
}

const planOnly = async (contender: Contender, folder: string, { url }: Proxy) =>
  runCommand((await contender.prepare(folder, url, 0)).plan);

/** Runs a function with a new folder, which is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const remove = onCleanup(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  try {
    return await work(folder);
  } finally {
    await remove();
  }
}
