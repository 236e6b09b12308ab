/** For convergence tests: the stack that the tests change. */
import type { StackInput } from '../../lib/config/schema.ts';

type ServiceInput = StackInput['services'][string];
type ContainerInput = ServiceInput['containers'][string];

/** Returns a container with an existing image, so that nothing is built. */
export const container = (
  name: string,
  port: number,
  changes: Partial<ContainerInput> = {},
): ContainerInput => ({
  image: `public.ecr.aws/shop/${name}:1`,
  port,
  path: `/${name}`,
  ...changes,
});

/** Returns a single service, `web`, with two containers. */
export const web = (
  { api1 = {}, api2 = {}, ...others }: Record<string, Partial<ContainerInput>> = {},
  changes: Partial<ServiceInput> = {},
): StackInput['services'] => ({
  web: {
    containers: {
      api1: container('api1', 5000, api1),
      api2: container('api2', 6000, api2),
      ...others,
    },
    ...changes,
  },
});

/** Returns a stack with two containers behind a load balancer, and a domain. */
export const stack = (changes: Partial<StackInput> = {}): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  domain: { name: 'api.example.com', zone: 'example.com', createZone: true },
  services: web(),
  ...changes,
});
