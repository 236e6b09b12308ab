/** Decides whether a request to the page may be answered: its host, its origin, its token and its method. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The page that is guarded. */
export interface Guarded {
  /** The token, which is the first part of every path. */
  readonly token: string;
  /** The port on which the server listens. */
  readonly port: number;
  /** The names, after the token, to which requests with POST are allowed. */
  readonly posts: readonly string[];
}

/** The parts of a request that are checked. */
export interface GuardedRequest {
  readonly method: string;
  /** The path and the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A request that is refused, with its response. */
export interface RefusedRequest {
  readonly status: 400 | 401 | 403 | 405 | 415;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that may be answered. */
export interface AllowedRequest {
  /** The path after the token, without a slash at its start; empty for the page itself. */
  readonly name: string;
  readonly query: URLSearchParams;
}

const refuse = (status: RefusedRequest['status'], text: string): { readonly refused: RefusedRequest } => ({
  refused: { status, text },
});

/**
 * Checks a request. The host comes first, since a foreign Host header reveals DNS rebinding; then the origin, since browsers send the
 * origin of a foreign page with its requests; then the token.
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function checkRequest(
  { method, url, headers }: GuardedRequest,
  { token, port, posts }: Guarded,
): { readonly allowed: AllowedRequest } | { readonly refused: RefusedRequest } {
  const host = (headers.host ?? '').toLowerCase();
  if (!['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}`))
    return refuse(403, 'This page answers to loopback names only.');
  const { origin } = headers;
  const site = headers['sec-fetch-site'] ?? 'none';
  const isForeign =
    (origin !== undefined && origin !== `http://${host}`) || !['none', 'same-origin'].includes(String(site));
  if (isForeign) return refuse(403, 'This page does not answer to other pages.');
  if (!url.startsWith('/') || !URL.canParse(url, 'http://page')) return refuse(400, 'The path is not valid.');
  const { pathname, searchParams: query } = new URL(url, 'http://page');
  const [, given = '', ...rest] = pathname.split('/');
  if (!isSameToken(given, token))
    return refuse(401, 'The token is missing or wrong. Open the address that the command has printed.');
  const name = rest.join('/');
  const isPost = posts.includes(name);
  const allowed = isPost ? ['POST'] : ['GET', 'HEAD'];
  if (!allowed.includes(method)) {
    const text = `The method ${method} is not allowed here.`;
    return { refused: { status: 405, text, headers: { allow: allowed.join(', ') } } };
  }
  if (isPost && origin === undefined) return refuse(403, 'A change needs the origin of the page.');
  // A form of another page cannot have this content type.
  if (isPost && headers['content-type'] !== 'application/json')
    return refuse(415, 'A change is sent as application/json.');
  return { allowed: { name, query } };
}

/** Compares two tokens in a time that does not depend on their contents. */
function isSameToken(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
