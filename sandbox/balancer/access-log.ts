/** The access log: one line per request, in the format of Application Load Balancers. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { RoutedRequest } from './conditions.ts';
import { headBytes } from './headers.ts';
import { chooseRule, type Decision } from './rules.ts';
import type { ListenerView, TargetView } from './view.ts';

/** Collects the facts about a request while it is served. */
export interface AccessLogEntry {
  routed(request: RoutedRequest): void;
  decided(decision: Decision): void;
  /** A request is about to be sent to a target. */
  sent(target: TargetView, request: { readonly url: string; readonly headers: readonly string[] }): void;
  /** The target has begun to respond. */
  readonly responded: (status: number | undefined) => void;
}

/** The state of a connection, which serves one request after another. */
interface Connection {
  readonly traceId: string;
  /** The bytes that belong to earlier requests. */
  read: number;
  written: number;
}
const connections = new WeakMap<object, Connection>();

function connectionOf(socket: object): Connection {
  const known = connections.get(socket) ?? {
    traceId: `TID_${randomBytes(8).toString('hex')}`,
    read: 0,
    written: 0,
  };
  connections.set(socket, known);
  return known;
}

/** Escapes what would end a quoted field, as AWS does. */
const quoted = (text: string | undefined): string =>
  `"${(text || '-').replace(/[^\x20-\x7e]|["\\]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)}"`;

const seconds = (from: number | undefined, to: number | undefined): string =>
  from === undefined || to === undefined ? '-1' : (Math.max(0, to - from) / 1000).toFixed(3);

/** A time in microseconds, which AWS's logs have. */
const timeText = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** The attribute that turns the access log on. */
const ENABLED = 'access_logs.s3.enabled';
const MAX_USER_AGENT = 8192;

/**
 * Begins the entry of a request, which is written when its response has ended.
 * @returns undefined if the load balancer keeps no access log
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-format
 */
export function beginAccessLogEntry(
  view: ListenerView,
  request: IncomingMessage,
  response: ServerResponse,
  isWebSocket: boolean,
): AccessLogEntry | undefined {
  const sink = view.attribute(ENABLED) === 'true' ? view.accessLog?.() : undefined;
  if (!sink) return undefined;
  const { socket } = request;
  const createdAt = sink.now();
  const client = `${(socket.remoteAddress ?? '').replace(/^::ffff:/, '')}:${socket.remotePort ?? 0}`;
  const startedAt = performance.now();
  let sentAt: number | undefined;
  let respondedAt: number | undefined;
  let routedRequest: RoutedRequest | undefined;
  let outcome: Decision | undefined;
  let priority: string | undefined;
  let target: TargetView | undefined;
  let sentUrl: string | undefined;
  let targetHeaders: readonly string[] = [];
  let targetStatus: number | undefined;

  const line = (): string => {
    const connection = connectionOf(socket);
    const isH2 = view.tls() !== undefined && !(socket instanceof TLSSocket);
    const scheme = view.tls() === undefined ? 'http' : 'https';
    const type = isWebSocket ? (scheme === 'https' ? 'wss' : 'ws') : isH2 ? 'h2' : scheme;
    const received = (socket.bytesRead ?? 0) - connection.read || headBytes(request.rawHeaders);
    const sentBytes = (socket.bytesWritten ?? 0) - connection.written;
    connection.read = socket.bytesRead ?? 0;
    connection.written = socket.bytesWritten ?? 0;
    const tls = socket instanceof TLSSocket ? socket : undefined;
    const url = routedRequest && `${scheme}://${routedRequest.host}:${view.port}${routedRequest.url}`;
    const protocol = isH2 ? 'HTTP/2.0' : `HTTP/${request.httpVersion}`;
    const targetText = target && `${target.id}:${target.port}`;
    const transforms = outcome?.kind === 'forward' && outcome.transforms;
    const changed = (before: string | undefined, after: string | undefined) =>
      before === after ? '-' : after;
    return [
      type,
      timeText(sink.now()),
      sink.name,
      client,
      targetText ?? '-',
      seconds(sentAt && startedAt, sentAt),
      seconds(sentAt, respondedAt),
      respondedAt === undefined ? '-1' : '0.000',
      response.headersSent ? response.statusCode : isWebSocket && targetStatus ? targetStatus : '-',
      targetStatus ?? '-',
      received,
      sentBytes,
      quoted(url === undefined ? `- ${scheme}://-:${view.port}- -` : `${request.method} ${url} ${protocol}`),
      quoted(request.headers['user-agent']?.slice(0, MAX_USER_AGENT)),
      tls?.getCipher()?.name ?? '-',
      tls?.getProtocol() ?? '-',
      outcome?.kind === 'forward' ? outcome.targetGroupArn : '-',
      quoted(headerIn(targetHeaders, 'X-Amzn-Trace-Id')),
      quoted((tls as { servername?: string | false } | undefined)?.servername || undefined),
      quoted(undefined),
      priority ?? '-',
      timeText(createdAt),
      quoted(
        outcome === undefined || outcome.kind === 'fail'
          ? undefined
          : transforms
            ? `transform,${outcome.kind}`
            : outcome.kind,
      ),
      quoted(outcome?.kind === 'redirect' ? outcome.location : undefined),
      quoted(undefined),
      quoted(targetText),
      quoted(targetStatus === undefined ? undefined : String(targetStatus)),
      quoted(undefined),
      quoted(undefined),
      connection.traceId,
      quoted(changed(routedRequest?.host, transforms ? hostIn(targetHeaders) : routedRequest?.host)),
      quoted(changed(routedRequest?.url, transforms ? sentUrl : routedRequest?.url)),
      quoted(transforms ? 'TransformSuccess' : undefined),
    ].join(' ');
  };

  let isWritten = false;
  (isWebSocket ? socket : response).once('close', () => {
    if (isWritten) return;
    isWritten = true;
    sink.add(line());
  });
  return {
    routed: (routed) => void (routedRequest = routed),
    decided(decision) {
      outcome = decision;
      const rule = routedRequest && chooseRule(view.rules(), routedRequest);
      priority = rule?.Priority === 'default' ? '0' : rule?.Priority;
    },
    sent(chosen, { url, headers }) {
      target = chosen;
      sentUrl = url;
      targetHeaders = headers;
      sentAt = performance.now();
    },
    responded(status) {
      respondedAt ??= performance.now();
      targetStatus = status;
    },
  };
}

function headerIn(headers: readonly string[], name: string): string | undefined {
  const index = headers.findIndex((one, at) => at % 2 === 0 && one.toLowerCase() === name.toLowerCase());
  return index < 0 ? undefined : headers[index + 1];
}

const hostIn = (headers: readonly string[]): string | undefined =>
  headerIn(headers, 'Host')?.replace(/:\d+$/, '').toLowerCase();
