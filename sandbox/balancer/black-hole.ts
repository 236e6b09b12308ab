/** Silence: what a client meets whose packets vanish on the way. */
import type { Socket } from 'node:net';

/** Connections that are neither read nor answered, nor closed before a client would have given up by itself. */
export interface BlackHole {
  hold(socket: Socket): void;
  /** Lets go of all. */
  close(): void;
}

/** For so long Linux tries to connect where nobody answers. Milliseconds. */
const HOLD_MS = 127_000;
/** The most that are held; one more, and the oldest is let go. */
const MAX_HELD = 256;

/** Makes a silence. The kernel has accepted its connections already: that much cannot be taken back. */
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
      // What it sends is dropped; only its end is noticed.
      socket
        .resume()
        .once('end', () => release(socket))
        .once('close', () => release(socket));
    },
    close: () => [...held.keys()].forEach(release),
  };
}
