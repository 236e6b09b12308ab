// IPv6 blocks are requested once, even if a response is lost, and used only when they are associated.
import {
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import type { ApplyContext } from '../../../lib/engine/step.ts';
import { until } from '../../../lib/engine/until.ts';
import { localWaits } from '../../../lib/engine/waits.ts';
import { associateSubnetBlock, associateVpcBlock, removeVpcBlock } from '../../../provision/ipv6-blocks.ts';
import { awsError, config, lookContextOf, mocks, sentCalls, testClock } from '../step-harness.ts';

const VPC_BLOCK = '2600:1f18:abc:de00::/56';
const association = (State: 'associating' | 'associated', Ipv6CidrBlock = VPC_BLOCK) => ({
  AssociationId: 'assoc-1',
  Ipv6CidrBlock,
  Ipv6CidrBlockState: { State },
});
const vpcWith = (...all: ReturnType<typeof association>[]) => ({
  Vpcs: [{ VpcId: 'vpc-1', Ipv6CidrBlockAssociationSet: all }],
});
const subnetWith = (...all: ReturnType<typeof association>[]) => ({
  Subnets: [{ SubnetId: 'subnet-1', Ipv6CidrBlockAssociationSet: all }],
});
const context = () => {
  const clock = testClock();
  const { signal } = new AbortController();
  const wait: ApplyContext<'vpc'>['until'] = (what, name, probe) =>
    until(what, localWaits[name], probe, { clock, signal });
  return { aws: lookContextOf().aws, until: wait };
};
const requests = () => sentCalls().filter(({ command }) => command.startsWith('Associate'));

test('a block is requested once, and awaited', async () => {
  mocks.ec2
    .on(DescribeVpcsCommand)
    .resolvesOnce(vpcWith())
    .resolvesOnce(vpcWith())
    .resolvesOnce(vpcWith(association('associating')))
    .resolves(vpcWith(association('associated')));
  mocks.ec2.on(AssociateVpcCidrBlockCommand).resolves({});
  expect(await associateVpcBlock(context(), 'vpc-1')).toBe(VPC_BLOCK);
  expect(requests()).toEqual([
    { command: 'AssociateVpcCidrBlock', input: { VpcId: 'vpc-1', AmazonProvidedIpv6CidrBlock: true } },
  ]);
});

test('after a lost response, no second block is requested', async () => {
  mocks.ec2
    .on(DescribeVpcsCommand)
    .resolvesOnce(vpcWith())
    .resolves(vpcWith(association('associated')));
  mocks.ec2
    .on(AssociateVpcCidrBlockCommand)
    .rejects(Object.assign(new Error('no response'), { name: 'TimeoutError' }));
  expect(await associateVpcBlock(context(), 'vpc-1')).toBe(VPC_BLOCK);
  expect(requests()).toHaveLength(1);
});

test('a subnet gets the /64 with its number', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves(vpcWith(association('associated')));
  mocks.ec2
    .on(DescribeSubnetsCommand)
    .resolvesOnce(subnetWith())
    .resolves(subnetWith(association('associated', '2600:1f18:abc:de01::/64')));
  mocks.ec2.on(AssociateSubnetCidrBlockCommand).resolves({});
  await associateSubnetBlock(context(), 'vpc-1', 'subnet-1', 1);
  expect(requests()).toEqual([
    {
      command: 'AssociateSubnetCidrBlock',
      input: { SubnetId: 'subnet-1', Ipv6CidrBlock: '2600:1f18:abc:de01::/64' },
    },
  ]);
});

test('a block that is gone already counts as removed, and a desired one stays', async () => {
  mocks.ec2
    .on(DisassociateVpcCidrBlockCommand)
    .rejects(awsError('InvalidVpcCidrBlockAssociationID.NotFound'));
  const { aws } = context();
  const existing = { ipv6: { associationId: 'assoc-1', block: VPC_BLOCK, isAssociated: true } };
  await removeVpcBlock({ aws, config: config() }, existing);
  await removeVpcBlock({ aws, config: config({ ipv6: true }) }, existing);
  expect(sentCalls()).toEqual([{ command: 'DisassociateVpcCidrBlock', input: { AssociationId: 'assoc-1' } }]);
});
