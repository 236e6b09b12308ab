/** The operations on capacity providers. Every account has exactly two: FARGATE and FARGATE_SPOT. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { CapacityProvider, Failure } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { checkStrategy, PROVIDERS } from './capacity.ts';
import { clusterView } from './cluster-view.ts';
import { invalid } from './errors.ts';
import { activeClusterOf, clusterOf, pageOfTen, shortName } from './lookups.ts';

const arnOf = (region: Region, provider: string): string =>
  region.arn('ecs', `capacity-provider/${provider}`);

/** Returns the given providers if all of them are known. @throws InvalidParameterException */
export function checkProviders(providers: string[]): string[] {
  const unknown = providers.find((provider) => !PROVIDERS.includes(provider));
  if (unknown === undefined) return providers;
  throw invalid('The specified capacity provider was not found. Specify a valid name or ARN and try again.');
}

export const capacityProviderOperations = {
  PutClusterCapacityProviders: {
    inputMembers: ['cluster', 'capacityProviders', 'defaultCapacityProviderStrategy'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const providers = checkProviders(input.capacityProviders ?? []);
      const strategy = checkStrategy(input.defaultCapacityProviderStrategy ?? [], providers);
      cluster.capacityProviders = providers;
      cluster.defaultCapacityProviderStrategy = strategy;
      return { cluster: clusterView(region, cluster, ['SETTINGS', 'TAGS', 'CONFIGURATIONS']) };
    },
  },

  /** With a cluster, the call describes only the providers that are associated with the cluster. */
  DescribeCapacityProviders: {
    inputMembers: ['capacityProviders', 'cluster', 'include', 'maxResults', 'nextToken'],
    run(input, region) {
      const offered =
        input.cluster === undefined ? PROVIDERS : (clusterOf(region, input.cluster).capacityProviders ?? []);
      const requested = input.capacityProviders?.length ? input.capacityProviders : offered;
      const isOffered = (reference: string): boolean => {
        const name = shortName(reference);
        return offered.includes(name) && (reference === name || reference === arnOf(region, name));
      };
      const found = requested.filter(isOffered).map((reference): CapacityProvider => ({
        capacityProviderArn: arnOf(region, shortName(reference)),
        name: shortName(reference),
        status: 'ACTIVE',
        tags: [],
      }));
      const failures = requested
        .filter((reference) => !isOffered(reference))
        .map((reference): Failure => ({ arn: arnOf(region, shortName(reference)), reason: 'MISSING' }));
      const { rows, nextToken } = pageOfTen(found, input.maxResults, input.nextToken);
      return { capacityProviders: rows, failures, nextToken };
    },
  },
} satisfies Operations<typeof ECS>;
