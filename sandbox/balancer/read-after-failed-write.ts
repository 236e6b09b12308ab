/** Keeps the response of a target that stops reading before it has received the whole request. */
import type { Socket } from 'node:net';

/**
 * Keeps a connection readable when a write to it fails. A target may answer a large upload early, for example with 413,
 * and close the connection. The next write then fails, and Node would discard the answer, which has already arrived. With
 * this change the failed writes have no effect, and the connection ends when the target's data ends.
 */
export function readAfterFailedWrite(socket: Socket): void {
  const tolerant = (done: (error?: Error | null) => void) => (error?: (Error & { code?: string }) | null) =>
    done(error?.code === 'EPIPE' || error?.code === 'ECONNRESET' ? null : error);
  const write = socket._write.bind(socket);
  const writev = socket._writev?.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, tolerant(done));
  if (writev) socket._writev = (chunks, done) => writev(chunks, tolerant(done));
}
