// IPv6: a stack gets it and loses it again in place, in an order in which no address leads nowhere; drift is repaired.
import * as ec2 from '@aws-sdk/client-ec2';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as route53 from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { provisionedAccount } from './account-snapshots.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const domain = { name: 'api.example.com', zone: 'example.com', createZone: true, names: ['www.example.com'] };
const withIpv6 = stack({ ipv6: true, domain });
const withoutIpv6 = stack({ domain });

const idOf = (user: Account, address: string, field: string) => user.ids()[address]?.[field] ?? '';
/** The calls after the first `count` ones that change something. */
const changesAfter = (user: Account, count: number) =>
  user.sandbox.journal
    .entries()
    .slice(count)
    .filter(({ mutating }) => mutating)
    .map(({ operation }) => operation);

async function recordTypes(user: Account) {
  const { ResourceRecordSets = [] } = await user.aws.route53.send(
    new route53.ListResourceRecordSetsCommand({ HostedZoneId: idOf(user, 'hostedZone', 'hostedZoneId') }),
  );
  return ResourceRecordSets.filter(({ AliasTarget }) => AliasTarget).map(
    ({ Name, Type }) => `${Type} ${Name}`,
  );
}
const addressTypeOf = async (user: Account) =>
  (await user.aws.elb.send(new elb.DescribeLoadBalancersCommand({ Names: ['shop-dev'] }))).LoadBalancers?.[0]
    ?.IpAddressType;
async function blocksOf(user: Account) {
  const { Vpcs: [vpc] = [] } = await user.aws.ec2.send(
    new ec2.DescribeVpcsCommand({ VpcIds: [idOf(user, 'vpc', 'vpcId')] }),
  );
  const { Subnets = [] } = await user.aws.ec2.send(
    new ec2.DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc?.VpcId ?? ''] }] }),
  );
  return {
    vpc: (vpc?.Ipv6CidrBlockAssociationSet ?? []).length,
    subnets: Subnets.flatMap(({ Ipv6CidrBlockAssociationSet = [] }) => Ipv6CidrBlockAssociationSet).length,
  };
}

test('a new stack with IPv6 has a dual stack, stays as it is, and is removed', async () => {
  const user = await account();
  await user.provision(withIpv6);
  expect(await addressTypeOf(user)).toBe('dualstack');
  expect(await blocksOf(user)).toEqual({ vpc: 1, subnets: 2 });
  expect(await recordTypes(user)).toEqual([
    'A api.example.com.',
    'AAAA api.example.com.',
    'A www.example.com.',
    'AAAA www.example.com.',
  ]);
  expect(await user.plan(withIpv6)).toEqual([]);
  user.deleteState();
  expect(await user.plan(withIpv6)).toEqual([]);
  await user.teardown(withIpv6);
  expect(user.census()).toEqual({});
});

test('IPv6 is turned on and off in place', async () => {
  const user = await provisionedAccount(withoutIpv6);
  const census = user.census();
  expect(planInWords(await user.plan(withIpv6))).toEqual([
    'update vpc: ipv6',
    'update subnets.public-1: ipv6',
    'update subnets.public-2: ipv6',
    'update securityGroups.balancer: ingress',
    'update publicRoutes: ipv6 route',
    'update loadBalancer: address type',
    'create record.api.example.com/AAAA',
    'create record.www.example.com/AAAA',
  ]);
  await user.provision(withIpv6);
  expect(await user.plan(withIpv6)).toEqual([]);
  expect(await addressTypeOf(user)).toBe('dualstack');
  const before = user.sandbox.journal.entries().length;
  await user.provision(withoutIpv6);
  const calls = changesAfter(user, before);
  const orderOf = (operation: string) => calls.lastIndexOf(operation);
  expect(orderOf('ChangeResourceRecordSets')).toBeGreaterThan(-1);
  expect(orderOf('ChangeResourceRecordSets')).toBeLessThan(calls.indexOf('SetIpAddressType'));
  expect(calls.indexOf('SetIpAddressType')).toBeLessThan(calls.indexOf('RevokeSecurityGroupIngress'));
  expect(calls.indexOf('SetIpAddressType')).toBeLessThan(calls.indexOf('DisassociateSubnetCidrBlock'));
  expect(orderOf('DisassociateSubnetCidrBlock')).toBeLessThan(calls.indexOf('DisassociateVpcCidrBlock'));
  expect(await user.plan(withoutIpv6)).toEqual([]);
  expect(await addressTypeOf(user)).toBe('ipv4');
  expect(await blocksOf(user)).toEqual({ vpc: 0, subnets: 0 });
  expect(user.census()).toEqual(census);
});

