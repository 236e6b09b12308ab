/** Requests over HTTP/2 to targets: of groups for HTTP/2 and gRPC, with streams in both directions and trailers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { ForwardingFailure, TargetRequest } from './forwarder.ts';
import { framingOf, headerPairs, responseHeaders } from './headers.ts';
import { TLS } from './tls.ts';
import type { TargetProtocol } from './view.ts';

/** Forwards requests over HTTP/2, many over one connection per target. */
export interface Http2Forwarder {
  /** Sends a request and streams the response back; see `Forwarder.forward`. */
  forward(targetRequest: TargetRequest, response: ServerResponse): Promise<ForwardingFailure | undefined>;
  /** Closes the connections to an address as soon as their streams have ended. */
  retire(host: string, port: number): void;
  /** Closes all connections. */
  close(): void;
}

/** An empty chunk, which sends the headers of a response at once. */
const NOTHING = Buffer.alloc(0);

/** @param connectTimeoutMs how long a target may take to accept a connection */
export function startHttp2Forwarder(connectTimeoutMs: number): Http2Forwarder {
  const sessions = new Map<string, ClientHttp2Session>();
  /** The number of streams of each connection that have not ended. */
  const streams = new Map<ClientHttp2Session, number>();
  /** The connections that carry no further request. */
  const retired = new WeakSet<ClientHttp2Session>();
  const addressOf = (protocol: TargetProtocol, host: string, port: number) =>
    `${protocol.toLowerCase()}://${host}:${port}`;

  /** Returns the open connection to a target, or a new one. */
  const sessionTo = (protocol: TargetProtocol, host: string, port: number) => {
    const address = addressOf(protocol, host, port);
    const open = sessions.get(address);
    if (open && !open.closed && !open.destroyed) return { session: open, isReused: true };
    const session = connectHttp2(address, connectTimeoutMs);
    sessions.set(address, session);
    session.once('close', () => {
      if (sessions.get(address) === session) sessions.delete(address);
    });
    session.once('goaway', () => session.close());
    return { session, isReused: false };
  };

  /**
   * Closes a connection once it has no streams. Closed earlier, it would send its end before the headers of a stream that has just
   * been opened, which would then be refused.
   */
  const closeIfUnused = (session: ClientHttp2Session) => {
    if (!streams.has(session) && retired.has(session)) session.close();
  };
  const countStream = (session: ClientHttp2Session, change: 1 | -1) => {
    const count = (streams.get(session) ?? 0) + change;
    if (count > 0) streams.set(session, count);
    else streams.delete(session);
    closeIfUnused(session);
  };

  return {
    forward: (targetRequest, response) =>
      new Promise((resolve) => {
        const { request, host, port, protocol, headers, idleTimeoutMs } = targetRequest;
        const { session, isReused } = sessionTo(protocol, host, port);
        countStream(session, 1);
        let failure: ForwardingFailure = { status: 502, isConnectionStale: isReused };
        const hasBody = framingOf(headerPairs(headers)) !== undefined && !isEmpty(request, headers);
        const stream = session.request(headersFor(targetRequest), { endStream: !hasBody });
        stream.setTimeout(idleTimeoutMs, () => {
          failure = { status: 504, isConnectionStale: false };
          stream.close(constants.NGHTTP2_CANCEL);
        });
        stream.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ETIMEDOUT') failure = { status: 504, isConnectionStale: false };
        });
        response.once('close', () => {
          if (!response.writableFinished) stream.close(constants.NGHTTP2_CANCEL);
          resolve(undefined);
        });
        stream.once('response', (fields) => relayStream(targetRequest, stream, fields, response));
        stream.once('close', () => {
          countStream(session, -1);
          if (!response.headersSent) resolve(failure);
          else if (!response.writableEnded) response.destroy();
        });
        if (hasBody) request.pipe(stream);
      }),
    retire(host, port) {
      for (const protocol of ['HTTP', 'HTTPS'] as const) {
        const address = addressOf(protocol, host, port);
        const session = sessions.get(address);
        if (!session) continue;
        sessions.delete(address);
        retired.add(session);
        closeIfUnused(session);
      }
    },
    close: () => [...sessions.values(), ...streams.keys()].forEach((session) => session.destroy()),
  };
}

/** Connects to a target; its certificate is not checked. The connection does not keep this process alive. */
export function connectHttp2(address: string, timeoutMs: number): ClientHttp2Session {
  const session = connect(address, TLS);
  session.on('error', () => {}); // the streams fail
  const timer = setTimeout(() => {
    session.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  session.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  session.unref();
  return session;
}

/** Whether a request announces a body of no bytes. */
const isEmpty = ({ complete, readableLength }: IncomingMessage, headers: readonly string[]): boolean =>
  framingOf(headerPairs(headers)) === 0 && (complete || readableLength === 0);

/** Returns the headers of a request in the form of HTTP/2. */
function headersFor({ request, protocol, url, headers }: TargetRequest): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {
    ':method': request.method ?? 'GET',
    ':path': url,
    ':scheme': protocol.toLowerCase(),
  };
  for (const [name, value] of headerPairs(headers)) {
    const key = name.toLowerCase();
    if (key === 'host') fields[':authority'] = value;
    else if (key !== 'transfer-encoding') fields[key] = [...[fields[key] ?? []].flat(), value];
  }
  // gRPC requires it, and the load balancer has removed that of the client, which concerned its connection.
  if (isGrpc(request)) fields['te'] = 'trailers';
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [
      name,
      Array.isArray(values) && values.length === 1 ? values[0] : values,
    ]),
  );
}

/** Whether a request is a call of gRPC. */
export const isGrpc = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  /^application\/grpc(\+|;|$)/i.test(headers['content-type'] ?? '');

/** Streams the response of a target to the client, with its trailers. */
function relayStream(
  { cookiesFor }: TargetRequest,
  stream: ClientHttp2Stream,
  fields: NodeJS.Dict<string | string[] | number>,
  response: ServerResponse,
): void {
  const raw = Object.entries(fields).flatMap(([name, values]) =>
    name.startsWith(':') ? [] : [values ?? []].flat().flatMap((value) => [name, String(value)]),
  );
  try {
    const headers = responseHeaders(raw, response.shouldKeepAlive);
    for (const cookie of cookiesFor?.(raw) ?? []) headers.push('Set-Cookie', cookie);
    response.writeHead(Number(fields[':status']), headers);
  } catch {
    stream.close(constants.NGHTTP2_CANCEL); // a header is invalid
    return;
  }
  response.write(NOTHING);
  stream.on('trailers', (trailers: IncomingHttpHeaders) => {
    response.addTrailers(
      Object.entries(trailers).flatMap(([name, values]) =>
        [values ?? []].flat().map((value) => [name, String(value)] as [string, string]),
      ),
    );
  });
  stream
    .on('data', (chunk: Buffer) => {
      if (response.destroyed || response.write(chunk)) return;
      stream.pause();
      response.once('drain', () => stream.resume());
    })
    .once('end', () => response.end());
}
