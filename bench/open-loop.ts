/** Generates load at a fixed rate over persistent connections, whether or not requests are answered, and records each failure. */
import { Agent, request } from 'node:http';

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
  /** Milliseconds since the start of the load. */
  readonly at: number;
  readonly reason: string;
}

/** The requests that were sent while the load ran. */
export interface LoadResult {
  readonly sent: number;
  readonly failed: readonly FailedRequest[];
}

/** The time after which a request counts as failed, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** The interval at which due requests are sent, in milliseconds. */
const TICK_MS = 5;
/** The number of requests that are sent at once if the processor was busy elsewhere. Requests beyond this are left out. */
const MAX_BURST = 20;
/** Idle connections are closed before the load balancer closes them, which it does after 60 seconds. */
const IDLE_MS = 30_000;

/**
 * Starts the load. A request is sent when it is due, even if earlier ones have no answer yet, and is never repeated.
 * @returns a function that stops the load, waits for the last answers, and returns the result
 */
export function startOpenLoop({ host, port, authority, paths, rate }: OpenLoop): () => Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const start = performance.now();
  const pending = new Set<Promise<void>>();
  const failed: FailedRequest[] = [];
  let sent = 0;
  const send = (path: string) => {
    const at = performance.now() - start;
    const answered = new Promise<void>((resolve) => {
      const fail = (reason: string) => {
        failed.push({ path, at, reason });
        resolve();
      };
      const outgoing = request({ host, port, path, agent, headers: { host: authority } }, (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        response.on('end', () =>
          statusCode >= 200 && statusCode <= 299 ? resolve() : fail(`${statusCode}`),
        );
        response.on('error', ({ message }) => fail(message));
      });
      outgoing.setTimeout(TIMEOUT_MS, () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', ({ message }) => fail(message));
      outgoing.end();
    });
    pending.add(answered);
    void answered.then(() => pending.delete(answered));
  };
  let last = start;
  const timer = setInterval(() => {
    const due = Math.min(MAX_BURST, Math.floor(((performance.now() - last) * rate) / 1000));
    if (due === 0) return;
    last = due === MAX_BURST ? performance.now() : last + (due * 1000) / rate;
    for (let index = 0; index < due; index += 1) send(paths[sent++ % paths.length] ?? '/');
  }, TICK_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(pending);
    agent.destroy();
    return { sent, failed };
  };
}
