/** The HTTP server of the page: its files, the stream of events, and the switches of the sandbox. It listens on loopback only. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { EventStream } from './event-stream.ts';
import { checkRequest, type AllowedRequest } from './guard.ts';
import { PAGE_HEADERS, readPageFiles, type PageFile } from './page-files.ts';
import type { Topics } from './topics.ts';

/** The topics, switches and first event of a page. */
export interface Served {
  readonly topics: Topics;
  /** The first event of each stream: which views the page has. */
  readonly hello: object;
  /** The topics that every view needs. */
  readonly base: readonly string[];
  /** The switches by name; each gets the body of a request as data, and may throw an error for the user. */
  readonly switches: Readonly<Record<string, (input: unknown) => Promise<void>>>;
}

/** A server that listens. */
export interface PageServer {
  /** The address of the page, with its token. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** The maximum size of a request to a switch, in bytes. */
const MAX_BODY_BYTES = 64 * 1024;
/** The maximum number of streams: a browser that connects again and again must not exhaust the process. */
const MAX_STREAMS = 32;

/**
 * Starts the server.
 * @param port 0 selects any free port
 * @throws EADDRINUSE when the port is in use
 */
export async function startPageServer(port: number, served: Served): Promise<PageServer> {
  const token = randomBytes(24).toString('base64url');
  const files = readPageFiles();
  const streams = new Set<EventStream>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, 500, String(error));
    });
  });
  await listen(server, port);
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  const posts = Object.keys(served.switches);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const checked = checkRequest({ method, url, headers }, { token, port: actualPort, posts });
    if ('refused' in checked) {
      const { status, text, headers: more } = checked.refused;
      // A body that is not read would keep the connection busy.
      request.resume();
      return send(response, status, text, more);
    }
    const { name } = checked.allowed;
    if (name === 'events') return openStream(checked.allowed, response);
    const use = Object.hasOwn(served.switches, name) ? served.switches[name] : undefined;
    if (use) return turnSwitch(request, response, use);
    const file = files.get(name);
    return file ? sendFile(response, file, method) : send(response, 404, 'There is no such file.');
  }

  function openStream({ query }: AllowedRequest, response: ServerResponse): void {
    if (streams.size >= MAX_STREAMS) return send(response, 503, 'Too many pages are open.');
    response.writeHead(200, { ...PAGE_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    const stream = new EventStream(response);
    streams.add(stream);
    stream.send('hello', JSON.stringify(served.hello));
    const topics = [...served.base, ...query.getAll('topic')];
    const unsubscribe = served.topics.subscribe(topics, stream);
    response.on('close', () => {
      streams.delete(stream);
      unsubscribe();
    });
  }

  return {
    address: `http://${LOOPBACK}:${actualPort}/${token}/`,
    port: actualPort,
    async close() {
      for (const stream of streams) stream.end();
      await served.topics.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });

/** Runs a switch. Its error is the user's: an invalid setting. */
async function turnSwitch(
  request: IncomingMessage,
  response: ServerResponse,
  use: (input: unknown) => Promise<void>,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return send(response, 413, 'The request is too large.');
  try {
    await use(JSON.parse(body));
    send(response, 204, '');
  } catch (error) {
    send(response, 400, error instanceof Error ? error.message : String(error));
  }
}

/** Returns the body of a request; undefined if it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function sendFile(response: ServerResponse, { type, body }: PageFile, method: string): void {
  response.writeHead(200, { ...PAGE_HEADERS, 'content-type': type, 'content-length': body.length });
  response.end(method === 'HEAD' ? undefined : body);
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(text === '' ? undefined : `${text}\n`);
}
