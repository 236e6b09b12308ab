// Operations learn of a new ID at different times. Until then, each operation refuses the ID with its own error.
import * as EC2 from '@aws-sdk/client-ec2';
import * as ELB from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import * as R53 from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import { isChangeHidden } from '../../../sandbox/chaos/visibility.ts';
import { seededRandom } from '../../../sandbox/chaos/seeded-random.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { natGateway, required } from '../aws/ec2/scene.ts';
import { scene as network, forwardTo } from '../aws/elbv2/scene.ts';
import { makeRole } from '../aws/iam/making.ts';
import { resultOf, SECOND, sandboxInWeather } from './scene.ts';

const LAG = { idLagMs: 5 * SECOND };

/**
 * Creates a network before the lag starts, so that the IDs of its resources are known everywhere.
 */
async function laggingScene() {
  const clock = manualClock();
  const started = await network({ clock, pace: 1 });
  const table = await started.make.table(started.vpc);
  const address = await started.make.address();
  const oldGroup = await started.make.group(started.vpc, 'old');
  const [subnet = ''] = started.subnets;
  started.chaos.adjust(LAG);
  return { ...started, clock, table, address, oldGroup, subnet };
}
type Scene = Awaited<ReturnType<typeof laggingScene>>;

/** An operation that refuses a new ID with `code` until the lag is over: `make` creates the ID, and `use` sends the call. */
type Row = [
  operation: string,
  code: string,
  make: (scene: Scene) => Promise<string>,
  use: (scene: Scene, id: string) => Promise<unknown>,
];

const ec2Rows: Row[] = [
  [
    'DescribeVpcs',
    'InvalidVpcID.NotFound',
    ({ make }) => make.vpc('10.9.0.0/16'),
    (scene, id) => scene.ec2.send(new EC2.DescribeVpcsCommand({ VpcIds: [id] })),
  ],
  [
    'CreateSubnet',
    'InvalidVpcID.NotFound',
    ({ make }) => make.vpc('10.9.0.0/16'),
    ({ make }, id) => make.subnet(id, '10.9.0.0/24'),
  ],
  [
    'ModifyVpcAttribute',
    'InvalidVpcID.NotFound',
    ({ make }) => make.vpc('10.9.0.0/16'),
    (scene, VpcId) =>
      scene.ec2.send(new EC2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } })),
  ],
  [
    'CreateTags',
    'InvalidInternetGatewayID.NotFound',
    ({ make }) => make.gateway(),
    (scene, id) =>
      scene.ec2.send(new EC2.CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })),
  ],
  [
    'AssociateRouteTable',
    'InvalidSubnetID.NotFound',
    ({ make, vpc }) => make.subnet(vpc, '10.0.7.0/24'),
    (scene, SubnetId) =>
      scene.ec2.send(new EC2.AssociateRouteTableCommand({ RouteTableId: scene.table, SubnetId })),
  ],
  [
    'CreateRoute for a new route table',
    'InvalidRouteTableID.NotFound',
    ({ make, vpc }) => make.table(vpc),
    async ({ ec2: client, make }, id) => {
      const { InternetGateways } = await client.send(new EC2.DescribeInternetGatewaysCommand({}));
      return make.route(id, { GatewayId: required(InternetGateways?.[0]?.InternetGatewayId) });
    },
  ],
  [
    'CreateNatGateway',
    'InvalidElasticIpID.NotFound',
    ({ make }) => make.address(),
    ({ make, subnet }, id) => make.nat(subnet, id),
  ],
  [
    'DescribeAddresses',
    'InvalidAllocationID.NotFound',
    ({ make }) => make.address(),
    (scene, id) => scene.ec2.send(new EC2.DescribeAddressesCommand({ AllocationIds: [id] })),
  ],
  [
    'DescribeNatGateways',
    'NatGatewayNotFound',
    ({ make, subnet, address }) => make.nat(subnet, address),
    (scene, id) => natGateway(scene.ec2, id),
  ],
  [
    'RevokeSecurityGroupEgress for a new rule',
    'InvalidSecurityGroupRuleId.NotFound',
    async (scene) => {
      const { SecurityGroupRules } = await scene.ec2.send(
        new EC2.AuthorizeSecurityGroupEgressCommand({
          GroupId: scene.oldGroup,
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
          ],
        }),
      );
      return required(SecurityGroupRules?.[0]?.SecurityGroupRuleId);
    },
    (scene, id) =>
      scene.ec2.send(
        new EC2.RevokeSecurityGroupEgressCommand({ GroupId: scene.oldGroup, SecurityGroupRuleIds: [id] }),
      ),
  ],
  [
    'AuthorizeSecurityGroupIngress for a rule that names a new group',
    'InvalidGroup.NotFound',
    ({ make, vpc }) => make.group(vpc, 'named'),
    async (scene, GroupId) => {
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId }] }];
      return scene.ec2.send(
        new EC2.AuthorizeSecurityGroupIngressCommand({ GroupId: scene.oldGroup, IpPermissions }),
      );
    },
  ],
];

