/** Finds the load balancer of the stack by its name. */
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clock } from '../model/clock.ts';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import type { Tags } from '../derive/tags.ts';
import { perClient, perName, cachedFor } from '../aws/batched-calls.ts';
import { elbTags } from './elb-tags.ts';
import { ifFound } from './if-found.ts';
import type { LookContext } from './context.ts';
import { webAclArnOf } from './web-acl.ts';

export interface FoundLoadBalancer extends Readonly<Ids['loadBalancer']> {
  readonly vpcId: string;
  /** `provisioning`, `active`, `active_impaired` or `failed`. */
  readonly state: string;
  /** Why it failed, in AWS's words. */
  readonly failure?: string | undefined;
  readonly scheme: string;
  /** `ipv4` or `dualstack`; undefined if the endpoint does not report it. */
  readonly ipAddressType?: string | undefined;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** The ARN of its web ACL. Undefined if it has none, or if no configuration of the stack named one. */
  readonly webAclArn?: string | undefined;
  /** The time of creation, which is shown for a resource of another owner. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/** The attribute with which AWS refuses to delete a load balancer. */
export const PROTECTION = 'deletion_protection.enabled';

export const hasDeletionProtection = ({ attributes }: Pick<FoundLoadBalancer, 'attributes'>): boolean =>
  attributes[PROTECTION] === 'true';

/**
 * Fetches the load balancer by its name; undefined when it does not exist.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
 */
export const fetchLoadBalancer = ({
  aws,
  names,
}: Pick<LookContext, 'aws' | 'names'>): Promise<LoadBalancer | undefined> =>
  describe(aws, names.loadBalancer);

async function describe(aws: LookContext['aws'], name: string): Promise<LoadBalancer | undefined> {
  const command = new DescribeLoadBalancersCommand({ Names: [name] });
  return (await ifFound(() => aws.elbv2(command)))?.LoadBalancers?.[0];
}

/** The maximum age, in milliseconds, of a response that concurrent waits share. */
const MAX_AGE_MS = 1000;

const recentByClient = perClient((aws: LookContext['aws']) =>
  perName((name) => cachedFor(MAX_AGE_MS, () => describe(aws, name))),
);

/**
 * Like `fetchLoadBalancer`, for concurrent waits: even with fifty services, the load balancer is fetched at most once per
 * second.
 */
export const recentLoadBalancer = ({
  aws,
  names,
  clock,
}: Pick<LookContext, 'aws' | 'names'> & { readonly clock: Clock }): Promise<LoadBalancer | undefined> =>
  recentByClient(aws)(names.loadBalancer)(clock);

/** Fetches the load balancer once per survey: the looks for its listener and rules need its ARN. */
export const describeLoadBalancer = (context: LookContext): Promise<LoadBalancer | undefined> =>
  context.shared('describeLoadBalancer', () => fetchLoadBalancer(context));

export async function lookLoadBalancer(context: LookContext): Promise<Items<FoundLoadBalancer>> {
  const { aws } = context;
  const found = await describeLoadBalancer(context);
  if (!found?.LoadBalancerArn) return new Map();
  const { LoadBalancerArn } = found;
  const [attributes, allTags] = await Promise.all([
    ifFound(() => aws.elbv2(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }))),
    elbTags(aws, [LoadBalancerArn]),
  ]);
  const tags = allTags.get(LoadBalancerArn);
  if (!attributes || !tags) return new Map();
  const webAclArn = await webAclArnOf(context, LoadBalancerArn, tags);
  const item: FoundLoadBalancer = {
    loadBalancerArn: LoadBalancerArn,
    dnsName: found.DNSName ?? '',
    hostedZoneId: found.CanonicalHostedZoneId ?? '',
    vpcId: found.VpcId ?? '',
    state: found.State?.Code ?? '',
    failure: found.State?.Reason,
    scheme: found.Scheme ?? '',
    ipAddressType: found.IpAddressType,
    subnetIds: (found.AvailabilityZones ?? []).map(({ SubnetId = '' }) => SubnetId),
    securityGroupIds: found.SecurityGroups ?? [],
    attributes: attributesOf(attributes.Attributes),
    ...(webAclArn !== undefined && { webAclArn }),
    createdAt: found.CreatedTime,
    tags,
  };
  return new Map([[ONLY, item]]);
}

/** Converts the attributes of a load balancer or a target group to a record. */
export const attributesOf = (
  attributes: readonly { Key?: string; Value?: string }[] | undefined,
): Record<string, string> =>
  Object.fromEntries((attributes ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
