/** The requests that verify a stack: one for each container that a plain GET, or a call of gRPC, reaches. Pure. */
import { pathsOf, routesOf, type Config, type RoutedContainer } from '../../lib/config/config.ts';
import { asList } from '../../lib/derive/conditions.ts';
import { isPattern } from '../../lib/config/route-field-rules.ts';
import type { RouteToContainer } from '../../lib/config/route-schema.ts';
import type { PublicAddress } from './url.ts';

/** A request that reaches a container. */
interface VerifiedRoute {
  readonly path: string;
  /** The host to ask for, if the route has one. */
  readonly host?: string | undefined;
  /** Set if the container gets requests over HTTP/2. */
  readonly http2?: 'HTTP2' | 'GRPC';
  /** Whether the program gets the path of the request as it is. */
  readonly isUnchanged: boolean;
}

/** Returns the request that verifies a container; undefined if no plain request can reach it, because its routes need a header. */
export function verifiedRoute(container: RoutedContainer): VerifiedRoute | undefined {
  const { protocol } = container;
  const http2 = protocol === 'HTTP2' || protocol === 'GRPC' ? { http2: protocol } : {};
  const [path] = pathsOf(container);
  if (path !== undefined) return { path, isUnchanged: !container.stripPath, ...http2 };
  const method = protocol === 'GRPC' ? 'POST' : 'GET';
  const found = (container.routes ?? [])
    .map((route) => requestFor(route, method))
    .find((request) => request !== undefined);
  return found && { ...found, ...http2 };
}

function requestFor(route: RouteToContainer, method: 'GET' | 'POST'): VerifiedRoute | undefined {
  const { paths, hosts, methods, headers, queries, sources, stripPath, rewrite } = route;
  const path = paths === undefined ? '/' : asList(paths).find((text) => !isPattern(text));
  const host = asList(hosts).find((text) => !isPattern(text));
  const isPlain = [headers, queries, sources].every((condition) => condition === undefined);
  const allowsMethod = methods === undefined || asList(methods).includes(method);
  if (!isPlain || !allowsMethod || path === undefined || (hosts !== undefined && host === undefined))
    return undefined;
  return { path, host, isUnchanged: !stripPath && rewrite === undefined };
}

/** Lists the routes of a stack that a plain request verifies. */
export const verifiedRoutes = (config: Config) =>
  routesOf(config).flatMap(({ service, container }) => {
    const request = verifiedRoute(container);
    return request ? [{ service, container, request }] : [];
  });

/**
 * Returns the address under the host that a request asks for, with its protocol. The certificates of someone else's listener are
 * looked up by that host as well.
 */
export function addressFor(address: PublicAddress, { host, http2 }: VerifiedRoute): PublicAddress {
  const { tls, url } = address;
  const { port } = new URL(url);
  return {
    ...address,
    ...(host !== undefined && { host }),
    ...(host !== undefined &&
      tls?.isOthers && {
        url: `https://${host}${port === '' ? '' : `:${port}`}`,
        tls: { ...tls, servername: host },
      }),
    ...(http2 !== undefined && { http2 }),
  };
}
