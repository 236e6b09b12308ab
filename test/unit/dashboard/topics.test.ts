// Topics are polled only while a browser shows them, and send only values that differ.
import { expect, test } from '@jest/globals';
import { makeTopics, type Topic } from '../../../dashboard/topics.ts';
import type { Clock } from '../../../lib/model/clock.ts';

/** A clock whose sleeps end when the test says so. */
function steppedClock() {
  const sleeping: (() => void)[] = [];
  let time = 0;
  const clock: Clock = {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleeping.push(() => {
          time += ms;
          resolve();
        });
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      }),
  };
  return {
    clock,
    wake: () => sleeping.splice(0).forEach((end) => end()),
    advance: (ms: number) => (time += ms),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function setUp(values: readonly number[]) {
  let polls = 0;
  const topic: Topic = {
    name: 'requests',
    everyMs: 1000,
    poll: async () => ({ value: values[Math.min(polls++, values.length - 1)] }),
  };
  const stepped = steppedClock();
  const sent: string[] = [];
  const reader = { send: (name: string, json: string) => void sent.push(`${name} ${json}`) };
  return { topics: makeTopics([topic], stepped.clock), ...stepped, sent, reader, polls: () => polls };
}

test('nothing is polled without a browser', async () => {
  const { topics, polls } = setUp([1]);
  await turn();
  expect(polls()).toBe(0);
  await topics.close();
});

test('a new value is sent, and the same value is not sent again', async () => {
  const { topics, wake, sent, reader, polls } = setUp([1, 1, 2]);
  topics.subscribe(['requests', 'unknown', 'requests'], reader);
  for (let count = 0; count < 3; count += 1) {
    await turn();
    wake();
  }
  await turn();
  expect(sent).toEqual(['requests {"value":1}', 'requests {"value":2}']);
  expect(polls()).toBeGreaterThanOrEqual(3);
  await topics.close();
});

test('another browser gets the last value at once, and shares the polls', async () => {
  const { topics, sent, reader, polls } = setUp([1, 2]);
  topics.subscribe(['requests'], reader);
  await turn();
  const other: string[] = [];
  topics.subscribe(['requests'], { send: (_, json) => void other.push(json) });
  expect([sent.length, other, polls()]).toEqual([1, ['{"value":1}'], 1]);
  await topics.close();
});

test('polls end when the last browser has left, and a later one waits for the next value, even if it is the same', async () => {
  const { topics, wake, advance, sent, reader, polls } = setUp([1, 1]);
  const leave = topics.subscribe(['requests'], reader);
  await turn();
  leave();
  await turn();
  wake();
  await turn();
  expect(polls()).toBe(1);
  advance(60_000);
  topics.subscribe(['requests'], reader);
  expect(sent).toHaveLength(1);
  await turn();
  expect(sent).toHaveLength(2);
  await topics.close();
});

test('a refresh polls at once', async () => {
  const { topics, reader, polls } = setUp([1, 2]);
  topics.subscribe(['requests'], reader);
  await turn();
  topics.refresh('requests');
  await turn();
  await turn();
  expect(polls()).toBe(2);
  await topics.close();
});
