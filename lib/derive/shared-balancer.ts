/** The difference that a load balancer of someone else makes: the nouns that the stack does not own, and what it uses instead. Pure. */
import { hasBalancer, type Config } from '../config/config.ts';
import type { Noun } from '../model/architecture.ts';
import type { Names } from './names.ts';
import { subnetKeys } from './subnet-layout.ts';

/** The nouns of which a stack on someone else's load balancer owns nothing: the network, the load balancer and its listeners. */
const NOT_OWNED: readonly Noun[] = [
  'vpc',
  'internetGateway',
  'flowLog',
  'subnets',
  'publicRoutes',
  'elasticIp',
  'natGateway',
  'privateRoutes',
  'gatewayEndpoint',
  'certificate',
  'validationRecords',
  'loadBalancer',
  'logBucket',
  'listener',
];

/** Lists the nouns of which the stack owns nothing, because its load balancer belongs to someone else. */
export const nounsOfOthers = ({ loadBalancer }: Pick<Config, 'loadBalancer'>): readonly Noun[] =>
  loadBalancer ? NOT_OWNED : [];

/** Whether the stack creates a load balancer. */
export const hasOwnBalancer = (config: Config): boolean => hasBalancer(config) && !config.loadBalancer;

/** The keys of the subnets that tasks run in. */
export const taskSubnetKeys = ({ loadBalancer, network }: Config): string[] =>
  loadBalancer
    ? loadBalancer.subnets.map((_, index) => `private-${index + 1}`)
    : subnetKeys(network, 'private');

/** The name of the load balancer, which the ARNs of its listeners and rules contain. */
export const balancerNameOf = ({ loadBalancer }: Config, names: Names): string =>
  (loadBalancer?.listenerArn ?? loadBalancer?.arn)?.split('/')[2] ?? names.loadBalancer;
