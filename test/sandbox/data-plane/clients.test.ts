// The path from a client on the internet to a load balancer through security groups, routes and the internet gateway.
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  SetSecurityGroupsCommand,
  type CreateLoadBalancerCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import http from 'node:http';
import { makerOf, required } from '../aws/ec2/scene.ts';
import { sandboxWithDataPlane } from '../harness.ts';

const EVERYWHERE = '0.0.0.0/0';
const tcp = (port: number, CidrIp = EVERYWHERE): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp }],
});

/**
 * Makes a load balancer that no client can reach yet. Of its two subnets, the first `subnetCount` share a route table
 * without a default route.
 */
async function unreachableBalancer(
  overrides: Partial<CreateLoadBalancerCommandInput> = {},
  subnetCount: 1 | 2 = 2,
) {
  const started = await sandboxWithDataPlane();
  const { ec2, elbv2, url } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const gateway = await make.gateway(vpc);
  const [firstSubnet, secondSubnet] = [
    await make.subnet(vpc),
    await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b'),
  ];
  const table = await make.table(vpc);
  for (const SubnetId of [firstSubnet, secondSubnet].slice(0, subnetCount)) {
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId }));
  }
  const group = await make.group(vpc);
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name: 'web',
      Subnets: [firstSubnet, secondSubnet],
      SecurityGroups: [group],
      ...overrides,
    }),
  );
  const { LoadBalancerArn, DNSName = '' } = required(LoadBalancers?.[0]);
  const FixedResponseConfig = { StatusCode: '200', MessageBody: 'hello' };
  await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig }],
    }),
  );
  const locateListener = async () => {
    const response = await fetch(`${url}/_sandbox/resolve?name=${DNSName}&port=80`);
    return (await response.json()) as { port: number; way: string } | null;
  };
  /** Waits until the listener is open, and returns its local port. */
  const waitForPort = async (): Promise<number> => {
    for (;;) {
      const listener = await locateListener();
      if (listener) return listener.port;
    }
  };
  return {
    ...started,
    ...{ make, vpc, gateway, firstSubnet, table, waitForPort, LoadBalancerArn },
    reachability: async () => (await locateListener())?.way,
    admit: (...IpPermissions: IpPermission[]) =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions })),
    revoke: (...IpPermissions: IpPermission[]) =>
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions })),
  };
}

/** Sends a request with a short timeout; returns the body of the response, or `timeout`. */
const get = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, agent: false, timeout: 150 }, async (response) => {
      let body = '';
      for await (const chunk of response) body += String(chunk);
      resolve(body);
    });
    request.on('timeout', () => {
      resolve('timeout');
      request.destroy();
    });
    request.on('error', reject);
  });

describe('a client on the internet', () => {
  test('reaches a load balancer only when a security group admits the client and a route leads back', async () => {
    const scene = await unreachableBalancer();
    const port = await scene.waitForPort();
    expect(await get(port)).toBe('timeout');
    expect(await scene.reachability()).toMatch(
      /^no security group of sg-\w+ allows tcp 80 in from 203\.0\.113\.10$/,
    );
    await scene.admit(tcp(80));
    expect(await get(port)).toBe('timeout');
    expect(await scene.reachability()).toMatch(
      /^the route table of subnet-\w+ has no route to the internet$/,
    );
    await scene.make.route(scene.table, { GatewayId: scene.gateway });
    expect(await get(port)).toBe('hello');
    expect(await scene.reachability()).toBe('open');
  });

  test.each<[string, IpPermission, string]>([
    ["admits the client's block", tcp(80, '203.0.113.0/24'), 'hello'],
    ['admits all protocols', { IpProtocol: '-1', IpRanges: [{ CidrIp: EVERYWHERE }] }, 'hello'],
    ['admits only a different block', tcp(80, '198.51.100.0/24'), 'timeout'],
    ['admits only a different port', tcp(443), 'timeout'],
    ['admits only a different protocol', { ...tcp(80), IpProtocol: 'udp' }, 'timeout'],
  ])('gets a response only if a security group admits it: the group %s', async (_, permission, result) => {
    const scene = await unreachableBalancer();
    await scene.make.route(scene.table, { GatewayId: scene.gateway });
    await scene.admit(permission);
    expect(await get(await scene.waitForPort())).toBe(result);
  });

  test('loses access when the rule is removed, and regains access when another group admits the client', async () => {
    const scene = await unreachableBalancer();
    await scene.make.route(scene.table, { GatewayId: scene.gateway });
    await scene.admit(tcp(80));
    const port = await scene.waitForPort();
    expect(await get(port)).toBe('hello');
    await scene.revoke(tcp(80));
    expect(await get(port)).toBe('timeout');
    const openGroup = await scene.make.group(scene.vpc, 'open');
    await scene.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: openGroup, IpPermissions: [tcp(80)] }),
    );
    const { LoadBalancerArn } = scene;
    await scene.elbv2.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [openGroup] }));
    expect(await get(port)).toBe('hello');
  });

  test('loses access when the route is removed', async () => {
    const scene = await unreachableBalancer();
    await scene.make.route(scene.table, { GatewayId: scene.gateway });
    await scene.admit(tcp(80));
    const port = await scene.waitForPort();
    expect(await get(port)).toBe('hello');
    const route = { RouteTableId: scene.table, DestinationCidrBlock: EVERYWHERE };
    await scene.ec2.send(new DeleteRouteCommand(route));
    expect(await get(port)).toBe('timeout');
    await scene.ec2.send(new CreateRouteCommand({ ...route, GatewayId: scene.gateway }));
    expect(await get(port)).toBe('hello');
  });

  test('gets no response when the route back leads to a NAT gateway', async () => {
    const scene = await unreachableBalancer();
    await scene.admit(tcp(80));
    const nat = await scene.make.nat(scene.firstSubnet, await scene.make.address());
    await scene.make.route(scene.table, { NatGatewayId: nat });
    expect(await get(await scene.waitForPort())).toBe('timeout');
    expect(await scene.reachability()).toMatch(
      /^the route of subnet-\w+ leads to nat-\w+, not back to the client$/,
    );
  });

  test('needs only one reachable node of the load balancer', async () => {
    const scene = await unreachableBalancer({}, 1);
    await scene.admit(tcp(80));
    await scene.make.route(scene.table, { GatewayId: scene.gateway });
    expect(await get(await scene.waitForPort())).toBe('hello');
  });

  test('reaches an internal load balancer as an address of its subnet, without a route to the internet', async () => {
    const scene = await unreachableBalancer({ Scheme: 'internal' });
    const port = await scene.waitForPort();
    expect(await get(port)).toBe('timeout');
    expect(await scene.reachability()).toMatch(
      /^no security group of sg-\w+ allows tcp 80 in from 10\.\d+\.\d+\.0\/\d+$/,
    );
    await scene.admit(tcp(80));
    expect(await get(port)).toBe('hello');
  });
});
