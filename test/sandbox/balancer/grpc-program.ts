/** A gRPC server and client of a few lines, on Node's HTTP/2 alone. */
import { once } from 'node:events';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Puts a message into a frame: a byte for its compression, and its length. */
export function frame(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Yields the messages of a stream as they arrive. */
export async function* messagesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream) {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt32BE(1)) {
      const end = 5 + bytes.readUInt32BE(1);
      yield bytes.subarray(5, end).toString();
      bytes = bytes.subarray(end);
    }
  }
}

/** Answers a call: sends messages with `send`, and returns the status and the message of the trailers. */
export type Method = (
  messages: AsyncGenerator<string>,
  send: (text: string) => void,
  headers: IncomingHttpHeaders,
) => Promise<{ readonly status: number; readonly text?: string }>;

/** Starts a server with methods by their paths, such as `/shop.Orders/Get`. It answers others with UNIMPLEMENTED. */
export async function startGrpcServer(
  methods: Readonly<Record<string, Method>>,
): Promise<{ port: number; server: Http2Server; close: () => void }> {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session.on('error', () => {})));
  server.on('stream', (stream, headers) => void answer(stream, headers, methods));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, server, close };
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  methods: Readonly<Record<string, Method>>,
): Promise<void> {
  stream.on('error', () => {});
  const method = methods[headers[':path'] ?? ''];
  if (!method) {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': 12 },
      { endStream: true },
    );
    return;
  }
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  const ended = method(messagesOf(stream), (text) => void stream.write(frame(text)), headers);
  const { status, text = '' } = await ended;
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': text }));
  stream.end();
}

/** An open call. */
export interface Call {
  readonly stream: ClientHttp2Stream;
  /** Resolves when the headers of the answer arrive. */
  readonly headers: Promise<Record<string, unknown>>;
  readonly messages: AsyncGenerator<string>;
  /** Resolves with the trailers, or with the headers if the call has no messages. */
  readonly status: Promise<unknown>;
}

/** Opens a call on a connection. */
export function call(session: ClientHttp2Session, path: string, headers: object = {}): Call {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {});
  const answered = once(stream, 'response').then(([received]) => received as Record<string, unknown>);
  const status = new Promise((resolve) => {
    stream.once('trailers', (trailers: IncomingHttpHeaders) => resolve(trailers['grpc-status']));
    void answered.then((received) => {
      if (received['grpc-status'] !== undefined) resolve(received['grpc-status']);
    });
    stream.once('close', () => resolve(undefined));
  });
  return { stream, headers: answered, messages: messagesOf(stream), status };
}

/** Opens a connection to a local port under another name. */
export const openHttp2 = (url: string, options: SecureClientSessionOptions = {}): ClientHttp2Session =>
  connect(url, {
    ...options,
    lookup: ((_name: string, _options: object, done: (...result: unknown[]) => void) =>
      done(null, [{ address: '127.0.0.1', family: 4 }])) as never,
  });
