/** Finds the load balancer of someone else that the stack adds its rules to. It is only read. */
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  DescribeAccountLimitsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  type Listener,
  type LoadBalancer,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isAccessDenied } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { desiredRules } from '../derive/desired-rules.ts';
import { HTTPS_PORT, HTTP_PORT } from '../derive/listeners.ts';
import type { GroupRule } from '../derive/security-group-rules.ts';
import { STACK_TAG } from '../derive/tags.ts';
import type { LookContext } from './context.ts';
import { elbTags } from './elb-tags.ts';
import { ifFound, ifValidId } from './if-found.ts';
import { readGroupRules } from './security-groups.ts';

/** A subnet that tasks run in. */
export interface TaskSubnet {
  readonly vpcId: string;
  readonly zone: string;
  /** Its IPv4 block; empty if it has only IPv6. */
  readonly cidr: string;
}

/** A load balancer of someone else. */
export interface FoundSharedBalancer {
  /** Undefined if it does not exist. */
  readonly balancer: LoadBalancer | undefined;
  /** The listener that gets the rules; undefined if it does not exist. */
  readonly listener: Listener | undefined;
  /** Each of the tasks' subnets that exists, by its id. */
  readonly subnets: ReadonlyMap<string, TaskSubnet>;
  /** The egress rules of each security group of the load balancer, by its id; undefined if the caller may not read them. */
  readonly egress: ReadonlyMap<string, readonly GroupRule[]> | undefined;
  /** The rules of others at the listener, without the default rule. */
  readonly otherRules: readonly Rule[];
  /** The account's quota of rules per load balancer; undefined if the caller may not read it. */
  readonly maxRules: number | undefined;
}

/** AWS's default quota of rules per load balancer. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const DEFAULT_MAX_RULES = 100;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html */
export const describeRules = (
  { aws }: Pick<LookContext, 'aws'>,
  ListenerArn: string,
): Promise<Rule[] | undefined> =>
  ifFound(() =>
    allPages(async (Marker) => {
      const page = await aws.elbv2(new DescribeRulesCommand({ ListenerArn, Marker }));
      return { items: page.Rules ?? [], next: page.NextMarker };
    }),
  );

/** Fetches the load balancer and its listener, once per survey: the look for the rules needs the listener. */
export const describeSharedBalancer = (
  context: Pick<LookContext, 'aws' | 'config' | 'shared'>,
): Promise<Pick<FoundSharedBalancer, 'balancer' | 'listener'>> =>
  context.shared('describeSharedBalancer', async () => {
    const { arn, listenerArn, https } = context.config.loadBalancer ?? {};
    if (listenerArn !== undefined) {
      const listener = (await fetchListeners(context, { ListenerArns: [listenerArn] }))?.[0];
      return { listener, balancer: await fetchBalancer(context, listener?.LoadBalancerArn) };
    }
    const [balancer, listeners] = await Promise.all([
      fetchBalancer(context, arn),
      fetchListeners(context, { LoadBalancerArn: arn }),
    ]);
    const port = https ? HTTPS_PORT : HTTP_PORT;
    return { balancer, listener: listeners?.find(({ Port }) => Port === port) };
  });

/** To ELB, the ARNs of another account or region are not valid. The check of the plan says which it is. */
const fetchListeners = (
  { aws }: Pick<LookContext, 'aws'>,
  input: { readonly ListenerArns?: string[]; readonly LoadBalancerArn?: string | undefined },
): Promise<Listener[] | undefined> =>
  ifValidId(() =>
    allPages(async (Marker) => {
      const page = await aws.elbv2(new DescribeListenersCommand({ ...input, Marker }));
      return { items: page.Listeners ?? [], next: page.NextMarker };
    }),
  );

async function fetchBalancer(
  { aws }: Pick<LookContext, 'aws'>,
  arn: string | undefined,
): Promise<LoadBalancer | undefined> {
  if (arn === undefined) return undefined;
  const command = new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] });
  return (await ifValidId(() => aws.elbv2(command)))?.LoadBalancers?.[0];
}

export async function lookSharedBalancer(context: LookContext): Promise<FoundSharedBalancer> {
  const [{ balancer, listener }, subnets] = await Promise.all([
    describeSharedBalancer(context),
    lookTaskSubnets(context),
  ]);
  const [rules = [], egress] = await Promise.all([
    listener?.ListenerArn === undefined ? [] : describeRules(context, listener.ListenerArn),
    lookEgress(context, balancer?.SecurityGroups ?? []),
  ]);
  const ordinary = rules.filter(({ IsDefault }) => !IsDefault);
  const tags = await elbTags(
    context.aws,
    ordinary.map(({ RuleArn = '' }) => RuleArn),
  );
  const isOurs = ({ RuleArn = '' }: Rule) => tags.get(RuleArn)?.[STACK_TAG] === context.names.stack;
  const otherRules = ordinary.filter((rule) => !isOurs(rule));
  const count = otherRules.length + desiredRules(context.config).length;
  const maxRules = count > DEFAULT_MAX_RULES ? await lookMaxRules(context) : DEFAULT_MAX_RULES;
  return { balancer, listener, subnets, egress, otherRules, maxRules };
}

/** Reads the quota, which AWS increases on request. */
async function lookMaxRules({ aws }: LookContext): Promise<number | undefined> {
  try {
    const limits = await allPages(async (Marker) => {
      const page = await aws.elbv2(new DescribeAccountLimitsCommand({ Marker }));
      return { items: page.Limits ?? [], next: page.NextMarker };
    });
    const limit = limits.find(({ Name }) => Name === 'rules-per-application-load-balancer');
    return limit?.Max === undefined ? undefined : Number(limit.Max);
  } catch (error) {
    if (isAccessDenied(error)) return undefined;
    throw error;
  }
}

/** A filter leaves out subnets that do not exist; a list of ids would make the call fail. */
async function lookTaskSubnets({ aws, config }: LookContext): Promise<FoundSharedBalancer['subnets']> {
  const Filters = [{ Name: 'subnet-id', Values: [...(config.loadBalancer?.subnets ?? [])] }];
  const { Subnets = [] } = await aws.ec2(new DescribeSubnetsCommand({ Filters }));
  return new Map(
    Subnets.map(({ SubnetId = '', VpcId: vpcId = '', AvailabilityZone: zone = '', CidrBlock: cidr = '' }) => [
      SubnetId,
      { vpcId, zone, cidr },
    ]),
  );
}

/** Reads the egress rules of the load balancer's groups. A filter leaves out groups that were deleted meanwhile. */
async function lookEgress(
  { aws }: LookContext,
  groupIds: readonly string[],
): Promise<FoundSharedBalancer['egress']> {
  if (groupIds.length === 0) return new Map();
  const Filters = [{ Name: 'group-id', Values: [...groupIds] }];
  try {
    const { SecurityGroups = [] } = await aws.ec2(new DescribeSecurityGroupsCommand({ Filters }));
    return new Map(
      SecurityGroups.map(({ GroupId = '', IpPermissionsEgress }) => [
        GroupId,
        readGroupRules(IpPermissionsEgress),
      ]),
    );
  } catch (error) {
    if (isAccessDenied(error)) return undefined;
    throw error;
  }
}
