/** A black hole for the connections of clients that must get no response: it discards their data. */
import type { Socket } from 'node:net';

/** Holds connections without a response until the client gives up. */
export interface BlackHole {
  hold(socket: Socket): void;
  /** Closes all held connections. */
  close(): void;
}

/** How long Linux tries to connect when it gets no response, in milliseconds. */
const HOLD_MS = 127_000;
/** The maximum number of held connections. A further connection closes the oldest one. */
const MAX_HELD = 256;

/** Makes a black hole. Connections cannot simply be ignored, because the kernel has already accepted them. */
export function makeBlackHole(): BlackHole {
  const held = new Map<Socket, NodeJS.Timeout>();
  const release = (socket: Socket) => {
    clearTimeout(held.get(socket));
    held.delete(socket);
    socket.destroy();
  };
  return {
    hold(socket) {
      const [oldest] = held.keys();
      if (oldest && held.size >= MAX_HELD) release(oldest);
      held.set(socket, setTimeout(release, HOLD_MS, socket).unref());
      // Incoming data is discarded; only the end of the connection matters.
      socket
        .resume()
        .once('end', () => release(socket))
        .once('close', () => release(socket));
    },
    close: () => [...held.keys()].forEach(release),
  };
}
