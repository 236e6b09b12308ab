/** Forwards requests to targets and streams the responses back, with connection pooling, timeouts and WebSockets. */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createProxyServer } from 'http-proxy-3';
import { responseHeaders } from './headers.ts';
import { TLS } from './tls.ts';
import type { TargetProtocol } from './view.ts';

/** A request to forward to a target. */
export interface TargetRequest {
  readonly request: IncomingMessage;
  readonly host: string;
  readonly port: number;
  readonly protocol: TargetProtocol;
  /** The path and query for the target. */
  readonly url: string;
  /** The headers for the target. */
  readonly headers: OutgoingHttpHeaders;
  /** How long the target may be silent before the attempt fails, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Whether the request may use a pooled connection. */
  readonly pooled: boolean;
}

/** Why a target sent no response. */
export interface ForwardingFailure {
  /** The status to send to the client. */
  readonly status: 408 | 502 | 504;
  /** Whether the target had closed the pooled connection before this request reached it. */
  readonly stale: boolean;
}

/** Forwards requests over one pool of connections. */
export interface Forwarder {
  /**
   * Sends a request and streams the response back.
   * @returns the failure when the target sent no response; undefined when the response has ended or the client has
   *   disconnected
   */
  forward(targetRequest: TargetRequest, response: ServerResponse): Promise<ForwardingFailure | undefined>;
  /**
   * Sends an upgrade request and joins the two connections.
   * @param fail called when the target sent no response; must respond to the client immediately
   */
  upgrade(
    targetRequest: TargetRequest,
    client: Socket,
    head: Buffer,
    fail: (failure: ForwardingFailure) => void,
  ): void;
  /** Closes the pooled connections. */
  close(): void;
}

/** One attempt to forward a request; the proxy library's event handlers look it up. */
interface Attempt extends TargetRequest {
  outgoing?: ClientRequest;
  responded?: boolean;
  relay?(this: void, incoming: IncomingMessage): void;
  end?(this: void): void;
}

class Timeout extends Error {
  readonly status: 408 | 504;

  constructor(waitedFor: 'client' | 'target') {
    super(`The ${waitedFor} sent nothing for too long`);
    this.status = waitedFor === 'client' ? 408 : 504;
  }
}

/**
 * The TLS handshake did not complete in time. The client gets a 502, not a 504.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
 */
class HandshakeTimeout extends Error {
  constructor() {
    super('The target did not complete the TLS handshake in time');
  }
}

/**
 * How long an idle connection to a target stays in the pool, unless the target's Keep-Alive header sets a shorter time.
 */
const POOL_IDLE_MS = 60_000;

/**
 * Starts a forwarder.
 * @param connectTimeoutMs how long a target may take to accept a connection, and then to complete a TLS handshake
 */
