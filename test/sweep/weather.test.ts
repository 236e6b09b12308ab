// Whole lives of stacks in bad weather: nothing is seen at once, calls are throttled, slow and lost, and all end clean.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StackInput } from '../../lib/config/schema.ts';
import { calm, type Weather } from '../../sandbox/chaos/weather.ts';
import { anyStack } from '../converge/arbitrary.ts';
import { account, type Account } from '../converge/harness.ts';
import { mishaps } from '../converge/mishaps.ts';
import { stack } from '../converge/stacks.ts';
import { seedOf } from '../some.ts';
import { wholeOf } from './every-call.ts';
import { leapingClock } from './clock.ts';
import { write } from './report.ts';
import { stories } from './stories.ts';

/** A run may end with a problem in such weather; so often it is run again. */
const TRIES = 4;

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

/** Runs a command until it does not end with a problem. */
async function patiently(run: () => Promise<unknown>): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      await run();
      return tries;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

/** Somebody changes something behind our back, in good weather for them. */
async function drift(user: Account, index: number): Promise<void> {
  const { does } = mishaps[index % mishaps.length] ?? { does: async () => undefined };
  const ids = user.ids();
  // What AWS does not let them do, now, is not done.
  await does(user.aws, (address, field) => ids[address]?.[field] ?? '').catch(() => undefined);
}

const life = fc.record({
  weather: fc.nat(),
  after: anyStack,
  mishap: fc.nat({ max: mishaps.length - 1 }),
});

test('whole lives', async () => {
  const count = process.env['SWEEP'] === undefined ? 1 : 200;
  const seed = seedOf();
  const start = performance.now();
  const lives = fc.sample(life, { numRuns: count, seed });
  let [runs, commands] = [0, 0];
  const whole = await wholeOf(stories['a first provision']);
  const live = async ({ weather, after, mishap }: (typeof lives)[number]): Promise<void> => {
    const user = await account({ clock: leapingClock(), weather: stormy(String(weather)), limits: true });
    const counted = async (run: () => Promise<unknown>) => {
      runs += await patiently(run);
      commands += 1;
    };
    const up = (one: StackInput) => counted(() => user.up(one));
    try {
      await up(stack());
      await up(after);
      await up(stack());
      await drift(user, mishap);
      await counted(() => user.drift(stack()));
      await up(stack());
      // What a list was behind with, the run after sees; and then all is as if nothing had happened.
      user.sandbox.chaos.adjust(calm);
      await user.up(stack());
      expect(user.census()).toEqual(whole);
      expect(await user.up(stack())).toEqual({ done: [], calls: [] });
      user.sandbox.chaos.adjust(stormy(String(weather)));
      await counted(() => user.down(stack()));
      expect(user.census()).toEqual({});
    } catch (error) {
      throw new Error(`weather ${weather}, mishap ${mishap}, seed ${seed}`, { cause: error });
    } finally {
      await user.close();
    }
  };
  for (const one of lives) await live(one);
  const ms = performance.now() - start;
  write({ sweep: 'weather', what: `${commands} commands took ${runs} runs`, count, seed, ms });
}, 3_600_000);
