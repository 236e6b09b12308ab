/** Carries one request to one target and the response back: connections, timeouts, streams and WebSockets. */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createProxyServer } from 'http-proxy-3';
import { responseHeaders } from './headers.ts';
import { TLS } from './tls.ts';
import type { TargetProtocol } from './view.ts';

/** A request on its way to a target. */
export interface TargetRequest {
  readonly request: IncomingMessage;
  readonly host: string;
  readonly port: number;
  readonly protocol: TargetProtocol;
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
export interface ForwardingFailure {
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
  forward(targetRequest: TargetRequest, response: ServerResponse): Promise<ForwardingFailure | undefined>;
  /** Sends an upgrade request and joins the two connections; `fail` must write its answer to the client at once. */
  upgrade(
    targetRequest: TargetRequest,
    client: Socket,
    head: Buffer,
    fail: (failure: ForwardingFailure) => void,
  ): void;
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

/**
 * A handshake that does not come is answered with 502 and not with 504.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
 */
class HandshakeTimeout extends Error {
  constructor() {
    super('The target did not complete the TLS handshake in time');
  }
}

/** How long an unused connection to a target stays in the pool, unless the target asks for less. */
const POOL_IDLE_MS = 60_000;

/**
 * Starts a forwarder.
 * @param connectTimeoutMs how long a target may take to accept a connection, and then for a TLS handshake
 */
export function startForwarder(connectTimeoutMs: number): Forwarder {
  const pooling = { keepAlive: true, timeout: POOL_IDLE_MS };
  const pools = { HTTP: new http.Agent(pooling), HTTPS: new https.Agent({ ...pooling, ...TLS }) };
  const single = { HTTP: false, HTTPS: new https.Agent(TLS) } as const;
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
    const within = (event: 'connect' | 'secureConnect', late: Error): void => {
      const timer = setTimeout(() => outgoing.destroy(late), connectTimeoutMs);
      socket.once(event, () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    };
    if (socket.connecting) {
      within('connect', new Timeout('target'));
      if (socket instanceof TLSSocket)
        socket.once('connect', () => within('secureConnect', new HandshakeTimeout()));
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

  const failure = (attempt: Attempt, error: Error & { code?: string }): ForwardingFailure => ({
    status: error instanceof Timeout ? error.status : error.code === 'ETIMEDOUT' ? 504 : 502,
    stale: attempt.outgoing?.reusedSocket === true && (error.code === 'ECONNRESET' || error.code === 'EPIPE'),
  });

  return {
    forward: (targetRequest, response) =>
      new Promise((resolve) => {
        const { request, protocol, pooled } = targetRequest;
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
          response.once('finish', () => request.complete || discardRest(request, attempt.outgoing));
          incoming.pipe(response);
        };
        attempts.set(request, attempt);
        response.once('close', () => resolve(undefined));
        const agent = (pooled ? pools : single)[protocol];
        proxy.web(request, response, { target: targetOf(targetRequest), secure: false, agent }, (error) => {
          resolve(failure(attempt, error));
        });
      }),

    upgrade(targetRequest, client, head, fail) {
      const { request, protocol } = targetRequest;
      const attempt: Attempt = { ...targetRequest };
      attempts.set(request, attempt);
      const options = { target: targetOf(targetRequest), secure: false, agent: single[protocol] };
      proxy.ws(request, client, head, options, (error) => {
        if (attempt.answered !== true) fail(failure(attempt, error));
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

/** The target answered without reading the whole request: what is still coming is nobody's. */
function discardRest(request: IncomingMessage, outgoing: ClientRequest | undefined): void {
  request.unpipe();
  request.resume();
  outgoing?.destroy();
}
