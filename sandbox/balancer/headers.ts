/** The headers of a request to its target, and of a response to the client. */
import { randomBytes } from 'node:crypto';
import type { RoutedRequest } from './conditions.ts';

/** The name and value of a header; each character is one byte, because HTTP has no other character set for headers. */
export type HeaderField = readonly [name: string, value: string];

/**
 * AWS's limits, in bytes, for a request line, one header, all headers of a request, and all headers of a response.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html#http-headers-quotas
 */
export const MAX_REQUEST_LINE = 16 * 1024;
export const MAX_HEADER = 16 * 1024;
export const MAX_REQUEST_HEAD = 64 * 1024;
export const MAX_RESPONSE_HEAD = 32 * 1024;
/**
 * A head with this many headers always exceeds the maximum size. Node silently drops headers beyond its own maximum, 2,000
 * by default, and a dropped header could be the length of the body. With this number as the maximum, Node drops headers only
 * from heads that are refused for their size anyway.
 */
export const MAX_HEADERS = 1 + Math.ceil(MAX_REQUEST_HEAD / fieldBytes(['a', '']));

/** Headers that concern a single connection and are therefore not forwarded (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);
/** Headers that the load balancer sets itself. */
const REPLACED = new Set(['x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id']);
/** Methods for which Node never announces a body on its own. For others, Node announces a chunked body if no header does. */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);
/** Headers that a client's Connection header cannot remove: they delimit or route the message. */
const ESSENTIAL = new Set(['host', 'content-length', 'transfer-encoding']);
const NO_NAMES: ReadonlySet<string> = new Set();

/** Pairs up the names and values of Node's flat list. */
export function headerPairs(raw: readonly string[]): HeaderField[] {
  const pairs: HeaderField[] = [];
  for (let index = 0; index < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}

/** Returns the number of bytes of all headers in Node's flat list. */
export function headBytes(raw: readonly string[]): number {
  let bytes = 0;
  for (let index = 0; index < raw.length; index += 2)
    bytes += fieldBytes([raw[index] ?? '', raw[index + 1] ?? '']);
  return bytes;
}

/**
 * Returns the headers that the rules see and that are forwarded: those that the client sent, in their original spelling
 * and order, without the ones that its Connection header names.
 *
 * With `routing.http.drop_invalid_header_fields.enabled`, names that do not match `[-A-Za-z0-9]+`, such as `X_Id`, are
 * dropped. Without it AWS forwards every name. A name that is not an RFC 9110 token, such as one with a space, gets a 400
 * from the sandbox, because Node's parser rejects the name. The option `insecureHTTPParser` does not help: it only relaxes
 * the rules for values.
 *
 * @param pairs names and values as the client sent them
 * @param host the value of the Host header, which replaces all Host headers of the client
 */
export function receivedHeaders(
  pairs: readonly HeaderField[],
  host: string,
  dropsInvalidNames: boolean,
): HeaderField[] {
  const connectionOnly = namedByConnection(pairs);
  const kept: HeaderField[] = [];
  let hasHost = false;
  for (const pair of pairs) {
    const [name] = pair;
    const key = name.toLowerCase();
    if (key === 'host') {
      // Of several Host headers, the load balancer uses the first one.
      if (!hasHost) kept.push([name, host]);
      hasHost = true;
    } else if (isForwarded(key, connectionOnly) && (!dropsInvalidNames || /^[-A-Za-z0-9]+$/.test(name))) {
      kept.push(pair);
    }
  }
  return hasHost ? kept : [['Host', host], ...kept];
}

/** Whether a header is forwarded although the sender's Connection header may name it. */
const isForwarded = (key: string, connectionOnly: ReadonlySet<string>): boolean =>
  ESSENTIAL.has(key) || !connectionOnly.has(key);

/**
 * Returns the headers for the target as a flat list: the received ones without the hop-by-hop ones, followed by those
 * that the load balancer adds.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 * @param port the listener's port in AWS
 * @param attribute reads an attribute of the load balancer
 */
export function requestHeaders(
  request: Pick<RoutedRequest, 'scheme' | 'method' | 'headers' | 'sourceIp'>,
  port: number,
  attribute: (key: string) => string | undefined,
): string[] {
  const { scheme, headers, method, sourceIp } = request;
  const mode = attribute('routing.http.xff_header_processing.mode') ?? 'append';
  const flat: string[] = [];
  const addresses: string[] = [];
  const traceIds: string[] = [];
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (key === 'x-forwarded-for') addresses.push(value);
    if (key === 'x-amzn-trace-id') traceIds.push(value);
    const isKept =
      key === 'x-forwarded-for' ? mode === 'preserve' : !HOP_BY_HOP.has(key) && !REPLACED.has(key);
    if (isKept) flat.push(name, value);
  }
  if (mode === 'append') flat.push('X-Forwarded-For', [...addresses, sourceIp].join(', '));
  flat.push('X-Forwarded-Proto', scheme, 'X-Forwarded-Port', String(port));
  flat.push('X-Amzn-Trace-Id', traceId(traceIds.join(';')));
  // Without this header Node would announce a chunked body, although the request has none.
  if (!BODILESS.has(method) && framingOf(headers) === undefined) flat.push('Content-Length', '0');
  return flat;
}

