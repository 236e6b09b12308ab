/** AWS's wildcard patterns for paths and hosts, and the normalised path that patterns are matched against. */
import { matchesWildcard } from '../wildcard.ts';

const MAX_LENGTH = 128;
const PATH_PATTERN = /^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/;
const HOST_PATTERN = /^[A-Za-z0-9\-.*?]*\.[A-Za-z0-9\-*?]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/**
 * Whether AWS accepts the string as a value of a path-pattern condition: at most 128 of the allowed characters.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
 */
export function isPathPattern(text: string): boolean {
  return text.length <= MAX_LENGTH && PATH_PATTERN.test(text);
}

/**
 * Whether AWS accepts the string as a value of a host-header condition: at most 128 characters, including a dot.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions
 */
export function isHostPattern(text: string): boolean {
  return text.length <= MAX_LENGTH && HOST_PATTERN.test(text);
}

/**
 * Whether a path pattern matches a path. Case matters, and `*` also matches `/`.
 * @param path normalised by `normalizePath`, without the query string
 */
export function matchesPath(pattern: string, path: string): boolean {
  return matchesWildcard(pattern, path);
}

/**
 * Whether a host pattern matches a host name, ignoring case.
 * @param host without the port
 */
export function matchesHost(pattern: string, host: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), host.toLowerCase());
}

/**
 * Normalises a path, so that rules can be evaluated against it. AWS documents that rules see the normalised URI, but not
 * how it is normalised. This function implements RFC 3986, section 6.2.2. It decodes escapes of unreserved characters
 * (`%61` becomes `a`, `%2F` stays), converts other escapes to upper case, and resolves dot segments. Repeated slashes
 * stay, because a real load balancer treats `//application` and `/application` as different paths
 * (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/820).
 * The target still receives the path as the client sent it.
 * @returns undefined for a path that leads above the root, which the load balancer refuses with 400
 */
export function normalizePath(path: string): string | undefined {
  if (!path.includes('%') && !path.includes('/.')) return path;
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
