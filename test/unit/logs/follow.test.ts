// Following shows every event once, whatever arrives late and whatever fails meanwhile.
import { describe, expect, test } from '@jest/globals';
import { followLog } from '../../../logs/follow.ts';
import type { LogEvent, ReadPages } from '../../../logs/pages.ts';
import { makeShownEvents } from '../../../logs/shown-events.ts';
import { awsError } from '../step-harness.ts';
import { event, readingOf } from './events.ts';

const START = 1_000_000;

/** Follows a log for some polls. @param onPoll changes the log before each poll, or fails it */
async function follow(
  log: LogEvent[],
  polls: number,
  onPoll: (poll: number, now: number) => void,
  { pageSize = 10_000, limit = 50_000, pollMs = 0 } = {},
) {
  const controller = new AbortController();
  let now = START;
  let poll = 0;
  const texts: string[] = [];
  const notes: string[] = [];
  const sleeps: number[] = [];
  const pages: number[][] = [];
  const read: ReadPages = async function* (from) {
    poll += 1;
    // A poll takes time, and the next one may follow at once.
    now += pollMs;
    if (poll > polls) controller.abort();
    onPoll(poll, now);
    const reads: { from: number; pages: number[] }[] = [];
    yield* readingOf(log, pageSize, reads)(from);
    pages.push(reads[0]?.pages ?? []);
  };
  await followLog({
    read,
    shown: makeShownEvents(START, [], limit),
    clock: {
      now: () => now,
      async sleep(ms) {
        sleeps.push(ms);
        now += ms;
        if (poll >= polls) controller.abort();
      },
    },
    signal: controller.signal,
    show: async (events) => void texts.push(...events.map(({ message }) => message)),
    onWait: (text) => notes.push(text),
  });
  return { texts, notes, sleeps, pages };
}

describe('following', () => {
  test('shows new events once per second, and none twice', async () => {
    const log: LogEvent[] = [];
    const { texts, sleeps } = await follow(log, 3, (poll, now) => log.push(event(now, `poll ${poll}`)));
    expect(texts).toEqual(['poll 1', 'poll 2', 'poll 3']);
    expect(sleeps).toEqual([1000, 1000, 1000]);
  });

  test('polls again at once while many lines arrive, so that it keeps up with programs that print thousands', async () => {
    const log: LogEvent[] = [];
    const { texts, sleeps } = await follow(log, 3, (poll, now) => {
      const count = poll === 1 ? 5000 : 10;
      for (let n = 0; n < count; n += 1) log.push(event(now, `poll ${poll} line ${n}`));
    });
    expect(texts).toHaveLength(5020);
    expect(sleeps).toEqual([1000, 1000]);
  });

  test('shows events that arrive late, and those of the same millisecond', async () => {
    const log: LogEvent[] = [];
    const { texts } = await follow(log, 3, (poll, now) => {
      if (poll === 1) log.push(event(now + 20_000, 'first'));
      if (poll === 2) log.push(event(now + 5000, 'late'), event(START + 20_000, 'same time'));
    });
    expect(texts).toEqual(['first', 'late', 'same time']);
  });

  test('shows the events of now after one whose time is in the future', async () => {
    const log = [event(START + 7_200_000, 'future')];
    const { texts } = await follow(log, 50, (poll, now) => poll > 1 && log.push(event(now, `poll ${poll}`)));
    expect(texts).toEqual(['future', ...Array.from({ length: 49 }, (_, index) => `poll ${index + 2}`)]);
  });

  test('continues after throttling and outages, with longer pauses and one warning', async () => {
    const log: LogEvent[] = [];
    const { texts, notes, sleeps } = await follow(log, 8, (poll, now) => {
      log.push(event(now, `poll ${poll}`));
      if (poll >= 2 && poll <= 6)
        throw poll % 2 ? awsError('ThrottlingException') : awsError('ServiceUnavailableException', '', 503);
    });
    expect(texts).toEqual(Array.from({ length: 8 }, (_, index) => `poll ${index + 1}`));
    expect(notes).toHaveLength(1);
    expect(sleeps).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 1000, 1000]);
  });

  test('ends with any other error', async () => {
    const failed = follow([], 3, () => {
      throw awsError('ExpiredTokenException');
    });
    await expect(failed).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  test('shows ten thousand events per second, and reads only the last of them again', async () => {
    const log: LogEvent[] = [];
    let sent = 0;
    const { texts, pages, sleeps } = await follow(
      log,
      12,
      (poll, now) => {
        if (poll > 12) return;
        for (let index = 0; index < 10_000; index += 1) log.push(event(now + index / 10, String(sent++)));
        // The test keeps only what a poll may read, so that it is fast.
        log.splice(0, Math.max(0, log.length - 100_000));
      },
      { pollMs: 1000 },
    );
    expect(sleeps).toEqual([]);
    expect(texts).toHaveLength(120_000);
    expect(texts.every((text, index) => text === String(index))).toBe(true);
    expect(Math.max(...pages.map((sizes) => sizes.length))).toBeLessThanOrEqual(7);
  });
});
