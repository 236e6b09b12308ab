/** The requests that verify a stack: one for each container that a plain GET reaches. Pure. */
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
  /** Whether the program gets the path of the request as it is. */
  readonly isUnchanged: boolean;
}

/** Returns the request that verifies a container; undefined if a plain GET cannot reach it, because its routes need a header. */
export function verifiedRoute(container: RoutedContainer): VerifiedRoute | undefined {
  const [path] = pathsOf(container);
  if (path !== undefined) return { path, isUnchanged: !container.stripPath };
  return (container.routes ?? []).map(requestFor).find((request) => request !== undefined);
}

function requestFor(route: RouteToContainer): VerifiedRoute | undefined {
  const { paths, hosts, methods, headers, queries, sources, stripPath, rewrite } = route;
  const path = paths === undefined ? '/' : asList(paths).find((text) => !isPattern(text));
  const host = asList(hosts).find((text) => !isPattern(text));
  const isPlain = [headers, queries, sources].every((condition) => condition === undefined);
  const allowsGet = methods === undefined || asList(methods).includes('GET');
  if (!isPlain || !allowsGet || path === undefined || (hosts !== undefined && host === undefined))
    return undefined;
  return { path, host, isUnchanged: !stripPath && rewrite === undefined };
}

/** Lists the routes of a stack that a plain GET verifies. */
export const verifiedRoutes = (config: Config) =>
  routesOf(config).flatMap(({ service, container }) => {
    const request = verifiedRoute(container);
    return request ? [{ service, container, request }] : [];
  });

/** Returns the address under the host that a request asks for. */
export const addressFor = (address: PublicAddress, { host }: VerifiedRoute): PublicAddress =>
  host === undefined ? address : { ...address, host };
