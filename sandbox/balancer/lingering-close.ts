/** Closes a client's connection without losing a response that was sent before the client had sent its whole request. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a client may go on sending after the response, in milliseconds. */
const LINGER_MS = 5_000;

/**
 * Makes Node keep a connection open until the client has finished sending. When a connection is closed while data
 * arrives, the client's system discards the response, even if the client has not read it yet.
 * @param isReceiving whether the client is still sending a request
 */
export function lingerWhileReceiving(socket: Socket, isReceiving: () => boolean): void {
  const destroySoon = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (!isReceiving()) return destroySoon();
    linger(socket);
  };
}

/** Ends a connection and discards what the client still sends, until the client ends it as well or the time is up. */
export function linger(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket
    .once('end', () => socket.destroy())
    .once('close', () => clearTimeout(timer))
    .resume()
    .end();
}
