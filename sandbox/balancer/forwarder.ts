/** Carries one request to one target and the response back: connections, timeouts, streams and WebSockets. */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { createProxyServer } from 'http-proxy-3';
import { responseHeaders } from './headers.ts';

/** A request on its way to a target. */
export interface TargetRequest {
  readonly request: IncomingMessage;
  readonly host: string;
  readonly port: number;
  /** The path and query for the target. */
  readonly url: string;
  /** The headers for the target. */
  readonly headers: OutgoingHttpHeaders;
  /** How long the target may be silent, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Whether a connection that has carried other requests may be used. */
  readonly pooled: boolean;
}

/** Why nothing came back from a target. */
export interface Failure {
  /** The status to answer with. */
  readonly status: 408 | 502 | 504;
  /** The target had closed the pooled connection before it answered anything on it. */
  readonly stale: boolean;
}

/** Carries requests over one pool of connections. */
export interface Forwarder {
  /**
   * Sends a request and streams the response back.
   * @returns the failure when the target gave no response; undefined when the response, or the client, is gone
   */
  forward(targetRequest: TargetRequest, response: ServerResponse): Promise<Failure | undefined>;
  /** Sends an upgrade request and joins the two connections; `fail` must write its answer to the client at once. */
  upgrade(targetRequest: TargetRequest, client: Socket, head: Buffer, fail: (failure: Failure) => void): void;
  /** Closes the pooled connections. */
  close(): void;
}

/** One attempt to send a request, as the library's events find it again. */
interface Attempt extends TargetRequest {
  outgoing?: ClientRequest;
  answered?: boolean;
  relay?(this: void, incoming: IncomingMessage): void;
  end?(this: void): void;
}

class Timeout extends Error {
  readonly status: 408 | 504;

  constructor(waitedFor: 'client' | 'target') {
    super(`The ${waitedFor} was silent for too long`);
    this.status = waitedFor === 'client' ? 408 : 504;
  }
}

/** How long an unused connection to a target stays in the pool, unless the target asks for less. */
const POOL_IDLE_MS = 60_000;

/**
 * Starts a forwarder.
 * @param connectTimeoutMs how long a target may take to accept a connection
 */
export function startForwarder(connectTimeoutMs: number): Forwarder {
  const pool = new Agent({ keepAlive: true, timeout: POOL_IDLE_MS });
  const proxy = createProxyServer({ toProxy: true, selfHandleResponse: true });
  const attempts = new WeakMap<IncomingMessage, Attempt>();

  // The library's own steps shape headers in ways that a load balancer does not (one takes the framing from a chunked
  // DELETE), so what is really to be sent is put in place just before it sends.
  const applyHead = (request: IncomingMessage): void => {
    const attempt = attempts.get(request);
    request.headers = { ...attempt?.headers } as IncomingMessage['headers'];
    request.url = attempt?.url ?? request.url;
  };
  proxy.before('web', 'stream', applyHead);
  proxy.before('ws', 'stream', applyHead);

  const guard = (outgoing: ClientRequest, request: IncomingMessage, socket: Socket): void => {
    const attempt = attempts.get(request);
    if (attempt === undefined) return;
    attempt.outgoing = outgoing;
    outgoing.once('close', () => attempt.end?.());
    if (socket.connecting) {
      const timer = setTimeout(() => outgoing.destroy(new Timeout('target')), connectTimeoutMs);
      socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    }
    outgoing.setTimeout(attempt.idleTimeoutMs, () => {
      const awaitsClient = !request.complete && !outgoing.writableNeedDrain;
      outgoing.destroy(new Timeout(awaitsClient ? 'client' : 'target'));
    });
  };
  proxy.on('proxyReq', (outgoing, request, _response, _options, socket) => guard(outgoing, request, socket));
  proxy.on('proxyRes', (incoming, request) => attempts.get(request)?.relay?.(incoming));

  proxy.on('proxyReqWs', (outgoing, request, client) => {
    const attempt = attempts.get(request);
    if (attempt === undefined) return;
    outgoing.once('socket', (socket) => guard(outgoing, request, socket));
    outgoing.once('upgrade', () => {
      attempt.answered = true;
      client.setTimeout(attempt.idleTimeoutMs, () => client.destroy());
    });
    // A target that declines the upgrade: the library relays its response and then closes the client's connection.
    outgoing.once('response', (declined) => {
      attempt.answered = true;
      delete declined.headers['keep-alive'];
      declined.headers.connection = 'close';
      declined.once('close', () => declined.complete || client.destroy());
    });
  });

  // Errors of a request reach the callbacks below; the rest are of connections that are being given up anyway.
  proxy.on('error', () => {});

  const failure = (attempt: Attempt, error: Error & { code?: string }): Failure => ({
    status: error instanceof Timeout ? error.status : error.code === 'ETIMEDOUT' ? 504 : 502,
    stale: attempt.outgoing?.reusedSocket === true && (error.code === 'ECONNRESET' || error.code === 'EPIPE'),
  });

  return {
    forward: (targetRequest, response) =>
      new Promise((resolve) => {
        const { request, host, port, pooled } = targetRequest;
        const attempt: Attempt = { ...targetRequest };
        // Not every end is an error to Node: a target that switches protocols unasked is just hung up on.
        attempt.end = () => attempt.answered || resolve({ status: 502, stale: false });
        attempt.relay = (incoming) => {
          attempt.answered = true;
          try {
            const headers = responseHeaders(incoming.rawHeaders, response.shouldKeepAlive);
            response.writeHead(incoming.statusCode ?? 0, incoming.statusMessage, headers).flushHeaders();
          } catch {
            incoming.destroy();
            resolve({ status: 502, stale: false }); // a status or header that is none
            return;
          }
          // When the target breaks off, the client's connection is cut: nothing else tells that a body is incomplete.
          incoming.once('close', () => incoming.complete || response.destroy());
          response.once('finish', () => request.complete || leaveRest(request, attempt.outgoing));
          incoming.pipe(response);
        };
        attempts.set(request, attempt);
        response.once('close', () => resolve(undefined));
        proxy.web(request, response, { target: { host, port }, agent: pooled ? pool : false }, (error) => {
          resolve(failure(attempt, error));
        });
      }),

    upgrade(targetRequest, client, head, fail) {
      const { request, host, port } = targetRequest;
      const attempt: Attempt = { ...targetRequest };
      attempts.set(request, attempt);
      proxy.ws(request, client, head, { target: { host, port }, agent: false }, (error) => {
        if (attempt.answered !== true) fail(failure(attempt, error));
      });
    },

    close: () => pool.destroy(),
  };
}

/** The target answered without reading the whole request: what is still coming is nobody's. */
function leaveRest(request: IncomingMessage, outgoing: ClientRequest | undefined): void {
  request.unpipe();
  request.resume();
  outgoing?.destroy();
}