const manualChanges: [what: string, drift: string[], change: (user: Account) => Promise<unknown>][] = [
  [
    'the load balancer was changed to IPv4',
    ['update loadBalancer: address type'],
    (user) =>
      user.aws.elb.send(
        new elb.SetIpAddressTypeCommand({
          LoadBalancerArn: idOf(user, 'loadBalancer', 'loadBalancerArn'),
          IpAddressType: 'ipv4',
        }),
      ),
  ],
  [
    'the route for IPv6 was deleted',
    ['update publicRoutes: ipv6 route'],
    (user) =>
      user.aws.ec2.send(
        new ec2.DeleteRouteCommand({
          RouteTableId: idOf(user, 'publicRoutes', 'routeTableId'),
          DestinationIpv6CidrBlock: '::/0',
        }),
      ),
  ],
  [
    'the rule for IPv6 was revoked',
    ['update securityGroups.balancer: ingress'],
    (user) =>
      user.aws.ec2.send(
        new ec2.RevokeSecurityGroupIngressCommand({
          GroupId: idOf(user, 'securityGroups.balancer', 'groupId'),
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
          ],
        }),
      ),
  ],
];

test.each(manualChanges)('%s: the drift is reported and repaired', async (_what, drift, change) => {
  const user = await provisionedAccount(withIpv6);
  await change(user);
  expect(planInWords(await user.plan(withIpv6))).toEqual(drift);
  await user.provision(withIpv6);
  expect(await user.plan(withIpv6)).toEqual([]);
});

test('without ipv6, what someone adds for IPv6 is drift, and is removed; a record of someone else stays', async () => {
  const user = await provisionedAccount(withoutIpv6);
  const VpcId = idOf(user, 'vpc', 'vpcId');
  await user.aws.ec2.send(new ec2.AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }));
  await user.aws.route53.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId: idOf(user, 'hostedZone', 'hostedZoneId'),
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name: 'api.example.com',
              Type: 'AAAA',
              TTL: 60,
              ResourceRecords: [{ Value: '2001:db8::1' }],
            },
          },
        ],
      },
    }),
  );
  expect(planInWords(await user.plan(withoutIpv6))).toEqual(['update vpc: ipv6']);
  await user.provision(withoutIpv6);
  expect(await blocksOf(user)).toEqual({ vpc: 0, subnets: 0 });
  await expect(user.provision(withIpv6)).rejects.toMatchObject({ code: 'FOREIGN' });
});

const routes = [{ paths: '/hello', respond: { status: 200, body: 'hello' } }];

test('a client reaches the stack over IPv6 through its AAAA record, only while it has IPv6', async () => {
  const user = await account({ realTasks: true });
  await user.provision({ ...withIpv6, routes });
  const locate = async () => {
    const url = `${user.sandbox.url}/_sandbox/resolve?name=api.example.com&port=80&family=ipv6`;
    return (await (await fetch(url)).json()) as {
      host: string;
      port: number;
      way: string;
    } | null;
  };
  // The load balancer opens and closes its listeners soon after the calls that concern them.
  let found = await locate();
  while (found === null) found = await locate();
  expect(found).toMatchObject({ host: '::1', way: 'open' });
  const response = await fetch(`http://[::1]:${found.port}/hello`);
  expect(await response.text()).toBe('hello');
  await user.provision({ ...withoutIpv6, routes });
  while ((await locate()) !== null);
  await expect(fetch(`http://[::1]:${found.port}/hello`)).rejects.toThrow();
});
