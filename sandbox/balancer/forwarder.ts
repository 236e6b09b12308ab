/** Forwards requests to targets and streams the responses back, with connection pooling and timeouts. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import type { Socket } from 'node:net';
import { ConnectionPool, type ConnectionOptions } from './connection-pool.ts';
import { SilenceTimeout, UnannouncedBody } from './forwarding-errors.ts';
import { MAX_HEADERS, MAX_RESPONSE_HEAD, framingOf, headerPairs } from './headers.ts';
import { discardRest, relay } from './relay.ts';
import { joinConnections } from './tunnel.ts';
import { startHttp2Forwarder } from './http2-targets.ts';
import type { ProtocolVersion, TargetProtocol } from './view.ts';

/** A request to forward to a target. */
export interface TargetRequest {
  readonly request: IncomingMessage;
  readonly host: string;
  readonly port: number;
  readonly protocol: TargetProtocol;
  /** The version of the protocol; HTTP/1.1 by default. */
  readonly version?: ProtocolVersion;
  /** The path and query for the target. */
  readonly url: string;
  /** The headers for the target: alternating names and values. */
  readonly headers: readonly string[];
  /** How long the target may be silent before the attempt fails, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Whether the request may use a pooled connection. */
  readonly mayUsePool: boolean;
  /** Called when the target begins to respond, with its status. */
  readonly onResponse?: ((status: number | undefined) => void) | undefined;
  /** Returns the values of the `Set-Cookie` headers to add to a response, which is given by its headers. */
  readonly cookiesFor?: (rawHeaders: readonly string[]) => readonly string[];
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

/**
 * Starts a forwarder.
 * @param connectTimeoutMs how long a target may take to accept a connection, and then to complete a TLS handshake
 */
export function startForwarder(connectTimeoutMs: number): Forwarder {
  const pool = new ConnectionPool(connectTimeoutMs);
  const http2 = startHttp2Forwarder(connectTimeoutMs);

  const openRequest = (targetRequest: TargetRequest): ClientRequest => {
    const { request, host, port, protocol, url, headers, mayUsePool, idleTimeoutMs } = targetRequest;
    const options: ConnectionOptions = {
      host,
      port,
      path: url,
      method: request.method ?? 'GET',
      // A flat list keeps the order and spelling of headers, and Node adds no Host header to it.
      headers,
      agent: pool,
      maxHeaderSize: MAX_RESPONSE_HEAD,
      targetProtocol: protocol,
      mayReuse: mayUsePool,
      idleTimeoutMs,
    };
    const outgoing = http.request(options);
    outgoing.maxHeadersCount = MAX_HEADERS;
    // The connection of a request that must not use the pool does not get into the pool.
    outgoing.shouldKeepAlive = mayUsePool;
    outgoing.once('timeout', () => {
      const awaitsClient = !request.complete && !outgoing.writableNeedDrain;
      outgoing.destroy(new SilenceTimeout(awaitsClient ? 'client' : 'target'));
    });
    return outgoing;
  };

  return {
    forward(targetRequest, response, upgradingClient) {
      const { version = 'HTTP1' } = targetRequest;
      if (version !== 'HTTP1') return http2.forward(targetRequest, response);
      return new Promise((resolve) => {
        const { request } = targetRequest;
        const outgoing = openRequest(targetRequest);
        let hasResponseBegun = false;
        outgoing.on('error', (error) => hasResponseBegun || resolve(failureOf(outgoing, error)));
        // Node does not report every failure as an error: when a target switches protocols without an upgrade request,
        // Node just closes the connection.
        outgoing.once('close', () => hasResponseBegun || resolve(failureOf(outgoing)));
        response.once('close', () => {
          if (!response.writableFinished) outgoing.destroy();
          resolve(undefined);
        });
        outgoing.once('response', (incoming) => {
          targetRequest.onResponse?.(incoming.statusCode);
          if (!relay(incoming, response, targetRequest.cookiesFor?.(incoming.rawHeaders)))
            return void outgoing.destroy(); // then it closes
          hasResponseBegun = true;
          if (!request.complete)
            response.once('finish', () => request.complete || discardRest(request, outgoing));
        });
        if (upgradingClient) {
          outgoing.once('upgrade', (incoming, socket, head) => {
            targetRequest.onResponse?.(incoming.statusCode);
            hasResponseBegun = true;
            response.detachSocket(upgradingClient.socket);
            const fields = [...incoming.rawHeaders];
            for (const cookie of targetRequest.cookiesFor?.(fields) ?? []) fields.push('Set-Cookie', cookie);
            const accepted = { ...statusOf(incoming), rawHeaders: fields };
            joinConnections(upgradingClient, accepted, { socket, head }, targetRequest.idleTimeoutMs);
            resolve(undefined);
          });
        }
        sendBody(targetRequest, outgoing);
      });
    },

    retire(host, port) {
      pool.retire(host, port);
      http2.retire(host, port);
    },
    close() {
      pool.destroy();
      http2.close();
    },
  };
}

/** Sends the client's body if the headers for the target announce one. Otherwise, the request fails if a body arrives. */
function sendBody({ request, headers }: TargetRequest, outgoing: ClientRequest): void {
  if (framingOf(headerPairs(headers)) !== undefined) {
    request.pipe(outgoing);
    return;
  }
  if (!request.complete || request.readableLength > 0)
    request.once('data', () => outgoing.destroy(new UnannouncedBody()));
  outgoing.end();
}

const statusOf = ({ statusCode, statusMessage }: IncomingMessage) => ({ statusCode, statusMessage });

function failureOf(outgoing: ClientRequest, error?: Error & { code?: string }): ForwardingFailure {
  if (error instanceof SilenceTimeout || error instanceof UnannouncedBody)
    return { status: error.status, isConnectionStale: false };
  return {
    status: error?.code === 'ETIMEDOUT' ? 504 : 502,
    isConnectionStale: outgoing.reusedSocket && (error?.code === 'ECONNRESET' || error?.code === 'EPIPE'),
  };
}
