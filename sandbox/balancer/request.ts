/** Parses a client's request into the parts that rules match, or returns the status with which to refuse the request. */
import type { IncomingMessage } from 'node:http';
import type { RoutedRequest } from './conditions.ts';
import { headerPairs } from './headers.ts';
import { normalizePath } from './path-pattern.ts';

const MAX_FORWARDED_ADDRESSES = 30;

/**
 * Parses a request.
 * @param listenerPort the listener's port in AWS
 * @returns the request, or the status of the refusal
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#load-balancer-http-error-codes
 */
export function readRequest(
  message: IncomingMessage,
  listenerPort: number,
): RoutedRequest | { readonly refusal: number } {
  const headers = headerPairs(message.rawHeaders);
  const method = message.method ?? 'GET';
  const { authority, target } = splitUrl(message.url ?? '/');
  const host = authority ?? message.headers.host;
  const [, name = '', port] = /^(.*?)\.?(?::(\d+))?$/.exec(host ?? '') ?? [];
  const queryAt = target.indexOf('?');
  const rawPath = queryAt < 0 ? target : target.slice(0, queryAt);
  const path = rawPath.startsWith('/') ? normalizePath(rawPath) : rawPath;

  if (method === 'TRACE') return { refusal: 405 };
  if (host === undefined && message.httpVersion === '1.1') return { refusal: 400 };
  if (path === undefined) return { refusal: 400 };
  if (!/^(chunked|identity)?$/i.test(message.headers['transfer-encoding'] ?? '')) return { refusal: 501 };
  if (forwardedAddresses(headers) > MAX_FORWARDED_ADDRESSES) return { refusal: 463 };
  return {
    method,
    host: name.toLowerCase(),
    port: port === undefined ? listenerPort : Number(port),
    rawPath,
    path,
    query: queryAt < 0 ? '' : target.slice(queryAt + 1),
    headers,
    sourceIp: (message.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

/** Splits the authority from the rest of a URL in absolute form. */
function splitUrl(url: string): { authority?: string; target: string } {
  const [, authority, target = ''] = /^https?:\/\/([^/?]*)(.*)$/i.exec(url) ?? [];
  if (authority === undefined) return { target: url };
  return { authority, target: target.startsWith('/') ? target : `/${target}` };
}

function forwardedAddresses(headers: RoutedRequest['headers']): number {
  const values = headers
    .filter(([name]) => name.toLowerCase() === 'x-forwarded-for')
    .map(([, value]) => value);
  return values.length === 0 ? 0 : values.join(',').split(',').length;
}
