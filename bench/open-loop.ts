/** Generates load at a fixed rate over persistent connections, whether or not requests are answered, and records each failure. */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** The load to generate. */
export interface OpenLoop {
  readonly host: string;
  readonly port: number;
  /** The host header. */
  readonly authority: string;
  /** The paths to request in turn. */
  readonly paths: readonly string[];
  /** Requests per second, over all paths. */
  readonly rate: number;
}

/** A request that was not answered with a status from 200 to 299. */
export interface FailedRequest {
  readonly path: string;
  /** When the request was due, in milliseconds since the start of the load. */
  readonly at: number;
  readonly reason: string;
}

/** The requests that became due while the load ran. All of them were sent. */
export interface LoadResult {
  readonly sent: number;
  /** How many of them were sent later than they were due, because the generator had no processor time. */
  readonly late: number;
  /** The longest time from when a request was due until its answer, in milliseconds. It includes the delay of a late request. */
  readonly slowestMs: number;
  readonly failed: readonly FailedRequest[];
}

/** The time after which a request counts as failed, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** The reason of a request that was not answered in time. */
export const NO_ANSWER = `no answer within ${TIMEOUT_MS / 1000} s`;
/** The interval at which due requests are sent, in milliseconds. */
const TICK_MS = 5;
/** The number of late requests that are sent at once. The others follow in the next intervals: none is left out. */
const MAX_BURST = 20;
/** A request that is sent this many milliseconds after it was due is late. */
const LATE_MS = 100;
/** Idle connections are closed before the load balancer closes them, which it does after 60 seconds. */
const IDLE_MS = 30_000;

/**
 * Starts the load. A request is sent when it is due, even if earlier ones have no answer yet, and is never repeated.
 * @returns a function that stops the load, sends what is still due, waits for the last answers, and returns the result
 */
export function startOpenLoop({ host, port, authority, paths, rate }: OpenLoop): () => Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  const pending = new Set<Promise<void>>();
  const failed: FailedRequest[] = [];
  let sent = 0;
  let late = 0;
  let slowestMs = 0;
  const send = (path: string, dueAt: number) => {
    if (elapsed() - dueAt >= LATE_MS) late += 1;
    const answered = new Promise<void>((resolve) => {
      let hasEnded = false;
      const end = (reason?: string) => {
        if (hasEnded) return;
        hasEnded = true;
        if (reason !== undefined) failed.push({ path, at: dueAt, reason });
        slowestMs = Math.max(slowestMs, elapsed() - dueAt);
        resolve();
      };
      const outgoing = request({ host, port, path, agent, headers: { host: authority } }, (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        response.on('end', () => end(statusCode >= 200 && statusCode <= 299 ? undefined : `${statusCode}`));
        response.on('error', ({ message }) => end(message));
      });
      // The answer may have arrived while this process had no processor time. It is read before the timeout counts.
      outgoing.setTimeout(TIMEOUT_MS, () =>
        setImmediate(() => setImmediate(() => hasEnded || outgoing.destroy(new Error(NO_ANSWER)))),
      );
      outgoing.on('error', ({ message }) => end(message));
      outgoing.end();
    });
    pending.add(answered);
    void answered.then(() => pending.delete(answered));
  };
  const sendDue = (until: number) => {
    const due = Math.min(MAX_BURST, Math.floor((until * rate) / 1000) - sent);
    for (let index = 0; index < due; index += 1) {
      send(paths[sent % paths.length] ?? '/', (sent * 1000) / rate);
      sent += 1;
    }
    return due;
  };
  const timer = setInterval(() => sendDue(elapsed()), TICK_MS);
  return async () => {
    clearInterval(timer);
    const end = elapsed();
    while (sendDue(end) > 0) await pause(TICK_MS);
    await Promise.all(pending);
    agent.destroy();
    return { sent, late, slowestMs, failed };
  };
}
