/** The capacity for tasks: Fargate and Fargate Spot, as a launch type or as capacity providers of a cluster. */
import type { CapacityProviderStrategyItem, LaunchType } from '@aws-sdk/client-ecs';
import { invalid, notSupported } from './errors.ts';
import type { ClusterRow } from './store.ts';

export const PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

/** The capacity of a service or a task: exactly one member is set. */
export interface Capacity {
  launchType?: LaunchType;
  capacityProviderStrategy?: CapacityProviderStrategyItem[];
}

/**
 * Checks that a strategy uses only the given providers, and fills in AWS's defaults.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
 */
export function checkStrategy(
  strategy: CapacityProviderStrategyItem[],
  providers: readonly string[],
): CapacityProviderStrategyItem[] {
  const unassociatedItem = strategy.find(
    ({ capacityProvider = '' }) => !providers.includes(capacityProvider),
  );
  if (unassociatedItem) {
    throw invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1) {
    throw invalid('The specified capacity provider strategy cannot contain more than one base value.');
  }
  const filled = strategy.map(({ capacityProvider, weight = 0, base = 0 }) => ({
    capacityProvider,
    weight: strategy.length === 1 && weight === 0 ? 1 : weight,
    base,
  }));
  if (filled.length > 0 && filled.every(({ weight }) => weight === 0)) {
    throw invalid(
      'The specified capacity provider strategy must contain at least one capacity provider with a weight value greater than zero.',
    );
  }
  return filled;
}

/**
 * Returns the capacity that a call asks for, or the cluster's default strategy if the call does not specify any capacity.
 * @throws NotImplemented for a launch type other than Fargate, and if the cluster has no default (AWS would then choose EC2)
 */
export function capacityFor(
  cluster: ClusterRow,
  { launchType, capacityProviderStrategy = [] }: Capacity,
): Capacity {
  if (launchType !== undefined && capacityProviderStrategy.length > 0) {
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  if (launchType === 'FARGATE') return { launchType };
  const strategy =
    launchType === undefined && capacityProviderStrategy.length === 0
      ? (cluster.defaultCapacityProviderStrategy ?? [])
      : capacityProviderStrategy;
  if (strategy.length === 0)
    throw notSupported(`the launch type ${launchType ?? 'EC2 (the default of AWS)'}`);
  return { capacityProviderStrategy: checkStrategy(strategy, cluster.capacityProviders ?? []) };
}

/**
 * Returns the provider of the next task. A provider with a base has precedence until it runs that number of tasks. After
 * that, the next task gets the provider furthest below its weighted share.
 * @param runningProviders the provider of each running task
 */
export function nextProvider(
  strategy: CapacityProviderStrategyItem[],
  runningProviders: readonly (string | undefined)[],
): string | undefined {
  const count = (provider?: string) => runningProviders.filter((other) => other === provider).length;
  const belowBase = strategy.find((item) => count(item.capacityProvider) < (item.base ?? 0));
  const load = ({ capacityProvider, weight = 0 }: CapacityProviderStrategyItem) =>
    (count(capacityProvider) + 1) / weight;
  const weighted = strategy
    .filter(({ weight = 0 }) => weight > 0)
    .sort((one, other) => load(one) - load(other));
  return (belowBase ?? weighted[0])?.capacityProvider;
}
