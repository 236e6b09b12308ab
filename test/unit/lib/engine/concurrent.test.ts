// Concurrent tasks: each can wait for any other, and a failure is thrown once all tasks have ended.
import { describe, expect, test } from '@jest/globals';
import {
  errorsIn,
  SeveralErrors,
  startAll,
  waitForAll,
  waitForSiblings,
} from '../../../../lib/engine/concurrent.ts';

test('each task can wait for any other, whatever their order', async () => {
  const tasks = startAll<number, string>(
    [
      ['first', 1],
      ['second', 2],
    ],
    async (value, others) => (value === 1 ? `1 after ${await others.get('second')}` : String(value)),
  );
  expect(await waitForAll(tasks.values())).toEqual(['1 after 2', '2']);
});

test('the first failure is thrown, but only after the last task has ended', async () => {
  const ended: string[] = [];
  const late = Promise.resolve()
    .then(() => undefined)
    .then(() => ended.push('late'));
  const tasks = [late, Promise.reject(new Error('one')), Promise.reject(new Error('two'))];
  await expect(waitForAll(tasks)).rejects.toThrow('one');
  expect(ended).toEqual(['late']);
});

test('without any tasks, the result is available immediately', async () => {
  expect(await waitForAll([])).toEqual([]);
});

describe('siblings', () => {
  const [one, two] = [new Error('one'), new Error('two')];

  test('that all succeed return their results in order', async () => {
    expect(await waitForSiblings([Promise.resolve(1), 2])).toEqual([1, 2]);
  });

  test('throw a single error if one sibling fails and another fails only because it waited for the first', async () => {
    const failing = Promise.reject(one);
    await expect(waitForSiblings([failing, failing.then(() => 2), 3])).rejects.toBe(one);
  });

  test('that fail for different causes throw all errors, once the last sibling has ended', async () => {
    const nested = waitForSiblings([Promise.reject(one), Promise.reject(two)]);
    const third = new Error('three');
    const error: unknown = await waitForSiblings([nested, Promise.reject(third)]).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SeveralErrors);
    expect(errorsIn(error)).toEqual([one, two, third]);
    expect((error as Error).message).toBe('one\ntwo\nthree');
  });
});
