/** Connections to targets, each of which carries one request after another. */
import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { HandshakeTimeout, SilenceTimeout } from './forwarding-errors.ts';
import { readAfterFailedWrite } from './read-after-failed-write.ts';
import { TLS } from './tls.ts';
import type { TargetProtocol } from './view.ts';

/** The connection that a request needs, and the usual options of the request. */
export interface ConnectionOptions extends RequestOptions {
  readonly host: string;
  readonly port: number;
  readonly targetProtocol: TargetProtocol;
  /** Whether the request may use a connection that another request has used. */
  readonly mayReuse: boolean;
  /** How long the connection may be silent before the request emits `timeout`, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** An open connection. */
interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** The request that uses the connection; undefined while it is idle. */
  request?: ClientRequest | undefined;
  /** The time until which another request may use the idle connection, in milliseconds. */
  usableUntil: number;
}

/** How long an idle connection is reused, unless the target's Keep-Alive header sets a shorter time, in milliseconds. */
const POOL_IDLE_MS = 60_000;
/** A target may close a connection this much earlier than its Keep-Alive header says, in milliseconds. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

const addressOf = (protocol: TargetProtocol, host: string, port: number): string =>
  `${protocol} ${host}:${port}`;

/**
 * A pool of connections. Node's own agent sets timers, copies the options and composes names for each request, which takes as
 * long as the rest of the request's way through the load balancer. This agent does so for each connection.
 */
export class ConnectionPool extends Agent {
  readonly #connectTimeoutMs: number;
  readonly #idle = new Map<string, Connection[]>();
  readonly #sockets = new Set<Socket>();

  /** @param connectTimeoutMs how long a target may take to accept a connection, and then to complete a TLS handshake */
  constructor(connectTimeoutMs: number) {
    super({ keepAlive: true });
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /** Gives a request its connection. Node calls this method for each new request, with the options of the request. */
  addRequest(request: ClientRequest, options: ConnectionOptions): void {
    const address = addressOf(options.targetProtocol, options.host, options.port);
    const reused = options.mayReuse ? this.#takeIdle(address) : undefined;
    const connection = reused ?? this.#open(address, options);
    connection.request = request;
    request.reusedSocket = reused !== undefined;
    const { socket } = connection;
    if (socket.connecting) socket.once('connect', () => socket.setTimeout(options.idleTimeoutMs));
    else if (socket.timeout !== options.idleTimeoutMs) socket.setTimeout(options.idleTimeoutMs);
    request.onSocket(socket);
  }

  /** Closes the idle connections to an address. */
  retire(host: string, port: number): void {
    for (const protocol of ['HTTP', 'HTTPS'] as const)
      for (const { socket } of this.#idle.get(addressOf(protocol, host, port)) ?? []) socket.destroy();
  }

  /** Closes all connections. */
  override destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
    super.destroy();
  }

  #takeIdle(address: string): Connection | undefined {
    const idle = this.#idle.get(address);
    for (let connection = idle?.pop(); connection !== undefined; connection = idle?.pop()) {
      const { socket, usableUntil } = connection;
      if (socket.writable && !socket.readableEnded && performance.now() < usableUntil) return connection;
      socket.destroy();
    }
    return undefined;
  }

  #open(address: string, { targetProtocol, host, port }: ConnectionOptions): Connection {
    const socket =
      targetProtocol === 'HTTPS'
        ? connectSecurely({ host, port, ...TLS, ALPNProtocols: ['http/1.1'] }).setNoDelay(true)
        : connect({ host, port, noDelay: true });
    const connection: Connection = { socket, address, usableUntil: 0 };
    this.#sockets.add(socket);
    readAfterFailedWrite(socket);
    this.#requireInTime(socket, 'connect', new SilenceTimeout('target'));
    if (targetProtocol === 'HTTPS')
      socket.once('connect', () => this.#requireInTime(socket, 'secureConnect', new HandshakeTimeout()));
    socket
      .on('error', () => {}) // a request handles the errors of its connection; an idle connection closes
      .on('timeout', () => connection.request?.emit('timeout') ?? socket.destroy())
      .on('free', () => this.#release(connection))
      .once('close', () => {
        this.#sockets.delete(socket);
        this.#forget(connection);
      });
    return connection;
  }

  #requireInTime(socket: Socket, event: 'connect' | 'secureConnect', timeout: Error): void {
    const timer = setTimeout(() => socket.destroy(timeout), this.#connectTimeoutMs);
    socket.once(event, () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  }

  /** Keeps the connection of a request that has its whole response. */
  #release(connection: Connection): void {
    const { socket, address, request } = connection;
    connection.request = undefined;
    const { res: response } = request as ClientRequest & { readonly res?: IncomingMessage };
    const usableMs = response === undefined ? 0 : usableMsAfter(response);
    if (usableMs <= 0 || !socket.writable) return void socket.destroy();
    connection.usableUntil = performance.now() + usableMs;
    const idle = this.#idle.get(address);
    if (idle) idle.push(connection);
    else this.#idle.set(address, [connection]);
  }

  #forget(connection: Connection): void {
    const idle = this.#idle.get(connection.address);
    const index = idle?.indexOf(connection) ?? -1;
    if (index >= 0) idle?.splice(index, 1);
    if (idle?.length === 0) this.#idle.delete(connection.address);
  }
}

/** Returns how long a connection can be reused after a response, in milliseconds. */
function usableMsAfter({ rawHeaders }: IncomingMessage): number {
  const index = rawHeaders.findIndex((name, at) => at % 2 === 0 && /^keep-alive$/i.test(name));
  const seconds = index < 0 ? undefined : /^timeout=(\d+)/.exec(rawHeaders[index + 1] ?? '')?.[1];
  return seconds === undefined
    ? POOL_IDLE_MS
    : Math.min(POOL_IDLE_MS, Number(seconds) * 1000 - KEEP_ALIVE_MARGIN_MS);
}
