/** Evaluates a condition of a listener rule against a request. */
import { BlockList, isIPv6 } from 'node:net';
import type { QueryStringKeyValuePair, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { matchesWildcard } from '../wildcard.ts';
import type { HeaderField } from './headers.ts';
import { matchesHost, matchesPath } from './path-pattern.ts';
import { matchesRegex } from './regex.ts';

/** The parts of a request that rules can match. */
export interface RoutedRequest {
  readonly scheme: 'http' | 'https';
  readonly method: string;
  /** The host name from the Host header, without the port. */
  readonly host: string;
  /** The port in the Host header, or the listener's port when the header has none. */
  readonly port: number;
  /** Whether the Host header has another port than the listener has in AWS: the client uses the port on this machine. */
  readonly isOnLocalPort: boolean;
  /** The path and query, as the client sent them and as the target receives them. */
  readonly url: string;
  /** The path as the client sent it. */
  readonly rawPath: string;
  /** The normalised path, against which patterns are matched. */
  readonly path: string;
  /** The query string without the question mark. */
  readonly query: string;
  /** The headers in the order sent. */
  readonly headers: readonly HeaderField[];
  readonly sourceIp: string;
}

/**
 * Whether a request matches a condition: at least one of the condition's values must match. Regular expressions may match
 * anywhere in the path, host or header.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function matchesCondition(condition: RuleCondition, request: RoutedRequest): boolean {
  switch (condition.Field) {
    case 'path-pattern': {
      const config = condition.PathPatternConfig;
      return (
        someMatches(matchesPath, condition.Values, request.path) ||
        someMatches(matchesPath, config?.Values, request.path) ||
        someMatches(matchesExactly, config?.RegexValues, request.path)
      );
    }
    case 'host-header': {
      const config = condition.HostHeaderConfig;
      return (
        someMatches(matchesHost, condition.Values, request.host) ||
        someMatches(matchesHost, config?.Values, request.host) ||
        someMatches(matchesInAnyCase, config?.RegexValues, request.host)
      );
    }
    case 'http-header': {
      const { HttpHeaderName = '', Values, RegexValues } = condition.HttpHeaderConfig ?? {};
      const values = request.headers
        .filter(([name]) => equalsIgnoringCase(name, HttpHeaderName))
        .map(([, value]) => value);
      return values.some(
        (value) =>
          someMatches(matchesIgnoringCase, Values, value) ||
          someMatches(matchesInAnyCase, RegexValues, value),
      );
    }
    case 'http-request-method':
      return condition.HttpRequestMethodConfig?.Values?.includes(request.method) ?? false;
    case 'query-string': {
      const pairs = queryPairs(request.query);
      return (condition.QueryStringConfig?.Values ?? []).some((pattern) =>
        pairs.some((pair) => pairMatches(pattern, pair)),
      );
    }
    case 'source-ip':
      return someMatches(cidrHasAddress, condition.SourceIpConfig?.Values, request.sourceIp);
    default:
      return false;
  }
}

function someMatches(
  matches: (pattern: string, text: string) => boolean,
  patterns: readonly string[] | undefined,
  text: string,
): boolean {
  return patterns?.some((pattern) => matches(pattern, text)) ?? false;
}

const matchesExactly = (regex: string, text: string) => matchesRegex(regex, text, 'exact');
const matchesInAnyCase = (regex: string, text: string) => matchesRegex(regex, text, 'any');

function equalsIgnoringCase(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function matchesIgnoringCase(pattern: string, text: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), text.toLowerCase());
}

/** Whether a key and value of the query match a condition. A condition without a key applies to every key. */
function pairMatches(
  { Key, Value = '' }: QueryStringKeyValuePair,
  [key, value]: readonly [string, string],
): boolean {
  return (Key === undefined || matchesIgnoringCase(Key, key)) && matchesIgnoringCase(Value, value);
}

function queryPairs(query: string): (readonly [string, string])[] {
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign is not an error to the load balancer
  }
}

/** Whether a CIDR block contains an address. */
export function cidrHasAddress(cidr: string, address: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== (family === 'ipv6')) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(bits), family);
  return block.check(address, family);
}
