// Two calls of one story go wrong, at random: the next run brings all to its end, as after one.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blows, spare, strike, type Blow, type BlowName } from './blows.ts';
import { begun, mend, wholeOf } from './every-call.ts';
import { seedOf, write } from './report.ts';
import { stories, type Story, type StoryName } from './stories.ts';

/** A blow at one of so many calls; fewer of them change something. */
const fall = (calls: number) =>
  fc.constantFrom(...(Object.keys(blows) as BlowName[])).chain((name) => {
    const blow: Blow = blows[name];
    return fc.record({
      blow: fc.constant(name),
      nth: fc.integer({ min: 1, max: Math.ceil(blow.mutating ? calls / 4 : calls) }),
    });
  });

const names = Object.keys(stories) as StoryName[];
const pair = fc.record({
  story: fc.constantFrom(...names),
  first: fall(100),
  // Counted from the first on; it may strike the run after, when the first has ended this one.
  second: fall(60),
});

test('double faults', async () => {
  const numRuns = process.env['SWEEP'] === undefined ? 4 : 500;
  const seed = seedOf();
  const start = performance.now();
  let struck = 0;
  await fc.assert(
    fc.asyncProperty(pair, async ({ story: name, first, second }) => {
      const story: Story = stories[name];
      const user = await begun(story);
      try {
        const seen = strike(
          user,
          { blow: blows[first.blow], nth: first.nth },
          { blow: blows[second.blow], nth: second.nth },
        );
        await story.run(user).catch(() => undefined);
        // The run after is struck as well, when the second blow has not fallen yet.
        await story.run(user).catch(() => undefined);
        spare(user);
        struck += seen.length;
        await mend(user, story, await wholeOf(story));
      } finally {
        await user.close();
      }
    }),
    { numRuns, seed },
  );
  // Most stories are long enough for both.
  if (numRuns > 100) expect(struck).toBeGreaterThan(numRuns);
  write({ sweep: 'pairs', what: `${struck} blows`, count: numRuns, seed, ms: performance.now() - start });
}, 3_600_000);
