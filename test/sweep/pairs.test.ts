// Two calls of one story go wrong, at random: the next run brings all to its end, as after one.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seedOf } from '../sample.ts';
import { at, blows, spare, strike, type Blow, type BlowName } from './call-failures.ts';
import { begun, callsOf, expectForeseen, mend, struckBy, wholeOf } from './every-call.ts';
import { write } from './report.ts';
import { stories, type Story, type StoryName } from './scenarios.ts';

/** A way to break a call, and which of those that it can break. */
const fall = fc.record({ blow: fc.constantFrom(...(Object.keys(blows) as BlowName[])), any: fc.nat() });
const pair = fc.record({
  story: fc.constantFrom(...(Object.keys(stories) as StoryName[])),
  first: fall,
  second: fall,
});

interface Fall {
  readonly blow: BlowName;
  readonly any: number;
}

/** Two blows: at a call of a story, and then at the next of an operation that the story comes to later. */
async function both(story: Story, { first, second }: Record<'first' | 'second', Fall>) {
  const all = await callsOf(story);
  const pick = (calls: typeof all, { blow: name, any }: Fall) => {
    const blow: Blow = blows[name];
    const some = struckBy(calls, blow);
    return { blow, call: some[any % some.length] };
  };
  const one = pick(all, first);
  const other = pick(one.call ? all.slice(all.indexOf(one.call) + 1) : [], second);
  return [
    ...(one.call ? [at(one.call, one.blow)] : []),
    ...(other.call ? [at({ ...other.call, nth: 1 }, other.blow)] : []),
  ];
}

test('double faults', async () => {
  const isSweep = process.env['SWEEP'] !== undefined;
  const numRuns = isSweep ? 580 : 4;
  const seed = seedOf();
  const start = performance.now();
  let doubles = 0;
  await fc.assert(
    fc.asyncProperty(pair, async ({ story: name, ...falls }) => {
      const story: Story = stories[name];
      const whole = await wholeOf(story);
      const two = await both(story, falls);
      const user = await begun(story);
      try {
        const seen = strike(user, ...two);
        await story.run(user).catch(expectForeseen);
        // The run after is struck as well, when the second blow has not fallen yet.
        await story.run(user).catch(expectForeseen);
        spare(user);
        if (seen.length === 2) doubles += 1;
        await mend(user, story, whole);
      } finally {
        await user.close();
      }
    }),
    { numRuns, seed },
  );
  // A second call may be one that is not made any more.
  if (isSweep) expect(doubles).toBeGreaterThanOrEqual(500);
  write({ sweep: 'pairs', what: 'double faults', count: doubles, seed, ms: performance.now() - start });
}, 3_600_000);