const otherRows: Row[] = [
  [
    'CreateTargetGroup for a new VPC',
    'ValidationError',
    ({ make }) => make.vpc('10.9.0.0/16'),
    (scene, VpcId) => scene.createTargetGroup({ VpcId }),
  ],
  [
    'CreateLoadBalancer for a new subnet',
    'SubnetNotFound',
    ({ make, vpc }) => make.subnet(vpc, '10.0.7.0/24', 'eu-west-1c'),
    (scene, id) => scene.createBalancer({ Subnets: [scene.subnet, id] }),
  ],
  [
    'CreateLoadBalancer for a new security group',
    'InvalidSecurityGroup',
    ({ make, vpc }) => make.group(vpc),
    (scene, id) => scene.createBalancer({ SecurityGroups: [id] }),
  ],
  [
    'CreateListener for a new load balancer',
    'LoadBalancerNotFound',
    (scene) => scene.makeBalancer(),
    (scene, arn) => scene.createListener(arn),
  ],
  [
    'DescribeTargetGroups',
    'TargetGroupNotFound',
    (scene) => scene.makeTargetGroup(),
    (scene, arn) => scene.elbv2.send(new ELB.DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
  ],
  [
    'DescribeTags',
    'TargetGroupNotFound',
    (scene) => scene.makeTargetGroup(),
    (scene, arn) => scene.elbv2.send(new ELB.DescribeTagsCommand({ ResourceArns: [arn] })),
  ],
  [
    'ChangeTagsForResource',
    'NoSuchHostedZone',
    async ({ route53 }) => {
      const zone = { Name: 'example.com', CallerReference: 'one' };
      return required((await route53.send(new R53.CreateHostedZoneCommand(zone))).HostedZone?.Id);
    },
    ({ route53 }, ResourceId) =>
      route53.send(
        new R53.ChangeTagsForResourceCommand({
          ResourceType: 'hostedzone',
          ResourceId: ResourceId.replace('/hostedzone/', ''),
          AddTags: [{ Key: 'a', Value: 'b' }],
        }),
      ),
  ],
  [
    'GetChange',
    'NoSuchChange',
    async ({ route53 }) => {
      const zone = { Name: 'example.com', CallerReference: 'one' };
      return required((await route53.send(new R53.CreateHostedZoneCommand(zone))).ChangeInfo?.Id);
    },
    ({ route53 }, Id) => route53.send(new R53.GetChangeCommand({ Id })),
  ],
  [
    'PutRolePolicy',
    'NoSuchEntity',
    async ({ iam }) => required((await makeRole(iam, 'Task')).Role?.RoleName),
    ({ iam }, RoleName) =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName,
          PolicyName: 'p',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
          }),
        }),
      ),
  ],
  [
    'GetRole',
    'NoSuchEntity',
    async ({ iam }) => required((await makeRole(iam)).Role?.RoleName),
    ({ iam }, RoleName) => iam.send(new GetRoleCommand({ RoleName })),
  ],
];

test.each([...ec2Rows, ...otherRows])(
  '%s returns %s until the new ID is known',
  async (_, code, make, use) => {
    const scene = await laggingScene();
    const id = await make(scene);
    expect(await resultOf(use(scene, id))).toBe(code);
    scene.clock.advance(LAG.idLagMs);
    expect(await resultOf(use(scene, id))).toBe('ok');
  },
);

test.each([...ec2Rows, ...otherRows])('%s never returns %s in calm weather', async (_, _code, make, use) => {
  const scene = await laggingScene();
  scene.chaos.adjust({ idLagMs: 0 });
  const id = await make(scene);
  expect(await resultOf(use(scene, id))).toBe('ok');
});

