/** Counts the resources of all owners in the account and the region. */
import {
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeTasksCommand, ListClustersCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../aws/clients.ts';
import { allPages } from '../aws/pages.ts';
import { UNITS_PER_CPU } from '../config/fargate.ts';
import type { QuotaName } from './quota-table.ts';

type Clients = Pick<Aws, 'ec2' | 'ecs' | 'elbv2'>;

/** The facts about the stack that the counts need. */
export interface CountedStack {
  /** The zone of its NAT gateway. */
  readonly zone: string | undefined;
  /** The name of its cluster, whose tasks are not counted. */
  readonly cluster: string;
}

/** AWS counts a NAT gateway until it is deleted. */
const COUNTED_STATES = ['pending', 'available', 'deleting'];
/** The maximum number of tasks that one call describes. */
const MAX_TASKS = 100;

/** Counts the resources of one kind. */
type Count = (aws: Clients, stack: CountedStack) => Promise<number>;

/** The counts. A quota on the parts of one load balancer has none: the stack owns all of them. */
export const COUNTS: Readonly<Partial<Record<QuotaName, Count>>> = {
  vpcs: ({ ec2 }) =>
    lengthOf(async (NextToken) => {
      const page = await ec2(new DescribeVpcsCommand({ NextToken }));
      return { items: page.Vpcs ?? [], next: page.NextToken };
    }),
  internetGateways: ({ ec2 }) =>
    lengthOf(async (NextToken) => {
      const page = await ec2(new DescribeInternetGatewaysCommand({ NextToken }));
      return { items: page.InternetGateways ?? [], next: page.NextToken };
    }),
  elasticIps: async ({ ec2 }) => (await ec2(new DescribeAddressesCommand({}))).Addresses?.length ?? 0,
  natGateways: countNatGateways,
  securityGroups: ({ ec2 }) =>
    lengthOf(async (NextToken) => {
      const page = await ec2(new DescribeSecurityGroupsCommand({ NextToken }));
      return { items: page.SecurityGroups ?? [], next: page.NextToken };
    }),
  loadBalancers: ({ elbv2 }) =>
    lengthOf(async (Marker) => {
      const page = await elbv2(new DescribeLoadBalancersCommand({ Marker }));
      const items = (page.LoadBalancers ?? []).filter(({ Type }) => Type === 'application');
      return { items, next: page.NextMarker };
    }),
  targetGroups: ({ elbv2 }) =>
    lengthOf(async (Marker) => {
      const page = await elbv2(new DescribeTargetGroupsCommand({ Marker }));
      return { items: page.TargetGroups ?? [], next: page.NextMarker };
    }),
  fargateCpus: countFargateCpus,
};

const lengthOf = async <T>(read: Parameters<typeof allPages<T>>[0]): Promise<number> =>
  (await allPages(read)).length;

async function countNatGateways({ ec2 }: Clients, { zone }: CountedStack): Promise<number> {
  const gateways = await allPages(async (NextToken) => {
    const page = await ec2(
      new DescribeNatGatewaysCommand({ NextToken, Filter: [{ Name: 'state', Values: COUNTED_STATES }] }),
    );
    return { items: page.NatGateways ?? [], next: page.NextToken };
  });
  if (gateways.length === 0 || zone === undefined) return gateways.length;
  const subnets = await allPages(async (NextToken) => {
    const Filters = [{ Name: 'availability-zone', Values: [zone] }];
    const page = await ec2(new DescribeSubnetsCommand({ NextToken, Filters }));
    return { items: page.Subnets ?? [], next: page.NextToken };
  });
  const ids = new Set(subnets.map(({ SubnetId }) => SubnetId));
  return gateways.filter(({ SubnetId }) => ids.has(SubnetId)).length;
}

/** Sums the vCPUs of the tasks on Fargate in all other clusters. */
async function countFargateCpus({ ecs }: Clients, { cluster: own }: CountedStack): Promise<number> {
  const clusters = await allPages(async (nextToken) => {
    const page = await ecs(new ListClustersCommand({ nextToken }));
    return { items: page.clusterArns ?? [], next: page.nextToken };
  });
  const others = clusters.filter((arn) => !arn.endsWith(`/${own}`));
  const cpus = await Promise.all(
    others.map(async (cluster) => {
      const arns = await allPages(async (nextToken) => {
        const page = await ecs(new ListTasksCommand({ cluster, nextToken, launchType: 'FARGATE' }));
        return { items: page.taskArns ?? [], next: page.nextToken };
      });
      const batches = Array.from({ length: Math.ceil(arns.length / MAX_TASKS) }, (_, index) =>
        arns.slice(index * MAX_TASKS, (index + 1) * MAX_TASKS),
      );
      const described = await Promise.all(
        batches.map((tasks) => ecs(new DescribeTasksCommand({ cluster, tasks }))),
      );
      return described.flatMap(({ tasks = [] }) => tasks).reduce((sum, task) => sum + cpusOf(task), 0);
    }),
  );
  return cpus.reduce((sum, count) => sum + count, 0);
}

const cpusOf = ({ cpu = '0' }: Task): number => Number(cpu) / UNITS_PER_CPU;
