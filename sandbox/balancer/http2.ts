/** HTTP/2 from clients: each stream becomes a request of HTTP/1.1, which is then routed like any other. */
import { request as sendRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { headerPairs, MAX_HEADERS, MAX_RESPONSE_HEAD } from './headers.ts';
import { isGrpc } from './http2-targets.ts';

/** Serves connections that use HTTP/2. */
export interface Http2Entrance {
  accept(socket: TLSSocket): void;
  /** Lets open streams end, and accepts no further ones. */
  close(): void;
}

type StreamArguments = [
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
];

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html */
const MAX_STREAMS = 128;

/** Headers that concern a single connection of HTTP/1.1 (RFC 9113, section 8.2.2). */
const CONNECTION_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const BODILESS_STATUSES = new Set([204, 205, 304]);

/**
 * Makes an entrance.
 * @param serve serves a connection that uses HTTP/1.1
 * @param idleTimeoutMs returns how long a connection may be silent, in milliseconds
 */
export function makeHttp2Entrance(
  serve: (connection: Socket) => void,
  idleTimeoutMs: () => number,
): Http2Entrance {
  const server = createServer({ settings: { maxConcurrentStreams: MAX_STREAMS } });
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.setTimeout(idleTimeoutMs(), () => session.close());
    session.on('error', () => session.destroy()).once('close', () => sessions.delete(session));
  });
  server.on('sessionError', () => {}); // the session closes
  server.on('stream', (...given) => {
    // Node's types lack the last argument.
    const [stream, headers, , rawHeaders] = given as unknown as StreamArguments;
    stream.on('error', () => {}); // the stream closes
    if (headers[':method'] === 'CONNECT') {
      stream.respond({ ':status': 400 }, { endStream: true });
      return;
    }
    const [near, far] = duplexPair();
    serve(asSocket(far, stream.session?.socket));
    let outgoing: ClientRequest;
    try {
      outgoing = toHttp1(stream, headers, rawHeaders, near);
    } catch {
      for (const end of [near, far]) end.destroy();
      stream.respond({ ':status': 400 }, { endStream: true }); // a header or the path has an invalid character
      return;
    }
    outgoing.once('response', (incoming) => relayToStream(incoming, stream, headers[':method'] === 'HEAD'));
    outgoing.on('error', () => failStream(stream));
    stream.once('close', () => {
      outgoing.destroy();
      for (const end of [near, far]) end.destroy();
    });
  });
  return {
    accept: (socket) => void server.emit('connection', socket),
    close: () => sessions.forEach((session) => session.close()),
  };
}

/** Gives one end of a pair the members of a socket that the server of HTTP/1.1 uses. */
function asSocket(end: Duplex, client: Partial<Socket> | undefined): Socket {
  const socket = Object.assign(end, {
    remoteAddress: client?.remoteAddress,
    localAddress: client?.localAddress,
    carriesHttp2: true as const,
    destroySoon: () => void end.end(),
    setTimeout: () => end,
    setNoDelay: () => end,
  });
  return socket as unknown as Socket;
}

/** Sends the request of a stream over a connection, as HTTP/1.1. */
function toHttp1(
  stream: ServerHttp2Stream,
  { ':method': method = 'GET', ':path': path = '/', ':authority': authority }: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  connection: Duplex,
): ClientRequest {
  const fields = headerPairs(rawHeaders).filter(([name]) => !name.startsWith(':'));
  const cookies = fields.flatMap(([name, value]) => (name === 'cookie' ? [value] : []));
  const headers = authority === undefined ? [] : ['Host', authority];
  for (const [name, value] of fields) {
    if (name === 'cookie' || (name === 'host' && authority !== undefined)) continue;
    headers.push(name === 'host' ? 'Host' : name, value);
  }
  // A client may split the cookies into several headers (RFC 9113, section 8.2.3).
  if (cookies.length > 0) headers.push('cookie', cookies.join('; '));
  const hasBody = !stream.endAfterHeaders;
  const hasLength = fields.some(([name]) => name === 'content-length');
  if (hasBody && !hasLength) headers.push('Transfer-Encoding', 'chunked');
  const outgoing = sendRequest({
    ...{ method, path, headers },
    maxHeaderSize: 2 * MAX_RESPONSE_HEAD,
    createConnection: () => connection,
  });
  outgoing.maxHeadersCount = MAX_HEADERS;
  if (hasBody) {
    // In a call of gRPC, the client may wait for the first message of the program before it sends one.
    outgoing.flushHeaders();
    stream.pipe(outgoing);
  } else outgoing.end();
  return outgoing;
}

/** Sends a response on to the client. */
function relayToStream(incoming: IncomingMessage, stream: ServerHttp2Stream, isHead: boolean): void {
  const status = incoming.statusCode ?? 502;
  const { 'grpc-status': grpcStatus } = incoming.headers;
  const isCall = isGrpc(incoming);
  try {
    // A call without messages ends with its headers, and any other call with trailers.
    const endsAtOnce = isCall && grpcStatus !== undefined;
    stream.respond(responseFields(status, incoming.rawHeaders), {
      endStream: endsAtOnce,
      waitForTrailers: isCall && !endsAtOnce,
    });
    if (endsAtOnce) return void incoming.resume();
    stream.once('wantTrailers', () => stream.sendTrailers(fieldsOf(incoming.rawTrailers)));
  } catch {
    failStream(stream);
    return;
  }
  if (isHead || BODILESS_STATUSES.has(status)) incoming.resume();
  else incoming.pipe(stream);
  // A client that still sends its request would wait for a window that never opens (RFC 9113, section 8.1).
  stream.once('finish', () => stream.readableEnded || stream.close(constants.NGHTTP2_NO_ERROR));
  // When the target disconnects early, the body is incomplete.
  incoming.once('close', () => incoming.complete || failStream(stream));
}

const responseFields = (status: number, rawHeaders: readonly string[]): OutgoingHttpHeaders => ({
  ':status': status,
  ...fieldsOf(rawHeaders),
});

function fieldsOf(rawHeaders: readonly string[]): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of headerPairs(rawHeaders)) {
    const key = name.toLowerCase();
    if (CONNECTION_HEADERS.has(key)) continue;
    fields[key] = [...(fields[key] ?? []), value];
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, values]) => [
      key,
      key !== 'set-cookie' && values.length === 1 ? values[0] : values,
    ]),
  );
}

function failStream(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.closed) return;
  if (stream.headersSent) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else stream.respond({ ':status': 502 }, { endStream: true });
}
