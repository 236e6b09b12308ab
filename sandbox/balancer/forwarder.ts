/** Forwards requests to targets and streams the responses back, with connection pooling and timeouts. */
import type { ClientRequest, IncomingMessage, RequestOptions, ServerResponse } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { MAX_HEADERS, MAX_RESPONSE_HEAD, framingOf, headerPairs } from './headers.ts';
import { readAfterFailedWrite } from './read-after-failed-write.ts';
import { TLS } from './tls.ts';
import { discardRest, relay } from './relay.ts';
import { joinConnections } from './tunnel.ts';
import type { TargetProtocol } from './view.ts';

/** A request to forward to a target. */
export interface TargetRequest {
  readonly request: IncomingMessage;
  readonly host: string;
  readonly port: number;
  readonly protocol: TargetProtocol;
  /** The path and query for the target. */
  readonly url: string;
  /** The headers for the target: alternating names and values. */
  readonly headers: readonly string[];
  /** How long the target may be silent before the attempt fails, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Whether the request may use a pooled connection. */
  readonly mayUsePool: boolean;
}

/** The failure of a request to which the target sent no response. */
export interface ForwardingFailure {
  /** The status to send to the client. */
  readonly status: 400 | 408 | 502 | 504;
  /** Whether the target had closed the pooled connection before this request reached it. */
  readonly isConnectionStale: boolean;
}

/** The connection on which a client requested an upgrade, and the bytes that followed the request. */
export interface UpgradingClient {
  readonly socket: Socket;
  readonly head: Buffer;
}

/** Forwards requests over one pool of connections. */
export interface Forwarder {
  /**
   * Sends a request and streams the response back.
   * @param upgradingClient the client's connection; it is joined with the target's when the target accepts the upgrade
   * @returns the failure when the target sent no response; undefined when the response has ended or the client has
   *   disconnected
   */
  forward(
    targetRequest: TargetRequest,
    response: ServerResponse,
    upgradingClient?: UpgradingClient,
  ): Promise<ForwardingFailure | undefined>;
  /** Closes the pooled connections to an address that are idle. */
  retire(host: string, port: number): void;
  /** Closes the pooled connections. */
  close(): void;
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

/** The client sent a body that no header for the target announces. The target would take the body for another request. */
class UnannouncedBody extends Error {
  readonly status = 400;

  constructor() {
    super('The request has a body that its headers do not announce');
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

  const openRequest = (targetRequest: TargetRequest): ClientRequest => {
    const { request, host, port, protocol, url, headers, mayUsePool } = targetRequest;
    const options: RequestOptions = {
      host,
      port,
      path: url,
      method: request.method ?? 'GET',
      // A flat list keeps the order and spelling of headers, and Node adds no Host header to it.
      headers,
      agent: mayUsePool && pools[protocol],
      maxHeaderSize: MAX_RESPONSE_HEAD,
    };
    const outgoing = protocol === 'HTTPS' ? https.request({ ...options, ...TLS }) : http.request(options);
    outgoing.maxHeadersCount = MAX_HEADERS;
    return outgoing;
  };

  const watchTimeouts = (outgoing: ClientRequest, { request, idleTimeoutMs }: TargetRequest): void => {
    outgoing.once('socket', (socket) => {
      readAfterFailedWrite(socket);
      const requireInTime = (event: 'connect' | 'secureConnect', timeout: Error): void => {
        const timer = setTimeout(() => outgoing.destroy(timeout), connectTimeoutMs);
        socket.once(event, () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
      };
      if (socket.connecting) {
        requireInTime('connect', new Timeout('target'));
        if (socket instanceof TLSSocket)
          socket.once('connect', () => requireInTime('secureConnect', new HandshakeTimeout()));
      }
    });
    outgoing.setTimeout(idleTimeoutMs, () => {
      const awaitsClient = !request.complete && !outgoing.writableNeedDrain;
      outgoing.destroy(new Timeout(awaitsClient ? 'client' : 'target'));
    });
  };

  return {
    forward: (targetRequest, response, upgradingClient) =>
      new Promise((resolve) => {
        const { request } = targetRequest;
        const outgoing = openRequest(targetRequest);
        let hasResponseBegun = false;
        const failWith = (error?: Error & { code?: string }): void => {
          if (!hasResponseBegun) resolve(failureOf(outgoing, error));
        };
        watchTimeouts(outgoing, targetRequest);
        outgoing.on('error', failWith);
        // Node does not report every failure as an error: when a target switches protocols without an upgrade request,
        // Node just closes the connection.
        outgoing.once('close', () => failWith());
        response.once('close', () => {
          if (!response.writableFinished) outgoing.destroy();
          resolve(undefined);
        });
        outgoing.once('response', (incoming) => {
          if (!relay(incoming, response)) {
            outgoing.destroy();
            return failWith();
          }
          hasResponseBegun = true;
          response.once('finish', () => request.complete || discardRest(request, outgoing));
        });
        if (upgradingClient) {
          outgoing.once('upgrade', (incoming, socket, head) => {
            hasResponseBegun = true;
            response.detachSocket(upgradingClient.socket);
            joinConnections(upgradingClient, incoming, { socket, head }, targetRequest.idleTimeoutMs);
            resolve(undefined);
          });
        }
        sendBody(targetRequest, outgoing);
      }),

    retire(host, port) {
      for (const pool of Object.values(pools)) {
        const idle = Object.entries(pool.freeSockets).filter(([name]) => name.startsWith(`${host}:${port}:`));
        for (const socket of idle.flatMap(([, sockets]) => sockets ?? [])) socket.destroy();
      }
    },

    close: () => Object.values(pools).forEach((pool) => pool.destroy()),
  };
}

/** Sends the client's body if the headers for the target announce one. Otherwise, the request fails if a body arrives. */
function sendBody({ request, headers }: TargetRequest, outgoing: ClientRequest): void {
  if (framingOf(headerPairs(headers)) !== undefined) {
    request.pipe(outgoing);
    return;
  }
  request.once('data', () => outgoing.destroy(new UnannouncedBody()));
  outgoing.end();
}

function failureOf(outgoing: ClientRequest, error?: Error & { code?: string }): ForwardingFailure {
  if (error instanceof Timeout || error instanceof UnannouncedBody)
    return { status: error.status, isConnectionStale: false };
  return {
    status: error?.code === 'ETIMEDOUT' ? 504 : 502,
    isConnectionStale: outgoing.reusedSocket && (error?.code === 'ECONNRESET' || error?.code === 'EPIPE'),
  };
}
