/** AWS's wildcard patterns for paths and hosts, and the form of a request's path that they are compared with. */
import { matchesWildcard } from '../wildcard.ts';

const MAX_LENGTH = 128;
const PATH_PATTERN = /^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/;
const HOST_PATTERN = /^[A-Za-z0-9\-.*?]*\.[A-Za-z0-9\-*?]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/**
 * Whether AWS accepts the text as a value of a path-pattern condition: at most 128 characters of its alphabet.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
 */
export function isPathPattern(text: string): boolean {
  return text.length <= MAX_LENGTH && PATH_PATTERN.test(text);
}

/**
 * Whether AWS accepts the text as a value of a host-header condition: at most 128 characters, with at least one dot.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions
 */
export function isHostPattern(text: string): boolean {
  return text.length <= MAX_LENGTH && HOST_PATTERN.test(text);
}

/**
 * Whether a path pattern matches a path, the case of letters included. `*` also crosses `/`.
 * @param path as `normalizePath` gives it, without the query string
 */
export function matchesPath(pattern: string, path: string): boolean {
  return matchesWildcard(pattern, path);
}

/**
 * Whether a host pattern matches a host name; the case of letters does not matter.
 * @param host without a port
 */
export function matchesHost(pattern: string, host: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), host.toLowerCase());
}

/**
 * The path that rules are evaluated with. AWS says that rules see the normalised URI and not what that is; this is
 * RFC 3986, section 6.2.2: escapes of unreserved characters are decoded (`%61` is `a`, `%2F` stays), other escapes are
 * upper-cased, and dot segments are resolved. Repeated slashes stay: on a real load balancer `//application` is
 * another path than `/application` (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/820).
 * The target still receives the path as the client sent it.
 * @returns undefined when dot segments climb above the root, which the load balancer answers with 400
 */
export function normalizePath(path: string): string | undefined {
  const segments = decodeUnreserved(path).split('/').slice(1);
  const resolved: string[] = [];
  for (const segment of segments) {
    if (segment === '..') {
      if (resolved.pop() === undefined) return undefined;
    } else if (segment !== '.') {
      resolved.push(segment);
    }
  }
  const last = segments.at(-1);
  if (last === '.' || last === '..') resolved.push('');
  return `/${resolved.join('/')}`;
}

function decodeUnreserved(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(char) ? char : escape.toUpperCase();
  });
}
