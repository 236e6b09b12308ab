/** Shared by the load balancer's tests: a fake world, real targets, and clients. */
import { afterEach } from '@jest/globals';
import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WebACL } from '@aws-sdk/client-wafv2';
import type { IncomingHttpHeaders, RequestListener, RequestOptions, Server } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { once } from 'node:events';
import type { RoutedRequest } from '../../../sandbox/balancer/conditions.ts';
import type { ListenerOptions, OpenListener } from '../../../sandbox/balancer/listener.ts';
import { openListener } from '../../../sandbox/balancer/listener.ts';
import type {
  ListenerView,
  ProtocolVersion,
  Reachability,
  TargetProtocol,
  TargetView,
  TlsView,
} from '../../../sandbox/balancer/view.ts';
import { makeInspector } from '../../../sandbox/balancer/web-acl.ts';
import { certificate } from '../../certificate.ts';

export const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api1/0123456789abcdef';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A fake world with one default rule, which forwards to GROUP. */
export class FakeWorld implements ListenerView {
  port = 80;
  currentRules: Rule[] = [defaultRule({ Type: 'forward', TargetGroupArn: GROUP })];
  attributes: Record<string, string> = {};
  groups: Record<string, TargetView[]> = { [GROUP]: [] };
  reachabilities = new Map<string, Reachability>();
  isListenerReachable = true;
  targetProtocol: TargetProtocol = 'HTTP';
  /** The number of requests for which a target was selected, per target group. */
  requestCounts: Record<string, number> = {};
  /** The number of open requests per target, `<address>:<port>`. */
  openRequests: Record<string, number> = {};

  /** The attributes of every target group. */
  groupAttributes: Record<string, string> = {};
  readonly cookieSecret = 'secret';
  /** The time that has passed since the test began, in milliseconds. */
  elapsedMs = 0;

  tlsView: TlsView | undefined;
  localPorts: Record<number, number> = {};
  webAcl: WebACL | undefined;
  /** The blocks of each IP set. */
  ipSets: Record<string, string[]> = {};
  private readonly inspector = makeInspector((arn) => this.ipSets[arn] ?? []);

  tls(): TlsView | undefined {
    return this.tlsView;
  }
  localPort(port: number): number | undefined {
    return this.localPorts[port];
  }
  isReachable(): boolean {
    return this.isListenerReachable;
  }
  admits(request: RoutedRequest): boolean {
    return this.webAcl === undefined || this.inspector.allows(this.webAcl, request, new Date());
  }
  rules(): readonly Rule[] {
    return this.currentRules;
  }
  attribute(key: string): string | undefined {
    return this.attributes[key];
  }
  groupAttribute(_arn: string, key: string): string | undefined {
    return this.groupAttributes[key];
  }
  openRequestsAt(_arn: string, { id, port }: TargetView): number {
    return this.openRequests[`${id}:${port}`] ?? 0;
  }
  now(): number {
    return Date.UTC(2030, 0) + this.elapsedMs;
  }
  targets(arn: string): readonly TargetView[] {
    return this.groups[arn] ?? [];
  }
  version: ProtocolVersion = 'HTTP1';
  protocolVersion(): ProtocolVersion {
    return this.version;
  }
  protocol(): TargetProtocol {
    return this.targetProtocol;
  }
  countRequest(arn: string): void {
    this.requestCounts[arn] = (this.requestCounts[arn] ?? 0) + 1;
  }
  openRequest(_arn: string, { id, port }: TargetView): () => void {
    const key = `${id}:${port}`;
    this.openRequests[key] = (this.openRequests[key] ?? 0) + 1;
    return () => {
      this.openRequests[key] = (this.openRequests[key] ?? 0) - 1;
    };
  }
  async reach(target: TargetView): Promise<Reachability> {
    return this.reachabilities.get(`${target.id}:${target.port}`) ?? 'refused';
  }

  /** Registers a target that listens on a port of this machine, or whose connections are refused or time out. */
  register(
    id: string,
    portOrFailure: number | 'timeout' | 'refused',
    state: TargetView['state'] = 'healthy',
    group = GROUP,
  ): void {
    this.reachabilities.set(
      `${id}:5000`,
      typeof portOrFailure === 'number' ? { host: '127.0.0.1', port: portOrFailure } : portOrFailure,
    );
    this.groups[group] = [
      ...this.targets(group).filter((target) => target.id !== id),
      { id, port: 5000, state },
    ];
  }
  setState(id: string, state: TargetView['state']): void {
    this.groups[GROUP] = this.targets(GROUP).map((target) =>
      target.id === id ? { ...target, state } : target,
    );
  }
}

export function defaultRule(action: Action): Rule {
  return { Priority: 'default', IsDefault: true, Conditions: [], Actions: [action] };
}

/** Opens a listener on a free port. It is closed at the end of the test. */
export async function open(
  world: ListenerView,
  options: Partial<ListenerOptions> = {},
): Promise<OpenListener> {
  const listener = await openListener(world, { port: 0, closeTimeoutMs: 100, ...options });
  cleanups.push(() => listener.close());
  return listener;
}

/** Starts a real HTTP server as a target. */
export const startTarget = (handler: RequestListener, options: http.ServerOptions = {}) =>
  serve(http.createServer(options, handler));

/** Starts a real HTTPS server as a target, with a self-signed certificate. */
export const startSecureTarget = (handler: RequestListener, options: https.ServerOptions = {}) =>
  serve(https.createServer({ ...certificate, ...options }, handler));

async function serve<S extends Server>(server: S): Promise<{ port: number; server: S }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, server };
}

/** Starts a target that uses raw TCP; `onConnection` receives each connection. Returns the port. */
export async function startRawTarget(onConnection: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Returns the handler of a target that responds with a copy of each request. */
export function echo(name = 'echo'): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers, rawHeaders } = request;
      const body = Buffer.concat(chunks).toString();
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ name, method, url, headers, rawHeaders, body } satisfies Echo));
    });
  };
}

export interface Echo {
  name: string;
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: string;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: string;
}

/** Sends a request to a port of this machine, on a new connection unless an agent is given. */
export async function ask(
  port: number,
  path = '/',
  options: RequestOptions & { body?: string } = {},
): Promise<Reply> {
  const { body, ...rest } = options;
  const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...rest });
  request.end(body);
  request.on('error', () => {}); // ignores errors after the response has begun
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode = 0, headers, rawHeaders } = response;
  return { status: statusCode, headers, rawHeaders, body: Buffer.concat(chunks).toString() };
}

/** Sends a request to an `echo` target through the load balancer. */
export async function askEcho(
  port: number,
  path = '/',
  options: RequestOptions & { body?: string } = {},
): Promise<Echo> {
  return JSON.parse((await ask(port, path, options)).body) as Echo;
}

/** Writes bytes to a port of this machine and reads until the connection ends. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(text);
  let received = '';
  for await (const chunk of socket) received += String(chunk);
  return received;
}

/** Returns a client's pool of keep-alive connections, which is closed at the end of the test. */
export function keepAlive(maxSockets: number): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxSockets });
  cleanups.push(() => agent.destroy());
  return agent;
}

/** Returns a promise and the function that fulfils it. */
export function gate<T = void>(): { opened: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { opened, open };
}
