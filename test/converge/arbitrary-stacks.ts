/** For convergence tests: a generator of random configurations. */
import fc from 'fast-check';
import type { StackInput } from '../../lib/config/schema.ts';

type ServiceInput = StackInput['services'][string];

const name = fc.constantFrom('a', 'b', 'c');
const container = fc.record({
  image: fc.constantFrom('public.ecr.aws/shop/app:1', 'public.ecr.aws/shop/app:2'),
  port: fc.constantFrom(5000, 6000, 7000),
  protocol: fc.constantFrom('HTTP' as const, 'HTTPS' as const),
  health: fc.record({ path: fc.constantFrom('/', '/health') }),
  environment: fc.dictionary(fc.constantFrom('LEVEL', 'MODE'), fc.constantFrom('1', '2')),
  essential: fc.constant(true),
});
const service = fc.record({
  cpu: fc.constantFrom(256 as const, 512 as const),
  memory: fc.constant(1024),
  count: fc.constantFrom(0, 1, 2),
  strategy: fc.constantFrom('rolling' as const, 'blueGreen' as const, 'canary' as const, 'linear' as const),
  isRouted: fc.constantFrom(true, true, false),
  containers: fc.dictionary(name, container, { minKeys: 1, maxKeys: 3 }),
});

/**
 * Returns the deployment of a service, without pauses. If the configuration would refuse the strategy, it is another one: a
 * canary of one task is refused, and so are six target groups.
 */
function possibleDeploy(strategy: string, count: number, containers: number): ServiceInput['deploy'] {
  if (containers > 2 || strategy === 'rolling') return 'rolling';
  if (strategy === 'blueGreen' || (strategy === 'canary' && count === 1))
    return { blueGreen: { bakeMinutes: 0 } };
  return { [strategy]: { stepMinutes: 0, bakeMinutes: 0 } };
}

/** Returns a container without a path: it has no health check of the load balancer, and no protocol. */
const unrouted = ({ image, port, environment }: ServiceInput['containers'][string]) => ({
  image,
  port,
  environment,
});

/** Generates stacks. As the configuration requires, ports are unique within a task, and paths are unique within a stack. */
export const arbitraryStack: fc.Arbitrary<StackInput> = fc
  .record({
    services: fc.dictionary(name, service, { minKeys: 1, maxKeys: 2 }),
    zones: fc.constantFrom(2, 3),
    retention: fc.constantFrom(14 as const, 30 as const),
    idle: fc.constantFrom(60, 90),
    delay: fc.constantFrom(0, 10),
    domain: fc.option(fc.constantFrom('api.example.com', 'www.example.com'), { nil: undefined }),
    paths: fc.shuffledSubarray(['/', '/a', '/b', '/c', '/a/b', '/d'], { minLength: 6 }),
  })
  .map(({ services, zones, retention, idle, delay, domain, paths }) => {
    let nextPath = 0;
    const servicesWithPaths = Object.entries(services).map(
      ([key, { containers, strategy, isRouted, ...rest }]) => [
        key,
        {
          ...rest,
          deploy: isRouted
            ? possibleDeploy(strategy, rest.count, Object.keys(containers).length)
            : ('rolling' as const),
          containers: Object.fromEntries(
            Object.entries(containers).map(([containerName, generated], index) => [
              containerName,
              isRouted
                ? { ...generated, port: generated.port + index, path: paths[nextPath++] }
                : unrouted({ ...generated, port: generated.port + index }),
            ]),
          ),
        },
      ],
    );
    const hasRoutes = Object.values(services).some(({ isRouted }) => isRouted);
    return {
      name: 'shop',
      region: 'eu-west-1',
      network: { zones },
      logRetentionDays: retention,
      services: Object.fromEntries(servicesWithPaths) as StackInput['services'],
      ...(hasRoutes && { idleTimeoutSeconds: idle, deregistrationDelaySeconds: delay }),
      ...(domain === undefined || !hasRoutes
        ? {}
        : { domain: { name: domain, zone: 'example.com', createZone: true } }),
    };
  });