/** Returns how the headers announce a body: its length in bytes, or `chunked`; undefined when they announce none. */
export function framingOf(headers: readonly HeaderField[]): number | 'chunked' | undefined {
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (key === 'content-length') return Number(value);
    if (key === 'transfer-encoding') return 'chunked';
  }
  return undefined;
}

/** Returns the number of bytes of a header in a message, including its line break. */
export function fieldBytes([name, value]: HeaderField): number {
  return name.length + value.length + ': \r\n'.length;
}

/**
 * Returns the headers for the client as a flat list: the target's headers without the hop-by-hop ones.
 * @param raw names and values as the target sent them
 */
export function responseHeaders(raw: readonly string[], keepAlive: boolean): string[] {
  const pairs = headerPairs(raw);
  const connectionOnly = namedByConnection(pairs);
  const flat: string[] = [];
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    if (!isForwarded(key, connectionOnly) || key === 'transfer-encoding' || HOP_BY_HOP.has(key)) continue;
    flat.push(name, value);
  }
  flat.push('Connection', keepAlive ? 'keep-alive' : 'close');
  return flat;
}

/**
 * Returns the trace ID for a request. A request without a Root gets a new Root. If the client or an earlier load balancer
 * has set a Root, it is kept, and a new Self is added in front. An earlier Self is removed, and all other fields are kept.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export function traceId(receivedId: string): string {
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, '0');
  const id = `1-${seconds}-${randomHex()}`;
  if (receivedId === '') return `Root=${id}`;
  const fields = receivedId.split(';').filter((field) => field !== '' && !field.startsWith('Self='));
  const name = fields.some((field) => field.startsWith('Root=')) ? 'Self' : 'Root';
  return [`${name}=${id}`, ...fields].join(';');
}

/** The number of random hexadecimal digits in a trace ID. */
const TRACE_DIGITS = 24;
/** Random digits for the next trace IDs. Making them for each request would take longer than all other headers. */
let randomDigits = '';
let usedDigits = 0;

function randomHex(): string {
  if (usedDigits === randomDigits.length) {
    randomDigits = randomBytes(128 * TRACE_DIGITS).toString('hex');
    usedDigits = 0;
  }
  usedDigits += TRACE_DIGITS;
  return randomDigits.slice(usedDigits - TRACE_DIGITS, usedDigits);
}

/** Returns the names that the Connection headers list, in lower case. The sender means these headers for this connection only. */
function namedByConnection(headers: readonly HeaderField[]): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'connection') continue;
    names ??= new Set();
    for (const named of value.toLowerCase().split(',')) names.add(named.trim());
  }
  return names ?? NO_NAMES;
}
