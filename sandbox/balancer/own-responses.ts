/** Responses that the load balancer sends itself: fixed responses, redirects and error pages. */
import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A complete response that does not come from a target. */
export interface OwnResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** The URL to which a redirect leads. */
  readonly location?: string;
}

/** Reason phrases that differ from the standard ones. */
const REASONS: Readonly<Record<number, string>> = {
  405: 'Not Allowed',
  408: 'Request Time-out',
  414: 'Request-URI Too Large',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/**
 * Returns the page for an error, or for a redirect when a location is given. The body is byte for byte that of a real
 * load balancer: 122 bytes for 502, 162 for 503, 134 for 301.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#load-balancer-http-error-codes
 */
export function errorPage(status: number, location?: string): OwnResponse {
  const title = `${status} ${reason(status)}`;
  const lines = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '</body>',
    '</html>',
    '',
  ];
  return {
    status,
    contentType: 'text/html',
    body: lines.join('\r\n'),
    ...(location !== undefined && { location }),
  };
}

/** Responds to a request; has no effect when a response has already begun. */
export function sendOwnResponse(response: ServerResponse, ownResponse: OwnResponse): void {
  if (response.headersSent || response.destroyed) return;
  const connection = response.shouldKeepAlive ? 'keep-alive' : 'close';
  response.writeHead(ownResponse.status, reason(ownResponse.status), headers(ownResponse, connection).flat());
  response.end(Buffer.from(ownResponse.body)); // a string would change the encoding of the headers
}

/** Responds on a connection whose request could not be parsed, and closes the connection. */
export function sendRawResponse(socket: Duplex, ownResponse: OwnResponse): void {
  const lines = headers(ownResponse, 'close').map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${ownResponse.status} ${reason(ownResponse.status)}`, ...lines, '', ''].join(
    '\r\n',
  );
  socket.end(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(ownResponse.body)]));
}

function headers(ownResponse: OwnResponse, connection: 'keep-alive' | 'close'): [string, string][] {
  return [
    ['Server', 'awselb/2.0'],
    ['Date', new Date().toUTCString()],
    ['Content-Type', ownResponse.contentType],
    ['Content-Length', String(Buffer.byteLength(ownResponse.body))],
    ['Connection', connection],
    ...(ownResponse.location === undefined
      ? []
      : [['Location', ownResponse.location] satisfies [string, string]]),
  ];
}

function reason(status: number): string {
  return REASONS[status] ?? STATUS_CODES[status] ?? '';
}
