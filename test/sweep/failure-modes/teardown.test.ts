// Failure modes 37 to 40: what holds on to what is to go.
import { CreateNetworkInterfaceCommand, DeleteNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { ModifyLoadBalancerAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { Account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';
import { no, orderOf, results, struck, user } from './scene.ts';

test('37: the elastic IP is released when its NAT gateway has let go of it', async () => {
  const one = await user();
  await one.up(stack());
  const held = no('AuthFailure', 'You do not have permission to access the specified resource.', 403);
  await struck(one, { ReleaseAddress: { ...held, times: 3 } }, () => one.down(stack()));
  expect(results(one, 'ReleaseAddress').slice(-1)).toEqual(['ok']);
  expect(one.census()).toEqual({});
});

test('38: what is left in the network by others is named, and what AWS leaves there is waited for', async () => {
  const one = await user();
  await one.up(stack());
  const SubnetId = one.ids()['subnets.private-1']?.['subnetId'];
  const theirs = await one.aws.ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, Description: 'theirs' }),
  );
  const id = theirs.NetworkInterface?.NetworkInterfaceId ?? '';
  await expect(one.down(stack())).rejects.toMatchObject({
    code: 'FOREIGN',
    why: expect.stringContaining(`network interface ${id} (theirs`),
  });
  expect(one.census()).toMatchObject({ 'ec2.networkInterfaces': 1, 'ec2.vpcs': 1 });
  await one.aws.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
  await one.down(stack());
  expect(one.census()).toEqual({});

  await one.up(stack());
  one.sandbox.journal.clear();
  const lingers = { ...no('DependencyViolation', 'has dependencies and cannot be deleted'), times: 5 };
  const operations = ['DetachInternetGateway', 'DeleteSecurityGroup', 'DeleteSubnet', 'DeleteVpc'];
  const falls = Object.fromEntries(operations.map((operation) => [operation, lingers]));
  await struck(one, falls, () => one.down(stack()));
  for (const operation of operations) {
    const violated = results(one, operation).filter((result) => result === 'DependencyViolation');
    expect({ operation, count: violated.length }).toEqual({ operation, count: 5 });
  }
  expect(one.census()).toEqual({});
});

test('39: what ECS, IAM, logs and zones still hold goes when it can, each in its order', async () => {
  const one = await user({ listLagMs: 30_000, idLagMs: 5_000 });
  await one.up(stack());
  await struck(
    one,
    {
      DeleteCluster: { ...no('ClusterContainsTasksException'), times: 3 },
      DeleteRole: no('DeleteConflict', 'must delete policies first', 409),
      DeleteLogGroup: no('OperationAbortedException'),
      DeleteTargetGroup: no('ResourceInUse'),
      DeleteHostedZone: no('PriorRequestNotComplete'),
    },
    () => one.down(stack()),
  );
  const order = ['DeleteService', 'DeleteTargetGroup', 'DeleteVpc'];
  expect(orderOf(one, ...order)).toEqual(order);
  expect(one.census()).toEqual({});
});

/** Somebody makes a record in our zone. */
const record = (one: Account, Action: 'CREATE' | 'DELETE') =>
  one.aws.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: one.ids()['hostedZone']?.['hostedZoneId'],
      ChangeBatch: {
        Changes: [
          {
            Action,
            ResourceRecordSet: {
              Name: 'mail.example.com',
              Type: 'A',
              TTL: 60,
              ResourceRecords: [{ Value: '192.0.2.1' }],
            },
          },
        ],
      },
    }),
  );

test("40: what is protected, or somebody else's, is kept and named, and the rest can go later", async () => {
  const one = await user();
  await one.up(stack());
  await record(one, 'CREATE');
  const LoadBalancerArn = one.ids()['loadBalancer']?.['loadBalancerArn'];
  const protect = (Value: 'true' | 'false') =>
    one.aws.elb.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      }),
    );
  await protect('true');
  await expect(one.down(stack())).rejects.toMatchObject({
    code: 'STEPS_FAILED',
    why: expect.stringMatching(
      /OperationNotPermitted[^]*mail\.example\.com|mail\.example\.com[^]*OperationNotPermitted/,
    ),
  });
  expect(one.census()).toMatchObject({ 'elbv2.loadBalancers': 1, 'route53.zones': 1 });
  await protect('false');
  await record(one, 'DELETE');
  await one.down(stack());
  expect(one.census()).toEqual({});
});
