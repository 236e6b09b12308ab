// Questions about one thing each, which go out as calls about several.
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../lib/model/clock.ts';
import { perClient, perName, cachedFor, batched } from '../../../../lib/aws/batched-calls.ts';

function scene(most: number) {
  const calls: string[][] = [];
  const asking = batched(most, async (keys) => {
    calls.push(keys);
    if (keys.includes('bad')) throw new Error('refused');
    return (key) => `about ${key}`;
  });
  return { calls, ask: (key: string) => asking(key, systemClock) };
}

test('what is asked in one moment is one call, and each gets its own answer', async () => {
  const { calls, ask } = scene(10);
  expect(await Promise.all(['a', 'b', 'a'].map(ask))).toEqual(['about a', 'about b', 'about a']);
  expect(calls).toEqual([['a', 'b']]);
});

test('a call takes only so many', async () => {
  const { calls, ask } = scene(2);
  await Promise.all(['a', 'b', 'c'].map(ask));
  expect(calls).toEqual([['a', 'b'], ['c']]);
});

test('what is asked later is asked anew', async () => {
  const { calls, ask } = scene(10);
  await ask('a');
  await ask('a');
  expect(calls).toEqual([['a'], ['a']]);
});

test('a call that fails, fails for those who asked with it, and for no others', async () => {
  const { ask } = scene(1);
  const [good, bad] = await Promise.allSettled([ask('a'), ask('bad')]);
  expect([good?.status, bad?.status]).toEqual(['fulfilled', 'rejected']);
  expect(await ask('b')).toBe('about b');
});

test('owners and names have a thing of their own each, and always the same', () => {
  const [one, other] = [{}, {}];
  const of = perClient(() => perName((name) => ({ name })));
  expect(of(one)('a')).toBe(of(one)('a'));
  expect(of(one)('a')).not.toBe(of(one)('b'));
  expect(of(one)('a')).not.toBe(of(other)('a'));
});

test('who asks soon after another gets the same answer, and later a new one', async () => {
  let calls = 0;
  let now = 5000;
  const ask = cachedFor(1000, async () => (calls += 1));
  const clock = { now: () => now };
  expect(await Promise.all([ask(clock), ask(clock)])).toEqual([1, 1]);
  now += 999;
  expect(await ask(clock)).toBe(1);
  now += 1;
  expect(await ask(clock)).toBe(2);
});

test('an answer that did not come is asked for again later', async () => {
  let now = 0;
  const ask = cachedFor(1000, async () => {
    if (now === 0) throw new Error('refused');
    return 'an answer';
  });
  const clock = { now: () => now };
  await expect(ask(clock)).rejects.toThrow('refused');
  now = 1000;
  expect(await ask(clock)).toBe('an answer');
});
