/** For convergence tests: a load balancer of someone else, and a stack that adds its rules to it. */
import * as ec2 from '@aws-sdk/client-ec2';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { StackInput } from '../../lib/config/schema.ts';
import { STACK_TAG } from '../../lib/derive/tags.ts';
import type { Account } from './harness.ts';

/** Someone else's VPC with a load balancer, as its ids. */
export interface Shared {
  readonly arn: string;
  readonly listenerArn: string;
  readonly subnets: string[];
  readonly group: string;
  /** The blocks of the subnets. */
  readonly blocks: string[];
}

export const NOT_FOUND: elbv2.Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };
/** Returns a condition on the path of a request. */
export const path = (...Values: string[]): elbv2.RuleCondition[] => [
  { Field: 'path-pattern', PathPatternConfig: { Values } },
];

/** Creates a load balancer with a rule, as someone else would. */
export async function createShared({ aws: { ec2: network, elb } }: Account): Promise<Shared> {
  const { Vpc } = await network.send(new ec2.CreateVpcCommand({ CidrBlock: '172.20.0.0/16' }));
  const { InternetGateway } = await network.send(new ec2.CreateInternetGatewayCommand({}));
  await network.send(
    new ec2.AttachInternetGatewayCommand({
      VpcId: Vpc?.VpcId,
      InternetGatewayId: InternetGateway?.InternetGatewayId,
    }),
  );
  const subnets = await Promise.all(
    ['a', 'b'].map(async (zone, index) => {
      const { Subnet } = await network.send(
        new ec2.CreateSubnetCommand({
          VpcId: Vpc?.VpcId,
          CidrBlock: `172.20.${index}.0/24`,
          AvailabilityZone: `eu-west-1${zone}`,
        }),
      );
      return Subnet?.SubnetId ?? '';
    }),
  );
  const { GroupId: group = '' } = await network.send(
    new ec2.CreateSecurityGroupCommand({ VpcId: Vpc?.VpcId, GroupName: 'theirs', Description: 'theirs' }),
  );
  const { LoadBalancers } = await elb.send(
    new elbv2.CreateLoadBalancerCommand({ Name: 'theirs', Subnets: subnets, SecurityGroups: [group] }),
  );
  const arn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const { Listeners } = await elb.send(
    new elbv2.CreateListenerCommand({
      LoadBalancerArn: arn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [NOT_FOUND],
    }),
  );
  const listenerArn = Listeners?.[0]?.ListenerArn ?? '';
  await createRule({ aws: { elb } }, listenerArn, 7, path('/theirs'));
  return { arn, listenerArn, subnets, group, blocks: ['172.20.0.0/24', '172.20.1.0/24'] };
}

/** Creates a rule of someone else. */
export const createRule = (
  { aws: { elb } }: { readonly aws: Pick<Account['aws'], 'elb'> },
  ListenerArn: string,
  Priority: number,
  Conditions: elbv2.RuleCondition[],
) => elb.send(new elbv2.CreateRuleCommand({ ListenerArn, Priority, Conditions, Actions: [NOT_FOUND] }));

/** Returns a stack that adds its rule to the load balancer of someone else. */
export const stackOn = (
  { listenerArn, subnets }: Shared,
  changes: Partial<StackInput> = {},
  host = 'shop.example.com',
): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  loadBalancer: { listenerArn, subnets },
  services: {
    web: {
      containers: {
        app: { image: 'public.ecr.aws/shop/app:1', port: 8000, routes: [{ hosts: host, paths: '/' }] },
      },
    },
  },
  ...changes,
});

/** Returns the load balancer of someone else in an account, without a call. */
export function sharedIn({ sandbox: { world } }: Account): Shared {
  const { elbv2: tables, ec2: network } = world.region('eu-west-1');
  const subnets = network.subnets.all();
  return {
    arn: tables.loadBalancers.all()[0]?.LoadBalancerArn ?? '',
    listenerArn: tables.listeners.all()[0]?.ListenerArn ?? '',
    group: network.securityGroups.all().find(({ GroupName }) => GroupName === 'theirs')?.GroupId ?? '',
    subnets: subnets.map(({ SubnetId = '' }) => SubnetId),
    blocks: subnets.map(({ CidrBlock = '' }) => CidrBlock),
  };
}

/** Returns all that someone else owns around a shared load balancer, with its settings. */
export function ownedByOthers({ sandbox: { world } }: Account): unknown {
  const { elbv2: tables, ec2: network } = world.region('eu-west-1');
  const { group } = sharedIn({ sandbox: { world } } as Account);
  return structuredClone({
    // Its state changes while it is set up.
    balancers: tables.loadBalancers.all().map((balancer) => ({ ...balancer, State: undefined })),
    listeners: tables.listeners.all(),
    rules: tables.rules.all().filter(({ tags }) => !tags.some(({ Key }) => Key === STACK_TAG)),
    subnets: network.subnets.all().map(({ SubnetId, VpcId }) => ({ SubnetId, VpcId })),
    groupRules: network.securityGroupRules.all().filter(({ GroupId }) => GroupId === group),
  });
}
