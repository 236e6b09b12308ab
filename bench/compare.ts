/** Measures the contenders, Slipway and Terraform, in turn on one moto server: other load then affects both of them equally. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCleanup } from './cleanup.ts';
import { runRound, type Contender, type Round } from './contender.ts';
import { figuresOf, type Figures } from './figures.ts';
import type { Moto } from './moto.ts';
import { startLatencyProxy, type Proxy } from './latency-proxy.ts';
import { runCommand } from './run-command.ts';

/** The settings of a comparison. */
export interface ComparisonSettings {
  readonly moto: Moto;
  readonly contenders: readonly Contender[];
  /** The sizes to measure. A size is the number of services in addition to the one with two containers. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Creates what exists before the stack; nothing by default. @param endpoint moto's URL */
  readonly prepareAccount?: (endpoint: string) => Promise<unknown>;
  /** Milliseconds that the proxy adds to each call. */
  readonly delay: number;
  readonly log: (text: string) => void;
}

/** The figures of one size. A contender is left out if all of its rounds failed. */
export interface SizeFigures {
  /** The number of additional services. */
  readonly additionalServices: number;
  /** The figures of each contender; the key is the contender's name. */
  readonly figures: ReadonlyMap<string, Figures>;
}

/** Measures all sizes. A round that fails is reported and left out. */
export async function compare(
  settings: ComparisonSettings,
): Promise<{ sizes: SizeFigures[]; failures: string[] }> {
  const { moto, contenders, delay, log } = settings;
  const proxy = await startLatencyProxy(moto.url, delay);
  const close = onCleanup(() => proxy.close());
  const failures: string[] = [];
  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      const text = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      failures.push(text);
      log(`failed: ${text}`);
      return undefined;
    }
  };
  try {
    // The warm-up reads the programs from disk, and lets moto load each service.
    await settings.prepareAccount?.(moto.url);
    for (const contender of contenders) {
      await attempt(`${contender.name}, warm-up`, () =>
        withTemporaryFolder((folder) => runPlan(contender, folder, proxy)),
      );
    }
    const sizes: SizeFigures[] = [];
    for (const additionalServices of settings.sizes) {
      const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
      for (let round = 1; round <= settings.rounds; round += 1) {
        for (const contender of contenders) {
          await moto.reset();
          await settings.prepareAccount?.(moto.url);
          const what = `${contender.name}, ${additionalServices} more services, round ${round}`;
          const measured = await attempt(what, () =>
            withTemporaryFolder((folder) => runRound(contender, folder, proxy, additionalServices, log)),
          );
          if (measured) rounds.get(contender.name)?.push(measured);
        }
      }
      const measuredRounds = [...rounds].filter(([, measured]) => measured.length > 0);
      sizes.push({
        additionalServices,
        figures: new Map(measuredRounds.map(([name, measured]) => [name, figuresOf(measured)])),
      });
    }
    return { sizes, failures };
  } finally {
    await close();
  }
}

const runPlan = async (contender: Contender, folder: string, { url }: Proxy) =>
  runCommand((await contender.prepare(folder, url, 0)).plan);

/** Runs a function with a new folder, which is removed afterwards. */
export async function withTemporaryFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const remove = onCleanup(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  try {
    return await run(folder);
  } finally {
    await remove();
  }
}
