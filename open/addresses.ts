/** Chooses the addresses that `npm run open` prints and opens. Pure. */
import { routesOf, type Config } from '../lib/config/config.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { unknownContainer } from '../lib/run/bad-arguments.ts';
import type { ContainerAddress } from '../lib/run/steering-results.ts';
import { verifiedRoute } from '../provision/done/verified-routes.ts';

/**
 * Returns the addresses of the containers that a browser can request: that of the path `/` first, and the others in the order of
 * the configuration.
 * @param url the address of the stack, without a path
 * @param named a container, a service, or `<service>/<container>`; undefined for all
 * @throws ARGUMENTS if there is no such container; NO_ADDRESS if no browser can request it
 */
export function addressesIn(config: Config, url: string, named: string | undefined): ContainerAddress[] {
  const names = config.services.flatMap(({ name, containers }) => [
    name,
    ...containers.flatMap((container) => [container.name, `${name}/${container.name}`]),
  ]);
  if (named !== undefined && !names.includes(named)) throw unknownContainer(named, [...new Set(names)]);
  const addresses = routesOf(config)
    .filter(
      ({ service, container }) =>
        named === undefined ||
        [service.name, container.name, `${service.name}/${container.name}`].includes(named),
    )
    .flatMap(({ service, container }) => {
      const route = verifiedRoute(container);
      // A browser speaks no gRPC.
      if (route === undefined || route.http2 === 'GRPC') return [];
      const base = new URL(url);
      if (route.host !== undefined) base.hostname = route.host;
      return [{ container: `${service.name}/${container.name}`, url: `${base.origin}${route.path}` }];
    });
  if (addresses.length === 0) throw noAddress(named);
  const isRoot = ({ url: address }: ContainerAddress) => new URL(address).pathname === '/';
  return [...addresses.filter(isRoot), ...addresses.filter((address) => !isRoot(address))];
}

const noAddress = (named: string | undefined): Problem =>
  problem('NO_ADDRESS', {
    what:
      named === undefined
        ? 'The stack has no address for a browser.'
        : `${named} has no address for a browser.`,
    why: 'No container has a path that a plain request reaches: containers without a path get no requests, and gRPC and routes that need a header are not for browsers.',
    now: NOTHING_CHANGED,
    fix: ['Give a container a path in slipway.config.ts, then npm run provision'],
  });
