// The queue of dev: changes are applied in sequence, and a failure does not end it.
import { expect, test } from '@jest/globals';
import { makeQueue } from '../../../dev/queue.ts';
import type { Event } from '../../../lib/model/report.ts';
import type { FileChange } from '../../../dev/watch.ts';

function scene() {
  const applied: FileChange[] = [];
  const events: Event[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const queue = makeQueue(
    (change) => {
      applied.push(change);
      return new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
    },
    (event) => events.push(event),
  );
  return { applied, events, ends, queue };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('changes that arrive while one is applied are applied together afterwards, with the time of the first', async () => {
  const { applied, ends, queue } = scene();
  queue.add({ files: ['a'], at: 1 });
  queue.add({ files: ['b'], at: 2 });
  queue.add({ files: ['c', 'b'], at: 3 });
  expect(applied).toEqual([{ files: ['a'], at: 1 }]);
  ends[0]?.();
  await settled();
  expect(applied[1]).toEqual({ files: ['b', 'c'], at: 2 });
  ends[1]?.();
  await queue.close();
  expect(applied).toHaveLength(2);
});

test('a failure is reported, and the next change is applied', async () => {
  const { applied, events, ends, queue } = scene();
  queue.add({ files: ['a'], at: 1 });
  ends[0]?.(new Error('the disk is full'));
  await settled();
  expect(events).toEqual([{ type: 'warning', text: expect.stringContaining('the disk is full') }]);
  queue.add({ files: ['b'], at: 2 });
  expect(applied).toHaveLength(2);
});

test('closing drops what has not begun, and waits for what has', async () => {
  const { applied, ends, queue } = scene();
  queue.add({ files: ['a'], at: 1 });
  queue.add({ files: ['b'], at: 2 });
  const closed = queue.close();
  ends[0]?.();
  await closed;
  expect(applied).toEqual([{ files: ['a'], at: 1 }]);
});
