// Lists and filters lag: new resources are missing, deleted ones still appear, and tags have their previous values.
import * as EC2 from '@aws-sdk/client-ec2';
import * as ECS from '@aws-sdk/client-ecs';
import * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateServiceLinkedRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import * as R53 from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import { scene as network } from '../aws/elbv2/scene.ts';
import { makeRole } from '../aws/iam/making.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { SECOND, sandboxInWeather } from './scene.ts';

const LAG = { listLagMs: 30 * SECOND };
type Scene = Awaited<ReturnType<typeof laggingScene>>;

/** Creates a network in calm weather, and then makes lists lag. */
async function laggingScene() {
  const clock = manualClock();
  const started = await network({ clock, pace: 1 });
  await started.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
  started.chaos.adjust(LAG);
  return { ...started, clock };
}

const stackFilter = (Value: string) => [{ Name: 'tag:slipway:stack', Values: [Value] }];
const stackTags = (Value: string) => [{ Key: 'slipway:stack', Value }];

/** List operations, each with functions that create a resource and that count the new resources among the listed ones. */
const lists: [
  list: string,
  make: (scene: Scene) => Promise<unknown>,
  count: (scene: Scene) => Promise<number>,
][] = [
  [
    'DescribeVpcs',
    ({ make }) => make.vpc('10.9.0.0/16'),
    async ({ ec2 }) => {
      const Filters = [{ Name: 'cidr', Values: ['10.9.0.0/16'] }];
      return (await ec2.send(new EC2.DescribeVpcsCommand({ Filters }))).Vpcs?.length ?? NaN;
    },
  ],
  [
    'DescribeSubnets',
    ({ make, vpc }) => make.subnet(vpc, '10.0.9.0/24'),
    async ({ ec2, vpc }) => {
      const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
      return ((await ec2.send(new EC2.DescribeSubnetsCommand({ Filters }))).Subnets?.length ?? NaN) - 2;
    },
  ],
  [
    'DescribeNetworkInterfaces',
    (scene) => scene.makeBalancer(),
    async ({ ec2, vpc }) => {
      const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
      const found = await ec2.send(new EC2.DescribeNetworkInterfacesCommand({ Filters }));
      return (found.NetworkInterfaces?.length ?? NaN) / 2;
    },
  ],
  [
    'DescribeLoadBalancers',
    (scene) => scene.makeBalancer(),
    async ({ elbv2 }) =>
      (await elbv2.send(new ELB.DescribeLoadBalancersCommand({}))).LoadBalancers?.length ?? NaN,
  ],
  [
    'ListClusters',
    ({ ecs }) => ecs.send(new ECS.CreateClusterCommand({})),
    async ({ ecs }) => (await ecs.send(new ECS.ListClustersCommand({}))).clusterArns?.length ?? NaN,
  ],
  [
    'ListHostedZonesByName',
    ({ route53 }) =>
      route53.send(new R53.CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'one' })),
    async ({ route53 }) =>
      (await route53.send(new R53.ListHostedZonesByNameCommand({ DNSName: 'example.com' }))).HostedZones
        ?.length ?? NaN,
  ],
  [
    'ListRoles',
    ({ iam }) => makeRole(iam),
    async ({ iam }) => ((await iam.send(new ListRolesCommand({}))).Roles?.length ?? NaN) - 1,
  ],
];

test.each(lists)(
  '%s omits a new resource until the lag is over, but shows it immediately in calm weather',
  async (_, make, count) => {
    const scene = await laggingScene();
    await make(scene);
    expect(await count(scene)).toBe(0);
    scene.clock.advance(LAG.listLagMs);
    expect(await count(scene)).toBe(1);

    const calm = await laggingScene();
    calm.chaos.adjust({ listLagMs: 0 });
    await make(calm);
    expect(await count(calm)).toBe(1);
  },
);

