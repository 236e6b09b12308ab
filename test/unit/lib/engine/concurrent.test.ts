// Concurrent tasks: each can wait for any other, and a failure is thrown once all tasks have ended.
import { expect, test } from '@jest/globals';
import { waitForAll, startAll } from '../../../../lib/engine/concurrent.ts';

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
