/** Foresees from the configuration alone what would not work although AWS accepts it. Pure. */
import { Netmask } from 'netmask';
import { hasBalancer, isRouted, type Config } from '../config/config.ts';
import { display, pathText } from '../config/display.ts';
import { containersWithServices, pathOfContainer, pathOfService, type Path } from '../config/finding.ts';

/** Something that probably does not work as intended. */
export interface Foreseen {
  /** The path in the configuration, e.g. `services.shop.count`. */
  readonly path: string;
  /** The current value, as text. */
  readonly value: string;
  /** What will happen, as a sentence. */
  readonly what: string;
  /** What to write instead, as a sentence. */
  readonly fix: string;
}

/** Returns everything that is foreseen, in the order of the configuration. */
export const foresee = (config: Config): Foreseen[] => [
  ...closedToClients(config),
  ...clientsInOwnBlock(config),
  ...routesWithoutTasks(config),
  ...otherPorts(config),
];

/** Formats what is foreseen as one line. */
export const foreseenText = ({ path, value, what, fix }: Foreseen): string =>
  `${path}: ${value}. ${what} ${fix}`;

const foreseen = (path: Path, value: string, what: string, fix: string): Foreseen => ({
  path: pathText(path),
  value,
  what,
  fix,
});

/** The blocks of addresses that are not routed on the internet: RFC 1918, and shared address space of RFC 6598. */
const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(
  (block) => new Netmask(block),
);

const isPrivate = (block: string): boolean =>
  block.includes(':') ? /^f[cd]/i.test(block) : PRIVATE_BLOCKS.some((all) => all.contains(block));

/** Requests to a public address come from public addresses, and those to a private address from private ones. */
function* closedToClients(config: Config): Iterable<Foreseen> {
  const { clients = [], internal, loadBalancer } = config;
  if (clients.length === 0 || loadBalancer || !hasBalancer(config)) return;
  const value = clients.join(', ');
  if (!internal && clients.every(isPrivate))
    yield foreseen(
      ['clients'],
      value,
      'No request arrives: the load balancer has public addresses, and private clients reach these from other addresses.',
      'Add the public addresses of the clients, or set internal: true.',
    );
  if (internal && !clients.some(isPrivate))
    yield foreseen(
      ['clients'],
      value,
      'No request arrives: the load balancer has only private addresses, which public clients cannot reach.',
      'Add the private addresses of the clients, or remove internal.',
    );
}

/** A network cannot be connected with another one that has the same addresses. */
function* clientsInOwnBlock(config: Config): Iterable<Foreseen> {
  const { clients = [], internal, loadBalancer, network } = config;
  if (!internal || loadBalancer || !hasBalancer(config)) return;
  for (const [index, block] of clients.entries()) {
    if (block.includes(':') || !isPrivate(block) || !overlap(block, network.cidr)) continue;
    // A block that contains the whole network may mean every private client.
    if (new Netmask(block).contains(network.cidr) && block !== network.cidr) continue;
    yield foreseen(
      ['clients', index],
      block,
      `It overlaps with network.cidr, which is ${network.cidr}: another network with these addresses cannot be connected with the VPC.`,
      'Choose a network.cidr that no client has.',
    );
  }
}

/** Whether two blocks of IPv4 addresses have addresses in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [new Netmask(one), new Netmask(other)];
  return a.contains(b) || b.contains(a);
}

/** The load balancer answers requests to a service without tasks itself. */
function* routesWithoutTasks({ services }: Config): Iterable<Foreseen> {
  for (const service of services)
    if (service.count === 0 && service.containers.some(isRouted))
      yield foreseen(
        pathOfService(service, 'count'),
        '0',
        'Requests to its paths are answered with 503, since no task runs.',
        'Use at least 1, unless the service is paused on purpose.',
      );
}

/** Most programs and frameworks listen on PORT. */
function* otherPorts(config: Config): Iterable<Foreseen> {
  for (const { service, container } of containersWithServices(config)) {
    const { port, environment } = container;
    const variable = environment['PORT'];
    if (port === undefined || variable === undefined || Number(variable) === port) continue;
    if (!/^\d{1,5}$/.test(variable)) continue;
    yield foreseen(
      pathOfContainer(service, container, 'environment', 'PORT'),
      display(variable),
      `Most programs listen on PORT, but requests and health checks go to port ${port}.`,
      `Remove it, since PORT is then ${port}, or set port to ${variable}.`,
    );
  }
}
