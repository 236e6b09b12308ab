/** Routes a request: applies the rules, selects a target, forwards the request, and retries when that is safe. */
import type { IncomingMessage } from 'node:http';
import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { beginAccessLogEntry } from './access-log.ts';
import { errorPage, sendOwnResponse } from './own-responses.ts';
import type { RoutedRequest } from './conditions.ts';
import type { ForwardingFailure, UpgradingClient } from './forwarder.ts';
import { startForwarder } from './forwarder.ts';
import { framingOf, headerPairs, requestHeaders } from './headers.ts';
import { groupCookies, rememberedGroup } from './group-stickiness.ts';
import { incompatibleStatus } from './protocol-versions.ts';
import { readRequest } from './request.ts';
import { decide } from './rules.ts';
import { startSelection } from './selection.ts';
import { stickySessionOf } from './stickiness.ts';
import { transform } from './transforms.ts';
import { rememberTargets } from './used-targets.ts';
import type { ListenerView } from './view.ts';

/** Responds to the requests of one listener. */
export interface Router {
  /** Responds to a request; never rejects. */
  route(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Responds to an upgrade to WebSocket, which Node passes on as a raw connection; never rejects. */
  routeUpgrade(request: IncomingMessage, client: UpgradingClient): Promise<void>;
  /** Closes the idle pooled connections to targets that no longer receive requests. */
  closeUnusedConnections(): void;
  /** Closes the pooled connections to targets. */
  close(): void;
}

/** The error statuses after which the connection is closed. */
const CLOSING_STATUSES = new Set([400, 408, 414, 501, 505]);
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
 * @param draw returns a random number in [0, 1), used to distribute requests over weighted target groups and targets
 */
export function startRouter(view: ListenerView, connectTimeoutMs: number, draw: () => number): Router {
  const forwarder = startForwarder(connectTimeoutMs);
  const nextTarget = startSelection(view, draw);
  const usedTargets = rememberTargets(view, forwarder);
  const attribute = (key: string) => view.attribute(key);
  const scheme = view.tls() === undefined ? 'http' : 'https';

  /** Applies the rules to a request and responds accordingly. */
  const respond = async (
    request: IncomingMessage,
    response: ServerResponse,
    upgradingClient?: UpgradingClient,
  ): Promise<void> => {
    const log = beginAccessLogEntry(view, request, response, upgradingClient !== undefined);
    const routed = readRequest(request, view.port, attribute, scheme);
    if ('refusalStatus' in routed) return refuse(response, routed.refusalStatus);
    log?.routed(routed);
    if (!view.admits(routed)) return sendOwnResponse(response, errorPage(403));
    const decision = decide(
      view.rules(),
      routed,
      draw,
      (port) => view.localPort(port),
      (action) => rememberedGroup(view, action, routed.headers),
    );
    log?.decided(decision);
    if (decision.kind === 'fixed-response') return sendOwnResponse(response, decision);
    if (decision.kind === 'redirect')
      return sendOwnResponse(response, errorPage(decision.status, decision.location));
    if (decision.kind === 'fail') return sendOwnResponse(response, errorPage(decision.status));

    const sent = transform(routed, decision.transforms);
    if (sent === undefined) return sendOwnResponse(response, errorPage(500));

    const headers = requestHeaders(sent, view.port, attribute);
    if (upgradingClient) headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
    // A target may close a pooled connection just when the connection is reused. In that case an idempotent request is
    // sent again on a new connection, and any other request gets a 502, as on AWS.
    const attempts = upgradingClient ? ['new'] : isReplayable(routed) ? ['pooled', 'new'] : ['pooled'];
    const { targetGroupArn, stickySeconds } = decision;
    const version = view.protocolVersion(targetGroupArn);
    const incompatible = incompatibleStatus(request, version);
    if (incompatible !== undefined) return sendOwnResponse(response, errorPage(incompatible));
    const session = stickySessionOf(view, targetGroupArn, routed.headers);
    for (const connection of attempts) {
      const target = session?.target ?? nextTarget(targetGroupArn, view.targets(targetGroupArn));
      if (target === undefined) return sendOwnResponse(response, errorPage(503));
      if (connection === attempts[0]) view.countRequest(targetGroupArn);
      // The request counts as open before the first wait, so that the target cannot finish draining in the meantime.
      const end = view.openRequest(targetGroupArn, target);
      let failure: ForwardingFailure | undefined;
      try {
        const reachability = await view.reach(target);
        if (reachability === 'refused') return sendOwnResponse(response, errorPage(502));
        if (reachability === 'timeout') return await respondAfterTimeout(response, connectTimeoutMs);
        if (response.destroyed) return;
        const { host, port } = reachability;
        usedTargets.add(targetGroupArn, target, reachability);
        log?.sent(target, { url: sent.url, headers });
        failure = await forwarder.forward(
          {
            request,
            host,
            port,
            protocol: view.protocol(targetGroupArn),
            version,
            url: sent.url,
            headers,
            idleTimeoutMs: idleTimeoutMs(view),
            mayUsePool: connection === 'pooled',
            onResponse: log?.responded,
            ...((session !== undefined || stickySeconds !== undefined) && {
              cookiesFor: (rawHeaders) => [
                ...(stickySeconds === undefined ? [] : groupCookies(view, targetGroupArn, stickySeconds)),
                ...(session?.cookiesFor(target, rawHeaders) ?? []),
              ],
            }),
          },
          response,
          upgradingClient,
        );
      } finally {
        whenClosed(upgradingClient, end);
      }
      if (failure === undefined) return;
      if (!failure.isConnectionStale || connection === attempts.at(-1))
        return refuse(response, failure.status);
    }
  };

  return {
    route: (request, response) =>
      respond(request, response).catch(() => sendOwnResponse(response, errorPage(500))),

    async routeUpgrade(request, client) {
      let response: ServerResponse;
      try {
        response = respondOn(request, client.socket);
      } catch {
        client.socket.destroy(); // the response to an earlier request on this connection is still being sent
        return;
      }
      // Node does not parse the body of an upgrade request, so what follows could be a body or another request.
      if (framingOf(headerPairs(request.rawHeaders)) !== undefined)
        return sendOwnResponse(response, errorPage(400));
      await respond(request, response, client).catch(() => sendOwnResponse(response, errorPage(500)));
    },

    closeUnusedConnections: usedTargets.closeUnused,
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

/** Calls `end` when the connection of a WebSocket client has closed; at once if the request was no upgrade. */
function whenClosed(client: UpgradingClient | undefined, end: () => void): void {
  if (!client || client.socket.destroyed) end();
  else client.socket.once('close', end);
}

/** Responds with 504 after the connect timeout, as a load balancer does when packets to the target are dropped. */
async function respondAfterTimeout(response: ServerResponse, connectTimeoutMs: number): Promise<void> {
  const delayController = new AbortController();
  response.once('close', () => delayController.abort());
  await delay(connectTimeoutMs, undefined, { signal: delayController.signal }).catch(() => {});
  sendOwnResponse(response, errorPage(504));
}

/** Responds with an error page, and closes the connection if the next bytes on it might not be a request. */
function refuse(response: ServerResponse, status: number): void {
  if (CLOSING_STATUSES.has(status)) response.shouldKeepAlive = false;
  sendOwnResponse(response, errorPage(status));
}

function isReplayable({ method, headers }: RoutedRequest): boolean {
  return IDEMPOTENT.has(method) && (framingOf(headers) ?? 0) === 0;
}
