/** The HTTP server of the sandbox: AWS calls on every path, the admin API on `/_sandbox/…`, and the registry on `/v2/…`. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { GatewayResponse } from './gateway.ts';
import type { StreamedRequest, StreamedResponse, WireRequest, WireResponse } from '../protocol/wire.ts';

export interface Handlers {
  /** Handles an AWS call. */
  aws(request: WireRequest): Promise<GatewayResponse>;
  /** Handles a request to `/_sandbox/<name>`. Returns undefined when that page does not exist. */
  admin(request: WireRequest): Promise<WireResponse | undefined>;
  /** Handles a request of a container tool. Returns undefined for any other request, whose body is then still unread. */
  registry(request: StreamedRequest): Promise<StreamedResponse | undefined>;
  /** Handles a request of a browser for the sandbox's own page. Returns undefined for any other request. */
  page?(request: StreamedRequest): Promise<StreamedResponse | undefined>;
}

/** The only address that the sandbox ever listens on, because every client that reaches the sandbox has full access. */
const LOOPBACK = '127.0.0.1';

/** The maximum size of a request to AWS or to the admin API. A part of an ECR layer is 20 MiB, which is 27 MiB in base64. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Serves the handlers on a loopback address.
 * @param port the port to listen on; 0 selects any free port
 * @throws EADDRINUSE when the port is in use
 */
export async function startServer(
  handlers: Handlers,
  port: number,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    void handle(handlers, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });
  // This is long enough for a client that is paused in a debugger to keep its connections.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : port };
}

async function handle(handlers: Handlers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refused = refuseUntrustedOrigin(request);
  if (refused) return send(response, refused);
  const head = readHead(request);
  if (!head) return send(response, textResponse(400, 'The path of the request is not valid.'));
  // A handler that stops reading must not close the connection, since the client has yet to receive the response.
  const wire = { ...head, body: request.iterator({ destroyOnReturn: false }) };
  const streamed = (await handlers.page?.(wire)) ?? (await handlers.registry(wire));
  if (streamed) return sendStreamed(request, response, streamed);
  const body = await readBody(request);
  if (!body) return send(response, textResponse(413, 'The request body is too large.'));
  const wireRequest = { ...head, body };
  if (wireRequest.path.startsWith('/_sandbox')) {
    const page = await handlers.admin(wireRequest);
    return send(response, page ?? textResponse(404, `The sandbox has no page ${wireRequest.path}.`));
  }
  const { response: fullResponse, loss } = await handlers.aws(wireRequest);
  if (loss === undefined) send(response, fullResponse);
  if (loss === 'reset') request.socket.resetAndDestroy();
  if (loss === 'cut') sendHalf(response, fullResponse);
  // When the loss is `silent`, nothing is sent, and the connection stays open until the client gives up.
}

/**
 * Refuses requests from web pages. A foreign Host header reveals DNS rebinding. Browsers send the origin of the page with
 * most requests. With requests for images, scripts and links, they send only Sec-Fetch-Site.
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
function refuseUntrustedOrigin({ headers, url = '' }: IncomingMessage): WireResponse | undefined {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\]|([\w-]+\.)*localhost)$/i.test(host);
  if (!isLoopback) return textResponse(403, 'The sandbox responds to loopback host names only.');
  const site = headers['sec-fetch-site'] ?? 'none';
  // The sandbox's own page turns its switches.
  const isOwnPage = url.startsWith('/_sandbox/page/') && headers.origin === `http://${headers.host}`;
  const isForeign =
    (headers.origin !== undefined && !isOwnPage) || !['none', 'same-origin'].includes(String(site));
  return isForeign
    ? textResponse(403, 'The sandbox does not respond to requests from web pages.')
    : undefined;
}

/** Returns everything but the body; undefined if the URL is not valid. */
function readHead(request: IncomingMessage): Omit<WireRequest, 'body'> | undefined {
  const path = request.url ?? '/';
  if (!URL.canParse(path, 'http://sandbox')) return undefined;
  const url = new URL(path, 'http://sandbox');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers as Record<string, string | undefined>,
  };
}

/** Returns the whole body; undefined if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest of a large body is read and discarded. If the connection were cut while the client sends, the client would
    // never see the response.
    if (size > MAX_BODY_BYTES) chunks.length = 0;
    else chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

const textResponse = (status: number, body: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: `${body}\n`,
});

/** Announces the length of the whole body, sends half of the body, and closes the connection. */
function sendHalf(response: ServerResponse, { status, headers, body }: WireResponse): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroy());
}

function send(response: ServerResponse, { status, headers, body }: WireResponse): void {
  // A response to HEAD announces the length of the body that it does not have.
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** Sends a response whose body may be a stream, and discards the rest of the request. */
async function sendStreamed(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: StreamedResponse,
): Promise<void> {
  request.resume();
  const isComplete = typeof body === 'string' || body instanceof Uint8Array;
  const length = isComplete ? { 'content-length': Buffer.byteLength(body) } : {};
  response.writeHead(status, { ...length, ...headers });
  if (isComplete) response.end(body);
  else await pipeline(body, response);
}
