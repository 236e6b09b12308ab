/** For tests of logs: events, and a log that is read page by page as AWS does. */
import type { LogEvent, ReadPages } from '../../../logs/pages.ts';

/** Makes an event of the container `app`. */
export const event = (at: number, message = `at ${at}`, id = `${at}-${message}`): LogEvent => ({
  service: 'web',
  container: 'app',
  taskId: '0123456789abcdef',
  ...{ id, at, message },
});

/**
 * Returns a function that reads a log in pages.
 * @param log the events, which may be added while it is read
 * @param reads receives the time from which each read starts, and the number of events of each page
 */
export const readingOf = (
  log: readonly LogEvent[],
  pageSize: number,
  reads: { from: number; pages: number[] }[] = [],
): ReadPages =>
  async function* (from) {
    const pages: number[] = [];
    reads.push({ from, pages });
    let rest = [...log].filter(({ at }) => at >= from).sort((a, b) => a.at - b.at);
    do {
      const events = rest.slice(0, pageSize);
      rest = rest.slice(pageSize);
      pages.push(events.length);
      const read = { count: events.length, first: events[0]?.at ?? from, last: events.at(-1)?.at ?? from };
      yield { events, read, hasMore: rest.length > 0 };
    } while (rest.length > 0);
  };
