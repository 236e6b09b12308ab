/** Streams the response of a target to the client. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { MAX_RESPONSE_HEAD, headBytes, responseHeaders } from './headers.ts';

/** An empty chunk. Writing it sends the headers at once; `flushHeaders` would encode them as UTF-8. */
const NOTHING = Buffer.alloc(0);

/**
 * Starts to stream a target's response to the client; returns false when the response is not valid.
 * @param cookies the values of the `Set-Cookie` headers that the load balancer adds
 */
export function relay(
  incoming: IncomingMessage,
  response: ServerResponse,
  cookies: readonly string[] = [],
): boolean {
  const { rawHeaders, statusCode = 0, statusMessage = '' } = incoming;
  if (headBytes(rawHeaders) > MAX_RESPONSE_HEAD || response.headersSent) return false;
  try {
    const headers = responseHeaders(rawHeaders, response.shouldKeepAlive);
    for (const cookie of cookies) headers.push('Set-Cookie', cookie);
    response.writeHead(statusCode, statusMessage, headers);
  } catch {
    return false; // the status or a header is invalid
  }
  sendTogether(response);
  incoming
    .on('data', (chunk) => {
      if (response.destroyed || response.write(chunk)) return;
      incoming.pause();
      response.once('drain', () => incoming.resume());
    })
    .once('end', () => response.end())
    // When the target disconnects early, the body is incomplete. The client can notice that only if its connection is cut.
    .once('close', () => incoming.complete || response.destroy());
  return true;
}

/**
 * Sends the head of a response together with the part of the body that has already arrived. Each write takes a call of the
 * system, which is a large part of the time that a small response takes.
 */
function sendTogether(response: ServerResponse): void {
  response.cork();
  // By then, Node has passed on everything that arrived with the head.
  setImmediate(() => {
    if (response.writableEnded || response.destroyed) return;
    response.write(NOTHING);
    response.uncork();
  });
}

/** Discards the rest of a request whose target responded without reading all of it. */
export function discardRest(request: IncomingMessage, outgoing: ClientRequest): void {
  request.unpipe();
  request.resume();
  outgoing.destroy();
}
