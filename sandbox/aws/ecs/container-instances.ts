/** The operations on container instances and their attributes. Fargate has no container instances, so the lists are empty. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Failure } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { invalid } from './errors.ts';
import { activeClusterOf, clusterOf } from './lookups.ts';
import type { ClusterRow } from './store.ts';

const MAX_DESCRIBED = 100;

/**
 * Checks a list of container instances.
 * @param max the maximum number of container instances
 * @throws InvalidParameterException
 */
export function checkContainerInstances(named: readonly string[] = [], max: number): readonly string[] {
  if (named.length === 0) throw invalid('Container instance cannot be empty.');
  if (named.length > max) throw invalid(`Container instances can have at most ${max} items.`);
  return named;
}

/** Returns a failure for each named container instance, because none exists. */
export const missingInstances = (
  region: Region,
  { clusterName }: ClusterRow,
  named: readonly string[],
): Failure[] =>
  named.map((reference) => ({
    arn: reference.startsWith('arn:')
      ? reference
      : region.arn('ecs', `container-instance/${clusterName}/${reference}`),
    reason: 'MISSING',
  }));

export const containerInstanceOperations = {
  ListContainerInstances: {
    inputMembers: ['cluster', 'filter', 'status', 'maxResults', 'nextToken'],
    run(input, region) {
      activeClusterOf(region, input.cluster);
      return { containerInstanceArns: [] };
    },
  },

  DescribeContainerInstances: {
    inputMembers: ['cluster', 'containerInstances', 'include'],
    run(input, region) {
      const cluster = clusterOf(region, input.cluster);
      const named = checkContainerInstances(input.containerInstances, MAX_DESCRIBED);
      return { containerInstances: [], failures: missingInstances(region, cluster, named) };
    },
  },

  /** Lists the attributes of container instances. */
  ListAttributes: {
    inputMembers: ['cluster', 'targetType', 'attributeName', 'attributeValue', 'maxResults', 'nextToken'],
    run(input, region) {
      activeClusterOf(region, input.cluster);
      if (input.attributeValue !== undefined && input.attributeName === undefined) {
        throw invalid('attributeValue can be specified only together with attributeName.');
      }
      return { attributes: [] };
    },
  },
} satisfies Operations<typeof ECS>;
