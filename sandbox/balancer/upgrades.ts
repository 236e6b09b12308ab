/** Distinguishes upgrades to WebSocket from all other upgrades, which load balancers do not support. */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { headerPairs } from './headers.ts';

/** Whether a request asks for an upgrade to WebSocket. Load balancers ignore the Upgrade header for other protocols. */
export function isWebSocketUpgrade({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Serves a request as if it had no Upgrade header. Node has stopped parsing the connection after the head of the request.
 * This function lets Node parse the head again, without that header, and then everything that follows, such as the body.
 * @param head the bytes that followed the head of the request
 */
export function serveWithoutUpgrade(
  server: Server,
  serve: (socket: Socket) => void,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const fields = headerPairs(request.rawHeaders)
    .filter(([name]) => name.toLowerCase() !== 'upgrade')
    .map(([name, value]) => `${name}: ${value}`);
  const requestLine = `${request.method} ${request.url} HTTP/${request.httpVersion}`;
  const start = Buffer.from([requestLine, ...fields, '', ''].join('\r\n'), 'latin1');
  socket.unshift(Buffer.concat([start, head]));
  serve.call(server, socket);
}
