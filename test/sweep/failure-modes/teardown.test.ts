// Failure modes 37 to 40: resources that cannot be deleted yet, or that others protect.
import { CreateNetworkInterfaceCommand, DeleteNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { ModifyLoadBalancerAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { Account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';
import { refusal, callOrder, resultsOf, withFailures, openAccount } from './scene.ts';

test('37: the elastic IP is released once its NAT gateway no longer uses it', async () => {
  const user = await openAccount();
  await user.provision(stack());
  const held = refusal('AuthFailure', 'You do not have permission to access the specified resource.', 403);
  await withFailures(user, { ReleaseAddress: { ...held, times: 3 } }, () => user.teardown(stack()));
  expect(resultsOf(user, 'ReleaseAddress').slice(-1)).toEqual(['ok']);
  expect(user.census()).toEqual({});
});

test('38: a foreign network interface is reported, and the run waits while AWS deletes the interfaces of removed resources', async () => {
  const user = await openAccount();
  await user.provision(stack());
  const SubnetId = user.ids()['subnets.private-1']?.['subnetId'];
  const foreignInterface = await user.aws.ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, Description: 'theirs' }),
  );
  const id = foreignInterface.NetworkInterface?.NetworkInterfaceId ?? '';
  const before = user.census();
  await expect(user.teardown(stack())).rejects.toMatchObject({
    code: 'BLOCKED',
    why: expect.stringContaining(`network interface ${id} (theirs`),
  });
  expect(user.census()).toEqual(before);
  await user.aws.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
  await user.teardown(stack());
  expect(user.census()).toEqual({});

  await user.provision(stack());
  user.sandbox.journal.clear();
  const inUse = { ...refusal('DependencyViolation', 'has dependencies and cannot be deleted'), times: 5 };
  const operations = ['DetachInternetGateway', 'DeleteSecurityGroup', 'DeleteSubnet', 'DeleteVpc'];
  const failures = Object.fromEntries(operations.map((operation) => [operation, inUse]));
  await withFailures(user, failures, () => user.teardown(stack()));
  for (const operation of operations) {
    const refusals = resultsOf(user, operation).filter((result) => result === 'DependencyViolation');
    expect({ operation, count: refusals.length }).toEqual({ operation, count: 5 });
  }
  expect(user.census()).toEqual({});
});

test('39: deletes that ECS, IAM, CloudWatch Logs and Route 53 refuse for a while are retried, in the right order', async () => {
  const user = await openAccount({ listLagMs: 30_000, idLagMs: 5_000 });
  await user.provision(stack());
  await withFailures(
    user,
    {
      DeleteCluster: { ...refusal('ClusterContainsTasksException'), times: 3 },
      DeleteRole: refusal('DeleteConflict', 'must delete policies first', 409),
      DeleteLogGroup: refusal('OperationAbortedException'),
      DeleteTargetGroup: refusal('ResourceInUse'),
      DeleteHostedZone: refusal('PriorRequestNotComplete'),
    },
    () => user.teardown(stack()),
  );
  const order = ['DeleteService', 'DeleteTargetGroup', 'DeleteVpc'];
  expect(callOrder(user, ...order)).toEqual(order);
  expect(user.census()).toEqual({});
});

/** Creates or deletes a record in the stack's zone, without Slipway. */
const changeMailRecord = (user: Account, Action: 'CREATE' | 'DELETE') =>
  user.aws.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: user.ids()['hostedZone']?.['hostedZoneId'],
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

test('40: protected and foreign resources are reported and kept, and a later teardown removes the rest', async () => {
  const user = await openAccount();
  await user.provision(stack());
  await changeMailRecord(user, 'CREATE');
  const LoadBalancerArn = user.ids()['loadBalancer']?.['loadBalancerArn'];
  const setProtection = (Value: 'true' | 'false') =>
    user.aws.elb.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      }),
    );
  await setProtection('true');
  const before = user.census();
  await expect(user.teardown(stack())).rejects.toMatchObject({
    code: 'BLOCKED',
    why: 'The load balancer shop-dev has deletion protection, although protect is not set in the configuration.',
  });
  expect(user.census()).toEqual(before);
  await setProtection('false');
  await expect(user.teardown(stack())).rejects.toMatchObject({
    code: 'FOREIGN',
    why: expect.stringContaining('mail.example.com'),
  });
  expect(user.census()).toMatchObject({ 'route53.zones': 1 });
  await changeMailRecord(user, 'DELETE');
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});
