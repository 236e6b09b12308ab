/** The headers of a request to its target, and of a response to the client. */
import { randomBytes } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { RoutedRequest } from './conditions.ts';

type Pair = readonly [name: string, value: string];

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
/** Headers that a client's Connection header cannot remove: they delimit or route the message. */
const ESSENTIAL = new Set(['host', 'content-length', 'transfer-encoding']);

/** Pairs up the names and values of Node's flat list. */
export function headerPairs(raw: readonly string[]): Pair[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] satisfies Pair] : []));
}

/**
 * Returns the headers for the target: the client's headers in their original spelling and order, without the hop-by-hop
 * ones, followed by those that the load balancer adds.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 *
 * With `routing.http.drop_invalid_header_fields.enabled`, names that do not match `[-A-Za-z0-9]+`, such as `X_Id`, are
 * dropped. Without it AWS forwards every name. The sandbox refuses names that are not RFC 9110 tokens (for example with a
 * space or a parenthesis) with 400, because Node's parser rejects them. The option `insecureHTTPParser` does not help: it
 * only relaxes the rules for values.
 *
 * @param port the listener's port in AWS
 * @param attribute reads an attribute of the load balancer
 */
export function requestHeaders(
  request: Pick<RoutedRequest, 'headers' | 'sourceIp'>,
  port: number,
  attribute: (key: string) => string | undefined,
): OutgoingHttpHeaders {
  const dropInvalid = attribute('routing.http.drop_invalid_header_fields.enabled') === 'true';
  const kept = withoutHopByHop(request.headers).filter(
    ([name]) => !dropInvalid || /^[-A-Za-z0-9]+$/.test(name),
  );
  const headers = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of kept) {
    const key = name.toLowerCase();
    const known = headers.get(key);
    if (known === undefined) headers.set(key, { name, values: [value] });
    else if (key !== 'host') known.values.push(value); // the load balancer uses the first of several Host headers
  }
  const set = (name: string, value: string): unknown =>
    headers.set(name.toLowerCase(), { name, values: [value] });
  const valuesOf = (name: string): string[] => headers.get(name)?.values ?? [];

  const mode = attribute('routing.http.xff_header_processing.mode') ?? 'append';
  if (mode === 'remove') headers.delete('x-forwarded-for');
  if (mode === 'append')
    set('X-Forwarded-For', [...valuesOf('x-forwarded-for'), request.sourceIp].join(', '));
  set('X-Forwarded-Proto', 'http');
  set('X-Forwarded-Port', String(port));
  set('X-Amzn-Trace-Id', traceId(valuesOf('x-amzn-trace-id').join(';')));
  if (/^identity$/i.test(valuesOf('transfer-encoding').join())) headers.delete('transfer-encoding');
  return Object.fromEntries(
    [...headers.values()].map(({ name, values }) => [name, values.length > 1 ? values : values[0]]),
  );
}

/**
 * Returns the headers for the client as a flat list: the target's headers without the hop-by-hop ones.
 * @param raw names and values as the target sent them
 */
export function responseHeaders(raw: readonly string[], keepAlive: boolean): string[] {
  const kept = withoutHopByHop(headerPairs(raw)).filter(
    ([name]) => name.toLowerCase() !== 'transfer-encoding',
  );
  return [...kept.flat(), 'Connection', keepAlive ? 'keep-alive' : 'close'];
}

/**
 * Returns the trace ID for a request. A request without a Root gets a new Root. If the client or an earlier load balancer
 * has set a Root, it is kept, and a new Self is added in front. An earlier Self is removed, and all other fields are kept.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export function traceId(sent: string): string {
  const fields = sent.split(';').filter((field) => field !== '' && !field.startsWith('Self='));
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, '0');
  const id = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  const name = fields.some((field) => field.startsWith('Root=')) ? 'Self' : 'Root';
  return [`${name}=${id}`, ...fields].join(';');
}

function withoutHopByHop(headers: readonly Pair[]): Pair[] {
  const connection = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .map(([, value]) => value);
  const named = new Set(
    connection
      .join(',')
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  return headers.filter(([name]) => {
    const key = name.toLowerCase();
    return ESSENTIAL.has(key) || !(HOP_BY_HOP.has(key) || named.has(key));
  });
}
