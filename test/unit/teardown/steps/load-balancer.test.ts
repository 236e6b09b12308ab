// The removal of the load balancer: the calls that it makes, and what it waits for.
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  DeleteLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { loadBalancer } from '../../../../teardown/steps/load-balancer.ts';
import { awsError, mocks, ourTags, sentCalls, removeContextOf } from '../../step-harness.ts';
import { withShortWaits } from '../../short-waits.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop-dev/50dc6c495c0c9188';
const item = {
  loadBalancerArn: ARN,
  dnsName: '',
  hostedZoneId: '',
  vpcId: 'vpc-1',
  state: 'active',
  scheme: 'internet-facing',
  subnetIds: [],
  securityGroupIds: [],
  attributes: {},
  tags: ourTags('loadBalancer'),
};
const context = () => removeContextOf({ noun: 'loadBalancer' }, item);
const remove = () => loadBalancer.remove(context());

test("removes what is ours: waits until the load balancer's network interfaces are gone", async () => {
  mocks.elbv2.on(DeleteLoadBalancerCommand).resolves({});
  mocks.ec2
    .on(DescribeNetworkInterfacesCommand)
    .resolvesOnce({ NetworkInterfaces: [{}, {}] })
    .resolvesOnce({ NetworkInterfaces: [{}] })
    .resolves({ NetworkInterfaces: [] });
  expect(await remove()).toBeUndefined();
  const describeCall = {
    command: 'DescribeNetworkInterfaces',
    input: {
      Filters: [
        { Name: 'vpc-id', Values: ['vpc-1'] },
        { Name: 'description', Values: ['ELB app/shop-dev/50dc6c495c0c9188'] },
      ],
    },
  };
  // The calls are listed by service, EC2 first, rather than in the order in which they were sent.
  expect(sentCalls()).toEqual([
    describeCall,
    describeCall,
    describeCall,
    { command: 'DeleteLoadBalancer', input: { LoadBalancerArn: ARN } },
  ]);
});

test('reports a timeout if network interfaces are never deleted', async () => {
  mocks.elbv2.on(DeleteLoadBalancerCommand).resolves({});
  mocks.ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [{}, {}] });
  await expect(loadBalancer.remove(withShortWaits(context()))).rejects.toMatchObject({
    code: 'TIMEOUT',
    what: expect.stringContaining('the network interfaces of the load balancer to be gone'),
    why: 'The last check reported: 2 interfaces left.',
  });
});

test('counts a missing resource as removed', async () => {
  mocks.elbv2.on(DeleteLoadBalancerCommand).rejects(awsError('LoadBalancerNotFoundException'));
  mocks.ec2.on(DescribeNetworkInterfacesCommand).resolves({});
  expect(await remove()).toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mocks.elbv2
    .on(DeleteLoadBalancerCommand)
    .rejects(awsError('OperationNotPermittedException', 'deletion protection is enabled'));
  await expect(remove()).rejects.toMatchObject({ message: 'deletion protection is enabled' });
  expect(sentCalls().map(({ command }) => command)).toEqual(['DeleteLoadBalancer']);
});

test('turns off the protection of a load balancer that a provision removes', async () => {
  mocks.elbv2.on(ModifyLoadBalancerAttributesCommand).resolves({});
  mocks.elbv2.on(DeleteLoadBalancerCommand).resolves({});
  mocks.ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces: [] });
  const attributes = { 'deletion_protection.enabled': 'true' };
  await loadBalancer.remove(removeContextOf({ noun: 'loadBalancer' }, { ...item, attributes }));
  expect(sentCalls().slice(1)).toEqual([
    {
      command: 'ModifyLoadBalancerAttributes',
      input: {
        LoadBalancerArn: ARN,
        Attributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }],
      },
    },
    { command: 'DeleteLoadBalancer', input: { LoadBalancerArn: ARN } },
  ]);
});
