// In bad weather, reads are stale, and calls are throttled, slow or lost. The life cycle of a stack still ends with an empty account.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StackInput } from '../../lib/config/schema.ts';
import { calm, type Weather } from '../../sandbox/chaos/weather.ts';
import { arbitraryStack } from '../converge/arbitrary-stacks.ts';
import { account, type Account } from '../converge/harness.ts';
import { manualChanges } from '../converge/manual-changes.ts';
import { stack } from '../converge/stacks.ts';
import { randomSeed } from '../sample.ts';
import { expectedCensus } from './every-call.ts';
import { leapingClock } from './leaping-clock.ts';
import { reportLine } from './report.ts';
import { scenarios } from './scenarios.ts';

/** The maximum number of attempts per command, since a run may end with a problem in such weather. */
const MAX_ATTEMPTS = 4;

const stormy = (seed: string): Weather => ({
  ...calm,
  seed,
  idLagMs: 5_000,
  listLagMs: 30_000,
  iamLagMs: 15_000,
  zoneBusyMs: 2_000,
  latencyMs: { min: 20, max: 400 },
  throttle: true,
  faultRate: 0.02,
});

/** Repeats a command until it succeeds. @returns the number of attempts */
async function repeatUntilSuccess(run: () => Promise<unknown>): Promise<number> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      await run();
      return attempts;
    } catch (error) {
      if (attempts === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Makes one of the changes in `manualChanges`. */
async function changeByHand(user: Account, changeNumber: number): Promise<void> {
  const { apply } = manualChanges[changeNumber % manualChanges.length] ?? { apply: async () => undefined };
  const ids = user.ids();
  // A change that AWS refuses because of the weather is skipped.
  await apply(user.aws, (address, field) => ids[address]?.[field] ?? '').catch(() => undefined);
}

const lifeCycle = fc.record({
  weatherSeed: fc.nat(),
  after: arbitraryStack,
  changeNumber: fc.nat({ max: manualChanges.length - 1 }),
});

test('a stack in bad weather can be provisioned, changed, repaired and torn down without leftovers', async () => {
  const count = process.env['SWEEP'] === undefined ? 1 : 200;
  const seed = randomSeed();
  const start = performance.now();
  const lifeCycles = fc.sample(lifeCycle, { numRuns: count, seed });
  let [runs, commands] = [0, 0];
  const fullCensus = await expectedCensus(scenarios['a first provision']);
  const runLifeCycle = async ({
    weatherSeed,
    after,
    changeNumber,
  }: (typeof lifeCycles)[number]): Promise<void> => {
    const user = await account({
      clock: leapingClock(),
      weather: stormy(String(weatherSeed)),
      limitsRequestRate: true,
    });
    const runAndCount = async (run: () => Promise<unknown>) => {
      runs += await repeatUntilSuccess(run);
      commands += 1;
    };
    const provision = (desired: StackInput) => runAndCount(() => user.provision(desired));
    try {
      await provision(stack());
      await provision(after);
      await provision(stack());
      await changeByHand(user, changeNumber);
      await runAndCount(() => user.drift(stack()));
      await provision(stack());
      // Stale lists may have hidden resources. A run in calm weather finds them, and the next run changes nothing.
      user.sandbox.chaos.adjust(calm);
      await user.provision(stack());
      expect(user.census()).toEqual(fullCensus);
      expect(await user.provision(stack())).toEqual({ done: [], calls: [] });
      user.sandbox.chaos.adjust(stormy(String(weatherSeed)));
      await runAndCount(() => user.teardown(stack()));
      expect(user.census()).toEqual({});
    } catch (error) {
      throw new Error(`weather ${weatherSeed}, manual change ${changeNumber}, seed ${seed}`, {
        cause: error,
      });
    } finally {
      await user.close();
    }
  };
  for (const one of lifeCycles) await runLifeCycle(one);
  const ms = performance.now() - start;
  reportLine({ sweep: 'weather', what: `${commands} commands took ${runs} runs`, count, seed, ms });
}, 3_600_000);
