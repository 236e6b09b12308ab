/** The HTTP server around the app, and its stop, which drops no request. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether the service is on its way out: /health reads it, {@link serve} sets it. */
export interface Lifecycle {
  stopping: boolean;
}

/** How a stop takes its time, in milliseconds. */
export interface StopTimes {
  /** New connections are taken until no request has come for this long. */
  readonly quietMs: number;
  /** The whole stop: what is still running then is cut. Half of it at most is spent waiting for quiet. */
  readonly graceMs: number;
}

/**
 * Wraps the app in a server that does not listen yet, with the function that stops it.
 *
 * A stop has three parts. Until it is quiet, requests are answered as ever, but with `connection: close`: clients
 * move to other servers, and load balancers see that /health has changed. Then the port and the idle connections
 * are closed, and what is in work is finished. After the grace, what is left is cut.
 * `stop` returns how many requests were cut: 0 when every one was answered.
 */
export function serve(
  app: RequestListener,
  lifecycle: Lifecycle,
  { quietMs, graceMs }: StopTimes,
): { server: Server; stop: () => Promise<number> } {
  const server = createServer(app);
  // A load balancer keeps idle connections, commonly for 60 s, and uses them again. If this side closed first, a request
  // could cross with the close and be lost as a 502: so this side waits longer.
  server.keepAliveTimeout = 65_000;
  // Some Node versions count the wait for the next request on a kept connection as header time: it must be longer.
  server.headersTimeout = 66_000;

  const inFlight = new Set<ServerResponse>();
  let lastRequest = 0;
  server.prependListener('request', (_req, res: ServerResponse) => {
    inFlight.add(res);
    lastRequest = performance.now();
    if (lifecycle.stopping) res.setHeader('connection', 'close');
    res.once('close', () => {
      inFlight.delete(res);
      // An answer that had begun before the stop promised to keep its connection: it is idle now, close it.
      if (lifecycle.stopping && !server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });

  // Closing the port loses the connections that the kernel holds and Node has not taken yet: so first let clients go.
  async function quiet(): Promise<void> {
    const start = performance.now();
    for (;;) {
      const end = Math.min(Math.max(start, lastRequest) + quietMs, start + graceMs / 2);
      const left = end - performance.now();
      if (left <= 0) return;
      await wait(left);
    }
  }

  async function stop(): Promise<number> {
    lifecycle.stopping = true;
    for (const res of inFlight) if (!res.headersSent) res.setHeader('connection', 'close');
    let cut = 0;
    const deadline = setTimeout(() => {
      cut = inFlight.size;
      server.closeAllConnections();
    }, graceMs);
    await quiet();
    await new Promise((resolve) => server.close(resolve)); // this closes idle connections too
    clearTimeout(deadline);
    return cut;
  }

  return { server, stop };
}
