/** Routes a request: applies the rules, selects a target, forwards the request, and retries when that is safe. */
import type { IncomingMessage } from 'node:http';
import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { errorPage, sendOwnResponse } from './own-responses.ts';
import type { RoutedRequest } from './conditions.ts';
import type { ForwardingFailure, TargetRequest } from './forwarder.ts';
import { startForwarder } from './forwarder.ts';
import { requestHeaders } from './headers.ts';
import { readRequest } from './request.ts';
import { startRotation } from './round-robin.ts';
import { decide } from './rules.ts';
import type { ListenerView } from './view.ts';

/** Responds to the requests of one listener. */
export interface Router {
  /** Responds to a request; never rejects. */
  route(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Responds to an upgrade request, which Node passes on as a raw connection. */
  routeUpgrade(request: IncomingMessage, client: Socket, head: Buffer): Promise<void>;
  /** Closes the pooled connections to targets. */
  close(): void;
}

/** Methods whose requests can safely be sent twice (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * The idle timeout of connections to clients and to targets, in milliseconds.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout
 */
export function idleTimeoutMs(view: ListenerView): number {
  return Number(view.attribute('idle_timeout.timeout_seconds') ?? 60) * 1000;
}

/**
 * Starts a router.
 * @param view the world, read again for every request
 * @param connectTimeoutMs how long a target may take to accept a connection
 * @param draw returns a random number in [0, 1), used to distribute requests over weighted target groups
 */
export function startRouter(view: ListenerView, connectTimeoutMs: number, draw: () => number): Router {
  const forwarder = startForwarder(connectTimeoutMs);
  const rotate = startRotation();

  /** Applies the rules to a request: calls `dispatch` when the decision is to forward it, and responds otherwise. */
  const respond = async (
    request: IncomingMessage,
    response: ServerResponse,
    dispatch: (targetRequest: TargetRequest) => Promise<ForwardingFailure | undefined>,
  ): Promise<void> => {
    const routed = readRequest(request, view.port);
    if ('refusal' in routed) return sendOwnResponse(response, errorPage(routed.refusal));
    const decision = decide(view.rules(), routed, draw);
    if (decision.kind === 'fixed-response') return sendOwnResponse(response, decision);
    if (decision.kind === 'redirect')
      return sendOwnResponse(response, errorPage(decision.status, decision.location));
    if (decision.kind === 'fail') return sendOwnResponse(response, errorPage(decision.status));

    // A target may close a pooled connection just when the connection is reused. In that case an idempotent request is
    // sent again on a new connection, and any other request gets a 502, as on AWS.
    const headers = requestHeaders(routed, view.port, (key) => view.attribute(key));
    const url = routed.query === '' ? routed.rawPath : `${routed.rawPath}?${routed.query}`;
    const pooledByTry = isReplayable(routed) ? [true, false] : [true];
    for (const pooled of pooledByTry) {
      const target = rotate(decision.targetGroupArn, view.targets(decision.targetGroupArn));
      if (target === undefined) return sendOwnResponse(response, errorPage(503));
      const reach = await view.reach(target);
      if (reach === 'refused') return sendOwnResponse(response, errorPage(502));
      if (reach === 'timeout') return await respondAfterTimeout(response, connectTimeoutMs);
      if (response.destroyed) return;
      const failure = await dispatch({
        request,
        ...reach,
        protocol: view.protocol(decision.targetGroupArn),
        url,
        headers,
        idleTimeoutMs: idleTimeoutMs(view),
        pooled,
      });
      if (failure === undefined) return;
      if (!failure.stale || pooled === pooledByTry.at(-1)) return fail(response, failure);
    }
  };

  return {
    route: (request, response) =>
      respond(request, response, (targetRequest) => forwarder.forward(targetRequest, response)).catch(() =>
        sendOwnResponse(response, errorPage(500)),
      ),

    async routeUpgrade(request, client, head) {
      let response: ServerResponse;
      try {
        response = respondOn(request, client);
      } catch {
        client.destroy(); // the response to an earlier request on this connection is still being sent
        return;
      }
      // Load balancers only support upgrades to WebSocket. They ignore the Upgrade header for other protocols.
      const isWebSocket = request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';
      const join = async (targetRequest: TargetRequest): Promise<undefined> => {
        response.detachSocket(client);
        const headers = { ...targetRequest.headers, connection: 'Upgrade', upgrade: 'websocket' };
        forwarder.upgrade({ ...targetRequest, headers }, client, head, (failure) =>
          fail(respondOn(request, client), failure),
        );
      };
      await respond(
        request,
        response,
        isWebSocket ? join : (targetRequest) => forwarder.forward(targetRequest, response),
      ).catch(() => sendOwnResponse(response, errorPage(500)));
    },

    close: () => forwarder.close(),
  };
}

/** Makes a response on a raw connection. The connection closes when the response is complete. */
function respondOn(request: IncomingMessage, client: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(client);
  response.once('finish', () => client.end());
  return response;
}

/** Responds with 504 after the connect timeout, as a load balancer does when packets to the target are dropped. */
async function respondAfterTimeout(response: ServerResponse, connectTimeoutMs: number): Promise<void> {
  const clientLeft = new AbortController();
  response.once('close', () => clientLeft.abort());
  await delay(connectTimeoutMs, undefined, { signal: clientLeft.signal }).catch(() => {});
  sendOwnResponse(response, errorPage(504));
}

function fail(response: ServerResponse, { status }: ForwardingFailure): void {
  if (status === 408) response.shouldKeepAlive = false;
  sendOwnResponse(response, errorPage(status));
}

function isReplayable({ method, headers }: RoutedRequest): boolean {
  const hasBody = headers.some(
    ([name, value]) => /^transfer-encoding$/i.test(name) || (/^content-length$/i.test(name) && value !== '0'),
  );
  return IDEMPOTENT.has(method) && !hasBody;
}
