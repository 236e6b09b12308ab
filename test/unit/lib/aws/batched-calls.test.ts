// Requests for single keys are batched into shared AWS calls, and answers are cached.
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../lib/model/clock.ts';
import { perClient, perName, cachedFor, batched } from '../../../../lib/aws/batched-calls.ts';

function makeScenario(maxKeys: number) {
  const calls: string[][] = [];
  const load = batched(maxKeys, async (keys) => {
    calls.push(keys);
    if (keys.includes('bad')) throw new Error('refused');
    return (key) => `about ${key}`;
  });
  return { calls, ask: (key: string) => load(key, systemClock) };
}

test('requests within the window share one call, and each gets its own answer', async () => {
  const { calls, ask } = makeScenario(10);
  expect(await Promise.all(['a', 'b', 'a'].map(ask))).toEqual(['about a', 'about b', 'about a']);
  expect(calls).toEqual([['a', 'b']]);
});

test('a call has no more keys than AWS accepts', async () => {
  const { calls, ask } = makeScenario(2);
  await Promise.all(['a', 'b', 'c'].map(ask));
  expect(calls).toEqual([['a', 'b'], ['c']]);
});

test('a later request for the same key is sent again', async () => {
  const { calls, ask } = makeScenario(10);
  await ask('a');
  await ask('a');
  expect(calls).toEqual([['a'], ['a']]);
});

test('a failing call does not affect the keys in other calls', async () => {
  const { ask } = makeScenario(1);
  const [good, bad] = await Promise.allSettled([ask('a'), ask('bad')]);
  expect([good?.status, bad?.status]).toEqual(['fulfilled', 'rejected']);
  expect(await ask('b')).toBe('about b');
});

test('a failing call rejects every request in it', async () => {
  const { calls, ask } = makeScenario(10);
  const results = await Promise.allSettled(['a', 'bad', 'a'].map(ask));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(calls).toEqual([['a', 'bad']]);
  expect(await ask('a')).toBe('about a');
});

test('each pair of a client and a name has a separate value, which is created only once', () => {
  const [one, other] = [{}, {}];
  const valueOf = perClient(() => perName((name) => ({ name })));
  expect(valueOf(one)('a')).toBe(valueOf(one)('a'));
  expect(valueOf(one)('a')).not.toBe(valueOf(one)('b'));
  expect(valueOf(one)('a')).not.toBe(valueOf(other)('a'));
});

test('a cached answer is reused until it expires', async () => {
  let callCount = 0;
  let now = 5000;
  const ask = cachedFor(1000, async () => (callCount += 1));
  const clock = { now: () => now };
  expect(await Promise.all([ask(clock), ask(clock)])).toEqual([1, 1]);
  now += 999;
  expect(await ask(clock)).toBe(1);
  now += 1;
  expect(await ask(clock)).toBe(2);
});

test('a cached failure is also reused until it expires', async () => {
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
