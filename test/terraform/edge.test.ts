// Terraform creates a web ACL, a dual-stack load balancer and target groups that balance, plans no changes, and destroys them.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { initTerraform, type Terraform } from './terraform.ts';

const SUCCESS = { code: 0, output: '' };

let sandbox: Sandbox;
let terraform: Terraform;
beforeAll(async () => {
  sandbox = await startSandbox({ pace: 300 });
  terraform = await initTerraform(sandbox.url, 'test/terraform/edge');
});
afterAll(() => sandbox.close());

test('apply creates the edge, the next plan is empty, also after a change, and destroy leaves nothing', async () => {
  expect(await terraform.apply()).toEqual(SUCCESS);
  const { elbv2, wafv2 } = sandbox.world.region('eu-west-1');
  const groupOf = (name: string) =>
    elbv2.targetGroups.find(({ TargetGroupName }) => TargetGroupName === name);
  expect(elbv2.loadBalancers.all()).toMatchObject([{ IpAddressType: 'dualstack' }]);
  expect(wafv2.webAclAssociations.entries()).toHaveLength(1);
  expect(groupOf('grpc')).toMatchObject({ ProtocolVersion: 'GRPC', Matcher: { GrpcCode: '0' } });
  expect(groupOf('session')?.ProtocolVersion).toBe('HTTP2');
  expect(await terraform.plan()).toEqual(SUCCESS);

  const changed = {
    blocked: ['192.0.2.0/24'],
    limit: 500,
    seconds: 60,
    slow_start: 0,
    algorithm: 'round_robin',
  };
  expect(await terraform.apply(changed)).toEqual(SUCCESS);
  expect(await terraform.plan(changed)).toEqual(SUCCESS);
  expect(groupOf('sticky')?.attributes).toMatchObject({
    'stickiness.lb_cookie.duration_seconds': '60',
    'slow_start.duration_seconds': '0',
  });

  expect(await terraform.destroy(changed)).toEqual(SUCCESS);
  expect(census(sandbox.world)).toEqual({});
  expect(sandbox.journal.entries().filter(({ result }) => result === 'NotImplemented')).toEqual([]);
});