describe('a resource', () => {
  test('can still be read for a while after its deletion, but not changed', async () => {
    const { ec2: client, make, clock, adjust } = await sandboxInWeather();
    const id = await make.vpc();
    adjust(LAG);
    const describeVpc = () => client.send(new EC2.DescribeVpcsCommand({ VpcIds: [id] }));
    await client.send(new EC2.DeleteVpcCommand({ VpcId: id }));
    expect((await describeVpc()).Vpcs).toMatchObject([{ VpcId: id, CidrBlock: '10.0.0.0/16' }]);
    expect(await resultOf(client.send(new EC2.DeleteVpcCommand({ VpcId: id })))).toBe(
      'InvalidVpcID.NotFound',
    );
    expect(await resultOf(make.subnet(id))).toBe('InvalidVpcID.NotFound');
    clock.advance(LAG.idLagMs);
    expect(await resultOf(describeVpc())).toBe('InvalidVpcID.NotFound');
  });

  test('can be deleted immediately after its creation, because removals have no lag', async () => {
    const { ec2: client, make } = await sandboxInWeather(LAG);
    const id = await make.vpc();
    expect(await resultOf(make.subnet(id))).toBe('InvalidVpcID.NotFound');
    expect(await resultOf(client.send(new EC2.DeleteVpcCommand({ VpcId: id })))).toBe('ok');
  });
});

/** Reads three new VPCs by ID every half second. Returns the results. */
async function history(seed: string): Promise<string[]> {
  const { ec2: client, make, clock } = await sandboxInWeather({ ...LAG, seed });
  const ids = [await make.vpc(), await make.vpc('10.1.0.0/16'), await make.vpc('10.2.0.0/16')];
  const found: string[] = [];
  for (let step = 0; step <= 10; step += 1) {
    for (const id of ids) {
      found.push(await resultOf(client.send(new EC2.DescribeVpcsCommand({ VpcIds: [id] }))));
    }
    clock.advance(SECOND / 2);
  }
  return found;
}

test('the same seed gives the same history, and a different seed gives a different history', async () => {
  const first = await history('a');
  expect(await history('a')).toEqual(first);
  expect(await history('b')).not.toEqual(first);
  expect(first.slice(-3)).toEqual(['ok', 'ok', 'ok']);
});

test('a resource that was found may disappear at most once during the lag, and never after the lag', () => {
  const histories = Array.from({ length: 300 }, (_, nth) =>
    Array.from({ length: 101 }, (_none, age) =>
      isChangeHidden(100, age, (purpose) => seededRandom('seed', nth, purpose)) ? '-' : '+',
    ).join(''),
  );
  expect(histories.every((one) => /^-+\++(-+\++)?$/.test(one))).toBe(true);
  const relapses = histories.filter((one) => /\+-/.test(one)).length;
  expect(relapses).toBeGreaterThan(30);
  expect(relapses).toBeLessThan(100);
});

test('operations learn of a resource at different times', async () => {
  const { ec2: client, make, clock } = await sandboxInWeather(LAG);
  const id = await make.vpc();
  const visibleSince = new Map<string, number>();
  const uses = {
    describe: () => client.send(new EC2.DescribeVpcsCommand({ VpcIds: [id] })),
    attribute: () =>
      client.send(new EC2.DescribeVpcAttributeCommand({ VpcId: id, Attribute: 'enableDnsSupport' })),
    table: () => make.table(id),
    group: () => make.group(id),
  };
  for (let tenth = 0; tenth <= 50; tenth += 1) {
    for (const [name, use] of Object.entries(uses)) {
      if (!visibleSince.has(name) && (await resultOf(use())) === 'ok') visibleSince.set(name, tenth);
    }
    clock.advance(SECOND / 10);
  }
  expect(visibleSince.size).toBe(4);
  expect(new Set(visibleSince.values()).size).toBeGreaterThan(1);
});

test('a lag is divided by the pace, but the pace "instant" does not shorten it', async () => {
  for (const [pace, lag] of [
    [60, LAG.idLagMs / 60],
    ['instant', LAG.idLagMs],
  ] as const) {
    const { ec2: client, make, clock } = await sandboxInWeather(LAG, { pace });
    const id = await make.vpc();
    const describeVpc = () => resultOf(client.send(new EC2.DescribeVpcsCommand({ VpcIds: [id] })));
    expect(await describeVpc()).toBe('InvalidVpcID.NotFound');
    clock.advance(lag + 1);
    expect(await describeVpc()).toBe('ok');
  }
});

test('CreateListener is refused while the target group is unknown, and succeeds after the lag', async () => {
  const scene = await laggingScene();
  scene.chaos.adjust({ idLagMs: 0 });
  const balancer = await scene.makeBalancer();
  scene.chaos.adjust(LAG);
  const group = await scene.makeTargetGroup();
  expect(await resultOf(scene.createListener(balancer, forwardTo(group)))).toBe('TargetGroupNotFound');
  scene.clock.advance(LAG.idLagMs);
  expect(await resultOf(scene.createListener(balancer, forwardTo(group)))).toBe('ok');
});
