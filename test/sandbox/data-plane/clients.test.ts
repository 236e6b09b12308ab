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
import { makerOf, sure } from '../aws/ec2/scene.ts';
import { sandboxWithDataPlane } from '../harness.ts';

const EVERYWHERE = '0.0.0.0/0';
const tcp = (port: number, CidrIp = EVERYWHERE): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp }],
});

/**
 * A load balancer that no client can reach yet. The first `subnetsInTable` of its two subnets share a route table, which
 * has no default route.
 */
async function scene(over: Partial<CreateLoadBalancerCommandInput> = {}, subnetsInTable: 1 | 2 = 2) {
  const box = await sandboxWithDataPlane();
  const { ec2, elbv2, url } = box;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const gateway = await make.gateway(vpc);
  const [one, two] = [await make.subnet(vpc), await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b')];
  const table = await make.table(vpc);
  for (const SubnetId of [one, two].slice(0, subnetsInTable)) {
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId }));
  }
  const group = await make.group(vpc);
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: [one, two], SecurityGroups: [group], ...over }),
  );
  const { LoadBalancerArn, DNSName = '' } = sure(LoadBalancers?.[0]);
  const FixedResponseConfig = { StatusCode: '200', MessageBody: 'hello' };
  await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig }],
    }),
  );
  const located = async () => {
    const answer = await fetch(`${url}/_sandbox/resolve?name=${DNSName}&port=80`);
    return (await answer.json()) as { port: number; way: string } | null;
  };
  /** Returns the local port when the listener is open. */
  const port = async (): Promise<number> => {
    for (;;) {
      const at = await located();
      if (at) return at.port;
    }
  };
  return {
    ...box,
    ...{ make, vpc, gateway, one, table, port, LoadBalancerArn },
    way: async () => (await located())?.way,
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
    const at = await scene();
    const port = await at.port();
    expect(await get(port)).toBe('timeout');
    expect(await at.way()).toMatch(/^no security group of sg-\w+ allows tcp 80 in from 203\.0\.113\.10$/);
    await at.admit(tcp(80));
    expect(await get(port)).toBe('timeout');
    expect(await at.way()).toMatch(/^the route table of subnet-\w+ has no route to the internet$/);
    await at.make.route(at.table, { GatewayId: at.gateway });
    expect(await get(port)).toBe('hello');
    expect(await at.way()).toBe('open');
  });

  test.each<[string, IpPermission, string]>([
    ["admits the client's block", tcp(80, '203.0.113.0/24'), 'hello'],
    ['admits all protocols', { IpProtocol: '-1', IpRanges: [{ CidrIp: EVERYWHERE }] }, 'hello'],
    ['admits only a different block', tcp(80, '198.51.100.0/24'), 'timeout'],
    ['admits only a different port', tcp(443), 'timeout'],
    ['admits only a different protocol', { ...tcp(80), IpProtocol: 'udp' }, 'timeout'],
  ])('gets a response only if a security group admits it: the group %s', async (_, permission, result) => {
    const at = await scene();
    await at.make.route(at.table, { GatewayId: at.gateway });
    await at.admit(permission);
    expect(await get(await at.port())).toBe(result);
  });

  test('loses access when the rule is removed, and regains it when another group admits it', async () => {
    const at = await scene();
    await at.make.route(at.table, { GatewayId: at.gateway });
    await at.admit(tcp(80));
    const port = await at.port();
    expect(await get(port)).toBe('hello');
    await at.revoke(tcp(80));
    expect(await get(port)).toBe('timeout');
    const open = await at.make.group(at.vpc, 'open');
    await at.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: open, IpPermissions: [tcp(80)] }));
    const { LoadBalancerArn } = at;
    await at.elbv2.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: [open] }));
    expect(await get(port)).toBe('hello');
  });

  test('loses access when the route is removed', async () => {
    const at = await scene();
    await at.make.route(at.table, { GatewayId: at.gateway });
    await at.admit(tcp(80));
    const port = await at.port();
    expect(await get(port)).toBe('hello');
    const to = { RouteTableId: at.table, DestinationCidrBlock: EVERYWHERE };
    await at.ec2.send(new DeleteRouteCommand(to));
    expect(await get(port)).toBe('timeout');
    await at.ec2.send(new CreateRouteCommand({ ...to, GatewayId: at.gateway }));
    expect(await get(port)).toBe('hello');
  });

  test('gets no response when the route back leads to a NAT gateway', async () => {
    const at = await scene();
    await at.admit(tcp(80));
    const nat = await at.make.nat(at.one, await at.make.address());
    await at.make.route(at.table, { NatGatewayId: nat });
    expect(await get(await at.port())).toBe('timeout');
    expect(await at.way()).toMatch(/^the route of subnet-\w+ leads to nat-\w+, not back to the client$/);
  });

  test('needs only one reachable node of the load balancer', async () => {
    const at = await scene({}, 1);
    await at.admit(tcp(80));
    await at.make.route(at.table, { GatewayId: at.gateway });
    expect(await get(await at.port())).toBe('hello');
  });

  test('cannot reach an internal load balancer', async () => {
    const at = await scene({ Scheme: 'internal' });
    await at.make.route(at.table, { GatewayId: at.gateway });
    await at.admit(tcp(80));
    expect(await get(await at.port())).toBe('timeout');
    expect(await at.way()).toBe('web is internal: its addresses are private');
  });
});