export function startForwarder(connectTimeoutMs: number): Forwarder {
  const pooling = { keepAlive: true, timeout: POOL_IDLE_MS };
  const pools = { HTTP: new http.Agent(pooling), HTTPS: new https.Agent({ ...pooling, ...TLS }) };
  const unpooled = { HTTP: false, HTTPS: new https.Agent(TLS) } as const;
  const proxy = createProxyServer({ toProxy: true, selfHandleResponse: true });
  const attempts = new WeakMap<IncomingMessage, Attempt>();

  // The library rewrites headers in ways that a load balancer does not: for example, it removes the framing of a
  // chunked DELETE. The headers and the URL are therefore set just before it sends the request.
  const applyHead = (request: IncomingMessage): void => {
    const attempt = attempts.get(request);
    request.headers = { ...attempt?.headers } as IncomingMessage['headers'];
    request.url = attempt?.url ?? request.url;
  };
  proxy.before('web', 'stream', applyHead);
  proxy.before('ws', 'stream', applyHead);

  const watchTimeouts = (outgoing: ClientRequest, request: IncomingMessage, socket: Socket): void => {
    const attempt = attempts.get(request);
    if (attempt === undefined) return;
    attempt.outgoing = outgoing;
    outgoing.once('close', () => attempt.end?.());
    const requireInTime = (event: 'connect' | 'secureConnect', timeout: Error): void => {
      const timer = setTimeout(() => outgoing.destroy(timeout), connectTimeoutMs);
      socket.once(event, () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    };
    if (socket.connecting) {
      requireInTime('connect', new Timeout('target'));
      if (socket instanceof TLSSocket)
        socket.once('connect', () => requireInTime('secureConnect', new HandshakeTimeout()));
    }
    outgoing.setTimeout(attempt.idleTimeoutMs, () => {
      const awaitsClient = !request.complete && !outgoing.writableNeedDrain;
      outgoing.destroy(new Timeout(awaitsClient ? 'client' : 'target'));
    });
  };
  proxy.on('proxyReq', (outgoing, request, _response, _options, socket) =>
    watchTimeouts(outgoing, request, socket),
  );
  proxy.on('proxyRes', (incoming, request) => attempts.get(request)?.relay?.(incoming));

  proxy.on('proxyReqWs', (outgoing, request, client) => {
    const attempt = attempts.get(request);
    if (attempt === undefined) return;
    outgoing.once('socket', (socket) => watchTimeouts(outgoing, request, socket));
    outgoing.once('upgrade', () => {
      attempt.responded = true;
      client.setTimeout(attempt.idleTimeoutMs, () => client.destroy());
    });
    // When the target declines the upgrade, the library relays the target's response and then closes the client's
    // connection.
    outgoing.once('response', (declined) => {
      attempt.responded = true;
      delete declined.headers['keep-alive'];
      declined.headers.connection = 'close';
      declined.once('close', () => declined.complete || client.destroy());
    });
  });

  // The callbacks below receive the errors of requests; all other errors concern connections that are already closing.
  proxy.on('error', () => {});

  const failureOf = (attempt: Attempt, error: Error & { code?: string }): ForwardingFailure => ({
    status: error instanceof Timeout ? error.status : error.code === 'ETIMEDOUT' ? 504 : 502,
    stale: attempt.outgoing?.reusedSocket === true && (error.code === 'ECONNRESET' || error.code === 'EPIPE'),
  });

  return {
    forward: (targetRequest, response) =>
      new Promise((resolve) => {
        const { request, protocol, pooled } = targetRequest;
        const attempt: Attempt = { ...targetRequest };
        // Node does not report every failure as an error: when a target switches protocols without an upgrade request,
        // Node just closes the connection.
        attempt.end = () => attempt.responded || resolve({ status: 502, stale: false });
        attempt.relay = (incoming) => {
          attempt.responded = true;
          try {
            const headers = responseHeaders(incoming.rawHeaders, response.shouldKeepAlive);
            response.writeHead(incoming.statusCode ?? 0, incoming.statusMessage, headers).flushHeaders();
          } catch {
            incoming.destroy();
            resolve({ status: 502, stale: false }); // the status or a header is invalid
            return;
          }
          // When the target disconnects early, the body is incomplete. The client can notice that only if its
          // connection is cut.
          incoming.once('close', () => incoming.complete || response.destroy());
          response.once('finish', () => request.complete || discardRest(request, attempt.outgoing));
          incoming.pipe(response);
        };
        attempts.set(request, attempt);
        response.once('close', () => resolve(undefined));
        const agent = (pooled ? pools : unpooled)[protocol];
        proxy.web(request, response, { target: targetOf(targetRequest), secure: false, agent }, (error) => {
          resolve(failureOf(attempt, error));
        });
      }),

    upgrade(targetRequest, client, head, fail) {
      const { request, protocol } = targetRequest;
      const attempt: Attempt = { ...targetRequest };
      attempts.set(request, attempt);
      const options = { target: targetOf(targetRequest), secure: false, agent: unpooled[protocol] };
      proxy.ws(request, client, head, options, (error) => {
        if (attempt.responded !== true) fail(failureOf(attempt, error));
      });
    },

    close: () => Object.values(pools).forEach((pool) => pool.destroy()),
  };
}

const targetOf = ({ host, port, protocol }: TargetRequest) => ({
  host,
  port,
  protocol: `${protocol.toLowerCase()}:`,
});

/** Discards the rest of a request whose target responded without reading all of it. */
function discardRest(request: IncomingMessage, outgoing: ClientRequest | undefined): void {
  request.unpipe();
  request.resume();
  outgoing?.destroy();
}
