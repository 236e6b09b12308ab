/** Parses a client's request into the parts that rules match, or returns the status with which to refuse the request. */
import type { IncomingMessage } from 'node:http';
import type { RoutedRequest } from './conditions.ts';
import type { HeaderField } from './headers.ts';
import {
  MAX_HEADER,
  MAX_REQUEST_HEAD,
  MAX_REQUEST_LINE,
  fieldBytes,
  headerPairs,
  receivedHeaders,
} from './headers.ts';
import { normalizePath } from './path-pattern.ts';

const MAX_FORWARDED_ADDRESSES = 30;

/** A refused request. */
interface RefusedRequest {
  /** The status of the response. */
  readonly refusalStatus: number;
}

/**
 * Parses a request. The result contains everything that is forwarded, so that the target sees what the rules have seen.
 * @param listenerPort the listener's port in AWS
 * @param attribute reads an attribute of the load balancer
 * @param scheme `https` if the client's connection is encrypted
 * @returns the request, or the status of the refusal
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#load-balancer-http-error-codes
 */
export function readRequest(
  message: IncomingMessage,
  listenerPort: number,
  attribute: (key: string) => string | undefined = () => undefined,
  scheme: 'http' | 'https' = 'http',
): RoutedRequest | RefusedRequest {
  const method = message.method ?? 'GET';
  const received = headerPairs(message.rawHeaders);
  const refusalStatus = refusalStatusOf(message, method, received);
  if (refusalStatus !== undefined) return { refusalStatus };
  const url = splitUrl(message.url ?? '/');
  if (url === undefined) return { refusalStatus: 400 };

  // HTTP/1.0 allows requests without a Host header. Rules and targets then see the load balancer's address as the host.
  const host = url.authority ?? message.headers.host ?? message.socket.localAddress ?? '127.0.0.1';
  const place = splitHost(host);
  const path = normalizePath(url.path);
  if (path === undefined || place === undefined) return { refusalStatus: 400 };

  const dropsInvalidNames = attribute('routing.http.drop_invalid_header_fields.enabled') === 'true';
  const headers = receivedHeaders(received, host, dropsInvalidNames);
  if (countForwardedAddresses(headers) > MAX_FORWARDED_ADDRESSES) return { refusalStatus: 463 };
  return {
    scheme,
    method,
    host: place.name.toLowerCase(),
    port: place.port ?? listenerPort,
    isOnLocalPort: place.port !== undefined && place.port !== listenerPort,
    url: url.query === undefined ? url.path : `${url.path}?${url.query}`,
    rawPath: url.path,
    path,
    query: url.query ?? '',
    headers,
    sourceIp: sourceIpOf(message.socket.remoteAddress ?? ''),
  };
}

/** Returns the status with which a request is refused because of its form; undefined when the form is acceptable. */
function refusalStatusOf(
  { httpVersion, url = '', headers }: IncomingMessage,
  method: string,
  received: readonly HeaderField[],
): number | undefined {
  const lineBytes = `${method} ${url} HTTP/1.1\r\n`.length;
  const encoding = headers['transfer-encoding'];
  let headBytes = lineBytes;
  let maxHeaderBytes = 0;
  for (const pair of received) {
    headBytes += fieldBytes(pair);
    maxHeaderBytes = Math.max(maxHeaderBytes, fieldBytes(pair));
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return httpVersion === '0.9' ? 400 : 505;
  if (lineBytes > MAX_REQUEST_LINE) return 414;
  if (headBytes > MAX_REQUEST_HEAD || maxHeaderBytes > MAX_HEADER) return 400;
  if (method === 'TRACE') return 405;
  if (headers.host === undefined && httpVersion === '1.1') return 400;
  // A message of HTTP/1.0 cannot be chunked (RFC 9112, section 6.1), and servers disagree about an empty encoding.
  if (encoding === '' || (encoding !== undefined && httpVersion === '1.0')) return 400;
  if (encoding !== undefined && !/^chunked$/i.test(encoding)) return 501;
  return undefined;
}

/**
 * Splits the URL of a request (the request target in RFC 9112, section 3.2). The authority of a URL in absolute form takes
 * precedence over the Host header. A fragment is cut off. The form `*` of OPTIONS names no path, so no rule could apply.
 * @returns undefined for a form that the load balancer refuses
 */
function splitUrl(
  url: string,
): { authority: string | undefined; path: string; query: string | undefined } | undefined {
  const absolute = url.startsWith('/') ? undefined : /^https?:\/\/([^/?#]*)(.*)$/is.exec(url);
  const authority = absolute?.[1];
  const rest = absolute?.[2] ?? url;
  const fragmentAt = rest.indexOf('#');
  const withoutFragment = fragmentAt < 0 ? rest : rest.slice(0, fragmentAt);
  const queryAt = withoutFragment.indexOf('?');
  const path = queryAt < 0 ? withoutFragment : withoutFragment.slice(0, queryAt);
  if (authority === '' || (authority === undefined && !path.startsWith('/'))) return undefined;
  return {
    authority,
    path: path === '' ? '/' : path,
    query: queryAt < 0 ? undefined : withoutFragment.slice(queryAt + 1),
  };
}

const sourceIpOf = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;

/**
 * Splits a Host header, which is a name or an address with or without a port (RFC 9110, section 7.2).
 * @returns the name without the dot of an absolute name; undefined for anything else
 */
function splitHost(host: string): { name: string; port: number | undefined } | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^\s/?#@[\]\\:,"<>^`{|}]*)(?::(\d*))?$/.exec(host);
  if (match === null) return undefined;
  const [, name = '', port] = match;
  return { name: name.endsWith('.') ? name.slice(0, -1) : name, port: port ? Number(port) : undefined };
}

function countForwardedAddresses(headers: readonly HeaderField[]): number {
  let count = 0;
  for (const [name, value] of headers)
    if (name.toLowerCase() === 'x-forwarded-for') count += value.split(',').length;
  return count;
}
