/** Finds the load balancer of the stack by its name. */
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isNotFound } from '../aws-error.ts';
import { ONLY, type Ids, type Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import { elbTags } from './elb-tags.ts';
import type { See } from './see.ts';

export interface FoundLoadBalancer extends Readonly<Ids['loadBalancer']> {
  readonly name: string;
  readonly vpcId: string;
  /** `provisioning`, `active`, `active_impaired` or `failed`. */
  readonly state: string;
  readonly scheme: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

/** Shared by the looks of what hangs on the load balancer. */
export const lookLoadBalancer = (see: See): Promise<Items<FoundLoadBalancer>> =>
  see.once('loadBalancer', () => look(see));

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html */
async function look({ aws, names }: See): Promise<Items<FoundLoadBalancer>> {
  const found = await describe(aws, names.loadBalancer);
  if (!found) return new Map();
  const { LoadBalancerArn = '' } = found;
  const [attributes, tags] = await Promise.all([
    aws.elbv2(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn })),
    elbTags(aws, [LoadBalancerArn]),
  ]);
  const item: FoundLoadBalancer = {
    loadBalancerArn: LoadBalancerArn,
    dnsName: found.DNSName ?? '',
    hostedZoneId: found.CanonicalHostedZoneId ?? '',
    name: found.LoadBalancerName ?? '',
    vpcId: found.VpcId ?? '',
    state: found.State?.Code ?? '',
    scheme: found.Scheme ?? '',
    subnetIds: (found.AvailabilityZones ?? []).map(({ SubnetId = '' }) => SubnetId),
    securityGroupIds: found.SecurityGroups ?? [],
    attributes: attributesOf(attributes.Attributes),
    tags: tags.get(LoadBalancerArn) ?? {},
  };
  return new Map([[ONLY, item]]);
}

async function describe(aws: See['aws'], name: string) {
  try {
    const { LoadBalancers } = await aws.elbv2(new DescribeLoadBalancersCommand({ Names: [name] }));
    return LoadBalancers?.[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Attributes of load balancers and target groups as a record. */
export const attributesOf = (
  attributes: readonly { Key?: string; Value?: string }[] | undefined,
): Record<string, string> =>
  Object.fromEntries((attributes ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