test('a resource that is not in lists yet can be found by ID, ARN or name', async () => {
  const scene = await laggingScene();
  const id = await scene.make.vpc('10.9.0.0/16');
  const arn = await scene.makeBalancer('named');
  const { Vpcs } = await scene.ec2.send(new EC2.DescribeVpcsCommand({ VpcIds: [id] }));
  expect(Vpcs).toHaveLength(1);
  expect(await scene.describeBalancer('named')).toMatchObject({ LoadBalancerArn: arn });
  const byArn = await scene.elbv2.send(new ELB.DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
  expect(byArn.LoadBalancers).toHaveLength(1);
});

test('a CIDR block or name is in use even while its resource is missing from lists', async () => {
  const scene = await laggingScene();
  await scene.make.subnet(scene.vpc, '10.0.9.0/24');
  await expect(scene.make.subnet(scene.vpc, '10.0.9.0/24')).rejects.toMatchObject({
    name: 'InvalidSubnet.Conflict',
  });
  await scene.make.group(scene.vpc, 'web');
  await expect(scene.make.group(scene.vpc, 'web')).rejects.toMatchObject({ name: 'InvalidGroup.Duplicate' });
});

describe('a deleted resource', () => {
  test('stays in lists and filters for a while, unchanged', async () => {
    const scene = await laggingScene();
    scene.chaos.adjust({ listLagMs: 0 });
    const { Vpc } = await scene.ec2.send(
      new EC2.CreateVpcCommand({
        CidrBlock: '10.9.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags: stackTags('shop-dev') }],
      }),
    );
    scene.chaos.adjust(LAG);
    const vpcsOf = async (stack: string) =>
      (await scene.ec2.send(new EC2.DescribeVpcsCommand({ Filters: stackFilter(stack) }))).Vpcs;
    await scene.ec2.send(new EC2.DeleteVpcCommand({ VpcId: Vpc?.VpcId }));
    expect(await vpcsOf('shop-dev')).toMatchObject([{ VpcId: Vpc?.VpcId, Tags: stackTags('shop-dev') }]);
    expect(await vpcsOf('other')).toEqual([]);
    scene.clock.advance(LAG.listLagMs);
    expect(await vpcsOf('shop-dev')).toEqual([]);
  });

  test('disappears from lists immediately in calm weather', async () => {
    const { ec2, make } = await sandboxInWeather();
    await ec2.send(new EC2.DeleteVpcCommand({ VpcId: await make.vpc() }));
    expect((await ec2.send(new EC2.DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  });
});

describe('filters', () => {
  test('use the old tags of a resource for a while after its tags were changed', async () => {
    const { ec2, make, clock, adjust } = await sandboxInWeather();
    const id = await make.vpc();
    const tag = (Value: string) =>
      ec2.send(new EC2.CreateTagsCommand({ Resources: [id], Tags: stackTags(Value) }));
    await tag('old');
    adjust(LAG);
    await tag('new');
    const countVpcs = async (stack: string) =>
      (await ec2.send(new EC2.DescribeVpcsCommand({ Filters: stackFilter(stack) }))).Vpcs?.length;
    const countTags = async (stack: string) =>
      (await ec2.send(new EC2.DescribeTagsCommand({ Filters: [{ Name: 'value', Values: [stack] }] }))).Tags
        ?.length;
    expect([await countVpcs('new'), await countVpcs('old')]).toEqual([0, 1]);
    expect([await countTags('new'), await countTags('old')]).toEqual([0, 1]);
    // A call by id sees the current tags.
    const { Vpcs } = await ec2.send(new EC2.DescribeVpcsCommand({ VpcIds: [id] }));
    expect(Vpcs?.[0]?.Tags).toEqual(stackTags('new'));
    clock.advance(LAG.listLagMs);
    expect([await countVpcs('new'), await countVpcs('old')]).toEqual([1, 0]);
    expect([await countTags('new'), await countTags('old')]).toEqual([1, 0]);
  });

  test('use the tags of a resource for a while after they were removed', async () => {
    const { ec2, make, clock, adjust } = await sandboxInWeather();
    const id = await make.vpc();
    await ec2.send(new EC2.CreateTagsCommand({ Resources: [id], Tags: stackTags('shop-dev') }));
    adjust(LAG);
    await ec2.send(new EC2.DeleteTagsCommand({ Resources: [id] }));
    const countVpcs = async () =>
      (await ec2.send(new EC2.DescribeVpcsCommand({ Filters: stackFilter('shop-dev') }))).Vpcs?.length;
    expect(await countVpcs()).toBe(1);
    clock.advance(LAG.listLagMs);
    expect(await countVpcs()).toBe(0);
  });
});

test('with the same seed, lists show the same resources at the same times', async () => {
  const countsOverTime = async (seed: string) => {
    const { ec2, make, clock } = await sandboxInWeather({ ...LAG, seed });
    for (const octet of [0, 1, 2, 3]) await make.vpc(`10.${octet}.0.0/16`);
    const counts: (number | undefined)[] = [];
    for (let step = 0; step <= 10; step += 1) {
      counts.push((await ec2.send(new EC2.DescribeVpcsCommand({}))).Vpcs?.length);
      clock.advance(LAG.listLagMs / 10);
    }
    return counts;
  };
  const first = await countsOverTime('a');
  expect(await countsOverTime('a')).toEqual(first);
  expect(await countsOverTime('b')).not.toEqual(first);
  expect(first.at(-1)).toBe(4);
});
