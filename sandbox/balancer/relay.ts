/** Streams the response of a target to the client. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { MAX_RESPONSE_HEAD, fieldBytes, headerPairs, responseHeaders } from './headers.ts';

/** An empty chunk. Writing it sends the headers at once; `flushHeaders` would encode them as UTF-8. */
const NOTHING = Buffer.alloc(0);

/** Starts to stream a target's response to the client; returns false when the response is not valid. */
export function relay(incoming: IncomingMessage, response: ServerResponse): boolean {
  const { rawHeaders, statusCode = 0, statusMessage = '' } = incoming;
  const headBytes = headerPairs(rawHeaders).reduce((sum, pair) => sum + fieldBytes(pair), 0);
  if (headBytes > MAX_RESPONSE_HEAD || response.headersSent) return false;
  try {
    const headers = responseHeaders(rawHeaders, response.shouldKeepAlive);
    response.writeHead(statusCode, statusMessage, headers).write(NOTHING);
  } catch {
    return false; // the status or a header is invalid
  }
  // When the target disconnects early, the body is incomplete. The client can notice that only if its connection is cut.
  incoming.once('close', () => incoming.complete || response.destroy());
  incoming.pipe(response);
  return true;
}

/** Discards the rest of a request whose target responded without reading all of it. */
export function discardRest(request: IncomingMessage, outgoing: ClientRequest): void {
  request.unpipe();
  request.resume();
  outgoing.destroy();
}
