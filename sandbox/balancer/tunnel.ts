/** Joins a client with its target after the target has accepted an upgrade to WebSocket. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** One end of the joined connection, and the bytes that have already been read from it. */
interface End {
  readonly socket: Socket;
  readonly head: Buffer;
}

/**
 * Sends the target's response to the client and then copies bytes in both directions until one end closes.
 * @param idleTimeoutMs how long both ends may be silent before the connection is closed, in milliseconds
 */
export function joinConnections(
  client: End,
  response: Pick<IncomingMessage, 'statusCode' | 'statusMessage' | 'rawHeaders'>,
  target: End,
  idleTimeoutMs: number,
): void {
  const { statusCode, statusMessage, rawHeaders } = response;
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`] : [],
  );
  const head = [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines, '', ''].join('\r\n');
  client.socket.write(head, 'latin1');
  copyBytes(target, client.socket);
  copyBytes(client, target.socket);
  closeWhenSilent(client.socket, target.socket, idleTimeoutMs);
}

/** Closes a joined connection once neither end has sent anything for a while. Bytes of one end keep both connections open. */
function closeWhenSilent(client: Socket, target: Socket, idleTimeoutMs: number): void {
  const timer = setTimeout(() => client.destroy(), idleTimeoutMs);
  for (const socket of [client, target]) {
    socket.setTimeout(0);
    socket.on('data', () => timer.refresh());
  }
  client.once('close', () => clearTimeout(timer));
}

/** Copies bytes from one end to the other. When the first end closes or fails, the other one is closed as well. */
function copyBytes({ socket, head }: End, other: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => other.destroy()).once('close', () => other.end());
  if (head.length > 0) socket.unshift(head);
  socket.pipe(other);
}
