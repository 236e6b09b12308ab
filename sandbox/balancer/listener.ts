/** A load balancer's listener: a server of HTTP or HTTPS on this machine that closes gracefully. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_HEADERS, MAX_REQUEST_HEAD } from './headers.ts';
import { makeHttp2Entrance } from './http2.ts';
import { linger, lingerWhileReceiving } from './lingering-close.ts';
import { errorPage, sendRawResponse } from './own-responses.ts';
import { idleTimeoutMs, startRouter } from './router.ts';
import { makeSecureEntrance } from './secure.ts';
import { isWebSocketUpgrade, serveWithoutUpgrade } from './upgrades.ts';
import { makeBlackHole } from './black-hole.ts';
import type { ListenerView } from './view.ts';

/** The options of a listener. */
export interface ListenerOptions {
  /** The port on this machine; 0 selects any free port. */
  readonly port: number;
  /** The address on this machine; `127.0.0.1` by default. */
  readonly host?: string;
  /** How long a target may take to accept a connection, in milliseconds; 10 s by default, as on AWS. */
  readonly connectTimeoutMs?: number;
  /** How long closing waits for requests in flight, in milliseconds; 5 s by default. */
  readonly closeTimeoutMs?: number;
  /** Returns a random number in [0, 1), used to distribute requests over weighted target groups. */
  readonly draw?: () => number;
}

/** An open listener. */
export interface OpenListener {
  /** The port on this machine. */
  readonly port: number;
  /** Closes the idle connections to targets that drain or are no longer registered. */
  closeUnusedConnections(): void;
  /** Stops accepting connections, waits for requests in flight (up to the timeout), and closes all connections. */
  close(): Promise<void>;
}

/** An open connection to a client. */
interface Connection {
  latestRequest: IncomingMessage | undefined;
  /**
   * The responses in flight. One set for all connections would keep finished responses in memory: V8 replaces the table of a
   * busy set again and again, and an old table refers to the next one until the next full garbage collection.
   */
  readonly responses: ServerResponse[];
}

/**
 * Headers must arrive within a minute; the body may take any time. Node accepts heads that are larger than AWS's limit, so
 * that the router can refuse them: with 414 for a long URL, and with 400 for long headers.
 */
const SERVER_OPTIONS = {
  maxHeaderSize: 2 * MAX_REQUEST_HEAD,
  headersTimeout: 60_000,
  requestTimeout: 0,
  requireHostHeader: false,
};

/**
 * Opens a listener.
 * @param view the world, read again for every request
 * @returns the open listener, which already accepts connections
 * @throws the error of listen, such as EADDRINUSE
 */
export async function openListener(view: ListenerView, options: ListenerOptions): Promise<OpenListener> {
  const {
    port,
    host = '127.0.0.1',
    connectTimeoutMs = 10_000,
    closeTimeoutMs = 5_000,
    draw = Math.random,
  } = options;
  const router = startRouter(view, connectTimeoutMs, draw);
  const blackHole = makeBlackHole();
  const connections = new Map<Socket, Connection>();
  const responseOn = (socket: Socket) =>
    connections.get(socket)?.responses.find((response) => response.socket === socket);
  const refuse = (client: Duplex, status: number): void => {
    sendRawResponse(client, errorPage(status));
    linger(client);
  };
  let closing: Promise<void> | undefined;

  const server = createServer(SERVER_OPTIONS);
  server.maxHeadersCount = MAX_HEADERS;
  // Node's handler starts to read from a connection, so it must not see the connections that the black hole holds.
  const [serve] = server.listeners('connection') as [(socket: Socket) => void];
  /** Serves the requests of HTTP/1.1 on a connection. */
  const attach = (socket: Socket): void => {
    const connection: Connection = { latestRequest: undefined, responses: [] };
    connections.set(socket, connection);
    socket.on('error', () => {}).once('close', () => connections.delete(socket));
    lingerWhileReceiving(socket, () => connection.latestRequest?.complete === false);
    serve.call(server, socket);
  };
  const http2 = makeHttp2Entrance(attach, () => idleTimeoutMs(view));
  const entrance =
    view.tls() &&
    makeSecureEntrance(view, (socket, protocol) => {
      if (protocol === 'h2') http2.accept(socket);
      else attach(socket);
    });
  const sockets = new Set<Socket>();
  server.removeAllListeners('connection').on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    if (!view.isReachable()) blackHole.hold(socket);
    else if (entrance) entrance.accept(socket);
    else attach(socket);
  });
  server.on('request', (request, response) => {
    server.keepAliveTimeout = idleTimeoutMs(view);
    if (closing !== undefined) response.shouldKeepAlive = false;
    const connection = connections.get(request.socket);
    if (connection) {
      connection.latestRequest = request;
      connection.responses.push(response);
    }
    response.once('close', () => {
      connection?.responses.splice(connection.responses.indexOf(response), 1);
      if (closing !== undefined) server.closeIdleConnections();
    });
    void router.route(request, response);
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    if (isWebSocketUpgrade(request)) void router.routeUpgrade(request, { socket, head });
    else if (responseOn(socket) !== undefined) socket.destroy();
    else serveWithoutUpgrade(server, serve, request, socket, head);
  });
  server.on('connect', (_request, client) => refuse(client, 400));
  server.on('clientError', (error: NodeJS.ErrnoException, client: Socket) => {
    const hasResponseBegun = responseOn(client)?.headersSent === true;
    if (hasResponseBegun || error.code === 'ECONNRESET' || !client.writable || client.bytesRead === 0)
      client.destroy();
    else refuse(client, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400);
  });
  await listen(server, port, host);

  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const { responses } of connections.values())
      for (const response of responses) response.shouldKeepAlive = false;
    blackHole.close();
    http2.close();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy(); // Node does not count these as idle
    const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), closeTimeoutMs);
    await closed;
    clearTimeout(timer);
    router.close();
  };
  return {
    port: (server.address() as AddressInfo).port,
    closeUnusedConnections: () => router.closeUnusedConnections(),
    close: () => (closing ??= close()),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
