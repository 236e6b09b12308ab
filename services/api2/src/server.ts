/** The HTTP server around the app, with a graceful stop that drops no request. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether the service is stopping: {@link serve} sets it, /health reads it. */
export interface Lifecycle {
  stopping: boolean;
}

/** The durations of a stop, in milliseconds. */
export interface StopTimes {
  /** The port stays open until no request has arrived for this long. */
  readonly quietMs: number;
  /** The time limit of the whole stop. At most half of it is spent waiting for quiet. At the limit, open requests are cut. */
  readonly graceMs: number;
}

/**
 * Wraps the app in a server that does not listen yet. Also returns the function that stops the server.
 *
 * A stop has three parts. While requests still arrive, they are answered, but with `connection: close`, so that clients
 * move to other servers and load balancers notice that /health has changed. Then the port and idle connections are
 * closed, and pending requests are finished. After the grace period, the remaining requests are cut.
 * `stop` returns how many requests were cut: 0 if all of them were answered.
 */
export function serve(
  app: RequestListener,
  lifecycle: Lifecycle,
  { quietMs, graceMs }: StopTimes,
): { server: Server; stop: () => Promise<number> } {
  const server = createServer(app);
  // A load balancer keeps idle connections, commonly for 60 s, and reuses them. If the server closed one first, a request
  // could arrive during the close and fail with a 502, so the server keeps idle connections longer.
  server.keepAliveTimeout = 65_000;
  // Some Node versions count the wait for the next request on an idle connection as header time, so this limit is even longer.
  server.headersTimeout = 66_000;

  const inFlight = new Set<ServerResponse>();
  let lastRequestAt = 0;
  server.prependListener('request', (_req, res: ServerResponse) => {
    inFlight.add(res);
    lastRequestAt = performance.now();
    if (lifecycle.stopping) res.setHeader('connection', 'close');
    res.once('close', () => {
      inFlight.delete(res);
      // A response that started before the stop kept its connection alive. That connection is idle now, so it is closed.
      if (lifecycle.stopping && !server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });

  // Closing the port drops connections in the kernel's queue that Node has not accepted yet, so clients must move first.
  async function waitForQuiet(): Promise<void> {
    const start = performance.now();
    for (;;) {
      const end = Math.min(Math.max(start, lastRequestAt) + quietMs, start + graceMs / 2);
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
    await waitForQuiet();
    await new Promise((resolve) => server.close(resolve)); // this closes idle connections too
    clearTimeout(deadline);
    return cut;
  }

  return { server, stop };
}
